"""The one door without a lock: what it keeps, what it answers, and what it never gives away."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import resolve
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from studio.tasks import callback, desk, lifecycle
from studio.tasks.address import callback_url, mac, verify
from studio.tasks.models import Attempt, Callback, Task
from studio.tasks.states import State
from studio.teams.models import Team, User
from tests.factories import make_attempt, make_task
from tests.tasks import stage
from tests.tasks.stage import Gateway, begin, claim, feed, only_attempt, playing, story, told, work

pytestmark = pytest.mark.usefixtures("everywhere")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with playing(Gateway()) as gateway:
        yield gateway


@pytest.fixture
def attempt(team: Team, alice: User, gateway: Gateway) -> Attempt:
    """Accepted by the gateway as g1."""
    task = begin(team, alice)
    work()
    return only_attempt(task)


def path(attempt: Attempt) -> str:
    return urlsplit(callback_url(attempt)).path


def post(attempt: Attempt, body: bytes, content_type: str = "application/json", **more: Any) -> HttpResponse:
    more |= {"CONTENT_LENGTH": str(len(body))}
    client = Client(enforce_csrf_checks=True)
    return cast(HttpResponse, client.post(path(attempt), body, content_type=content_type, **more))


def state(attempt: Attempt) -> str:
    return Task.objects.get(pk=attempt.task_id).state


def test_a_callback_is_kept_raw_and_heard(attempt: Attempt) -> None:
    body = json.dumps(told(), indent=3).encode()
    response = post(attempt, body, headers={"user-agent": "gateway/1"})
    assert (response.status_code, response.content) == (200, b'{"ok": true}')
    kept = Callback.objects.get()
    assert (bytes(kept.body), kept.attempt, kept.problem) == (body, attempt, "")
    assert (kept.headers["User-Agent"], kept.peer) == ("gateway/1", "127.0.0.1")
    assert kept.heard_at is not None
    assert state(attempt) == State.RUNNING
    assert attempt.task.events.last().data["callback"] == kept.pk  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["form", "form without its type", "multipart", "text", "byte order mark"])
def test_forms_are_as_good_as_json(attempt: Attempt, kind: str) -> None:
    fields = {"task_id": "g1", "status": "1"}
    form, parts = urlencode(fields).encode(), "application/x-www-form-urlencoded"
    multipart = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    )
    body, content_type = {
        "form": (form, parts),
        "form without its type": (form, "application/json"),
        "multipart": (f"{multipart}--b--\r\n".encode(), "multipart/form-data; boundary=b"),
        "text": (json.dumps(fields).encode(), "text/plain"),
        "byte order mark": (b"\xef\xbb\xbf" + json.dumps(fields).encode(), "application/json"),
    }[kind]
    assert post(attempt, body, content_type).status_code == 200
    assert state(attempt) == State.RUNNING


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "options", "head", "trace"])
def test_anything_but_post_is_refused(attempt: Attempt, method: str) -> None:
    assert getattr(Client(), method)(path(attempt)).status_code == 405
    assert not Callback.objects.exists()


def test_every_wrong_address_gets_the_same_404(attempt: Attempt) -> None:
    good, right = attempt.public_id, mac(attempt.public_id, settings.SECRET_KEY)
    wrong = [f"/callback/{good}/{'0' * 40}/", f"/callback/{'0' * 32}/{right}/", "/callback/x/y/", "/callback/%00/纸/"]
    flipped = [right[:n] + ("0" if right[n] != "0" else "1") + right[n + 1 :] for n in range(len(right))]
    wrong += [f"/callback/{good}/{mac}/" for mac in [*flipped, right.upper(), right[:-1], right + "0"]]
    answers = {(r.status_code, r.content, str(sorted(r.items()))) for r in (Client().post(url) for url in wrong)}
    assert len(answers) == 1
    assert next(iter(answers))[:2] == (404, b"Not found")
    assert not Callback.objects.exists()


def test_an_address_made_with_a_key_that_was_rotated_out_still_counts() -> None:
    old = mac("0" * 32, settings.SECRET_KEY)
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["older", settings.SECRET_KEY]):
        assert verify("0" * 32, old)
        assert verify("0" * 32, mac("0" * 32, "new"))
    with override_settings(SECRET_KEY="new"):
        assert not verify("0" * 32, old)


def test_too_long_a_body_is_refused(attempt: Attempt) -> None:
    assert post(attempt, b"x" * (callback.CAP + 1)).status_code == 413
    assert post(attempt, b"x" * callback.CAP).status_code == 200
    assert Callback.objects.count() == 1


def without_length(attempt: Attempt, body: bytes) -> HttpResponse:
    request = RequestFactory().generic("POST", path(attempt), content_type="application/json")
    request.META.pop("CONTENT_LENGTH", None)
    request.META |= {"wsgi.input": io.BytesIO(body), "HTTP_TRANSFER_ENCODING": "chunked"}
    view, args, kwargs = resolve(path(attempt))
    response: HttpResponse = view(request, *args, **kwargs)
    return response


def test_a_chunked_body_without_a_length_is_read_and_capped_too(attempt: Attempt) -> None:
    assert without_length(attempt, json.dumps(told()).encode()).status_code == 200
    assert state(attempt) == State.RUNNING
    assert without_length(attempt, b"x" * 10_000_000).status_code == 413


def test_a_database_that_is_away_is_no_ok(attempt: Attempt) -> None:
    def away(*_: object) -> None:
        raise OperationalError("the database is away")

    with connection.execute_wrapper(away):
        response = post(attempt, json.dumps(told()).encode())
    assert (response.status_code, response["Retry-After"]) == (503, "5")


def test_what_cannot_be_heard_is_kept_with_its_problem_and_heard_later(attempt: Attempt) -> None:
    Task.objects.update(operation="runway.gone")
    assert post(attempt, json.dumps(told()).encode()).status_code == 200
    kept = Callback.objects.get()
    assert kept.heard_at is None
    assert "runway.gone" in kept.problem
    Task.objects.update(operation=stage.OPERATION)
    lifecycle.sweep()
    assert state(attempt) == State.ACCEPTED  # not yet: it was tried a moment ago
    stage.let_pass(41)
    lifecycle.sweep()
    kept.refresh_from_db()
    assert (state(attempt), kept.problem) == (State.RUNNING, "")
    assert kept.heard_at is not None


def test_a_callback_nobody_came_to_hear_is_found_by_the_sweep(attempt: Attempt) -> None:
    body = json.dumps(told()).encode()
    Callback.objects.create(team=attempt.team, attempt=attempt, public_id=attempt.public_id, body=body, digest="")
    stage.let_pass(11)
    lifecycle.sweep()
    assert state(attempt) == State.RUNNING


def test_a_genuine_address_without_an_attempt_is_kept_unmatched_and_can_be_replayed(
    attempt: Attempt, alice: User, other_team: Team
) -> None:
    lost = Attempt(public_id="f" * 32)
    assert post(lost, json.dumps(told()).encode()).status_code == 200
    kept = Callback.objects.get()
    assert (kept.attempt, kept.team) == (None, None)
    assert "backup" in kept.problem
    with pytest.raises(lifecycle.NotNow):
        lifecycle.replay(kept, alice)
    Attempt.objects.filter(pk=attempt.pk).update(public_id="f" * 32)
    lifecycle.replay(kept, alice)
    kept.refresh_from_db()
    assert (state(attempt), kept.problem, kept.attempt) == (State.RUNNING, "", attempt)


def test_a_replay_changes_nothing_twice(attempt: Attempt, alice: User) -> None:
    post(attempt, json.dumps(told()).encode())
    before = story(attempt.task)
    lifecycle.replay(Callback.objects.get(), alice)
    assert story(attempt.task) == before


def test_a_flood_on_one_address_is_turned_away_and_others_are_not(team: Team, alice: User, attempt: Attempt) -> None:
    answers = [post(attempt, b"{}").status_code for _ in range(70)]
    assert answers == [200] * 60 + [429] * 10
    other = make_attempt(make_task(team, alice), state=State.ACCEPTED)
    assert post(other, b"{}").status_code == 200


def test_an_address_takes_a_thousand_callbacks_and_no_more(team: Team, alice: User, attempt: Attempt) -> None:
    Callback.objects.bulk_create(Callback(public_id=attempt.public_id, body=b"") for _ in range(desk.PER_ADDRESS))
    stage.let_pass(3600)
    assert post(attempt, b"{}").status_code == 429
    other = make_attempt(make_task(team, alice), state=State.ACCEPTED)
    assert post(other, b"{}").status_code == 200


def test_an_address_says_nothing_of_another_attempt(team: Team, alice: User, attempt: Attempt) -> None:
    other = make_attempt(make_task(team, alice, attempt.connection, state=State.RUNNING), gateway_id="g2")
    post(attempt, json.dumps(told("g2", "2")).encode())
    assert Task.objects.get(pk=other.task_id).state == State.RUNNING
    assert story(attempt.task)[-1] == "incident"


FILM = "https://cdn.example.com/{}.mp4"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (urlencode(told(status="3", video_url=FILM.format("\0"), msg="\0")), "application/x-www-form-urlencoded"),
        (
            urlencode({"task_id": "g1", "data": json.dumps(told(status="3", video_url=FILM.format("\ud83e")))}),
            "application/x-www-form-urlencoded",
        ),
        (
            "".join(
                f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                for name, value in told(status="3", video_url=FILM.format("\0")).items()
            )
            + "--b--\r\n",
            "multipart/form-data; boundary=b",
        ),
    ],
    ids=["form", "json in a form", "parts"],
)
def test_a_success_with_nul_or_half_a_character_in_it_is_heard(attempt: Attempt, body: str, content_type: str) -> None:
    assert post(attempt, body.encode(), content_type).status_code == 200
    kept = Callback.objects.get()
    assert (kept.problem, bool(kept.heard_at)) == ("", True)
    told_of = Attempt.objects.get(pk=attempt.pk).told
    assert told_of is not None
    assert [told_of["state"], len(told_of["results"])] == [State.SUCCEEDED, 1]


GARBAGE = [
    b"",
    b"\xff\xfe\x00",
    b"null",
    b"[]",
    b"7",
    b'"\\ud800"',
    b'{"task_id":"\\u0000","status":"1"}',
    b"[" * 10_000,
    b'{"a":NaN,"b":1e400}',
    b'{"status":"1","status":"2"}',
    b"1" * 200_000,
    b"<html></html>",
    b'{"task_id":{"a":[]},"status":[1]}',
    b"task_id=%00&status=%ff",
    json.dumps({"task_id": "g" * 100_000, "status": "3"}).encode(),
    json.dumps(told(status="3", video_url="x" * 10_000, point="1e999999999", msg=["\0"])).encode(),
]


@pytest.mark.parametrize("body", GARBAGE, ids=range(len(GARBAGE)))
@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data", "multipart/form-data; boundary=b", "\x00;charset=no"]
)
def test_garbage_is_kept_and_breaks_nothing(attempt: Attempt, body: bytes, content_type: str) -> None:
    assert post(attempt, body, content_type).status_code == 200
    kept = Callback.objects.get()
    assert bytes(kept.body) == body
    assert kept.heard_at or kept.problem
    assert state(attempt) in {State.ACCEPTED, State.RUNNING, State.FAILED}


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(told())) | st.text(), inner),
    max_leaves=8,
)


@effort(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")))
def test_no_body_whatever_is_answered_by_an_error(attempt: Attempt, body: bytes) -> None:
    Callback.objects.all().delete()
    assert post(attempt, body).status_code == 200
    assert bytes(Callback.objects.get().body) == body


@pytest.mark.usefixtures("gateway")
def test_a_callback_while_the_attempt_is_still_being_sent_counts(team: Team, alice: User, gateway: Gateway) -> None:
    attempt = only_attempt(begin(team, alice))
    assert claim(attempt.pk)
    gateway.says(feed(status="3"))
    post(attempt, json.dumps(told(status="3")).encode())
    work()
    assert state(attempt) == State.SUCCEEDED
