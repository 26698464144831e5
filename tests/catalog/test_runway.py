"""Runway's other forms as data: every example body and payload of the sheet, and the rules between fields."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from studio import catalog
from tests.catalog.sheets import found

RESTYLE, ACT = catalog.get("runway.video2video"), catalog.get("runway.act-one")
CREATE, GET = catalog.get("runway.task-create"), catalog.get("runway.task-get")
IMAGE, TEXT = catalog.get("runway.ml-image-to-video"), catalog.get("runway.ml-text-to-video")
VIDEO, ML_GET = catalog.get("runway.ml-video-to-video"), catalog.get("runway.ml-task-get")
BODIES = [
    (
        RESTYLE,
        '{"callback_url":"https://studio.example.com/hooks/k9/","video":"https://v.example.com/a.mp4","model":"gen3",'
        '"prompt":"charcoal sketch","options":{"structure_transformation":0.4,"flip":false}}',
    ),
    (
        ACT,
        '{"callback_url":"https://studio.example.com/hooks/ka/","video":"https://v.example.com/talk.mp4",'
        '"image":"https://img.example.com/face.png"}',
    ),
    (
        CREATE,
        '{"taskType":"gen3a_turbo","internal":false,"notify_hook":"https://studio.example.com/hooks/kb/",'
        '"options":{"name":"turbo 42","seconds":5,"text_prompt":"waves","seed":42,"exploreMode":false,'
        '"watermark":false,"enhance_prompt":true,"init_image":"https://img.example.com/sea.png","resolution":"720p",'
        '"image_as_end_frame":false,"assetGroupName":"Generative Video"}}',
    ),
    (
        IMAGE,
        '{"model":"gen4_turbo","promptImage":"https://img.example.com/sea.png","promptText":"slow push in",'
        '"ratio":"1280:720","duration":5}',
    ),
    (TEXT, '{"model":"gen4.5","promptText":"a kite over a salt flat","ratio":"1280:720","duration":5}'),
    (
        VIDEO,
        '{"model":"gen4_aleph","videoUri":"https://v.example.com/a.mp4","promptText":"make it snow",'
        '"ratio":"1280:720"}',
    ),
]
FILM, URL = "https://cdn.example.com/v.mp4", "https://img.example.com/sea.png"
TASK, ML_TASK = "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"
EUROPA: dict[str, Any] = {
    "taskType": "europa",
    "options": {"seconds": 5, "text_prompt": "waves", "seed": 1, "exploreMode": False},
}
GEN2: dict[str, Any] = {
    "taskType": "gen2",
    "options": {"seconds": 4, "gen2Options": {"mode": "gen2", "text_prompt": "waves", "seed": 4294967295}},
}


def with_options(body: dict[str, Any], **options: Any) -> dict[str, Any]:
    return body | {"options": body["options"] | options}


def with_gen2(**members: Any) -> dict[str, Any]:
    return with_options(GEN2, gen2Options=GEN2["options"]["gen2Options"] | members)


def task(**members: Any) -> dict[str, Any]:
    return {"task": {"id": TASK, "error": None, "progressText": None, "progressRatio": None} | members}


# Bodies


@pytest.mark.parametrize(("operation", "text"), BODIES, ids=lambda each: getattr(each, "slug", ""))
def test_the_sheets_bodies_are_the_examples_and_come_back_to_the_digit(operation: catalog.Operation, text: str) -> None:
    body = catalog.loads(text)
    assert body == operation.example
    assert operation.check(body) == []
    assert catalog.dumps(operation.body(*operation.values(body)).body) == text
    assert catalog.recognise("POST", operation.path, body) is operation


def test_only_what_has_a_row_in_the_gateways_list_is_switched_on() -> None:
    on = {each.slug for each in catalog.operations() if each.system == "runway" and each.enabled}
    rows = {each.slug for each in catalog.operations() if each.system == "runway" and each.seed_row}
    assert on == rows >= {"runway.task-create", "runway.task-get"}


@pytest.mark.parametrize("operation", [IMAGE, TEXT, VIDEO, ML_GET])
def test_the_developer_api_is_told_its_version(operation: catalog.Operation) -> None:
    assert operation.headers == {"X-Runway-Version": "2024-11-06"}


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        (
            RESTYLE,
            RESTYLE.example | {"options": {"flip": True}},
            ("options.structure_transformation", "required", "error"),
        ),
        (
            RESTYLE,
            RESTYLE.example | {"options": {"flip": True, "structure_transformation": 1.1}},
            ("options.structure_transformation", "maximum", "error"),
        ),
        (RESTYLE, RESTYLE.example | {"model": "gen9"}, ("model", "choice", "warning")),
        (ACT, {"video": FILM, "callback_url": URL}, ("image", "required", "error")),
        (CREATE, with_options(EUROPA, seconds=4), ("options.seconds", "choice", "warning")),
        (CREATE, with_options(EUROPA, seconds=7), ("options.seconds", "choice", "error")),
        (CREATE, with_options(EUROPA, seed=4294967296), ("options.seed", "maximum", "error")),
        (CREATE, EUROPA | {"taskType": "gen3a_turbo"}, ("options.init_image", "required", "error")),
        (CREATE, with_options(EUROPA, text_prompt=""), ("options.text_prompt", "required", "error")),
        (CREATE, EUROPA | {"taskType": "gen9"}, ("taskType", "choice", "warning")),
        (CREATE, with_options(EUROPA, video_prompt=FILM), ("options.structure_transformation", "required", "error")),
        (
            CREATE,
            with_options(EUROPA, structure_transformation=0.3),
            ("options.structure_transformation", "applies", "warning"),
        ),
        (CREATE, with_options(EUROPA, image_as_end_frame=True), ("options.image_as_end_frame", "applies", "warning")),
        (CREATE, with_options(EUROPA, extended_from_task_id=TASK), ("options.init_video", "required", "error")),
        (
            CREATE,
            with_options(EUROPA, gen2Options={"mode": "gen2", "seed": 1, "text_prompt": "x"}),
            ("options.gen2Options", "applies", "warning"),
        ),
        (CREATE, GEN2 | {"options": {"seconds": 4}}, ("options.gen2Options", "required", "error")),
        (CREATE, with_gen2(text_prompt=""), ("options.gen2Options.text_prompt", "required", "error")),
        (CREATE, with_gen2(image_prompt=URL), ("options.gen2Options.init_image", "required", "error")),
        (
            CREATE,
            with_options(GEN2, video_prompt=FILM, structure_transformation=0),
            ("options.video_prompt", "applies", "warning"),
        ),
        (CREATE, with_options(GEN2, seconds=5), ("options.seconds", "choice", "warning")),
        (IMAGE, {"model": "gen3a_turbo", "promptImage": URL}, ("promptText", "required", "error")),
        (IMAGE, {"model": "gen4_turbo", "promptImage": URL}, ("ratio", "required", "error")),
        (IMAGE, IMAGE.example | {"ratio": "1280:768"}, ("ratio", "choice", "warning")),
        (IMAGE, IMAGE.example | {"ratio": "16:9"}, ("ratio", "choice", "warning")),
        (IMAGE, IMAGE.example | {"promptText": "x" * 1001}, ("promptText", "length", "error")),
        (IMAGE, IMAGE.example | {"promptImage": "sea.png"}, ("promptImage", "pattern", "error")),
        (IMAGE, IMAGE.example | {"promptImage": [{"uri": URL}]}, ("promptImage[0].position", "required", "error")),
        (IMAGE, IMAGE.example | {"duration": 7}, ("duration", "choice", "error")),
        (TEXT, {"model": "gen4.5", "promptText": "x", "ratio": "1280:720"}, ("duration", "required", "error")),
        (TEXT, TEXT.example | {"model": "veo3"}, ("duration", "choice", "warning")),
        (TEXT, TEXT.example | {"model": "veo3", "duration": 8, "seed": 1}, ("seed", "applies", "warning")),
        (TEXT, TEXT.example | {"ratio": "1920:1080"}, ("ratio", "choice", "warning")),
        (VIDEO, {"model": "gen4_aleph", "videoUri": FILM, "ratio": "1280:720"}, ("promptText", "required", "error")),
        (VIDEO, VIDEO.example | {"references": [{"type": "image", "uri": URL}] * 2}, ("references", "items", "error")),
        (VIDEO, VIDEO.example | {"model": "aleph2", "references": []}, ("references", "applies", "warning")),
    ],
)
def test_what_is_wrong_is_told_once(
    operation: catalog.Operation, body: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    assert found(operation, body) == [problem]


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (CREATE, EUROPA),
        (CREATE, GEN2),
        (CREATE, with_options(EUROPA, text_prompt="", init_image=URL, image_as_end_frame=True)),
        (CREATE, with_gen2(text_prompt="", image_prompt=URL, init_image=URL)),
        (CREATE, with_options(EUROPA, extended_from_task_id=TASK, init_video=FILM)),
        (CREATE, with_options(EUROPA, video_prompt=FILM, structure_transformation=0.3)),
        (IMAGE, {"model": "gen3a_turbo", "promptImage": "data:image/png;base64,AAAA", "promptText": "x"}),
        (IMAGE, IMAGE.example | {"promptImage": [{"uri": URL, "position": "first"}]}),
        (TEXT, {"model": "veo3.1", "promptText": "x", "ratio": "1920:1080"}),
        (VIDEO, {"model": "aleph2", "videoUri": FILM}),
    ],
)
def test_what_the_sheet_allows_is_allowed(operation: catalog.Operation, body: dict[str, Any]) -> None:
    assert found(operation, body) == []


@pytest.mark.parametrize("operation", [RESTYLE, CREATE, IMAGE, TEXT, VIDEO])
def test_a_fresh_form_lacks_only_what_a_person_must_say(operation: catalog.Operation) -> None:
    mine = {"callback_url", "prompt", "video", "options.text_prompt", "promptImage", "promptText", "videoUri"}
    built = operation.body(operation.defaults())
    assert {p.path for p in built.problems if p.level == "error"} <= mine
    assert all(p.level == "error" for p in built.problems)


# Members that must be left out when empty


@pytest.mark.parametrize("empty", ["", None])
@pytest.mark.parametrize("at", ["init_image", "extended_from_task_id", "init_video"])
def test_a_member_that_must_not_be_empty_is_left_out_of_the_body_and_that_is_told(at: str, empty: object) -> None:
    values, extras = CREATE.values(with_options(EUROPA, **{at: empty}, odd=1))
    built = CREATE.body(values, extras)
    assert built.body == with_options(EUROPA, odd=1)
    assert [p for p in built.problems if p.level == "error"] == []
    (left,) = [line for line in built.trace if not line.kept]
    assert (left.at, left.why, left.fate) == (f"options.{at}", "rule", None)
    assert str(left.note) == "Left out: the gateway takes it only when it holds something."


def test_gen2_leaves_its_empty_pictures_out_too() -> None:
    whole = with_gen2(image_prompt="", init_image="")
    assert CREATE.body(*CREATE.values(whole)).body == GEN2
    assert CREATE.body({"options.gen2Options.init_image": ""}).body == {}


def test_a_body_that_sends_them_empty_all_the_same_is_an_error() -> None:
    assert found(CREATE, with_options(EUROPA, init_image="")) == [("options.init_image", "empty", "error")]
    assert found(CREATE, with_options(EUROPA, init_image=None)) == [("options.init_image", "type", "error")]


def test_an_empty_one_sets_nothing_else_in_motion() -> None:
    built = CREATE.body(*CREATE.values(with_options(EUROPA, init_image="", image_as_end_frame=False)))
    assert [p.rule for p in built.problems] == ["applies"]


# Payloads


@pytest.mark.parametrize(
    ("told", "state", "progress"),
    [
        (task(status="PENDING"), "queued", None),
        (task(status="THROTTLED", progressRatio="0"), "queued", 0),
        (task(status="RUNNING", progressRatio="0.35"), "running", 35),
        (task(status="RUNNING", progressRatio=0.29), "running", 29),
        (task(status="RUNNING", progressRatio="1.0"), "running", 100),
        (task(status="FAILED"), "failed", None),
        (task(status="CANCELLED"), "cancelled", None),
        (task(status="CANCELED"), "cancelled", None),
        (task(status="DREAMING"), None, None),
    ],
)
@pytest.mark.parametrize("kind", ["poll", "callback"])
def test_a_task_of_the_web_app_tells_its_state_and_a_fraction_as_text(
    told: dict[str, Any], state: str | None, progress: int | None, kind: Any
) -> None:
    report = CREATE.read(told, kind)
    assert (report.gateway_id, report.state, report.progress) == (TASK, state, progress)


def test_its_artifacts_are_results_and_offer_to_extend_and_to_restyle() -> None:
    report = CREATE.read(task(status="SUCCEEDED", artifacts=[{"url": FILM, "previewUrls": [URL]}]), "poll")
    assert [(r.kind, r.url, r.role) for r in report.results] == [("video", FILM, ""), ("image", URL, "thumbnail")]
    assert [(a.operation, dict(a.values)) for a in report.actions] == [
        ("runway.task-create", {"options.extended_from_task_id": TASK, "options.init_video": FILM}),
        ("runway.task-create", {"options.video_prompt": FILM, "options.structure_transformation": 0.3}),
    ]


@pytest.mark.parametrize(
    ("told", "error"), [({"progressText": "why", "error": "code"}, "why"), ({"error": "code"}, "code"), ({}, "")]
)
def test_a_failure_is_told_by_its_progress_text_else_by_its_error(told: dict[str, str], error: str) -> None:
    assert CREATE.read(task(status="FAILED", **told), "poll").error == error


def test_the_wait_is_told_in_seconds() -> None:
    assert CREATE.read(task(status="THROTTLED", estimatedTimeToStartSeconds=12.5), "poll").eta == 12.5


@pytest.mark.parametrize(
    ("told", "state", "progress"),
    [
        ({"id": ML_TASK, "status": "THROTTLED"}, "queued", None),
        ({"id": ML_TASK, "status": "RUNNING", "progress": 0.5}, "running", 50),
        ({"id": ML_TASK, "status": "CANCELLED"}, "cancelled", None),
        ({"code": "success", "data": {"task_id": ML_TASK, "status": "NOT_START", "progress": "0%"}}, "queued", 0),
        ({"code": "success", "data": {"task_id": ML_TASK, "status": "SUBMITTED"}}, "queued", None),
        ({"code": "success", "data": {"task_id": ML_TASK, "status": "QUEUED", "progress": "0%"}}, "queued", 0),
        ({"code": "success", "data": {"task_id": ML_TASK, "status": "IN_PROGRESS", "progress": "30%"}}, "running", 30),
        ({"code": "success", "data": {"task_id": ML_TASK, "status": "FAILURE", "fail_reason": "x"}}, "failed", None),
    ],
)
def test_the_developer_api_is_read_alone_and_wrapped(told: object, state: str, progress: int | None) -> None:
    report = IMAGE.read(told, "poll")
    assert (report.gateway_id, report.state, report.progress) == (ML_TASK, state, progress)


@pytest.mark.parametrize("wrapped", [False, True])
def test_its_output_is_a_video_that_can_be_edited_and_restyled(wrapped: bool) -> None:
    told: dict[str, Any] = {"id": ML_TASK, "status": "SUCCEEDED", "output": [FILM], "cost": {"credits": 25}}
    if wrapped:
        told = {"code": "success", "message": "", "data": {"task_id": ML_TASK, "status": "SUCCESS", "data": told}}
    report = IMAGE.read(told, "poll")
    assert (report.state, report.cost) == ("succeeded", Decimal(25))
    assert [(r.kind, r.url) for r in report.results] == [("video", FILM)]
    offered = [(a.operation, dict(a.values)) for a in report.actions]
    assert offered == [("runway.ml-video-to-video", {"videoUri": FILM}), ("runway.video2video", {"video": FILM})]


def test_a_task_that_is_not_known_yet_says_nothing_of_its_state() -> None:
    report = IMAGE.read({"code": "task_not_exist", "message": "task not exist", "data": None}, "poll")
    assert (report.state, report.refused, report.error) == (None, True, "task not exist")


@pytest.mark.parametrize("status", [400, 429])
def test_a_refused_submit_has_failed_with_its_text(status: int) -> None:
    for told in ({"error": "ratio is wrong"}, {"error": {"message": "ratio is wrong", "code": "x"}}):
        report = IMAGE.read(told, "answer", status)
        assert (report.state, report.refused, report.error) == ("failed", True, "ratio is wrong")


def test_what_v1_made_can_be_restyled_and_can_move_a_character() -> None:
    report = ACT.read({"task_id": "1", "status": "3", "video_url": FILM}, "callback")
    assert [(a.operation, dict(a.values)) for a in report.actions] == [
        ("runway.video2video", {"video": FILM}),
        ("runway.act-one", {"video": FILM}),
    ]


def test_each_is_asked_for_by_the_query_of_its_own_form() -> None:
    assert {o.slug: o.poll for o in (RESTYLE, ACT, CREATE, IMAGE, TEXT, VIDEO)} == {
        "runway.video2video": "runway.feed",
        "runway.act-one": "runway.feed",
        "runway.task-create": "runway.task-get",
        **dict.fromkeys((IMAGE.slug, TEXT.slug, VIDEO.slug), "runway.ml-task-get"),
    }
    assert GET.address(CREATE.poll_values([TASK])) == f"/runway/tasks/{TASK}"
    assert ML_GET.address(IMAGE.poll_values([ML_TASK])) == f"/runwayml/v1/tasks/{ML_TASK}"


def test_what_a_fresh_form_starts_with_is_not_called_the_persons_own() -> None:
    operation = catalog.get("runway.task-create")
    whys = {line.at: line.why for line in operation.body(operation.defaults()).trace}
    assert whys["taskType"] == whys["options.seconds"] == whys["options.seed"] == "default"
    changed = operation.body(operation.defaults() | {"options.seed": 7})
    assert {line.at: line.why for line in changed.trace}["options.seed"] == "set"


def test_only_gen3a_turbo_takes_a_last_frame() -> None:
    def told(model: str, ratio: str, *positions: str) -> list[tuple[str, str, str]]:
        frames = [{"uri": "https://a.b/1.png", "position": position} for position in positions]
        return found(IMAGE, {"model": model, "ratio": ratio, "promptText": "x", "promptImage": frames})

    assert told("gen3a_turbo", "1280:768", "first", "last") == []
    assert told("gen4_turbo", "1280:720", "first") == []
    assert told("gen4_turbo", "1280:720", "first", "last") == [("promptImage", "count", "warning")]
