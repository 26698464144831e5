"""The sheet of MewXAI as data: every example body and payload, every rule, and what a list leads to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from studio import catalog
from studio.catalog.port import port
from tests.catalog import bodies
from tests.catalog.sheets import found

QRCODE, TEXT = catalog.get("art-qrcode.qrcode"), catalog.get("art-qrcode.text")
FUSION, CUTE = catalog.get("art-qrcode.fusion"), catalog.get("art-qrcode.cute")
DETAIL = catalog.get("art-qrcode.detail")
TEMPLATES, MODELS = catalog.get("art-qrcode.template-list"), catalog.get("art-qrcode.model-list")
MAKING = [QRCODE, TEXT, FUSION, CUTE]
making = pytest.mark.parametrize("operation", MAKING, ids=lambda each: each.slug)

QRCODE_BODY = """
{"prompt":"misty mountains, pine trees --v 2 --iw 0.45 --shape circle --ar 1:1","model":"69",
 "qr_content":"https://example.com","callback_url":"https://example.com/cb"}
"""
FUSION_BODY = """
{"source_img":"https://example.com/house.jpg","source_mode":1,"style_img":"https://example.com/vangogh.jpg","engine":1,
 "cn_list":[{"type":1,"weight":60,"guidance_start":0,"guidance_end":1}],"type":"neuralstyle",
 "callback_url":"https://example.com/cb"}
"""
CUTE_BODY = """
{"args":{"prompt":"a hedgehog reading a map","upscaler":1,"ratio":1,"extra_model":[],"audit":0,"model":"203",
 "photo_format":"jpg"},"type":"MX-CUTE","callback_url":"https://example.com/cb"}
"""
ID = "0a1b2c3d-0000-4000-8000-000000000001"
SUBMITTED = catalog.loads(f'{{"code":0,"msg":"success","data":{{"img_uuid":"{ID}"}}}}')
POLLED = catalog.loads(f"""
{{"code":0,"msg":"success","data":{{"img_uuid":"{ID}","user_id":"1","urls":["https://example.com/qr.png"],
 "duration":41.2,"status":1,"qr_content":"https://example.com"}}}}
""")
CALLED_BACK = {"img_uuid": ID, "status": 1, "urls": ["https://example.com/qr.png"], "msg": "成功"}
LIST = catalog.loads("""
{"code":0,"msg":"success","data":[{"id":1,"name":"花绘","preview_img":"https://cdn.mewx.art/templates/1.jpeg"}]}
""")
CB = {"callback_url": "https://example.com/cb"}
CUSTOM = {"prompt": "pines", "model": "69", "qr_content": "hi", **CB}
SPOKEN = {"type": "textart", "prompt": "sand", **CB}


def fused(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = catalog.loads(FUSION_BODY)
    return body | changes


def control(**changes: Any) -> dict[str, Any]:
    return fused(cn_list=[{"type": 1, "weight": 60, "guidance_start": 0, "guidance_end": 1} | changes])


def cute(**changes: Any) -> dict[str, Any]:
    """A member given as None is left out."""
    body = catalog.loads(CUTE_BODY)
    args = {name: value for name, value in (body["args"] | changes).items() if value is not None}
    return {**body, "args": args}


# Bodies


@pytest.mark.parametrize(("operation", "text"), [(QRCODE, QRCODE_BODY), (FUSION, FUSION_BODY), (CUTE, CUTE_BODY)])
def test_the_sheets_bodies_are_the_examples_and_nothing_is_wrong_with_them(
    operation: catalog.Operation, text: str
) -> None:
    bodies.assert_is_the_example(operation, text)


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        (QRCODE, "/api/v1/images/generate"),
        (TEXT, "/api/v1/images/shadow/generate"),
        (FUSION, "/api/v1/images/neuralstyle/generate"),
        (CUTE, "/api/v1/mx/images/cute/generate"),
    ],
)
def test_each_has_its_path_and_is_asked_for_every_three_seconds_for_three_minutes(
    operation: catalog.Operation, path: str
) -> None:
    assert (operation.method, operation.path, operation.status) == ("POST", path, "inferred")
    assert (operation.poll, operation.poll_values([ID])) == (DETAIL.slug, {"img_uuid": ID})
    assert (operation.poll_every, operation.patience, operation.result_hours) == ((3, 3), 180, 1)
    assert operation.callback == "callback_url"
    assert DETAIL.address({"img_uuid": ID}) == f"/api/v1/images/detail?img_uuid={ID}"


def test_a_fresh_form_starts_with_what_is_fixed_and_what_must_be_a_number() -> None:
    assert QRCODE.defaults() == {}
    assert TEXT.defaults() == {"type": "textart"}
    example = catalog.loads(FUSION_BODY)
    assert FUSION.defaults() == {at: example[at] for at in ("source_mode", "engine", "cn_list", "type")}
    names = ("upscaler", "ratio", "extra_model", "audit", "model")
    args = {f"args.{name}": catalog.loads(CUTE_BODY)["args"][name] for name in names}
    assert CUTE.defaults() == {**args, "type": "MX-CUTE"}


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        (QRCODE, {"qr_content": "hi"}, ("prompt", "required", "error")),
        (QRCODE, {"qr_content": "hi", "prompt": "pines"}, ("model", "required", "error")),
        (QRCODE, {"prompt": "pines", "model": "69"}, ("qr_content", "required", "error")),
        (QRCODE, {"prompt": "pines", "model": "69", "qr_content": "hi"}, ("callback_url", "required", "warning")),
        (QRCODE, {**CUSTOM, "model": 69}, ("model", "type", "error")),
        (QRCODE, {**CUSTOM, "model": "99"}, ("model", "choice", "warning")),
        (QRCODE, {**CUSTOM, "template_id": 23}, ("model", "applies", "warning")),
        (QRCODE, {"template_id": 23, "negative_prompt": "fog", **CB}, ("negative_prompt", "applies", "warning")),
        (QRCODE, {**CUSTOM, "template_id": 7}, ("template_id", "choice", "warning")),
        (QRCODE, {**CUSTOM, "template_id": [23]}, ("template_id", "type", "error")),
        (QRCODE, {**CUSTOM, "qr_image": "iVBORw0KGgo="}, ("qr_image", "exclusive", "warning")),
        (QRCODE, {**CUSTOM, "qr_image": "data:image/png;base64,AAAA"}, ("qr_image", "pattern", "error")),
        (QRCODE, {**CUSTOM, "callback_url": "cb"}, ("callback_url", "url", "error")),
        (QRCODE, {**CUSTOM, "prompt": "pines --v 4"}, ("prompt", "usual", "warning")),
        (QRCODE, {**CUSTOM, "prompt": "pines\n--iw 0.455"}, ("prompt", "usual", "warning")),
        (QRCODE, {**CUSTOM, "prompt": "pines --iw 1.5"}, ("prompt", "usual", "warning")),
        (QRCODE, {**CUSTOM, "prompt": "pines --iw"}, ("prompt", "usual", "warning")),
        (QRCODE, {**CUSTOM, "prompt": "pines --seed 0"}, ("prompt", "usual", "warning")),
        (QRCODE, {**CUSTOM, "prompt": "pines --seed 1000000000"}, ("prompt", "usual", "warning")),
        (QRCODE, {**CUSTOM, "prompt": "pines --shape star --iw 1"}, ("prompt", "usual", "warning")),
        (QRCODE, {**CUSTOM, "prompt": "pines --ar 2:1"}, ("prompt", "usual", "warning")),
        (TEXT, {"prompt": "sand", **CB}, ("type", "required", "error")),
        (TEXT, {**SPOKEN, "type": "qrcode"}, ("type", "choice", "error")),
        (TEXT, {"type": "textart", **CB}, ("prompt", "required", "error")),
        (TEXT, {"type": "textart", "prompt": "sand"}, ("callback_url", "required", "error")),
        (TEXT, {**SPOKEN, "ratio": 2}, ("ratio", "choice", "error")),
        (TEXT, {**SPOKEN, "ratio": "9:16"}, ("ratio", "type", "error")),
        (TEXT, {**SPOKEN, "model": "1", "template_id": 2}, ("model", "applies", "warning")),
        (TEXT, {**SPOKEN, "prompt": "sand --iw 2"}, ("prompt", "usual", "warning")),
        (TEXT, {**SPOKEN, "words": "HELLO"}, ("words", "unknown", "warning")),
        (FUSION, fused(source_img=f"https://example.com/{'x' * 181}"), ("source_img", "length", "error")),
        (FUSION, fused(style_img=f"https://example.com/{'x' * 181}"), ("style_img", "length", "error")),
        (FUSION, fused(source_mode=3), ("source_mode", "choice", "error")),
        (FUSION, fused(engine="1"), ("engine", "type", "error")),
        (FUSION, fused(cn_list=[]), ("cn_list", "items", "error")),
        (FUSION, fused(cn_list=[{}, {}]), ("cn_list", "items", "error")),
        (FUSION, fused(type="style"), ("type", "choice", "error")),
        (FUSION, fused(callback_url=""), ("callback_url", "required", "error")),
        (FUSION, control(type=2), ("cn_list[0].type", "choice", "error")),
        (FUSION, control(weight=101), ("cn_list[0].weight", "maximum", "error")),
        (FUSION, control(weight=0.5), ("cn_list[0].weight", "type", "error")),
        (FUSION, control(guidance_start=-0.1), ("cn_list[0].guidance_start", "minimum", "error")),
        (FUSION, control(guidance_end=1.1), ("cn_list[0].guidance_end", "maximum", "error")),
        (CUTE, {"type": "MX-CUTE"}, ("args.prompt", "required", "error")),
        (CUTE, cute(prompt=""), ("args.prompt", "required", "error")),
        (CUTE, cute(prompt="x" * 1001), ("args.prompt", "length", "error")),
        (CUTE, cute(negative_prompt="x" * 1001), ("args.negative_prompt", "length", "error")),
        (CUTE, cute(upscaler=3), ("args.upscaler", "choice", "error")),
        (CUTE, cute(ratio=3), ("args.ratio", "choice", "error")),
        (CUTE, cute(ratio=None), ("args.ratio", "required", "error")),
        (CUTE, cute(extra_model=None), ("args.extra_model", "required", "error")),
        (CUTE, cute(extra_model=[{"id": "1", "weight": 1}] * 3), ("args.extra_model", "items", "error")),
        (CUTE, cute(extra_model=[{"id": 1}]), ("args.extra_model[0].id", "type", "error")),
        (CUTE, cute(audit=3), ("args.audit", "choice", "error")),
        (CUTE, cute(model="204"), ("args.model", "choice", "warning")),
        (CUTE, cute(model=203), ("args.model", "type", "error")),
        (CUTE, cute(photo_format="webp"), ("args.photo_format", "choice", "error")),
        (CUTE, cute(width=255, height=512), ("args.width", "minimum", "error")),
        (CUTE, cute(width=512, height=1025), ("args.height", "maximum", "error")),
        (CUTE, {**cute(), "type": "default"}, ("type", "choice", "error")),
    ],
)
def test_each_rule_of_the_sheet_is_told_by_its_field(
    operation: catalog.Operation, body: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    assert problem in found(operation, body)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (QRCODE, {**CUSTOM, "template_id": "", "negative_prompt": "", "qr_image": ""}),
        (QRCODE, {"prompt": "--iw 0.35", "model": "", "template_id": 23, "qr_content": "hi", **CB}),
        (QRCODE, {"template_id": 82, "qr_image": "iVBORw0KGgo=", "qr_content": "", **CB}),
        (QRCODE, {**CUSTOM, "prompt": "pines --v 1.1 --iw 0 --seed 999999999 --shape tiny-plus --ar 16:9"}),
        (QRCODE, {**CUSTOM, "prompt": "pines --iw 1.00 --verbose 3 --v 3"}),
        (TEXT, {"type": "texthidden", "template_id": 4, **CB}),
        (TEXT, {**SPOKEN, "prompt": "sand --iw 0.6 --seed 7 --type 5", "ratio": 6, "model": "12"}),
        (FUSION, control(type=9, weight=0, guidance_start=0.25, guidance_end=0.75)),
        (CUTE, cute(negative_prompt="", negative_type=2, extra_model=[{"id": "9", "weight": 0.5}] * 2, audit=2)),
        (CUTE, {name: value for name, value in cute(width=256, height=1024, model=None).items() if name not in CB}),
    ],
)
def test_what_the_sheet_allows_has_no_problem(operation: catalog.Operation, body: dict[str, Any]) -> None:
    assert found(operation, body) == []


@pytest.mark.parametrize("operation", [QRCODE, TEXT], ids=lambda each: each.slug)
def test_the_settings_behind_the_words_are_told_not_to_be_fields(operation: catalog.Operation) -> None:
    prompt = next(field for field in operation.fields if field.at == "prompt")
    assert "--iw" in prompt.help.en
    assert "not yet fields" in prompt.doubt.en


def test_a_template_may_come_as_text() -> None:
    for listed in (23, "23", ""):
        told = found(QRCODE, {"template_id": listed, "qr_content": "hi", **CB})
        assert "template_id" not in {at for at, _, _ in told}
    assert found(QRCODE, {"template_id": "24", "qr_content": "hi", **CB}) == [("template_id", "choice", "warning")]


def test_a_start_has_at_most_two_decimals() -> None:
    assert found(FUSION, control(guidance_start=0.12)) == []
    told = [("cn_list[0].guidance_start", "decimals", "warning")]
    assert found(FUSION, control(guidance_start=0.123)) == told


def test_a_picture_of_a_code_goes_as_bare_base64_and_the_pictures_of_a_fusion_by_address() -> None:
    sent = {f"{o.slug}:{f.at}": f.sent for o in MAKING for f in o.fields if f.takes}
    assert sent == {
        "art-qrcode.qrcode:qr_image": ("base64",),
        "art-qrcode.fusion:source_img": ("address",),
        "art-qrcode.fusion:style_img": ("address",),
    }


@pytest.mark.parametrize("operation", [TEMPLATES, MODELS], ids=lambda each: each.slug)
def test_a_list_is_asked_for_by_its_kind(operation: catalog.Operation) -> None:
    assert operation.address({"type": "textshadow"}) == f"{operation.path}?type=textshadow"
    assert operation.defaults() == {"type": "qrcode"}
    assert operation.offered
    problems = operation.body({}).problems
    assert [(p.path, p.rule, p.level) for p in problems] == [("type", "required", "error")]
    assert [p.rule for p in operation.body({"type": "picture"}).problems] == ["choice"]


# Answers


@making
def test_an_accepted_submit_is_queued(operation: catalog.Operation) -> None:
    for payload in (SUBMITTED, SUBMITTED | {"code": "0"}):
        report = operation.read(payload, "answer")
        assert (report.gateway_ids, report.state, report.refused) == ((ID,), "queued", False)


@making
@pytest.mark.parametrize(
    ("payload", "status", "error"),
    [
        ({"code": 1, "msg": "积分不足"}, 200, "积分不足"),
        ({"code": 400, "message": "bad", "data": {"img_uuid": ID}}, 200, "bad"),
        ({"code": -1, "msg": "", "message": "busy"}, 200, "busy"),
        ({"error": {"message": "无效的令牌", "type": "new_api_error", "code": ""}}, 401, "无效的令牌"),
        ("", 429, "HTTP 429 Too Many Requests"),
    ],
)
def test_any_code_but_zero_is_a_no(operation: catalog.Operation, payload: object, status: int, error: str) -> None:
    report = operation.read(payload, "answer", status)
    assert (report.state, report.gateway_ids, report.error, report.refused) == ("failed", (), error, True)
    for each in (operation, DETAIL):
        asked = each.read(payload, "poll", status)
        assert (asked.state, asked.error) == (None, error), "a refused query says nothing of the task"


@making
@pytest.mark.parametrize("answer", ["timed out", "<html><body>timed out</body></html>", "", '{"code":0,"data":{}}'])
def test_an_answer_without_an_id_says_nothing_of_the_task(operation: catalog.Operation, answer: str) -> None:
    report = operation.read(answer, "answer")
    assert (report.state, report.gateway_ids, report.refused) == (None, (), False)


# Tasks


@making
def test_a_finished_picture_reads_the_same_by_query_and_by_either_callback(operation: catalog.Operation) -> None:
    for payload, kind in ((POLLED, "poll"), (CALLED_BACK, "callback"), (POLLED, "callback")):
        report = operation.read(payload, kind)  # type: ignore[arg-type]
        assert (report.gateway_id, report.state, report.error) == (ID, "succeeded", "")
        assert [(r.kind, r.url, r.role) for r in report.results] == [("image", "https://example.com/qr.png", "")]
    assert DETAIL.read(POLLED, "answer").state == "succeeded"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        *((0, "running"), ("0", "running"), (1, "succeeded"), ("1", "succeeded"), (-1, "failed"), ("-1", "failed")),
        *((2, "running"), ("drawing", "running"), (None, None)),
    ],
)
def test_the_numbers_of_a_task(status: object, state: str | None) -> None:
    told = POLLED["data"] | {"status": status}
    assert QRCODE.read({"code": 0, "msg": "success", "data": told}, "poll").state == state
    assert QRCODE.read(CALLED_BACK | {"status": status}, "callback").state == state


def test_while_it_runs_there_is_no_result() -> None:
    told = {"code": 0, "msg": "success", "data": {"img_uuid": ID, "status": 0}}
    report = QRCODE.read(told, "poll")
    assert (report.state, report.results, report.progress, report.error) == ("running", [], None, "")


@pytest.mark.parametrize(
    ("payload", "kind", "error"),
    [
        ({"code": 0, "msg": "success", "data": {"img_uuid": ID, "status": -1, "msg": "失败"}}, "poll", "失败"),
        ({"code": 0, "msg": "out of time", "data": {"img_uuid": ID, "status": -1}}, "poll", "out of time"),
        ({"code": 0, "msg": "success", "data": {"img_uuid": ID, "status": -1}}, "poll", ""),
        ({"code": 0, "msg": "成功", "data": {"img_uuid": ID, "status": -1, "msg": "失败"}}, "callback", "失败"),
        ({"img_uuid": ID, "status": -1, "msg": "失败"}, "callback", "失败"),
        ({"img_uuid": ID, "status": -1}, "callback", ""),
    ],
)
def test_a_failed_task_tells_why_as_far_as_anybody_says(payload: object, kind: Any, error: str) -> None:
    report = QRCODE.read(payload, kind)
    assert (report.gateway_id, report.state, report.error, report.results) == (ID, "failed", error, [])


def test_a_record_that_is_gone_is_no_failed_task() -> None:
    gone = {"code": 1, "msg": "记录不存在", "data": None}
    for report in (DETAIL.read(gone, "answer"), QRCODE.read(gone, "poll")):
        assert (report.state, report.error, report.results) == (None, "记录不存在", [])


def test_the_points_stand_beside_the_picture() -> None:
    told = {"code": 0, "data": POLLED["data"] | {"cost": 5}}
    assert QRCODE.read(told, "poll").cost == Decimal(5)


def test_the_word_of_a_failure_is_explained() -> None:
    explained = catalog.explain("失败", system="art-qrcode")
    assert explained
    assert (explained.name, explained.charged, explained.again) == ("without-reason", "maybe", "yes")
    for told in ("鉴权失败", "生成失败：图片过大", "余额不足，失败"):
        other = catalog.explain(told, system="art-qrcode")
        assert other is None or other.name != "without-reason"


# What goes on


def test_a_short_link_can_be_drawn_in_another_style_and_a_long_one_goes_as_a_kept_file() -> None:
    values = [(each.operation, each.values) for each in QRCODE.read(POLLED, "poll").actions]
    url = "https://example.com/qr.png"
    onward = [("picwish.enhance", {"image_url": url}), ("kling.image2video", {"image": url})]
    assert values == [(FUSION.slug, {"source_img": url}), (FUSION.slug, {"style_img": url}), *onward]
    long = f"https://example.com/{'x' * 181}"
    actions = QRCODE.read(CALLED_BACK | {"urls": [long]}, "callback").actions
    assert [(each.operation, each.values) for each in actions] == [
        ("picwish.enhance", {"image_url": long}),
        ("kling.image2video", {"image": long}),
    ]


@making
def test_a_picture_can_be_sharpened_and_animated(operation: catalog.Operation) -> None:
    for report in (operation.read(POLLED, "poll"), operation.read(CALLED_BACK, "callback")):
        onward = report.actions[2:]
        assert [each.operation for each in onward] == ["picwish.enhance", "kling.image2video"]
        for each in onward:
            problems = catalog.get(each.operation).check(dict(each.values))
            assert [problem for problem in problems if problem.path in each.values] == []


@pytest.mark.parametrize(
    ("operation", "kind", "leads"),
    [
        (TEMPLATES, "qrcode", (QRCODE.slug, {"template_id": 1})),
        (TEMPLATES, "textshadow", (TEXT.slug, {"type": "textshadow", "template_id": 1})),
        (MODELS, "qrcode", (QRCODE.slug, {"model": "1"})),
        (MODELS, "textart", (TEXT.slug, {"type": "textart", "model": "1"})),
    ],
)
def test_each_entry_of_a_list_can_be_used_where_it_belongs(
    operation: catalog.Operation, kind: str, leads: tuple[str, dict[str, Any]]
) -> None:
    report = operation.read(LIST, "answer", asked={"type": kind})
    assert (report.state, report.gateway_ids) == ("succeeded", ())
    assert [(each.operation, each.values, each.label.zh) for each in report.actions] == [(*leads, "花绘")]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (LIST["data"] * 2, "\n".join(["1 · 花绘 · https://cdn.mewx.art/templates/1.jpeg"] * 2)),
        ([{"id": 69, "name": None}, {"id": "70", "name": "US comic"}], "69\n70 · US comic"),
        ([], "[]"),
    ],
)
def test_a_list_can_be_read_line_by_line(data: list[Any], text: str) -> None:
    for operation in (TEMPLATES, MODELS):
        report = operation.read({"code": 0, "msg": "success", "data": data}, "answer")
        assert [(each.kind, each.text) for each in report.results] == [("text", text)]
        assert report.state == "succeeded"


def test_a_list_that_is_refused_has_failed() -> None:
    report = TEMPLATES.read({"code": 1, "msg": "type is required"}, "answer")
    assert (report.state, report.error, report.refused, report.actions) == ("failed", "type is required", True, [])


# Recipes


def test_the_eighteen_examples_are_there_and_nothing_is_wrong_with_them() -> None:
    recipes = [each for each in catalog.recipes() if each.system == "art-qrcode"]
    assert [(step.operation, len(recipe.steps)) for recipe in recipes for step in recipe.steps] == [
        *[(FUSION.slug, 1)] * 1,
        *[(QRCODE.slug, 1)] * 8,
        *[(TEXT.slug, 1)] * 3,
        *[(CUTE.slug, 1)] * 6,
    ]
    problems = {recipe.slug: found(catalog.get(s.operation), dict(s.body)) for recipe in recipes for s in recipe.steps}
    assert {slug: each for slug, each in problems.items() if each} == {}
    assert dict(recipes[0].steps[0].body) == catalog.loads(FUSION_BODY)


def test_the_guide_shows_callbacks_that_are_read() -> None:
    [guide] = [each for system in catalog.systems() for each in system.guides if each.name == "art-qrcode-callback"]
    told = [TEXT.read(part.code, "callback") for part in guide.parts if part.code]
    assert [(each.state, each.gateway_id) for each in told] == [("succeeded", ID), ("failed", ID), ("succeeded", ID)]


# To and from other systems


def test_a_shape_is_a_number_here_and_its_name_elsewhere() -> None:
    kling, imagine = catalog.get("kling.image-generate"), catalog.get("midjourney.imagine")
    given = {"prompt": "a lantern", "aspect_ratio": "9:16"}
    assert port(kling, given, {}, TEXT).values["ratio"] == 3
    assert port(kling, given, {}, CUTE).values["args.ratio"] == 10, "9:16 is not offered, 2:3 is nearest"
    assert port(kling, given, {}, QRCODE).values["prompt"] == "a lantern --ar 9:16"
    there = port(TEXT, {"type": "textart", "prompt": "sand", "ratio": 4}, {}, kling).values
    assert there == {"prompt": "sand", "aspect_ratio": "16:9"}
    assert port(CUTE, {"args.prompt": "sand", "args.ratio": 11}, {}, imagine).values["prompt"] == "sand --ar 3:2"


def test_the_settings_behind_a_prompt_go_where_there_is_a_field_for_them() -> None:
    core = catalog.get("stable-diffusion.core")
    ported = port(QRCODE, {"prompt": "pines --iw 0.45 --seed 7 --ar 16:9", "model": "69"}, {}, core)
    assert {at: ported.values[at] for at in ("prompt", "seed", "aspect_ratio")} == {
        "prompt": "pines",
        "seed": 7,
        "aspect_ratio": "16:9",
    }
    assert [line.setting for line in ported.lines if line.kind == "lost" and line.setting] == ["--iw"]


def test_a_picture_of_another_system_becomes_the_source() -> None:
    picture = "https://img.example.com/start.png"
    ported = port(catalog.get("kling.image2video"), {"image": picture, "prompt": "slow"}, {}, FUSION)
    assert ported.values["source_img"] == picture
