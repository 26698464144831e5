"""Thousands of bodies nobody would send, at a genuine address; and every way in which an address can be wrong."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.crypto import constant_time_compare

from studio import catalog
from studio.tasks import address, callback, desk, inbox
from studio.tasks.address import mac
from studio.tasks.models import Attempt, Callback, Task
from studio.tasks.states import RANK, State
from studio.teams.models import Team, User
from tests.factories import make_attempt, make_connection, make_task
from tests.tasks.stage import told

pytestmark = pytest.mark.thorough
CASES = 3000
POSTED = 400  # of them all the way, into the rows; tried with all 3000 as well
KINDS = ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", ""]
KINDS += [
    "application/json; charset=utf-16",
    "text/html; charset=nonsense",
    "multipart/form-data",
    "\x00;charset=a",
    "a" * 999,
]
SONG = {"id": "s1", "audio_url": "https://cdn.example.com/s1.mp3", "title": "x", "duration": 3.5, "tags": None}
SLUGS = [operation.slug for operation in catalog.operations() if operation.callback]
TRUE = [
    *(told(status=status) for status in ("1", "2", "3")),
    {"code": 200, "msg": "ok", "data": told(status="3")},
    {"code": 200, "data": {"callbackType": "complete", "task_id": "g1", "data": [SONG, SONG]}},
    {"id": "g1", "status": "IN_PROGRESS", "progress": "31%", "imageUrl": "https://e.com/a.png", "buttons": []},
    {"id": "g1", "status": "SUCCESS", "buttons": [{"customId": "a", "label": "U1"}], "properties": {"a": "x"}},
    {"task_id": "g1", "task_status": "succeed", "task_result": {"videos": [{"id": "v", "url": "https://e.com/v.mp4"}]}},
]  # fmt: skip
ODD: list[Any] = [
    *(None, True, 0, -1, 1e308, 10**40, "", " ", "0", "3", "\x00", "\ud800", "纸" * 3000, "1e999999999", "NaN"),
    *(
        [],
        [[]],
        {},
        {"a": {"b": [None]}},
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "http://127.0.0.1/",
        "g2",
    ),
]


def broken(value: Any, dice: random.Random) -> Any:
    """The same payload with something in it replaced, lost, doubled or wrapped."""
    if dice.random() < 0.15:
        return dice.choice([dice.choice(ODD), [value, value], {"data": value}, {"data": [value]}, json.dumps(value)])
    if isinstance(value, dict) and value:
        key = dice.choice(list(value))
        rest = {name: each for name, each in value.items() if name != key or dice.random() < 0.8}
        return rest | {dice.choice([key, key, key + "x", ""]): broken(value[key], dice)}
    if isinstance(value, list) and value:
        return [broken(each, dice) for each in value] * dice.choice([1, 1, 2])
    return dice.choice(ODD)


def written(value: Any, dice: random.Random) -> bytes:
    """As bytes, some of which are changed, cut or doubled."""
    data = json.dumps(value, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")
    way = dice.randrange(8)
    if way == 0:
        data = data[: dice.randrange(len(data) + 1)]
    elif way == 1:
        at = dice.randrange(len(data) + 1)
        data = data[:at] + dice.randbytes(dice.randrange(9)) + data[at:]
    elif way == 2:
        data = dice.randbytes(dice.randrange(300))
    elif way == 3:
        data = data.replace(b'"', b"", dice.randrange(4)).replace(b":", b"=").replace(b",", b"&")
    elif way == 4:
        data = data.decode("utf-8", "replace").encode(dice.choice(["utf-16", "utf-32", "gb18030", "utf-8-sig"]))
    elif way == 5:
        data = b"--b\r\nContent-Disposition: form-data; name=data\r\n\r\n" + data + b"\r\n--b--" * dice.randrange(2)
    return data


@pytest.fixture
def attempts(team: Team, alice: User, everywhere: None, monkeypatch: pytest.MonkeyPatch) -> list[Attempt]:
    """One that runs for every operation that the gateway calls back for."""
    monkeypatch.setattr(desk, "PER_MINUTE", POSTED)
    monkeypatch.setattr(desk, "PER_ADDRESS", POSTED)
    link = make_connection(team)
    tasks = [make_task(team, alice, link, operation=slug, state=State.ACCEPTED) for slug in SLUGS]
    return [make_attempt(task, gateway_id=f"g{n}" if n else "g1") for n, task in enumerate(tasks) if n != 1]


def cases(count: int) -> Iterator[tuple[bytes, str, random.Random]]:
    """Bodies with their content types, the same in every run."""
    dice = random.Random(20261125)
    for _ in range(count):
        payload = dice.choice(TRUE)
        yield written(broken(payload, dice) if dice.random() < 0.9 else payload, dice), dice.choice(KINDS), dice


def test_three_thousand_bodies_are_read_without_a_fault() -> None:
    said = 0
    for number, (body, kind, _) in enumerate(cases(CASES)):
        report = catalog.get(SLUGS[number % len(SLUGS)]).read(inbox.payload_of(body, kind), "callback", asked={})
        said += report.state is not None
    assert said > CASES / 20


def test_whatever_comes_is_kept_as_it_came_and_breaks_nothing(attempts: list[Attempt]) -> None:
    """The right answer, nothing lost, no state that goes back; what could not be heard says so."""
    sent: list[bytes] = []
    for number, (body, kind, dice) in enumerate(cases(POSTED)):
        attempt = attempts[number % len(attempts)]
        request = RequestFactory().generic("POST", "/", body, content_type=kind)
        if dice.random() < 0.3:
            request.META.pop("CONTENT_LENGTH", None)
        request.META["wsgi.input"] = io.BytesIO(body)
        request.META["HTTP_USER_AGENT"] = dice.choice(["gateway/1", "\x00", "纸" * 400])
        request._stream = request.META["wsgi.input"]
        response = callback.callback(request, attempt.public_id, mac(attempt.public_id, settings.SECRET_KEY))
        assert response.status_code == 200, (number, body)
        sent.append(body)
    kept = list(Callback.objects.order_by("pk").values_list("body", "heard_at", "problem", "attempt_id"))
    assert [bytes(body) for body, *_ in kept] == sent
    assert all(heard or problem for _, heard, problem, _ in kept)
    assert sum(bool(heard) for _, heard, _, _ in kept) > POSTED / 10
    assert {problem for *_, problem, _ in kept} <= {"", inbox.NOTHING_SAID}
    for attempt in Attempt.objects.all():
        assert RANK[State(attempt.state)] >= RANK[State.ACCEPTED]
    # A result is never believed of a callback alone where the gateway can be asked.
    for slug in Task.objects.filter(state=State.SUCCEEDED).values_list("operation", flat=True):
        assert not catalog.get(slug).poll, slug


def test_every_wrong_address_gets_the_same_answer_for_the_same_work(
    attempts: list[Attempt], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is looked up, as many comparisons are made, and no byte of the answer differs."""
    compared: list[int] = []
    compare = constant_time_compare

    def counted(one: str, other: str) -> bool:
        compared.append(len(one))
        return compare(one, other)

    monkeypatch.setattr(address, "constant_time_compare", counted)
    right = f"/callback/{attempts[0].public_id}/{mac(attempts[0].public_id, settings.SECRET_KEY)}/"
    wrong = [
        right[:at] + other + right[at + 1 :]
        for at in range(len("/callback/"), len(right))
        for other in ("0", "g", "/", "%00", "%2F", "A", "")
        if other != right[at] and (other, right[at]) != ("%2F", "/")
    ]
    wrong += [
        "/callback/",
        "/callback/x",
        f"{right}x",
        f"{right}/",
        right.upper().replace("CALLBACK", "callback"),
        right * 2,
    ]
    wrong += [f"/callback/{attempts[1].public_id}/{right.split('/')[3]}/", right.replace("/callback/", "/callback//")]
    client, answers, most = Client(enforce_csrf_checks=True), set(), 1 + len(settings.SECRET_KEY_FALLBACKS)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for url in wrong:
            compared.clear()
            answer = client.post(url, b"{}", content_type="application/json")
            answers.add((answer.status_code, answer.content, str(sorted(answer.items()))))
            assert compared == [40] * most, url
    assert len(wrong) > 400
    assert len(answers) == 1
    assert next(iter(answers))[:2] == (404, b"Not found")
    assert len(queries) == 0
    assert client.post(right, b"{}", content_type="application/json").status_code == 200
