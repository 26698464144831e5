"""The stand-in's Docmee: texts that grow, decks that are built meanwhile or at once, and everything done with them."""

from __future__ import annotations

import base64
import gzip
import io
import json
from typing import Any

import httpx
import pytest
from PIL import Image

from studio.sandbox.app import App, make_app
from studio.sandbox.slides import Deck, Slide, pptx, read
from tests.sandbox.rig import Rig

PPT, JSON = "/docmee/v1/api/ppt", "/docmee/v1/api/pptjson"
OUTLINE, UPDATE, CONTENT = f"{PPT}/generateOutline", f"{PPT}/updateOutline", f"{PPT}/generateContent"
DIRECT, DRAW, PARSE = f"{PPT}/directGeneratePptx", f"{PPT}/generatePptx", f"{PPT}/parseFileData"
DOWNLOAD, LOAD, SAVE = f"{PPT}/downloadPptx", f"{PPT}/loadPptx", f"{PPT}/savePptx"
TEMPLATE, RENAME, DELETE = f"{PPT}/updatePptTemplate", f"{PPT}/updatePptxAttr", f"{PPT}/delete"
TEMPLATES, RANDOM, LIST = f"{PPT}/templates", f"{PPT}/randomTemplates", f"{PPT}/listPptx"
TEA = {"subject": "Green tea for beginners", "length": "short", "lang": "en"}
TEXT = "# Tea\n## History\n### Origins\n#### China\n- first records"
MEANWHILE = {"outlineMarkdown": "# Tea\n## History\n## Brewing", "asyncGenPptx": True, "templateId": None}


def events(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.headers["content-type"].startswith("text/event-stream")
    return [json.loads(line.removeprefix("data: ")) for line in answer.text.splitlines() if line]


def text_of(told: list[dict[str, Any]]) -> str:
    return "".join(each.get("text", "") for each in told)


def made(rig: Rig, **more: Any) -> dict[str, Any]:
    """The pptInfo of a deck that was made silently."""
    told: dict[str, Any] = rig.post(DIRECT, TEA | more).json()["data"]["pptInfo"]
    return told


def deck(rig: Rig, url: str) -> Deck:
    answer = rig.client.get(url)
    assert answer.headers["content-type"].endswith("presentationml.presentation")
    return read(answer.content)


def asked(rig: Rig, id_: str, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = rig.post(DOWNLOAD, {"id": id_, **more}).json()
    return told


def unpacked(value: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(value)))
    return told


def parse(rig: Rig, files: dict[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {rig.key}"}
    told: dict[str, Any] = rig.client.post(PARSE, files=files, headers=headers).json()
    return told


# Texts


def test_an_outline_comes_as_events_and_ends_with_its_tree(rig: Rig) -> None:
    told = events(rig.post(OUTLINE, TEA))
    assert {each["status"] for each in told[:-1]} == {3}
    assert (told[-1]["status"], told[-1]["result"]["name"]) == (4, "Green tea for beginners")
    text = text_of(told)
    assert text.startswith("# Green tea for beginners\n## 1 Overview\n### 1.1 ")
    assert [each["level"] for each in told[-1]["result"]["children"]] == [2, 2, 2]
    assert text.count("\n## ") == 3
    assert rig.ledger()["posts"][0]["charged"] == "1"


@pytest.mark.parametrize(("length", "low", "high"), [("short", 10, 15), ("medium", 20, 30), ("long", 25, 35)])
def test_the_length_is_that_of_the_sheet(rig: Rig, length: str, low: int, high: int) -> None:
    assert low <= len(deck(rig, made(rig, length=length)["fileUrl"]).slides) <= high


@pytest.mark.parametrize(("lang", "word"), [("de", "Überblick"), ("ja", "概要"), ("ru", "Обзор"), ("xx", "Overview")])
def test_the_language_is_the_one_asked_for(rig: Rig, lang: str, word: str) -> None:
    assert f"## 1 {word}" in text_of(events(rig.post(OUTLINE, TEA | {"lang": lang})))


def test_a_chinese_topic_is_written_in_chinese_and_wishes_stand_in_it(rig: Rig) -> None:
    text = text_of(events(rig.post(OUTLINE, {"subject": "绿茶入门", "prompt": "风格轻松", "length": None})))
    assert "## 1 概述" in text
    assert "风格轻松" in text


def test_without_a_stream_the_text_comes_whole(rig: Rig) -> None:
    told = rig.post(OUTLINE, TEA | {"stream": False}).json()
    assert (told["code"], told["data"]["result"]["level"]) == (0, 1)
    assert told["data"]["text"] == text_of(events(rig.post(OUTLINE, TEA)))


def test_an_outline_is_changed_and_filled(rig: Rig) -> None:
    body = {"outlineMarkdown": "# Tea\n## History", "question": "Add a chapter on brewing."}
    changed = text_of(events(rig.post(UPDATE, body)))
    assert changed.startswith("# Tea\n## History\n## 2 Brewing\n")
    filled = text_of(events(rig.post(CONTENT, {"outlineMarkdown": changed, "asyncGenPptx": False})))
    assert filled.startswith("# Tea\n## History\n- ")
    assert filled.count("\n- ") > changed.count("\n")


def test_a_text_may_fail_half_way(rig: Rig) -> None:
    told = events(rig.post(OUTLINE, TEA | {"subject": "gibberish"}))
    assert told[-1] == {"status": -1, "error": "AI 异常，生成失败"}
    assert told[0]["status"] == 3
    assert rig.post(DIRECT, {"subject": "gibberish"}).json()["code"] == 1009
    assert rig.ledger()["charged"] == "0"


# Decks


def test_a_deck_comes_in_one_call_with_its_file_and_cover(rig: Rig) -> None:
    told = made(rig)
    assert (len(told["id"]), told["subject"], told["updateTime"]) == (19, "Green tea for beginners", None)
    assert told["pptxProperty"] is None
    found = deck(rig, told["fileUrl"])
    assert found.slides[0].title == "Green tea for beginners"
    assert found.slides[2].lines
    cover = rig.client.get(told["coverUrl"])
    with Image.open(io.BytesIO(cover.content)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (640, 360))
    assert rig.ledger()["posts"][0]["charged"] == "10"
    structure = unpacked(made(rig, pptxProperty=True)["pptxProperty"])
    assert [page["title"] for page in structure["pages"]] == [slide.title for slide in found.slides]


def test_a_streamed_deck_names_its_id_and_ends_with_the_deck(rig: Rig) -> None:
    told = events(rig.post(DIRECT, TEA | {"stream": True}))
    ids = [each["pptId"] for each in told if "pptId" in each]
    assert (told[-1]["status"], told[-1]["result"]["id"]) == (4, ids[0])
    assert told[-2] == {"text": "", "status": 3, "pptId": ids[0]}
    titles = [slide.title for slide in deck(rig, told[-1]["result"]["fileUrl"]).slides]
    headings = [line.lstrip("# ") for line in text_of(told).splitlines() if line.startswith("#")]
    assert titles == [heading for heading in headings if heading in titles]


def test_a_deck_is_built_while_its_text_is_written(rig: Rig) -> None:
    told = events(rig.post(CONTENT, MEANWHILE))
    id_ = next(each["pptId"] for each in told if "pptId" in each)
    assert "pptId" not in told[0]
    assert {(each["pptId"], each["total"]) for each in told[1:-1]} == {(id_, 3)}
    assert (told[-1]["status"], told[-1]["result"]["name"]) == (4, "Tea")
    assert asked(rig, id_)["data"]["fileUrl"] is None
    seen = [rig.ask(f"{PPT}/asyncPptInfo?pptId={id_}").json()["data"]]
    while seen[-1]["current"] < 3:
        rig.step(0.5)
        seen.append(rig.ask(f"{PPT}/asyncPptInfo?pptId={id_}").json()["data"])
    assert {each["current"] for each in seen} == {0, 1, 2, 3}
    assert all(len(unpacked(each["pptxProperty"])["pages"]) == each["current"] for each in seen)
    assert [slide.title for slide in deck(rig, asked(rig, id_)["data"]["fileUrl"]).slides] == [
        *("Tea", "History", "Brewing")
    ]
    rig.step(2)
    assert rig.ask(f"{PPT}/asyncPptInfo?pptId={id_}").json()["code"] == 1001, "gone half a minute after its end"


def test_a_finished_text_is_drawn_with_its_notes(rig: Rig) -> None:
    body = {"outlineContentMarkdown": TEXT, "templateId": "181...", "pptxProperty": True, "notes": ["Begin slowly."]}
    told = rig.post(DRAW, body).json()["data"]["pptInfo"]
    slides = deck(rig, told["fileUrl"]).slides
    assert [(slide.title, slide.lines) for slide in slides] == [
        ("Tea", ()),
        ("History", ()),
        ("Origins", ("China", "first records")),
    ]
    assert unpacked(told["pptxProperty"])["pages"][2]["notes"] == "Begin slowly."


def test_a_deck_that_fails_is_told_and_given_back(rig: Rig) -> None:
    rig.play(fail_task=1)
    assert rig.post(DIRECT, TEA).json()["code"] == 1009
    assert rig.ledger()["charged"] == "0"
    id_ = events(rig.post(CONTENT, MEANWHILE))[-1]["pptId"]
    rig.step(30)
    assert asked(rig, id_)["code"] == 1009
    assert rig.ledger()["refunded"] == "10"


def test_links_may_be_dead_and_a_young_deck_unknown(rig: Rig) -> None:
    rig.play(expired_links=1)
    assert rig.client.get(made(rig)["fileUrl"]).status_code == 403
    rig.play(unknown_task=1)
    id_ = events(rig.post(CONTENT, MEANWHILE))[-1]["pptId"]
    assert asked(rig, id_)["code"] == 1001
    rig.step(30)
    assert asked(rig, id_)["data"]["fileUrl"]


def test_a_link_lives_two_hours(rig: Rig) -> None:
    url = made(rig)["fileUrl"]
    rig.step(7100)
    assert rig.client.get(url).status_code == 200
    rig.step(200)
    assert rig.client.get(url).status_code == 403


def test_a_long_topic_of_several_lines_is_one_title(rig: Rig) -> None:
    told = made(rig, subject="Tea\nand " + "water " * 40)
    title = deck(rig, told["fileUrl"]).slides[0].title
    assert title == told["subject"]
    assert title.startswith("Tea and water water")
    assert 100 < len(title) <= 120


# What is done with decks


def test_a_deck_is_loaded_changed_and_saved(rig: Rig) -> None:
    id_ = made(rig)["id"]
    told = rig.ask(f"{LOAD}?id={id_}").json()["data"]["pptInfo"]
    assert "fileUrl" not in told
    structure = unpacked(told["pptxProperty"])
    structure["pages"][0]["title"] = "Black tea"
    saved = rig.post(SAVE, {"id": id_, "drawPptx": True, "drawCover": True, "pptxProperty": structure}).json()
    assert deck(rig, saved["data"]["pptInfo"]["fileUrl"]).slides[0].title == "Black tea"
    assert saved["data"]["pptInfo"]["updateTime"]
    only = rig.post(SAVE, {"id": id_}).json()["data"]["pptInfo"]
    assert "fileUrl" not in only


def test_a_file_is_drawn_anew_only_when_it_is_asked_for(rig: Rig) -> None:
    told = made(rig, templateId="1815000000000000001")
    before = rig.client.get(told["fileUrl"]).content
    change = {"pptId": told["id"], "templateId": "1815000000000000002"}
    answer = rig.post(TEMPLATE, change).json()["data"]
    assert answer["templateId"] == "1815000000000000002"
    assert answer["pptxProperty"]["slideMasters"] == [{"name": "Meadow 1", "themeColor": "#589AFD"}]
    assert rig.client.get(asked(rig, told["id"])["data"]["fileUrl"]).content == before
    assert rig.client.get(asked(rig, told["id"], refresh=True)["data"]["fileUrl"]).content != before
    rig.post(TEMPLATE, change | {"templateId": "1815000000000000001", "sync": True})
    assert rig.client.get(asked(rig, told["id"])["data"]["fileUrl"]).content == before


def test_decks_are_renamed_listed_and_deleted(rig: Rig) -> None:
    first, second = made(rig)["id"], made(rig, subject="Black tea")["id"]
    assert rig.post(RENAME, {"id": first, "name": "Tea basics"}).json() == {"code": 0, "message": "操作成功"}
    assert asked(rig, first)["data"]["name"] == "Tea basics"
    page = rig.post(LIST, {"page": 1, "size": 1}).json()
    assert (page["total"], [each["id"] for each in page["data"]]) == (2, [second])
    assert set(page["data"][0]) == {"id", "subject", "coverUrl", "templateId", "createTime"}
    assert rig.post(LIST, {"page": 2, "size": 1}).json()["data"][0]["id"] == first
    assert rig.ask("/docmee/v1/api/user/apiInfo").json()["data"] == {"availableCount": 998, "usedCount": 2}
    assert rig.post(DELETE, {"id": first}).json()["code"] == 0
    assert asked(rig, first)["code"] == 1001
    assert rig.post(LIST, {"page": 1, "size": 9}).json()["total"] == 1


# Templates, files and the account


def test_templates_come_page_by_page_and_by_what_they_are(rig: Rig) -> None:
    body = {"page": 1, "size": 12, "filters": {"type": 1}}
    first, last = rig.post(TEMPLATES, body).json(), rig.post(TEMPLATES, body | {"page": 4}).json()
    assert (first["total"], len(first["data"]), len(last["data"])) == (37, 12, 1)
    blue = rig.post(TEMPLATES, body | {"filters": {"type": 1, "style": "商务科技", "category": None}}).json()
    assert blue["data"]
    assert {each["style"] for each in blue["data"]} == {"商务科技"}
    assert rig.post(TEMPLATES, body | {"filters": {"type": 4}}).json()["total"] == 0
    assert rig.client.get(first["data"][0]["coverUrl"]).headers["content-type"] == "image/png"
    english = rig.post(f"{TEMPLATES}?lang=en", body).json()["data"][0]
    assert (first["data"][0]["subject"], english["subject"]) == ("港湾 1", "Harbour 1")


def test_random_templates_leave_out_what_was_shown(rig: Rig) -> None:
    shown: list[str] = []
    for _ in range(5):
        body = {"size": 8, "filters": {"type": 1, "neq_id": shown}}
        shown += [each["id"] for each in rig.post(RANDOM, body).json()["data"]]
    assert len(shown) == len(set(shown)) == 37


@pytest.mark.parametrize(
    ("files", "topic"),
    [
        ({"content": (None, "Rain\nIt falls in spring.")}, "Rain"),
        ({"websearch": (None, "green tea")}, "green tea"),
        ({"website": (None, "https://example.com/green-tea.html")}, "green tea"),
        ({"fileUrl": (None, "https://example.com/")}, "example.com"),
        ({"file": ("notes.md", b"# Rivers\nThey flow.")}, "# Rivers"),
        ({"file": ("deck.pptx", pptx(Deck((Slide("Mountains", ("They stand.",)),))))}, "Mountains"),
        ({"file": ("report.pdf", b"%PDF-1.4")}, "report"),
    ],
)
def test_a_source_becomes_a_deck(rig: Rig, files: dict[str, Any], topic: str) -> None:
    url = parse(rig, files)["data"]["dataUrl"]
    assert rig.client.get(url).json()["topic"] == topic
    told = events(rig.post(OUTLINE, {"dataUrl": url, "subject": None}))
    assert told[0] == {"text": "", "status": 1}
    assert topic in text_of(told)
    assert rig.post(DIRECT, {"dataUrl": url}).json()["data"]["pptInfo"]["fileUrl"]


def test_what_a_source_says_stands_in_the_outline_and_is_gone_the_next_day(rig: Rig) -> None:
    url = parse(rig, {"content": (None, "Rain\nIt falls in spring.")})["data"]["dataUrl"]
    assert "#### It falls in spring." in text_of(events(rig.post(OUTLINE, {"dataUrl": url})))
    rig.step(24 * 3600 + 1)
    assert rig.post(OUTLINE, {"dataUrl": url}).json()["code"] == 1010


def test_an_address_must_lead_to_something() -> None:
    away = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(404)))
    with httpx.Client(transport=httpx.WSGITransport(make_app(client=away)), base_url="http://sandbox.test") as client:
        assert parse(Rig(client), {"website": (None, "https://example.com/")})["code"] == 1010


def test_a_deck_becomes_json_and_a_deck_again(rig: Rig) -> None:
    file = pptx(Deck((Slide("Tea"), Slide("Origins", ("China",)))))
    headers = {"Authorization": f"Bearer {rig.key}"}
    parts: dict[str, Any] = {"file": ("deck.pptx", file), "uploadImage": (None, "false")}
    structure = rig.client.post(f"{JSON}/ppt2json", files=parts, headers=headers).json()
    assert set(structure) == {"width", "height", "pages", "font", "slideMasters", "version"}
    assert (structure["width"], structure["height"], structure["version"]) == (960, 540, "1.0")
    answer = rig.post(f"{JSON}/json2ppt", structure)
    assert answer.headers["content-type"].endswith("presentationml.presentation")
    assert [(slide.title, slide.lines) for slide in read(answer.content).slides] == [
        ("Tea", ()),
        ("Origins", ("China",)),
    ]
    documented = {"width": 1280, "height": 720, "pages": [{}], "font": [], "slideMasters": [{}], "version": "1.0"}
    assert len(read(rig.post(f"{JSON}/json2ppt", documented).content).slides) == 1


def test_a_token_lives_as_long_as_was_asked_for(rig: Rig) -> None:
    path = "/docmee/v1/api/user/createApiToken"
    told = rig.post(path, {"uid": "team-7", "limit": 5}).json()["data"]
    assert (told["token"][:3], told["expireTime"]) == ("sk_", 7200)
    assert rig.post(path, {"timeOfHours": 48}).json()["data"]["expireTime"] == 48 * 3600


# Refusals


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (OUTLINE, {}, 1010),
        (OUTLINE, {"subject": "", "dataUrl": None}, 1010),
        (OUTLINE, TEA | {"length": "huge"}, 1010),
        (OUTLINE, TEA | {"prompt": "x" * 50}, 1010),
        (OUTLINE, TEA | {"subject": "gore"}, 1006),
        (OUTLINE, {"dataUrl": "https://example.com/other.json"}, 1010),
        (UPDATE, {"question": "shorter"}, 1010),
        (CONTENT, {"asyncGenPptx": True}, 1010),
        (CONTENT, MEANWHILE | {"templateId": "9"}, 1001),
        (CONTENT, MEANWHILE | {"asyncGenPptx": "yes"}, 1010),
        (DIRECT, {"templateId": "1815000000000000001"}, 1010),
        (DIRECT, TEA | {"stream": "true"}, 1010),
        (DRAW, {"markdown": TEXT}, 1010),
        (DRAW, {"outlineContentMarkdown": TEXT, "notes": "one"}, 1010),
        (DOWNLOAD, {}, 1010),
        (DOWNLOAD, {"id": "1830"}, 1001),
        (SAVE, {"id": "1830"}, 1001),
        (TEMPLATE, {"templateId": "181..."}, 1010),
        (RENAME, {"id": "1830", "name": "x"}, 1001),
        (DELETE, {}, 1010),
        (TEMPLATES, {"page": 0, "size": 1, "filters": {"type": 1}}, 1010),
        (TEMPLATES, {"page": 1, "size": 1, "filters": {"type": 2}}, 1010),
        (TEMPLATES, {"page": 1, "size": 1}, 1010),
        (RANDOM, {"filters": {"type": 1}}, 1010),
        (LIST, {"page": 1}, 1010),
        (f"{JSON}/json2ppt", {"width": 960, "height": 540, "pages": [], "font": []}, 1010),
        (
            f"{JSON}/json2ppt",
            {"width": 5, "height": 5, "pages": [], "font": [], "slideMasters": [], "version": ""},
            1010,
        ),
        ("/docmee/v1/api/user/createApiToken", {"uid": "x" * 33}, 1010),
        ("/docmee/v1/api/user/createApiToken", {"timeOfHours": 49}, 1010),
    ],
)
def test_what_cannot_be_is_refused_with_a_code_and_costs_nothing(
    rig: Rig, path: str, body: dict[str, Any], code: int
) -> None:
    answer = rig.post(path, body)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "application/json")
    assert (answer.json()["code"], set(answer.json())) == (code, {"code", "message"})
    assert rig.ledger()["charged"] == "0"


@pytest.mark.parametrize(
    "files",
    [
        {"uploadImage": (None, "false")},
        {"content": (None, "a"), "website": (None, "https://a.b/")},
        {"file": ("song.mp3", b"ID3")},
        {"website": (None, "a.b")},
        {"content": (None, "  ")},
    ],
)
def test_a_source_is_one_of_five(rig: Rig, files: dict[str, Any]) -> None:
    assert parse(rig, files)["code"] == 1010


def test_only_slides_become_json(rig: Rig) -> None:
    headers = {"Authorization": f"Bearer {rig.key}"}
    kinds: list[dict[str, Any]] = [{"file": ("a.pptx", b"PK")}, {"uploadImage": (None, "false")}]
    for parts in kinds:
        assert rig.client.post(f"{JSON}/ppt2json", files=parts, headers=headers).json()["code"] == 1010
    assert rig.post(f"{JSON}/ppt2json", {}).json()["code"] == 1010


def test_a_deck_that_is_named_without_changes_needs_one(rig: Rig) -> None:
    id_ = made(rig)["id"]
    assert rig.post(RENAME, {"id": id_, "name": " "}).json()["code"] == 1010
    assert rig.post(SAVE, {"id": id_, "pptxProperty": "H4sI"}).json()["code"] == 1010
    assert rig.post(SAVE, {"id": id_, "pptxProperty": {"pages": []}}).json()["code"] == 1010


def test_its_own_errors_have_its_codes(rig: Rig) -> None:
    rig.play(own_error=1)
    assert {rig.post(OUTLINE, TEA).json()["code"] for _ in range(60)} == {88, 98, 99, 1009, 1012}
    rig.play(no_inside_200=1)
    assert rig.post(DIRECT, TEA).json()["code"] == -1


def test_a_query_that_is_turned_down_says_nothing_of_the_deck(rig: Rig) -> None:
    id_ = made(rig)["id"]
    rig.play(own_query_error=1)
    assert {asked(rig, id_)["code"] for _ in range(60)} == {98, 99, 1012}
    rig.play(own_query_error=0)
    assert asked(rig, id_)["data"]["fileUrl"]


def test_another_systems_task_is_no_deck(rig: Rig, app: App) -> None:
    id_ = rig.begin()
    assert asked(rig, id_)["code"] == 1001
    assert rig.post(LIST, {"page": 1, "size": 9}).json()["total"] == 0
