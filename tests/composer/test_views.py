"""The composer's pages: picking, filling, watching the body, running."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from studio import catalog
from studio.composer.drafts import Draft
from studio.composer.running import made
from studio.tasks.models import Task
from studio.teams.models import Connection, Team, User
from studio.teams.scope import scope
from tests.composer.posting import posted
from tests.factories import make_connection, make_task

SignIn = Callable[[User], Client]
URL = "/compose/runway.generate-text/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def connection(team: Team) -> Connection:
    return make_connection(team, name="Sandbox")


@pytest.fixture
def page(signed_in: SignIn, alice: User, connection: Connection) -> Client:
    return signed_in(alice)


def fill(page: Client, url: str = URL, **typed: str) -> dict[str, Any]:
    """The fields of a fresh form, with these typed over them."""
    fields = dict(posted(page.get(url).content.decode()).items())
    return fields | {name.replace("__", "."): text for name, text in typed.items()}


def html(answer: Any) -> str:
    return str(answer.content.decode())


def tasks(team: Team) -> list[Task]:
    with scope(team):
        return list(Task.objects.all())


# Picking


def test_the_front_door_leads_to_the_operation_used_last(page: Client, team: Team, alice: User) -> None:
    assert page.get("/")["Location"] == "/compose/"
    with scope(team):
        make_task(team, alice, operation="runway.generate-image")
    assert page.get("/")["Location"] == "/compose/runway.generate-image/"


def test_the_picker_finds_by_words_of_both_languages(page: Client) -> None:
    assert "runway.generate-image" in html(page.get("/compose/"))
    assert "runway.generate-image" not in html(page.get("/compose/", {"q": "文生视频"}))
    assert "runway.generate-text" in html(page.get("/compose/", {"q": "RUNWAY 文生视频"}))
    assert "Show everything" in html(page.get("/compose/", {"q": "nothing like this"}, headers=HTMX))


@pytest.mark.parametrize("slug", ["runway.feed", "nothing.here"])
def test_what_makes_nothing_has_no_page(page: Client, slug: str) -> None:
    assert page.get(f"/compose/{slug}/").status_code == 404


# The body


def test_the_body_of_the_documents_example_is_shown_in_every_number(page: Client) -> None:
    fields = fill(page, **{"v:prompt": "雨", "v:options.motion_vector.y": "0.3999999999999999"})
    shown = html(page.post(URL + "preview/", fields, headers=HTMX))
    assert '<span class="number">0.3999999999999999</span>' in shown
    assert "雨" in shown


def test_a_preview_never_sends_a_field_back(page: Client) -> None:
    shown = html(page.post(URL + "preview/", fill(page, **{"v:prompt": "a boat"}), headers=HTMX))
    assert 'id="preview"' in shown
    assert 'id="run"' in shown
    assert 'id="n-c-prompt"' in shown
    assert 'name="v:' not in shown


def test_what_a_fresh_form_would_miss_stands_before_more_settings(page: Client) -> None:
    video, picture = (html(page.get(f"/compose/kling.{name}/")) for name in ("image2video", "image-generate"))
    assert video.index('id="u-image"') < video.index("More settings") < video.index('id="u-image_tail"')
    assert picture.index("More settings") < picture.index('id="u-image"')  # only missed beside a kind of reference


def test_an_empty_object_is_carried_along_without_a_control(page: Client) -> None:
    control = re.compile(r'<textarea[^>]*name="[jv]:image_request"')
    fresh = html(page.get("/compose/ideogram.upscale/"))
    fields = posted(fresh)
    assert not control.search(fresh)
    assert fields["j:image_request"] == "{}"
    shown = html(page.post("/compose/ideogram.upscale/preview/", fields, headers=HTMX))
    assert "Fill in Picture." in shown
    assert "Fill in Request." not in shown
    fields["j:image_request"] = '{"odd": 1}'
    assert control.search(html(page.post("/compose/ideogram.upscale/run/", fields))), "what nobody knows is shown"


def test_a_list_is_written_as_json_and_shows_what_it_would_hold(page: Client) -> None:
    typed = {"v:image": "https://a.b/1.png", "v:dynamic_masks": '[{"mask": "https://a.b/m.png"}]'}
    shown = html(page.post("/compose/kling.image2video/preview/", typed, headers=HTMX))
    assert "https://a.b/m.png" in shown
    fresh = html(page.get("/compose/kling.image2video/"))
    assert "[{&quot;mask&quot;:&quot;…&quot;,&quot;trajectories&quot;:[{&quot;x&quot;:0,&quot;y&quot;:0}]}]" in fresh
    assert 'name="item:element_list:0:element_id"' in html(page.get("/compose/kling.image-generate/"))
    assert 'name="v:camera_control"' not in fresh  # its members have controls


def test_what_excludes_each_other_is_told_at_its_field(page: Client) -> None:
    page_url = "/compose/kling.image2video/preview/"
    typed = {"v:image": "https://a.b/1.png", "v:image_tail": "https://a.b/2.png", "v:camera_control.type": "forward_up"}
    assert "Last frame and Camera move exclude each other" in html(page.post(page_url, typed, headers=HTMX))


def test_another_model_sends_back_only_the_fields_that_change(page: Client) -> None:
    shown = html(page.post(URL + "preview/", fill(page, **{"v:model": "gen2"}), headers=HTMX))
    for moved in ("u-style", "u-ratio", "u-options-seconds", "u-options-motion_vector"):
        assert f'id="{moved}" hx-swap-oob="true"' in shown
    assert 'id="u-model"' not in shown
    assert 'id="u-prompt"' not in shown


def test_every_line_says_why_it_is_there(page: Client) -> None:
    shown = html(page.post(URL + "preview/", fill(page, **{"v:prompt": "a boat"}), headers=HTMX))
    assert "You set it." in shown
    assert "The usual value." in shown
    assert "Sent, but only used when" in shown
    assert "The studio sets it when sending" in shown
    assert 'data-field="c-prompt"' in shown


def test_a_number_that_cannot_be_read_stays_with_its_sentence(page: Client) -> None:
    fields = fill(page, **{"v:prompt": "a boat", "v:model": "gen2", "v:options.motion_vector.x": "left"})
    shown = html(page.post(URL + "preview/", fields, headers=HTMX))
    assert "“left” is not a number" in shown
    assert "data-stopped" in shown
    assert 'value="left"' in html(page.post(URL + "preview/", fields))


# Set aside and bring back


def test_a_field_that_does_not_apply_is_parked_and_brought_back(page: Client, connection: Connection) -> None:
    connection.fates = {"default": "omit"}
    connection.save()
    fields = fill(page, **{"v:prompt": "a boat", "v:style": "noir"})
    parked = html(page.post(URL + "preview/", fields))
    assert "set aside" in parked
    assert posted(parked)["v:style"] == "noir"
    assert catalog.loads(body_of(parked)).get("style") is None
    back = page.post(URL + "preview/", posted(parked).dict() | {"do": "keep:style"})
    assert catalog.loads(body_of(html(back)))["style"] == "noir"
    assert posted(html(back))["fate:style"] == "keep"


def test_a_field_that_is_sent_though_ignored_can_be_left_out(page: Client) -> None:
    fresh = html(page.get(URL))
    assert "ignored by gen3, still sent" in fresh
    left = html(page.post(URL + "preview/", fill(page) | {"do": "omit:options.motion_vector"}))
    assert "motion_vector" not in catalog.loads(body_of(left))["options"]
    assert posted(left)["v:options.motion_vector.x"] == "0"


def test_switching_the_model_back_restores_what_was_parked(page: Client, connection: Connection) -> None:
    connection.fates = {"default": "omit"}
    connection.save()
    parked = html(page.post(URL + "preview/", fill(page, **{"v:style": "noir"})))
    back = html(page.post(URL + "preview/", posted(parked).dict() | {"v:model": "gen2"}))
    assert catalog.loads(body_of(back))["style"] == "noir"


def body_of(shown: str) -> str:
    start = shown.index('id="body-text"')
    text = shown[shown.index(">", start) + 1 : shown.index("</textarea>", start)]
    return text.replace("&quot;", '"').replace("&amp;", "&").replace("&#x27;", "'")


def test_reset_and_zero_all_give_fields_their_start(page: Client) -> None:
    fields = fill(page, **{"v:model": "gen2", "v:options.motion_vector.x": "3", "v:options.motion_vector.y": "4"})
    reset = posted(html(page.post(URL + "preview/", fields | {"do": "reset:options.motion_vector.x"})))
    assert (reset["v:options.motion_vector.x"], reset["v:options.motion_vector.y"]) == ("0", "4")
    zero = posted(html(page.post(URL + "preview/", fields | {"do": "zero:options.motion_vector"})))
    assert zero["v:options.motion_vector.y"] == "0"


# Editing as JSON


def edited(page: Client, text: str, **typed: str) -> dict[str, Any]:
    return fill(page, **typed) | {"json": text, "json-was": "{}"}


def test_the_body_can_be_edited_as_json(page: Client) -> None:
    shown = html(page.post(URL + "preview/", fill(page) | {"do": "edit"}))
    assert json.loads(str(posted(shown)["json"]))["ratio"] == "16:9"


def test_json_goes_into_the_form_and_unknown_keys_into_the_tray(page: Client) -> None:
    body = '{"seed": 12345678901234567890, "prompt": "雨", "model": "gen3", "options": {"seconds": 5, "new": [1]}}'
    shown = html(page.post(URL + "import/", edited(page, body)))
    fields = posted(shown)
    assert fields["v:prompt"] == "雨"
    assert catalog.loads(str(fields["extra"])) == {"seed": 12345678901234567890, "options": {"new": [1]}}
    there = catalog.loads(body_of(shown))
    assert [key for key in there if key != "callback_url"] == ["seed", "prompt", "model", "options"]
    assert "json" not in fields


def test_json_that_cannot_be_read_says_where_and_stays(page: Client) -> None:
    wrong = edited(page, '{\n  "prompt": ,\n}')
    shown = html(page.post(URL + "import/", wrong))
    assert "Line 2, column 13" in shown
    assert str(posted(shown)["json"]).replace("\r\n", "\n") == '{\n  "prompt": ,\n}'
    told = html(page.post(URL + "import/", wrong, headers=HTMX))
    assert "Line 2, column 13" in told
    assert 'name="json"' not in told, "the text that is being edited is not sent back"
    assert "one JSON object" in html(page.post(URL + "import/", edited(page, "[1]")))


def test_editing_as_json_keeps_what_is_parked(page: Client, connection: Connection) -> None:
    connection.fates = {"default": "omit"}
    connection.save()
    shown = html(page.post(URL + "import/", edited(page, '{"prompt": "a", "model": "gen3"}', **{"v:style": "noir"})))
    assert posted(shown)["v:style"] == "noir"


def test_a_json_text_that_nobody_touched_does_not_undo_the_form(page: Client, team: Team) -> None:
    opened = posted(html(page.post(URL + "preview/", fill(page) | {"do": "edit"}))).dict()
    page.post(URL + "run/", opened | {"v:prompt": "newer than the text"})
    assert tasks(team)[0].prompt == "newer than the text"


# Running


def test_run_begins_a_task_and_goes_to_its_page(page: Client, team: Team, alice: User) -> None:
    answer = page.post(URL + "run/", fill(page, **{"v:prompt": "a boat", "extra": '{"seed": 7}'}))
    task = tasks(team)[0]
    assert answer["Location"] == f"/tasks/{task.pk}/"
    assert task.person == alice
    assert task.values["prompt"] == "a boat"
    assert catalog.loads(task.body_text)["seed"] == 7


def test_a_second_click_is_the_same_task_and_an_edited_form_another(page: Client, team: Team) -> None:
    fields = fill(page, **{"v:prompt": "a boat"})
    page.post(URL + "run/", fields)
    page.post(URL + "run/", fields)
    assert len(tasks(team)) == 1
    page.post(URL + "run/", fields | {"v:prompt": "another boat"})
    assert len(tasks(team)) == 2


@pytest.mark.parametrize(
    ("operation", "typed", "edit"),
    [
        (
            "stable-diffusion.sdxl-text-to-image",
            {"v:engine_id": "stable-diffusion-v1-6", "j:text_prompts": '[{"text":"a fox"}]'},
            {"v:engine_id": "stable-diffusion-xl-1024-v1-0"},
        ),
        ("midjourney.imagine", {"v:prompt": "a fox"}, {"v:speed": "turbo"}),
        ("luma.extend", {"v:task_id": "one", "v:user_prompt": "a fox"}, {"v:task_id": "two"}),
    ],
)
def test_a_form_edited_in_what_goes_into_the_address_is_another_task(
    page: Client, team: Team, operation: str, typed: dict[str, str], edit: dict[str, str]
) -> None:
    """The body stays the same: another engine, speed or clip stands in the path alone."""
    url = f"/compose/{operation}/"
    fields = fill(page, url) | typed
    for _ in range(2):
        page.post(url + "run/", fields)
    assert len(tasks(team)) == 1
    page.post(url + "run/", fields | edit)
    second, first = tasks(team)
    assert first.body_text == second.body_text
    assert second.values != first.values


def test_run_refuses_what_makes_the_address_too_long_and_names_it(page: Client, team: Team) -> None:
    url = "/compose/stable-diffusion.sdxl-text-to-image/"
    long = {"v:engine_id": "__other__", "o:engine_id": "一只在雾中行驶的小船" * 20}
    answer = page.post(url + "run/", fill(page, url) | long | {"j:text_prompts": '[{"text":"a fox"}]'})
    assert answer.status_code == 422
    assert "takes 1800 characters of the address, nine for a Chinese one; at most 1000 are allowed" in html(answer)
    assert tasks(team) == []


def test_to_htmx_run_answers_with_the_address(page: Client, team: Team) -> None:
    answer = page.post(URL + "run/", fill(page, **{"v:prompt": "a boat"}), headers=HTMX)
    assert answer["HX-Redirect"] == f"/tasks/{tasks(team)[0].pk}/"


def test_a_run_that_cannot_be_keeps_everything_and_marks_the_fields(page: Client, team: Team) -> None:
    answer = page.post(URL + "run/", fill(page, **{"v:options.seconds": "5", "extra": "{bad"}))
    assert answer.status_code == 422
    shown = html(answer)
    assert '<p class="field__error">Fill in Prompt.</p>' in shown
    assert posted(shown)["v:options.seconds"] == "5"
    assert posted(shown)["extra"] == "{bad"
    assert not tasks(team)


def test_a_stopped_connection_is_a_reason(page: Client, team: Team, connection: Connection) -> None:
    connection.stop("The key was refused.")
    fields = fill(page, **{"v:prompt": "a boat"})
    assert "The key was refused." in html(page.post(URL + "preview/", fields, headers=HTMX))
    assert page.post(URL + "run/", fields).status_code == 422


def test_without_a_connection_the_page_says_who_adds_one(signed_in: SignIn, alice: User) -> None:
    assert "There is no connection yet" in html(signed_in(alice).get(URL))


@pytest.mark.parametrize("others", [1, 2])
def test_where_the_chosen_connection_was_deleted_nothing_runs_on_another(page: Client, team: Team, others: int) -> None:
    chosen = make_connection(team, name="Zed")
    for each in range(1, others):
        make_connection(team, name=f"Real {each}")
    number = str(chosen.pk)
    fields = fill(page, **{"v:prompt": "a boat"}) | {"connection": number}
    with scope(team):
        chosen.delete()
    for address, headers, status in (("run/", {}, 422), ("run/", HTMX, 422), ("preview/", HTMX, 200)):
        answer = page.post(URL + address, fields, headers=headers)
        assert answer.status_code == status
        assert "The connection that was chosen is gone. Choose another one." in html(answer)
        assert f'<option value="{number}" selected>deleted</option>' in html(answer)
        assert ">Sandbox</option>" in html(answer)
    assert not tasks(team)
    with scope(team):
        fields["connection"] = str(Connection.objects.get(name="Sandbox").pk)
    assert page.post(URL + "run/", fields).status_code == 302


def test_several_connections_are_a_choice(page: Client, team: Team) -> None:
    other = make_connection(team, name="Real")
    fields = fill(page, **{"v:prompt": "a boat"}) | {"connection": str(other.pk)}
    assert "Run on Real · 1 video, 10 s" in html(page.post(URL + "preview/", fields, headers=HTMX))
    page.post(URL + "run/", fields)
    assert tasks(team)[0].connection_id == other.pk


def test_one_request_may_make_two_sounds(page: Client) -> None:
    assert "2 sounds" in html(page.get("/compose/suno.generate/"))


def test_an_earlier_task_fills_the_form(page: Client, team: Team) -> None:
    fields = fill(page, **{"v:prompt": "a boat", "v:style": "noir", "extra": '{"seed": 7}', "fate:style": "omit"})
    page.post(URL + "run/", fields)
    first = tasks(team)[0]
    again = fill(page, f"{URL}?from={first.pk}")
    for name in ("v:prompt", "v:style", "fate:style"):
        assert again[name] == fields[name]
    assert catalog.loads(again["extra"]) == {"seed": 7}
    page.post(URL + "run/", again)
    newest = tasks(team)[0]
    assert newest.parent_id == first.pk
    assert newest.body_text == first.body_text


CARRIED = {"image": "https://cdn.example.com/last.png"}
ACTION = {"operation": "runway.generate-image", "values": CARRIED, "label": {"en": "Continue", "zh": "续拍"}}


def test_a_follow_up_opens_the_other_form_filled_and_keeps_the_lineage(page: Client, team: Team, alice: User) -> None:
    with scope(team):
        first = make_task(team, alice, state="succeeded", actions=[ACTION])
    fields = fill(page, f"/compose/runway.generate-image/?from={first.pk}&action=0", **{"v:prompt": "on it goes"})
    assert fields["v:image"] == CARRIED["image"]
    page.post("/compose/runway.generate-image/run/", fields)
    newest = tasks(team)[0]
    assert newest.parent_id == first.pk
    assert catalog.loads(newest.body_text)["image"] == CARRIED["image"]


@pytest.mark.parametrize(
    "query", ["from=0", "from=²", "from=", "from={}&action=1", "from={}&action=-1", "from={}&action=x"]
)
def test_what_no_task_offers_is_not_found(page: Client, team: Team, alice: User, query: str) -> None:
    with scope(team):
        first = make_task(team, alice, state="succeeded", actions=[ACTION])
    assert page.get(f"/compose/runway.generate-image/?{query.format(first.pk)}").status_code == 404


def test_what_is_missing_is_said_calmly_until_somebody_ran(page: Client) -> None:
    fresh = page.post(URL + "preview/", fill(page), headers=HTMX)
    assert 'class="is-missing"' in html(fresh)
    assert "field__error" not in html(fresh)
    after = page.post(URL + "preview/", fill(page, asked="yes"), headers=HTMX)
    assert 'class="is-missing"' not in html(after)
    assert '<p class="field__error">Fill in Prompt.</p>' in html(after)


def test_a_text_that_may_be_empty_is_not_marked_as_required_and_yet_asked_for_where_nothing_else_is_said(
    page: Client,
) -> None:
    fresh = html(page.get("/compose/suno.generate/?fresh"))
    [mark] = re.findall(r'id="m-c-prompt">([^<]*)<', fresh)
    assert "required" not in mark
    assert "Fill in Lyrics or Description or Style" in fresh


def test_help_stands_in_the_reader_s_language_and_the_other_is_folded(page: Client) -> None:
    help_of_ratio = re.compile(r'data-row="ratio".*?<div class="about__text">(.*?)</div>', re.DOTALL)
    told = help_of_ratio.findall(html(page.get(URL)))[0]
    assert told.startswith('<p lang="en">')
    assert '<summary lang="zh">中文</summary><p lang="zh">' in told
    page.cookies["django_language"] = "zh-hans"
    told = help_of_ratio.findall(html(page.get(URL)))[0]
    assert told.startswith('<p lang="zh">')
    assert '<summary lang="en">English</summary><p lang="en">' in told


def test_what_a_run_makes_is_parted_as_the_language_parts_it(page: Client) -> None:
    assert "1 video, 10 s" in html(page.get(URL))
    page.cookies["django_language"] = "zh-hans"
    assert "1 个视频、10 秒" in html(page.get(URL))


def test_to_htmx_a_run_that_cannot_be_brings_the_form_and_no_frame(page: Client) -> None:
    answer = page.post(URL + "run/", fill(page), headers=HTMX)
    assert answer.status_code == 422
    assert 'id="work" hx-swap-oob' in html(answer)
    assert "<html" not in html(answer)


# Who


def test_a_viewer_sees_the_form_and_why_it_does_not_run(
    signed_in: SignIn, dana: User, team: Team, connection: Connection
) -> None:
    page = signed_in(dana)
    assert "Viewers can look at everything" in html(page.get(URL))
    assert page.post(URL + "preview/", {}).status_code == 200
    assert page.post(URL + "run/", {"v:prompt": "a boat", "v:model": "gen3"}).status_code == 403
    assert not tasks(team)


def test_another_team_sees_neither_task_nor_connection(
    signed_in: SignIn, charlie: User, team: Team, alice: User, connection: Connection
) -> None:
    with scope(team):
        task = make_task(team, alice, connection)
    page = signed_in(charlie)
    assert page.get(f"{URL}?from={task.pk}").status_code == 404
    fields = {"v:prompt": "a boat", "v:model": "gen3", "connection": str(connection.pk), "from": str(task.pk)}
    answer = page.post(URL + "run/", fields)
    assert answer.status_code == 422
    assert "There is no connection yet" in html(answer)


def test_without_javascript_the_whole_page_comes_back_with_the_body(page: Client) -> None:
    shown = html(page.post(URL + "preview/", fill(page, **{"v:prompt": "a boat"})))
    assert "<h1>" in shown
    assert catalog.loads(body_of(shown))["prompt"] == "a boat"


@pytest.mark.parametrize(
    ("told", "count"), [({}, 2), ({"batch_size": 1}, 1), ({"batch_size": "4"}, 4), ({"batch_size": "many"}, 1)]
)
def test_the_run_button_counts_what_is_made_by_number_or_by_its_text(told: dict[str, Any], count: int) -> None:
    draft = Draft(catalog.get("picwish.background"), {"prompt": "marble", **told})
    assert made(draft) == [f"{count} image{'' if count == 1 else 's'}"]
