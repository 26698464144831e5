"""What people see of tasks: the list, the page, their live parts, and the buttons."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from studio.tasks import events
from studio.tasks.models import Callback, Task
from studio.tasks.states import Kind, Source, State
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.factories import make_asset, make_attempt, make_connection, make_task
from tests.tasks import stage

SignIn = Callable[[User], Client]


def add(
    team: Team, person: User, state: str = "running", attempt: dict[str, object] | None = None, **more: Any
) -> Task:
    """A task with one attempt and its first event."""
    with scope(team):
        task = make_task(team, person, state=state, **more)
        made = make_attempt(task, **(attempt or {}))
        events.append(task, Kind.BEGUN, Source.PERSON, attempt=made, person=person)
        return task


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def gettext_in(language: str, text: str) -> str:
    with translation.override(language):
        return translation.gettext(text)


def test_an_empty_list_says_what_will_be_there(team: Team, bob: User, signed_in: SignIn) -> None:
    page = text_of(signed_in(bob), "/tasks/")
    assert "No tasks yet" in page
    assert "Compose the first one" in page


def test_a_filter_without_tasks_differs_from_an_empty_list(team: Team, bob: User, signed_in: SignIn) -> None:
    page = text_of(signed_in(bob), "/tasks/?state=failed")
    assert "No task fits these filters" in page


def test_a_viewer_is_not_offered_to_compose(team: Team, dana: User, signed_in: SignIn) -> None:
    assert "Compose the first one" not in text_of(signed_in(dana), "/tasks/")


@pytest.mark.parametrize("state", [state for state in State.values if state != State.NOT_SENT])
def test_every_state_has_its_word_on_list_and_page(team: Team, bob: User, signed_in: SignIn, state: str) -> None:
    task = add(team, bob, state)
    for url in ("/tasks/", f"/tasks/{task.pk}/"):
        assert f"state--{state}" in text_of(signed_in(bob), url)
    assert str(State(state).label) in text_of(signed_in(bob), f"/tasks/{task.pk}/row/")


def test_filters_of_the_address_narrow_the_list(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    add(team, bob, "succeeded", prompt="a paper boat")
    add(team, alice, "failed", prompt="城市的夜")
    client = signed_in(bob)
    for query, boat, night in [
        ("", True, True),
        ("?who=mine", True, False),
        ("?state=failed", False, True),
        ("?q=PAPER", True, False),
        ("?q=城市", False, True),
        ("?operation=runway.generate-image", False, False),
        ("?before=1", False, False),
        ("?state=nonsense&before=-1&after=x", True, True),
    ]:
        page = text_of(client, f"/tasks/{query}")
        assert ("a paper boat" in page, "城市的夜" in page) == (boat, night), query


def test_tasks_that_need_a_person_stand_on_top(team: Team, bob: User, signed_in: SignIn) -> None:
    add(team, bob, "unknown", prompt="lost in the post")
    assert "These need a person" in text_of(signed_in(bob), "/tasks/")


def test_where_more_need_a_person_than_stand_on_top_a_link_leads_to_all(
    team: Team, bob: User, signed_in: SignIn
) -> None:
    client, lost = signed_in(bob), [add(team, bob, "unknown", prompt="lost in the post") for _ in range(5)]
    assert "All that need a person" not in text_of(client, "/tasks/")
    lost.append(add(team, bob, "unknown", prompt="lost in the post"))
    page = client.get("/tasks/?q=lost")
    assert page.context["waiting"] == lost[:5]
    href = re.search(r'<a href="([^"]+)">All that need a person', page.content.decode())
    assert href
    assert [task.pk for task in client.get(unescape(href[1])).context["tasks"]] == [task.pk for task in reversed(lost)]


def test_a_thousand_tasks_cost_no_more_queries_than_ten(
    team: Team, bob: User, signed_in: SignIn, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    with scope(team):
        connection = make_connection(team)
        rows = [
            Task(
                team=team, person=bob, connection=connection, operation="runway.generate-text", nonce=str(n), prompt="x"
            )
            for n in range(1000)
        ]
        middle = Task.objects.bulk_create(rows)[500].pk
    client = signed_in(bob)
    with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
        page = text_of(client, f"/tasks/?before={middle}")
    assert page.count('class="task-row"') == 50
    assert "999+" in text_of(client, "/tasks/")


def test_a_page_beside_a_task_stays_as_it_is_while_tasks_arrive(team: Team, bob: User, signed_in: SignIn) -> None:
    tasks = [add(team, bob, "failed", prompt=f"boat {number}") for number in range(120)]
    client = signed_in(bob)

    def shown(query: str) -> tuple[list[int], str, str]:
        said = client.get(f"/tasks/{query}").context
        return [task.pk for task in said["tasks"]], said["newer"], said["older"]

    numbers = [task.pk for task in reversed(tasks)]
    first, newer, older = shown("?state=failed&q=boat")
    assert (first, newer, older) == (numbers[:50], "", f"?state=failed&q=boat&before={numbers[49]}")
    add(team, bob, "failed", prompt="boat that came late")
    second, newer, _older = shown(older)
    assert (second, newer) == (numbers[50:100], f"?state=failed&q=boat&after={numbers[50]}")
    assert shown(newer)[0] == numbers[:50]
    assert shown(f"?after={numbers[50]}&state=failed")[1] == f"?state=failed&after={numbers[0]}"
    assert shown(f"?after={numbers[0]}")[1] == ""  # what is newer is the first page
    add(team, bob, "unknown", prompt="lost")
    assert "These need a person" in text_of(client, f"/tasks/?after={numbers[0]}")
    assert "These need a person" not in text_of(client, f"/tasks/?before={numbers[0]}")


def test_only_the_newest_page_hears_of_new_tasks(team: Team, bob: User, signed_in: SignIn) -> None:
    tasks = [add(team, bob) for _ in range(51)]
    client = signed_in(bob)
    assert 'data-newest="yes"' in text_of(client, "/tasks/")
    page = text_of(client, f"/tasks/?before={tasks[1].pk}")
    assert 'data-newest=""' in page
    assert f"/tasks/rows/?before={tasks[1].pk}&amp;seen=" in page


def test_the_list_is_quiet_while_nothing_happens(team: Team, bob: User, signed_in: SignIn) -> None:
    task = add(team, bob)
    client = signed_in(bob)
    seen = client.get("/tasks/").context["seen"]
    assert client.get(f"/tasks/rows/?seen={seen}").status_code == 204
    with scope(team):
        events.append(task, Kind.HEARD, Source.POLL)
    assert client.get(f"/tasks/rows/?seen={seen}").status_code == 200


def test_choosing_a_filter_puts_it_into_the_address(team: Team, bob: User, signed_in: SignIn) -> None:
    answer = signed_in(bob).get("/tasks/rows/?who=mine&q=boat", headers={"HX-Request": "true"})
    assert answer["HX-Replace-Url"] == "/tasks/?who=mine&q=boat"


def test_the_card_is_quiet_while_nothing_happens(team: Team, bob: User, signed_in: SignIn) -> None:
    task = add(team, bob)
    client = signed_in(bob)
    seen = client.get(f"/tasks/{task.pk}/").context["version"]
    assert client.get(f"/tasks/{task.pk}/card/?seen={seen}").status_code == 204
    assert client.get(f"/tasks/{task.pk}/card/?seen=0").status_code == 200


def test_a_task_on_its_way_asks_for_itself_and_a_settled_one_does_not(team: Team, bob: User, signed_in: SignIn) -> None:
    running, done = add(team, bob), add(team, bob, "succeeded")
    client = signed_in(bob)
    assert "hx-trigger" in text_of(client, f"/tasks/{running.pk}/card/")
    assert "hx-trigger" not in text_of(client, f"/tasks/{done.pk}/card/")
    assert "hx-trigger" not in text_of(client, f"/tasks/{done.pk}/row/")


def test_a_success_is_followed_until_its_file_is_kept(team: Team, bob: User, signed_in: SignIn) -> None:
    task = add(
        team, bob, "succeeded", results=[{"kind": "video", "url": "https://example.com/1.mp4", "role": "result"}]
    )
    client = signed_in(bob)
    assert "every 5s" in text_of(client, f"/tasks/{task.pk}/card/")
    with scope(team):
        make_asset(task, keeping="lost")
    assert "every 5s" not in text_of(client, f"/tasks/{task.pk}/card/")


def test_progress_is_a_bar_where_the_gateway_tells_it(team: Team, bob: User, signed_in: SignIn) -> None:
    told, silent = add(team, bob, progress=35), add(team, bob)
    client = signed_in(bob)
    assert 'value="35"' in text_of(client, f"/tasks/{told.pk}/")
    page = text_of(client, f"/tasks/{silent.pk}/")
    assert "<progress" not in page
    assert "Usually 5 to 27 minutes" in page


def test_the_page_shows_what_was_sent_but_not_the_callback_address(team: Team, bob: User, signed_in: SignIn) -> None:
    sent = '{"prompt":"boat","x":0.3999999999999999,"callback_url":"http://127.0.0.1/callback/abc123/def456/"}'
    task = add(team, bob, attempt={"sent_text": sent, "posts": 1})
    page = text_of(signed_in(bob), f"/tasks/{task.pk}/")
    assert "0.3999999999999999" in page
    assert "abc123" not in page
    assert "def456" not in page


def test_what_the_gateway_said_cannot_become_markup(team: Team, bob: User, signed_in: SignIn) -> None:
    bad = "<script>alert(1)</script>"
    task = add(team, bob, "failed", error=bad, prompt=bad, attempt={"answer_text": bad, "answer_status": 200})
    page = text_of(signed_in(bob), f"/tasks/{task.pk}/")
    assert bad not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("state", "attempt", "offered", "hidden"),
    [
        ("queued", {}, ["cancel"], ["send-again", "write-off", "look"]),
        ("unknown", {"gateway_id": "g1"}, ["look", "send-again", "write-off"], ["cancel"]),
        ("running", {"gateway_id": "g1"}, ["look"], ["send-again", "write-off", "cancel"]),
        ("succeeded", {"gateway_id": "g1"}, ["again"], ["look", "send-again", "write-off", "cancel"]),
        ("refused", {}, ["send-again", "again"], ["write-off", "cancel"]),
    ],
)
def test_only_the_buttons_that_fit_the_state_are_shown(
    team: Team,
    bob: User,
    signed_in: SignIn,
    state: str,
    attempt: dict[str, object],
    offered: list[str],
    hidden: list[str],
) -> None:
    task = add(team, bob, state, attempt)
    page = text_of(signed_in(bob), f"/tasks/{task.pk}/")
    for name in offered:
        assert f'action="/tasks/{task.pk}/{name}/"' in page
    for name in hidden:
        assert f'action="/tasks/{task.pk}/{name}/"' not in page


def test_a_lost_answer_is_told_in_plain_words(team: Team, bob: User, signed_in: SignIn) -> None:
    page = text_of(signed_in(bob), f"/tasks/{add(team, bob, 'unknown').pk}/")
    assert "you will not be charged again without asking" in page
    assert "May cost twice" in page


def test_a_task_that_is_overdue_says_so_and_can_be_written_off(team: Team, bob: User, signed_in: SignIn) -> None:
    task = add(team, bob, "running", sent_at=timezone.now() - timedelta(hours=25))
    page = text_of(signed_in(bob), f"/tasks/{task.pk}/")
    assert "for more than a day" in page
    assert f'action="/tasks/{task.pk}/write-off/"' in page
    assert f"/tasks/{task.pk}/" in text_of(signed_in(bob), "/tasks/?state=attention")


def test_a_flood_of_callbacks_is_not_read_into_one_page(team: Team, bob: User, signed_in: SignIn) -> None:
    task = add(team, bob, "running")
    with scope(team):
        attempt = task.attempts.get()
        flood = [Callback(team=team, attempt=attempt, body=b"callback %d." % number) for number in range(50)]
        Callback.objects.bulk_create(flood)
    page = text_of(signed_in(bob), f"/tasks/{task.pk}/")
    assert "callback 49." in page
    assert "callback 29." not in page


def test_a_viewer_sees_all_and_may_do_nothing(team: Team, bob: User, dana: User, signed_in: SignIn) -> None:
    task = add(team, bob, "queued")
    client = signed_in(dana)
    assert f'action="/tasks/{task.pk}/' not in text_of(client, f"/tasks/{task.pk}/")
    for verb in ("cancel", "again", "look", "send-again", "write-off"):
        assert client.post(f"/tasks/{task.pk}/{verb}/").status_code == 403


def test_another_team_finds_nothing(team: Team, bob: User, charlie: User, signed_in: SignIn) -> None:
    task = add(team, bob)
    client = signed_in(charlie)
    for url in (f"/tasks/{task.pk}/", f"/tasks/{task.pk}/card/", f"/tasks/{task.pk}/row/"):
        assert client.get(url).status_code == 404
    assert client.post(f"/tasks/{task.pk}/cancel/").status_code == 404
    assert task.prompt not in text_of(client, "/tasks/")


def test_cancelling_what_waits_leads_back_to_its_page(team: Team, bob: User, signed_in: SignIn) -> None:
    task = add(team, bob, "queued")
    answer = signed_in(bob).post(f"/tasks/{task.pk}/cancel/")
    assert answer["Location"] == f"/tasks/{task.pk}/"
    with scope(team):
        assert Task.objects.get(pk=task.pk).state == State.CANCELLED


def test_a_verb_that_does_not_fit_says_why(team: Team, bob: User, signed_in: SignIn) -> None:
    task = add(team, bob, attempt={"posts": 1})
    page = signed_in(bob).post(f"/tasks/{task.pk}/cancel/", follow=True)
    assert "cannot be cancelled" in page.content.decode()


def test_a_script_is_led_to_the_same_page(team: Team, bob: User, signed_in: SignIn) -> None:
    task = add(team, bob, "queued")
    answer = signed_in(bob).post(f"/tasks/{task.pk}/cancel/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == f"/tasks/{task.pk}/"


def test_a_task_of_an_operation_that_is_gone_stays_readable(team: Team, bob: User, signed_in: SignIn) -> None:
    task = add(team, bob, "succeeded", operation="gone.away")
    client = signed_in(bob)
    assert "gone.away" in text_of(client, f"/tasks/{task.pk}/")
    assert "gone.away" in text_of(client, "/tasks/")


def test_a_gateway_that_cannot_reach_us_is_said_so(team: Team, bob: User, signed_in: SignIn) -> None:
    with scope(team):
        far = make_connection(team, base_url="https://gateway.example.com", is_sandbox=False)
    task = add(team, bob, connection=far)
    assert "cannot be reached from outside" in text_of(signed_in(bob), f"/tasks/{task.pk}/")


def test_files_kept_one_after_the_other_share_a_line(team: Team, bob: User, signed_in: SignIn) -> None:
    task = add(team, bob, "succeeded")
    with scope(team):
        for _file in range(3):
            events.append(task, Kind.KEPT, Source.TIMER)
    page = text_of(signed_in(bob), f"/tasks/{task.pk}/")
    assert page.count("Kept") == 1
    assert "Kept × 3" in page


def test_a_stored_sentence_is_read_in_the_reader_s_language(team: Team, bob: User, signed_in: SignIn) -> None:
    reason = "The gateway could not be reached. Nothing was sent."
    task = add(team, bob, "failed", error=reason)
    client = signed_in(bob)
    assert reason in text_of(client, f"/tasks/{task.pk}/")
    client.cookies["django_language"] = "zh-hans"
    page = text_of(client, f"/tasks/{task.pk}/")
    assert reason not in page
    assert gettext_in("zh-hans", reason) in page


def test_a_spent_balance_that_is_called_load_is_seen_through(team: Team, alice: User, signed_in: SignIn) -> None:
    error = {"message": "当前分组上游负载已饱和，请稍后再试", "code": "insufficient_user_quota"}
    with scope(team), stage.playing(stage.Gateway()) as gateway:
        gateway.answers(httpx.Response(429, json={"error": error}))
        task = stage.begin(team, alice)
        stage.work()
    client = signed_in(alice)
    for url in (f"/tasks/{task.pk}/", f"/team/connections/{task.connection_id}/", f"/compose/{task.operation}/"):
        page = text_of(client, url)
        assert "no balance left" in page
        assert "is busy" not in page


def test_a_result_can_be_carried_into_what_the_catalog_offers(team: Team, bob: User, signed_in: SignIn) -> None:
    label = {"en": "Continue the shot", "zh": "续拍此镜头"}
    offered = {
        "operation": "runway.generate-image",
        "values": {"image": "https://cdn.example.com/l.png"},
        "label": label,
    }
    task = add(team, bob, "succeeded", actions=[offered, offered | {"operation": "runway.gone"}])
    page = text_of(signed_in(bob), f"/tasks/{task.pk}/")
    assert page.count("Continue the shot") == 1
    assert f"/compose/runway.generate-image/?from={task.pk}&amp;action=0" in page


@pytest.mark.parametrize("url", ["/tasks/{}/card/?seen=0", "/tasks/rows/"])
def test_what_changes_while_a_fragment_is_read_is_not_taken_for_seen(
    team: Team, bob: User, signed_in: SignIn, url: str
) -> None:
    task = add(team, bob)
    client, address, done = signed_in(bob), url.format(task.pk), False

    def meddle(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        nonlocal done
        answer = execute(sql, *more)
        if 'FROM "tasks_task"' in sql and not done:
            done = True
            with scope(team):
                events.append(task, Kind.HEARD, Source.CALLBACK)
        return answer

    with connection.execute_wrapper(meddle):
        page = text_of(client, address)
    again = re.search(r'hx-get="([^"]+seen=\d+)"', page)
    assert again
    assert client.get(again[1].replace("&amp;", "&")).status_code == 200


def test_a_task_that_was_written_off_says_so(team: Team, bob: User, signed_in: SignIn) -> None:
    task = add(team, bob, "unknown", finished_at=timezone.now())
    client = signed_in(bob)
    assert ">Written off<" in text_of(client, f"/tasks/{task.pk}/row/")
    assert ">Written off<" in text_of(client, f"/tasks/{task.pk}/")
