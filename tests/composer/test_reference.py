"""The reference: a page for every operation, true to the catalog, in both languages, and no page for anything else."""

from __future__ import annotations

import html as markup
import json
import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from studio import catalog
from studio.composer.drafts import Draft
from studio.composer.lines import painted
from studio.composer.reference import entry, reference
from studio.composer.reference_page import ReferencePage
from studio.composer.reference_words import MAKES, STATUS, TRANSPORTS
from studio.composer.samples import call
from studio.teams.models import Connection, Team, User
from tests.composer.test_views import fill
from tests.factories import make_connection

SignIn = Callable[[User], Client]
OPERATIONS = pytest.mark.parametrize("operation", catalog.operations(), ids=lambda o: o.slug)
HTMX = {"HX-Request": "true"}
URL = "/reference/runway.generate-text/"


@pytest.fixture
def connection(team: Team) -> Connection:
    return make_connection(team, name="Own paths", paths={"runway.feed": "/feeds/runway"})


@pytest.fixture
def page(signed_in: SignIn, alice: User, connection: Connection) -> Client:
    return signed_in(alice)


def words(answer: Any) -> str:
    """The page as a person reads it."""
    return markup.unescape(" ".join(re.sub(r"<[^>]+>", "", answer.content.decode()).split()))


def of(slug: str) -> ReferencePage:
    return ReferencePage(catalog.get(slug), [], None)


@OPERATIONS
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_operation_has_its_page_in_both_languages(
    page: Client, operation: catalog.Operation, language: str
) -> None:
    answer = page.get(f"/reference/{operation.slug}/", headers={"Accept-Language": language})
    assert answer.status_code == 200
    told = words(answer)
    ids = re.findall(r'\sid="([^"]+)"', answer.content.decode())
    assert sorted(ids) == sorted(set(ids)), "no two parts of a page have one name"
    assert operation.title.get(language) in told
    assert operation.description.get(language) in told
    assert f"{operation.method} {operation.path}" in told
    for field in operation.fields:
        assert field.help.get(language) in told
        assert f'id="p-{re.sub(r"[^a-zA-Z0-9_]", "-", field.at)}"' in answer.content.decode()
    for failure in catalog.failures(operation.system):
        assert failure.explanation.cause.get(language) in told


def test_what_is_no_operation_has_no_page(page: Client) -> None:
    assert page.get("/reference/runway.nothing/").status_code == 404
    assert page.get("/reference/nothing/").status_code == 404


def test_every_place_in_the_contents_is_on_the_page(page: Client) -> None:
    shown = page.get(URL).content.decode()
    contents = shown[shown.index('class="ref__toc"') : shown.index("</nav>", shown.index('class="ref__toc"'))]
    places = re.findall(r'href="#([^"]+)"', contents)
    assert len(places) > len(catalog.get("runway.generate-text").fields)
    assert all(f'id="{place}"' in shown for place in places)


def test_the_index_lists_queries_too_and_finds_by_words_of_both_languages(page: Client) -> None:
    index = page.get("/reference/").content.decode()
    assert all(f"/reference/{o.slug}/" in index for o in catalog.operations())
    assert "runway.feed" not in page.get("/compose/").content.decode()
    found = page.get("/reference/", {"q": "RUNWAY 查询"}, headers=HTMX).content.decode()
    assert re.findall(r"/reference/([a-z.-]+)/", found) == ["runway.feed", "runway.task-get", "runway.ml-task-get"]
    assert "gateway.usage" in page.get("/reference/", {"q": "/v1/dashboard usage"}).content.decode()
    empty = page.get("/reference/", {"q": "<b>nothing"}).content.decode()
    assert "Show everything" in empty
    assert "&lt;b&gt;nothing" in empty


def test_the_page_is_linked_from_where_one_composes(page: Client) -> None:
    assert page.get("/compose/runway.generate-text/").content.decode().count(f'href="{URL}"') == 2  # head and tab
    assert page.get("/compose/").content.decode().count('href="/reference/"') == 3  # head, person menu, what is off


def test_the_parameters_tell_every_rule() -> None:
    text = {field.at: field for field in reference(catalog.get("runway.generate-text"))}
    ratio, style, seconds, x = (text[at] for at in ("ratio", "style", "options.seconds", "options.motion_vector.x"))
    assert [choice.text for choice in ratio.choices][:2] == ["16:9", "9:16"]
    assert ratio.rules == [
        "When Model is not gen2: 16:9, 9:16.",
        "Other values are sent as they are, with a warning.",
    ]
    assert (style.when, style.otherwise) == (
        "Model is gen2",
        "Otherwise it is sent all the same and likely ignored.",
    )
    assert (seconds.required, seconds.default, seconds.rules) == (
        "usually sent",
        "10",
        ["The number may come as text."],
    )
    assert (x.rules, x.default, x.depth) == (["-10 to 10."], "0", 2)
    image = {field.at: field for field in reference(catalog.get("runway.generate-image"))}
    assert image["image"].rules == [
        "An address that begins with http:// or https://.",
        "Takes a file (PNG, JPEG, WebP, GIF), which goes as an address to fetch it from.",
    ]
    assert image["prompt"].rules == ["May be empty."]


def test_a_source_is_told_at_the_field_only_where_it_is_the_fields_own() -> None:
    operation = catalog.get("gateway.model")
    field = operation.fields[0]
    assert field.source == operation.source
    assert (entry(operation, field).source, entry(operation, field).doubt) == ("", "")


def test_the_sample_is_the_documents_example_and_holds_no_key(page: Client, connection: Connection) -> None:
    shown = page.get(URL).content.decode()
    body = markup.unescape(re.sub(r"<[^>]+>", "", shown.split('id="example">')[1].split("</pre>")[0]))
    example = catalog.get("runway.generate-text").example
    assert body == catalog.dumps(example, indent=2)
    sample = markup.unescape(shown.split('id="code">')[1].split("</pre>")[0])
    assert sample.splitlines()[2].strip() == '--header "Authorization: Bearer $GATEWAY_KEY" \\'
    assert catalog.loads(shlex.split(sample)[-1]) == example
    assert connection.key not in shown


def test_a_call_without_a_body_sends_none() -> None:
    model = of("gateway.model")
    assert model.example is None
    assert model.code.splitlines() == [
        "curl --request GET https://gateway.example.com/v1/models/gpt-4o-mini \\",
        '  --header "Authorization: Bearer $GATEWAY_KEY"',
    ]
    assert call(catalog.get("runway.feed"), None, {}, {}).body == "{}"


def test_the_sample_is_in_the_language_chosen_last(page: Client) -> None:
    asked = page.get(URL, {"code": "python"})
    assert "import requests" in asked.content.decode()
    assert "import requests" in page.get(URL).content.decode()
    assert "curl --request" in page.get(URL, {"code": "no such language"}).content.decode()


def test_a_path_of_a_connections_own_is_shown(page: Client) -> None:
    assert "On Own paths it is at /feeds/runway." in words(page.get("/reference/runway.feed/"))
    assert "Own paths" not in words(page.get("/reference/gateway.usage/"))


@OPERATIONS
def test_every_payload_is_shown_with_what_is_read_in_it(operation: catalog.Operation) -> None:
    page = of(operation.slug)
    shown = [*page.answers, *page.callbacks, *page.polls]
    assert len(shown) == len(operation.payloads)
    for each in shown:
        assert each.state_word
        assert each.source


def test_a_payload_says_what_it_means_and_what_it_cost() -> None:
    failed = next(each for each in of("runway.feed").answers if each.name == "poll-failed")
    assert failed.state == "failed"
    assert dict(failed.reads) == {
        "Task id": "11111111-2222-4333-8444-555555555555",
        "Error": "content moderation",
        "Which means": "The wording or the picture was refused by a content filter.",
        "Cost": "120 points, given back",
    }
    done = next(each for each in of("runway.generate-text").callbacks if each.name == "callback-told-succeeded")
    assert ("Picture (last_frame)", "https://cdn.example.com/l.jpg") in done.reads


@pytest.mark.parametrize(
    ("slug", "language", "said"),
    [
        ("flux.image", "en", "10 min at the gateway; the studio keeps a copy"),
        ("flux.image", "zh-hans", "网关保留 10 分钟；工作室会保存一份"),
        ("picwish.enhance", "en", "60 min at the gateway; the studio keeps a copy"),
        ("docmee.download", "en", "2 hours at the gateway; the studio keeps a copy"),
        ("kling.text2video", "zh-hans", "网关保留 720 小时；工作室会保存一份"),
    ],
)
def test_how_long_results_last_is_told_in_hours_or_minutes(slug: str, language: str, said: str) -> None:
    with override(language):
        assert of(slug).lifetime == said


def test_how_a_task_is_followed_is_told(page: Client) -> None:
    told = words(page.get(URL))
    assert "Clients ask every 5 to 30 seconds." in told
    assert "A silent task is not called lost before 45 minutes." in told
    assert '"task_id": "<id>"' in told
    assert "The same address serves Image to video; this one is known by its keys: The body has no image." in told
    assert "Continue the shot → Image to video fills image" in told
    assert "Asks for the tasks of Text to video, Image to video, Video to video, Act-One." in words(
        page.get("/reference/runway.feed/")
    )


def test_every_word_of_the_catalog_has_words_for_people() -> None:
    told = {(each.status, each.transport, each.makes) for each in catalog.operations()}
    assert {status for status, _, _ in told} <= STATUS.keys()
    assert {transport for _, transport, _ in told} <= TRANSPORTS.keys()
    assert {makes for _, _, makes in told} <= {"none", *MAKES}


@pytest.mark.parametrize("value", [{}, [], {"a": {}}, {"a": [1, {"b": None}], "中": "<x>"}, 5])
def test_painted_json_is_the_same_text(value: Any) -> None:
    assert markup.unescape(re.sub(r"<[^>]+>", "", painted(value))) == catalog.dumps(value, indent=2)


# Try it


def test_try_it_opens_the_form_filled_with_the_example(page: Client) -> None:
    assert '/compose/runway.generate-text/?example"' in page.get(URL).content.decode()
    answer = page.get("/compose/runway.generate-text/", {"example": ""})
    assert "data-restores" not in answer.content.decode()
    fields = fill(page, "/compose/runway.generate-text/?example")
    assert (fields["v:prompt"], fields["v:options.motion_vector.y"]) == ("一只小猫", "0.3999999999999999")
    assert "baidu" not in answer.content.decode()  # the callback address is the studio's


def test_only_what_makes_something_can_be_tried(page: Client) -> None:
    assert "?example" not in page.get("/reference/runway.feed/").content.decode()
    assert Draft.of_example(catalog.get("gateway.models")).values == {}


def test_the_whole_catalog_can_be_taken_along(page: Client) -> None:
    answer = page.get("/reference/openapi.json")
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == 'attachment; filename="openapi.json"'
    assert json.loads(answer.content)["openapi"] == "3.1.0"


def test_what_holds_beside_other_values_is_told_as_it_is_counted() -> None:
    def told(slug: str, at: str) -> list[str]:
        operation = catalog.get(slug)
        return entry(operation, operation.form.by_path[at]).rules

    assert "When Model is dall-e-2: at most 1000 characters." in told("openai-images.dall-e-3", "prompt")
    assert "text2video takes no picture." in told("vidu.create", "input.prompts")
    assert "At most 2 digits after the point." in told("art-qrcode.fusion", "cn_list[].guidance_start")
    with override("zh-hans"):
        assert "text2video 不接受图片。" in told("vidu.create", "input.prompts")
