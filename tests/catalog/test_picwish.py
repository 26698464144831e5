"""PicWish's sheet as data: every example body and payload, every rule between its fields, and what the pairs share."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from studio import catalog
from studio.catalog.report import Kind
from tests.catalog import bodies
from tests.catalog.sheets import found

SLUGS = ("cutout", "compress", "enhance", "repair", "background", "id-photo", "colorize", "ocr", "smart-crop")
TOOLS = {name: catalog.get(f"picwish.{name}") for name in SLUGS}
QUERIES = {name: catalog.get(f"picwish.{name}-result") for name in SLUGS}
CUT, COMPRESS, ENHANCE, REPAIR = (TOOLS[name] for name in ("cutout", "compress", "enhance", "repair"))
BACKGROUND, PHOTO, COLORIZE, OCR, CROP = (TOOLS[name] for name in SLUGS[4:])
EXAMPLES = {
    "cutout": '{"image_url":"https://example.com/cup.jpg","sync":"0","type":"object","format":"png"}',
    "compress": '{"image_url":"https://example.com/big.png","format":"webp","quality":"70"}',
    "enhance": '{"image_url":"https://example.com/blurry.jpg","type":"clean","scale_factor":"2"}',
    "repair": r"""{"image_url":"https://example.com/shop.jpg",
        "rectangles":"[{\"x\":10,\"y\":20,\"width\":200,\"height\":60}]","sync":"0"}""",
    "background": """{"image_url":"https://example.com/cup-cut.png","prompt":"marble table, soft morning light",
        "batch_size":"2"}""",
    "id-photo": '{"image_url":"https://example.com/me.jpg","size":"295x413","format":"jpg","bg_color":"438EDB"}',
    "colorize": '{"image_url":"https://example.com/grandma.jpg","format":"jpg"}',
    "ocr": '{"image_url":"https://example.com/scan.pdf","format":"docx","language":"English,ChinesePRC"}',
    "smart-crop": '{"image_url":"https://example.com/receipt.jpg","type":"2"}',
}
PATHS = {
    "cutout": "/api/tasks/visual/segmentation",
    "compress": "/api/tasks/visual/imgcompress",
    "enhance": "/api/tasks/visual/scale",
    "repair": "/api/tasks/visual/inpaint",
    "background": "/api/tasks/visual/background",
    "id-photo": "/api/tasks/visual/idphoto",
    "colorize": "/api/tasks/visual/colorization",
    "ocr": "/api/tasks/document/ocr",
    "smart-crop": "/api/tasks/visual/correction",
}
ID = "7f0c4f0e-5c1b-4f6e-9b57-0d5a2a0f1c11"
OUT = "https://example.com/out.png"
DONE = {
    **{"task_id": ID, "state": 1, "state_detail": "Complete", "progress": 100, "return_type": 1, "type": "object"},
    **{"image": OUT, "created_at": 1730000000, "processed_at": 1730000000, "completed_at": 1730000003},
    "time_elapsed": 812.4,
}
URL = {"image_url": "https://example.com/cup.jpg"}
KEPT = catalog.files.refer("0123456789abcdef" * 2)
every = pytest.mark.parametrize("name", SLUGS)


def read(operation: catalog.Operation, kind: Kind = "poll", **changes: Any) -> catalog.Report:
    """A finished task with some of its members changed; None takes one away."""
    data = {name: value for name, value in {**DONE, **changes}.items() if value is not None}
    return operation.read({"status": 200, "data": data}, kind)


def results(report: catalog.Report) -> list[tuple[str, str | None]]:
    return [(each.kind, each.url) for each in report.results if not each.role]


# Bodies


@every
def test_the_sheets_bodies_are_the_examples_and_nothing_is_wrong_with_them(name: str) -> None:
    bodies.assert_is_the_example(TOOLS[name], EXAMPLES[name])


@every
def test_a_tool_is_a_form_in_parts_and_its_query_stands_under_its_path(name: str) -> None:
    tool, query = TOOLS[name], QUERIES[name]
    assert (tool.method, tool.path, tool.transport, tool.poll) == ("POST", PATHS[name], "multipart-task", query.slug)
    values = tool.poll_values([ID])
    assert (query.method, query.address(values), query.body(values).body) == ("GET", f"{PATHS[name]}/{ID}", {})
    assert query.body(values).problems == []
    assert catalog.recognise("GET", f"{PATHS[name]}/{ID}", None) is query
    assert {tool.status, query.status} == {"inferred"}


def test_the_studio_does_not_wait_and_leaves_the_rest_out() -> None:
    starts = {name: tool.defaults() for name, tool in TOOLS.items()}
    assert starts == {name: {"sync": 0} for name in SLUGS} | {"background": {}, "ocr": {"format": "txt"}}


@every
def test_one_picture_is_needed_as_a_file_or_by_its_address(name: str) -> None:
    tool = TOOLS[name]
    rest = {"prompt": "marble"} if tool is BACKGROUND else {"mask_file": "@m.png"} if tool is REPAIR else {}
    assert ("required", "error") in [(rule, level) for _, rule, level in found(tool, rest)]
    for source in ({"image_file": "@photo.jpg"}, {"image_file": KEPT}, URL):
        assert found(tool, {**source, **rest}) == []
    both = found(tool, {**URL, "image_file": "@photo.jpg", **rest})
    assert both
    assert {level for _, _, level in both} == {"warning"}


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        (CUT, {"image_url": "cup.jpg"}, ("image_url", "url", "error")),
        (CUT, {"sync": "2"}, ("sync", "choice", "error")),
        (CUT, {"sync": "yes"}, ("sync", "type", "error")),
        (CUT, {"return_type": "3"}, ("return_type", "choice", "warning")),
        (CUT, {"return_type": 4}, ("return_type", "choice", "error")),
        (CUT, {"callback_url": "here"}, ("callback_url", "url", "error")),
        (CUT, {"type": "cat"}, ("type", "choice", "error")),
        (CUT, {"output_type": 0}, ("output_type", "choice", "error")),
        (CUT, {"crop": 2}, ("crop", "choice", "error")),
        (CUT, {"format": "webp"}, ("format", "choice", "error")),
        (CUT, {"bg_color": "438EDB"}, ("bg_color", "applies", "warning")),
        (CUT, {"format": "jpg", "bg_color": "#438EDB"}, ("bg_color", "pattern", "error")),
        (COMPRESS, {"return_type": 3, "sync": 1}, ("return_type", "choice", "error")),
        (COMPRESS, {"quality": "0"}, ("quality", "minimum", "error")),
        (COMPRESS, {"quality": 101}, ("quality", "maximum", "error")),
        (COMPRESS, {"kbyte": "51201"}, ("kbyte", "maximum", "error")),
        (COMPRESS, {"kbyte": 100, "quality": 70}, ("kbyte", "exclusive", "warning")),
        (COMPRESS, {"kbyte": 100, "format": "png"}, ("kbyte", "applies", "warning")),
        (COMPRESS, {"format": "gif"}, ("format", "choice", "error")),
        (COMPRESS, {"width": 8001}, ("width", "maximum", "error")),
        (COMPRESS, {"height": -1}, ("height", "minimum", "error")),
        (ENHANCE, {"type": "cat"}, ("type", "choice", "error")),
        (ENHANCE, {"scale_factor": "3"}, ("scale_factor", "choice", "error")),
        (ENHANCE, {"fix_face_only": 1}, ("fix_face_only", "applies", "warning")),
        (REPAIR, {}, ("mask_file", "required", "error")),
        (REPAIR, {"mask_url": "m.png"}, ("mask_url", "url", "error")),
        (REPAIR, {"mask_file": "@m.png", "rectangles": '[{"x":1}]'}, ("rectangles", "exclusive", "warning")),
        (REPAIR, {"mask_file": "@m.png", "mask_url": "https://a.b/m.png"}, ("mask_url", "exclusive", "warning")),
        (REPAIR, {"rectangles": "10,20"}, ("rectangles", "pattern", "error")),
        (REPAIR, {"rectangles": "[]"}, ("rectangles", "pattern", "error")),
        (REPAIR, {"rectangles": f"[{','.join(['{}'] * 51)}]"}, ("rectangles", "pattern", "error")),
        (REPAIR, {"rectangles": [{"x": 1}]}, ("rectangles", "type", "error")),
        (BACKGROUND, {}, ("prompt", "required", "error")),
        (BACKGROUND, {"prompt": "x" * 1025}, ("prompt", "length", "error")),
        (BACKGROUND, {"scene_type": 7}, ("scene_type", "choice", "warning")),
        (BACKGROUND, {"prompt": "x", "batch_size": "4"}, ("batch_size", "choice", "warning")),
        (BACKGROUND, {"prompt": "x", "batch_size": 5}, ("batch_size", "maximum", "error")),
        (BACKGROUND, {"prompt": "x", "batch_size": 0}, ("batch_size", "minimum", "error")),
        (BACKGROUND, {"prompt": "x", "sync": 1}, ("sync", "unknown", "warning")),
        (PHOTO, {"size": "99x400"}, ("size", "pattern", "error")),
        (PHOTO, {"size": "400x2001"}, ("size", "pattern", "error")),
        (PHOTO, {"size": "295*413"}, ("size", "pattern", "error")),
        (PHOTO, {"bg_color": "438EDB"}, ("bg_color", "applies", "warning")),
        (COLORIZE, {"format": "gif"}, ("format", "choice", "error")),
        (OCR, {"sync": 1}, ("sync", "unknown", "warning")),
        (OCR, {"format": "html"}, ("format", "choice", "error")),
        (OCR, {"language": "English,Klingon"}, ("language", "usual", "warning")),
        (OCR, {"language": "english"}, ("language", "usual", "warning")),
        (OCR, {"language": ",".join(["English"] * 11)}, ("language", "pattern", "error")),
        (OCR, {"password": "x" * 33}, ("password", "length", "error")),
        (CROP, {"type": "5"}, ("type", "choice", "error")),
    ],
)
def test_each_rule_of_the_sheet_is_told_by_its_field(
    operation: catalog.Operation, body: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    assert problem in found(operation, {**URL, **body})


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (CUT, {"sync": 1, "return_type": 3, "type": "", "output_type": "1", "crop": 1}),
        (CUT, {"format": "jpg", "bg_color": "438edb"}),
        (COMPRESS, {"quality": 1, "width": 0, "height": "8000", "format": ""}),
        (COMPRESS, {"kbyte": "51200", "format": "jpg"}),
        (ENHANCE, {"type": "face", "fix_face_only": 1, "scale_factor": 4}),
        (REPAIR, {"rectangles": '[ {"x": 0, "y": 0, "width": 100, "height": 100} ]'}),
        (REPAIR, {"rectangles": f"[{','.join(['{}'] * 50)}]"}),
        (BACKGROUND, {"scene_type": 105}),
        (BACKGROUND, {"prompt": "x" * 1024, "scene_type": "2", "negative_prompt": "people", "batch_size": 1}),
        (PHOTO, {"size": "100x2000", "format": "png"}),
        (COLORIZE, {"format": "jpeg"}),
        (OCR, {"language": "ChinesePRC,English,Digits", "password": "x" * 32, "return_type": 2}),
        (CROP, {"type": 0, "sync": 1, "return_type": "3"}),
    ],
)
def test_what_the_sheet_allows_has_no_problem(operation: catalog.Operation, body: dict[str, Any]) -> None:
    assert found(operation, {**URL, **body}) == []


def test_a_document_under_another_name_counts_as_the_source_and_is_warned_about() -> None:
    assert found(OCR, {"file": "@scan.pdf"}) == [("image_file", "required", "warning")]
    assert ("file", "unknown", "warning") in found(CUT, {**URL, "file": "@scan.pdf"})
    assert {"image", "file"} == set(OCR.form.by_path["image_file"].takes)


def test_a_mask_can_be_painted() -> None:
    assert REPAIR.form.by_path["mask_file"].paints == "white"


# Payloads


@every
@pytest.mark.parametrize(
    ("word", "state"),
    [
        *((0, "queued"), (2, "queued"), (3, "queued"), (4, "running"), (5, "running"), (99, "running")),
        *((1, "succeeded"), ("1", "succeeded"), ("4", "running"), ("-3", "failed"), (-1, "failed"), (-99, "failed")),
        *(("ready", None), (None, None)),
    ],
)
def test_the_numbers_of_a_task(name: str, word: object, state: str | None) -> None:
    for operation in (TOOLS[name], QUERIES[name]):
        assert read(operation, state=word).state == state


@every
def test_an_accepted_call_is_queued_and_a_waiting_one_answers_with_what_it_has(name: str) -> None:
    tool = TOOLS[name]
    for payload in ({"status": 200, "message": "success", "data": {"task_id": ID}}, {"data": {"task_id": ID}}):
        report = tool.read(payload, "answer")
        assert (report.gateway_ids, report.state, report.refused) == ((ID,), "queued", False)
    assert read(tool, "answer").state == "succeeded"
    unfinished = read(tool, "answer", state=4, progress=60, image=None)
    assert (unfinished.state, unfinished.gateway_id, unfinished.progress) == ("running", ID, 60)


@pytest.mark.parametrize("status", [400, 401, 404, 413, 429, 500])
def test_a_refused_call_has_failed_and_a_refused_query_says_nothing(status: int) -> None:
    payload = {"status": status, "message": "not so"}
    for http in (status, 200):  # the status stands in the body too, and counts there
        report = CUT.read(payload, "answer", http)
        assert (report.state, report.error, report.refused) == ("failed", "not so", True)
        asked = QUERIES["cutout"].read(payload, "answer", http)
        assert (asked.state, asked.error) == (None, "not so")


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"state_detail": "Invalid image", "err_info": "other"}, "Invalid image"),
        ({"state_detail": "", "err_info": "no face"}, "no face"),
        ({"state_detail": None}, "-7"),
    ],
)
def test_a_failed_task_tells_why_as_far_as_it_can(told: dict[str, Any], error: str) -> None:
    report = read(CUT, state=-7, **told)
    assert (report.state, report.error, report.code, report.refused) == ("failed", error, "-7", False)
    assert report.results == []


def test_a_message_explains_a_failure_unless_it_is_the_word_for_success() -> None:
    data = {"task_id": ID, "state": -8}
    assert CUT.read({"status": 200, "message": "timed out", "data": data}, "poll").error == "timed out"
    assert CUT.read({"status": 200, "message": "success", "data": data}, "poll").error == "-8"


@pytest.mark.parametrize(
    ("state", "name", "again"),
    [
        *((-1, "trouble", "later"), (-2, "trouble", "later"), (-9, "trouble", "later"), (-13, "trouble", "later")),
        *((-3, "source-not-reached", "yes"), (-5, "source-too-large", "no"), (-7, "source-invalid", "no")),
        *((-8, "took-too-long", "yes"), (-10, "content", "no"), (-11, "nothing-found", "no"), (-14, "content", "no")),
        *((-15, "trouble", "later"), (-16, "content", "no"), (-17, "prompt", "no")),
    ],
)
def test_each_number_is_explained_with_a_text_and_without(state: int, name: str, again: str) -> None:
    for report in (read(CUT, state=state, state_detail="Broken"), read(CUT, state=state, state_detail=None)):
        told = catalog.explain(report.said, 200, "picwish")
        assert told is not None
        assert (told.name, told.again) == (name, again)


def test_a_number_that_nobody_knows_is_a_failure_without_an_explanation() -> None:
    report = read(CUT, state=-99, state_detail=None)
    assert (report.state, report.said, catalog.explain(report.said, 200, "picwish")) == ("failed", "-99", None)


def test_a_cut_out_is_a_picture_and_perhaps_its_mask() -> None:
    mask = "https://example.com/mask.png"
    assert results(read(CUT, mask=mask)) == [("image", OUT), ("image", mask)]
    assert results(read(CUT, mask="")) == [("image", OUT)]
    assert results(read(CUT, image="", mask=mask)) == [("image", mask)]


@pytest.mark.parametrize("count", [1, 2, 4, 8])
def test_backgrounds_are_collected_by_their_numbers(count: int) -> None:
    members: dict[str, Any] = {f"image_{number}": f"https://example.com/{number}.png" for number in range(1, count + 1)}
    assert results(read(BACKGROUND, image=None, **members)) == [("image", url) for url in members.values()]
    assert results(read(BACKGROUND, **members))[0] == ("image", OUT)


def test_what_was_read_is_a_file() -> None:
    assert results(read(OCR, image=None, file="https://example.com/scan.docx")) == [
        ("file", "https://example.com/scan.docx")
    ]


def test_a_result_may_come_as_base64_or_as_the_file_itself() -> None:
    [picture] = read(CUT, image="iVBORw0KGgo=", return_type=2).results
    assert (picture.kind, picture.data, picture.url) == ("image", "iVBORw0KGgo=", None)
    [document] = read(OCR, image=None, file="UEsDBA==", return_type=2).results
    assert (document.kind, document.data) == ("file", "UEsDBA==")
    [raw] = ENHANCE.read(b"\x89PNG\r\n\x1a\n\x00", "answer").results
    assert (raw.kind, raw.data) == ("image", b"\x89PNG\r\n\x1a\n\x00")


@every
def test_a_callback_reads_like_a_query_wrapped_flat_or_in_form_parts(name: str) -> None:
    tool = TOOLS[name]
    wrapped = {"status": "200", "data": catalog.dumps(DONE)}
    for payload in ({"status": 200, "data": DONE}, DONE, urlencode(wrapped)):
        report = tool.read(payload, "callback")
        assert (report.gateway_id, report.state, results(report)) == (ID, "succeeded", [("image", OUT)])


# What comes after


def test_a_cut_out_goes_before_a_new_background_and_its_mask_erases() -> None:
    payload = {"status": 200, "data": {**DONE, "mask": "https://example.com/mask.png"}}
    actions = CUT.read(payload, "poll", 200, {"image_file": KEPT}).actions
    assert [(each.operation, each.values) for each in actions][:2] == [
        ("picwish.background", {"image_url": OUT}),
        ("picwish.repair", {"mask_url": "https://example.com/mask.png", "image_file": KEPT}),
    ]
    assert "picwish.repair" not in {each.operation for each in read(CUT, mask="").actions}


def test_each_background_can_go_on_and_base64_cannot() -> None:
    report = read(BACKGROUND, image=None, image_1="https://a.b/1.png", image_2="https://a.b/2.png")
    enlarged = [each for each in report.actions if each.operation == "picwish.enhance"]
    assert [(each.values["image_url"], each.label.en) for each in enlarged] == [
        ("https://a.b/1.png", "Sharpen and enlarge · 1"),
        ("https://a.b/2.png", "Sharpen and enlarge · 2"),
    ]
    moved = [each.values["image"] for each in report.actions if each.operation == "kling.image2video"]
    assert moved == ["https://a.b/1.png", "https://a.b/2.png"]
    assert read(CUT, image="iVBORw0KGgo=").actions == []


@pytest.mark.parametrize("name", [name for name in SLUGS if name != "ocr"])
def test_every_picture_goes_on_into_other_tools_of_the_system_and_into_a_video(name: str) -> None:
    actions = read(TOOLS[name]).actions
    assert actions.pop().operation == "kling.image2video"
    assert actions
    for each in actions:
        assert each.operation in {tool.slug for tool in TOOLS.values()}
        assert found(catalog.get(each.operation), {**each.values, "prompt": "x", "mask_file": "@m"})[:1] != [
            ("image_url", "url", "error")
        ]
        assert OUT in each.values.values()


# Other systems


def test_a_picture_and_its_words_are_carried_from_another_system() -> None:
    source = catalog.get("kling.image-generate")
    ported = catalog.port(source, {"prompt": "marble table", "image": URL["image_url"], "n": 2}, {}, BACKGROUND)
    assert ported.values == {"image_url": URL["image_url"], "prompt": "marble table", "batch_size": 2}
    kept = catalog.port(source, {"prompt": "marble table", "image": KEPT}, {}, ENHANCE)
    assert kept.values["image_file"] == KEPT


def test_a_picture_is_carried_to_another_system_by_its_address() -> None:
    ported = catalog.port(PHOTO, {**URL, "size": "300x400"}, {}, catalog.get("kling.image-generate"))
    assert (ported.values["image"], ported.values["aspect_ratio"]) == (URL["image_url"], "3:4")


# Facts


def test_the_facts_around_the_tasks_are_there() -> None:
    assert {name: tool.patience for name, tool in TOOLS.items()} == dict.fromkeys(SLUGS, 30) | {
        **{"background": 300, "id-photo": 300},
        "ocr": 120,
    }
    for tool in TOOLS.values():
        assert (tool.callback, tool.result_hours, tool.poll_every, tool.price) == ("callback_url", 1, (1, 2), "unknown")
    assert {tool.makes for name, tool in TOOLS.items() if name != "ocr"} == {"image"}
    assert OCR.makes == "file"


def test_the_rows_of_the_navigation_are_these() -> None:
    rows = {name: (TOOLS[name].seed_row, QUERIES[name].seed_row) for name in SLUGS}
    assert rows == {
        "cutout": ("创建抠图任务", "获取抠图结果"),
        "compress": ("创建图片压缩任务", "获取图片压缩结果"),
        "enhance": ("创建图片变清晰任务", "获取图片变清晰结果"),
        "repair": ("创建图像修复任务", "获取图像修复结果"),
        "background": ("创建背景生成任务", "获取背景生成结果"),
        "id-photo": ("创建证件照制作任务", "获取证件照制作结果"),
        "colorize": ("创建图像上色任务", "获取黑白图像上色结果"),
        "ocr": ("创建OCR任务", "获取OCR结果"),
        "smart-crop": ("创建图片智能切边任务", "获取图片智能切边结果"),
    }


@pytest.mark.parametrize(
    ("tool", "key"), [("enhance", "scale_factor"), ("compress", "quality"), ("compress", "kbyte"), ("cutout", "sync")]
)
def test_a_number_that_travels_as_text_may_be_left_empty(tool: str, key: str) -> None:
    assert found(TOOLS[tool], URL | {key: ""}) == []
    assert found(TOOLS[tool], URL | {key: "x"}) == [(key, "type", "error")]
