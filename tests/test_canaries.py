"""Twenty planted secrets through a run in which all that can fail fails, with every logger at its most talkative.

They may be in the calls to the gateway and in what the browser itself brings; in no log, page, frame, row, queue, dump,
spool or error report.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection as database
from django.test import Client
from django.urls import reverse
from django_q.tasks import async_task
from pytest_django import Settings

from studio import catalog
from studio.api.tokens import issue
from studio.files.addresses import signed_url
from studio.files.models import File
from studio.logs import Masked
from studio.tasks import live, replies
from studio.tasks.address import callback_url
from studio.tasks.hub import frame
from studio.tasks.models import Attempt, Callback, Event, Task
from studio.tasks.reader import Line
from studio.teams.models import Connection, Team, User
from studio.teams.signin import new_link
from tests.factories import make_file
from tests.files.samples import picture
from tests.gateway.sockets import listening
from tests.tasks import stage

pytestmark = [pytest.mark.usefixtures("everywhere"), pytest.mark.thorough]
KEY, OTHER_KEY, TYPED_KEY = "sk-canary-0f3a91d27c55", "sk-canary-55c1be020aa7", "sk-canary-91ee4c30b6d8"
HOOK = f"whsec_{base64.b64encode(b'canary-of-the-webhook-of-a-team').decode()}"
DOORS = {  # addresses that let somebody in, whoever opens them
    "invitation": "/invitation/canary-of-an-invitation-with-43-letters/",
    "shared preset": "/shared/canary-of-a-preset-that-was-shared/copy/",
    "new password": "/accounts/password/reset/key/1-canary-of-a-forgotten-password/",
}
PASSWORD, WRONG_PASSWORD, NEW_PASSWORD = "canary nest on the roof", "canary in a coal mine", "canary wharf at night"


def planted(settings: Settings) -> dict[str, str]:
    """The secrets of whoever runs the studio."""
    encryption = Fernet.generate_key().decode()
    settings.SECRET_KEY = "canary-secret-key-of-this-studio-for-one-test-only"
    settings.SECRET_KEY_FALLBACKS = ["canary-secret-key-that-was-rotated-out-long-ago"]
    settings.ENCRYPTION_KEYS = [encryption]
    settings.METRICS_TOKEN = "canary-token-of-the-metrics"
    settings.EMAIL_HOST_PASSWORD = "canary-of-the-post"
    settings.REDIS_URL = "redis://:canary-of-redis@127.0.0.1:6379/0"
    settings.SOCIALACCOUNT_PROVIDERS = {"google": {"APP": {"client_id": "x", "secret": "canary-of-single-sign-on"}}}
    settings.DATABASES["default"]["PASSWORD"] = "canary-of-the-database"
    return {
        "secret key": settings.SECRET_KEY,
        "rotated secret key": settings.SECRET_KEY_FALLBACKS[0],
        "encryption key": encryption,
        "metrics token": settings.METRICS_TOKEN,
        "mail password": settings.EMAIL_HOST_PASSWORD,
        "redis password": "canary-of-redis",
        "single sign-on secret": "canary-of-single-sign-on",
        "database password": "canary-of-the-database",
    }


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """All that the programs would write if they wrote everything, as `settings.LOGGING` forms it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Masked("%(levelname)s %(name)s: %(message)s"))
    talkative = [logging.getLogger(name) for name in ("", "django", "django.request", "django.db.backends", "django-q")]
    before = [logger.level for logger in talkative]
    for logger in talkative:
        logger.setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    database.force_debug_cursor = True
    yield written
    database.force_debug_cursor = False
    logging.getLogger().removeHandler(handler)
    for logger, level in zip(talkative, before, strict=True):
        logger.setLevel(level)


def echo(wire: socket.socket, request: bytes) -> None:
    """A gateway that repeats whatever it got, key and addresses included, in its headers and in its words."""
    head, _, body = request.partition(b"\r\n\r\n")
    key = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"authorization")).split()[-1].decode()
    text = body.decode()
    said: dict[str, Any] = {"code": 200, "msg": f"{key} {text}", "data": {"task_id": "g1"}, "you": [key, text]}
    status = "200 OK"
    if "a 500" in text:
        status, said = "500 Broken", {"error": {"message": f"no luck with {key} and {text}"}, "code": 500}
    elif "a 401" in text:
        status, said = "401 No", {"error": {"message": f"无效的令牌 {key}", "callback": text.replace("/", "\\/")}}
    elif "feed" in head.split(b"\r\n")[0].decode():
        said = {"code": 200, "msg": key, "data": stage.told("g1", "1", msg=f"{key} {text}", notify=text)}
    answer = json.dumps(said).encode()
    wire.sendall(f"HTTP/1.1 {status}\r\nX-Echo: {key}\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)


def told(client: Client, where: str, seen: dict[str, str], **posted: Any) -> None:
    """A page, with its headers but the browser's own cookies."""
    answer = client.post(where, posted) if posted else client.get(where)
    body = b"".join(getattr(answer, "streaming_content", None) or [answer.content])
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
    seen[f"{where} {answer.status_code}"] = headers + body.decode("utf-8", "replace")


def dumped() -> str:
    """Every row of every table, bytes as they are."""
    rows: list[str] = []
    with database.cursor() as cursor:
        for table in database.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {database.ops.quote_name(table)}")
            for row in cursor.fetchall():
                rows += [
                    bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                    for value in row
                ]
    return "\n".join(rows)


def breaking(*_: object, **__: object) -> Any:
    raise RuntimeError("forced")


def test_no_secret_is_told_or_kept(
    team: Team,
    alice: User,
    bob: User,
    logs: io.StringIO,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    canaries = planted(settings)
    settings.MEDIA_ROOT, settings.DATA_DIR = tmp_path / "media", tmp_path
    settings.PUBLIC_URL = "https://studio.example.com"
    seen: dict[str, str] = {}
    for person in (alice, bob):
        person.set_password(PASSWORD)
        person.save()
    owner, member = (signed_in(person) for person in (alice, bob))
    Client().post(reverse("account_login"), {"login": alice.email, "password": WRONG_PASSWORD})
    canaries |= {"password": PASSWORD, "wrong password": WRONG_PASSWORD, "new password": NEW_PASSWORD}
    canaries |= {"session": owner.cookies["sessionid"].value, "other session": member.cookies["sessionid"].value}

    with listening(echo) as gateway:
        settings.PRIVATE_ORIGINS = [gateway.origin]
        attempts = run(owner, team, alice, gateway.url, seen, monkeypatch)
        heard = b"".join(gateway.heard).decode()
    for number, attempt in enumerate(attempts):
        canaries[f"callback address {number}"] = callback_url(attempt).split("/")[-2]
        call_back(attempt)
    file = File.objects.get()
    canaries |= {"key": KEY, "other key": OTHER_KEY, "typed key": TYPED_KEY}
    canaries["live token"] = live.token(alice, team)
    canaries["API token"] = issue(team, alice, "script", "run", 30)[1]
    ticket = {"Authorization": f"Bearer {canaries['API token']}"}
    assert Client().get("/api/v1/tasks", headers=ticket).status_code == 200
    canaries |= {
        f"{name} address": urlsplit(where).path.split("canary")[1].split("/")[0] for name, where in DOORS.items()
    }
    canaries["webhook secret"] = HOOK
    links = [new_link(alice), new_link(bob)]
    canaries |= {"sign-in link": links[0].split("/")[-2], "used sign-in link": links[1].split("/")[-2]}
    address = signed_url(file)
    canaries["signed file address"] = address.split("/")[-2]
    canaries["signed file address that was sent"] = re.findall(rf"/files/in/{file.public_id}/([^/]+)/", heard)[0]
    profile = {"first_name": "A", "email": alice.email, "current": PASSWORD, "password": "1"}
    told(owner, reverse("teams:profile"), seen, **profile)
    look_around(owner, member, seen)
    break_everything(owner, links, address, attempts[0], seen, settings, monkeypatch)
    logging.getLogger("studio").error("forced, with %s and %s", canaries["API token"], HOOK)

    seen["dump"] = dumped()
    exported = io.StringIO()
    call_command("dumpdata", stdout=exported)
    seen["export"] = exported.getvalue()
    seen["queue"] = "\n".join(str(row) for row in stage.rings())
    events = Event.objects.all()
    seen["frames"] = "".join(
        frame(Line(e.pk, e.team_id, e.task_id, e.kind, e.state, e.progress, None)).decode() for e in events
    )
    kept = [path.read_text() for path in replies.folder().glob("*")]
    seen["spool"] = "\n".join([*kept, *(base64.b64decode(json.loads(text)["body"]).decode() for text in kept)])
    seen["logs"] = logs.getvalue()

    assert len(canaries) >= 20
    assert {name for name in canaries if canaries[name] in heard} >= {"key", "callback address 0", "callback address 2"}
    assert "SELECT" in seen["logs"]
    assert seen["logs"].count("forced") > 4
    assert "g1" in seen["spool"]
    found = {(name, where) for name, secret in canaries.items() for where, text in seen.items() if secret in text}
    # A page brings its reader a token for the stream; and who brings a link that is used up is told so at its address.
    found = {(name, where) for name, where in found if canaries[name] not in where}
    found = {(name, where) for name, where in found if name != "live token" or not where.startswith("/")}
    assert found == set(), sorted(found)


def signed_in(person: User) -> Client:
    """By the form, as people do."""
    client = Client(raise_request_exception=False)
    answer = client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def run(
    owner: Client, team: Team, alice: User, url: str, seen: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> list[Attempt]:
    """Two connections by the form, one fault in it, and tasks that come to every end."""
    form = {"name": "Real", "base_url": url, "concurrency": "3", "per_minute": "30", "fate": "keep"}
    told(owner, reverse("teams:connection-new"), seen, **form, key=KEY)
    told(owner, reverse("teams:connection-new"), seen, **form | {"name": "Other"}, key=OTHER_KEY)
    told(owner, reverse("teams:connection-new"), seen, **form | {"name": ""}, key=TYPED_KEY)
    real, other = Connection.objects.order_by("pk")
    told(owner, reverse("teams:connection-test", args=[real.pk]), seen, x="1")
    file = make_file(team, alice, picture())
    values: dict[str, Any] = {"model_name": "kling-v1", "image": file.reference, "mode": "std", "duration": "5"}
    given: list[dict[str, Any]] = [
        {"values": {"prompt": "accepted", "model": "gen3"}},
        {"operation": catalog.get("kling.image2video"), "values": values | {"prompt": "a picture"}},
        {"values": {"prompt": "a 500", "model": "gen3"}},
        {"values": {"prompt": "a 401", "model": "gen3"}, "connection": other},
    ]
    tasks = [stage.begin(team, alice, nonce=f"n{n}", **({"connection": real} | each)) for n, each in enumerate(given)]
    stage.work()
    with monkeypatch.context() as patch:  # a reply that waits in the spool
        patch.setattr("studio.tasks.sending.record_patiently", lambda *_: False)
        tasks.append(stage.begin(team, alice, connection=real, nonce="n8", values={"prompt": "late", "model": "gen3"}))
        stage.work()
    with monkeypatch.context() as patch:  # one that cannot be made ready, and a job that dies in the worker
        patch.setattr("studio.tasks.letters.fill", breaking)
        tasks.append(stage.begin(team, alice, connection=real, nonce="n9", values={"prompt": "x", "model": "gen3"}))
        stage.work()
        patch.setattr("studio.tasks.lifecycle.send", breaking)
        with pytest.raises(RuntimeError, match="forced"):
            async_task("studio.tasks.jobs.send", 1, sync=True)
    stage.let_pass(60)
    stage.work()
    return [task.attempts.select_related("task", "connection").order_by("number")[0] for task in tasks]


def call_back(attempt: Attempt) -> None:
    """Callbacks that repeat their own address and the key, in every writing."""
    url, client = callback_url(attempt), Client()
    key = attempt.connection.key
    body = stage.told("g1", "1", msg=f"{key} {url}", notifyHook=url)
    for data, kind in (
        (json.dumps(body), "application/json"),
        (json.dumps(body).replace("/", "\\/"), "application/json"),
        (urlencode(body), "application/x-www-form-urlencoded"),
        (f"{key} {url}", "text/plain"),
    ):
        assert client.post(urlsplit(url).path, data, content_type=kind).status_code == 200


def look_around(owner: Client, member: Client, seen: dict[str, str]) -> None:
    places = [reverse(name) for name in ("teams:connections", "teams:team", "tasks:list", "tasks:inbox", "assets:wall")]
    places += [reverse("teams:connection", args=[each.pk]) for each in Connection.objects.all()]
    places += [reverse("tasks:inbox-callback", args=[each.pk]) for each in Callback.objects.all()]
    places += [
        reverse(f"tasks:{name}", args=[task.pk]) for task in Task.objects.all() for name in ("detail", "card", "row")
    ]
    places += [f"{reverse('composer:compose', args=['runway.generate-text'])}?task={Task.objects.earliest('pk').pk}"]
    for place in places:
        told(member, place, seen)
        told(owner, place, seen)
    told(owner, reverse("health:status"), seen)


def break_everything(
    owner: Client,
    links: list[str],
    address: str,
    attempt: Attempt,
    seen: dict[str, str],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Views that raise where the secret stands in the address, in the form, or in what the function has in hand."""
    stranger = Client(raise_request_exception=False, enforce_csrf_checks=True)
    paths = [urlsplit(link).path for link in links]
    told(stranger, paths[1], seen)
    told(stranger, paths[1], seen)
    told(stranger, reverse("account_login"), seen, login="alice@example.com", password=PASSWORD)  # without its token
    for name in ("teams.signin.use", "tasks.inbox.row_of", "files.views.serve", "teams.forms.Connection.set_key"):
        monkeypatch.setattr(f"studio.{name}", breaking)
    told(stranger, paths[0], seen)
    for door in DOORS.values():
        told(stranger, door, seen, x="1")  # without its token
    told(stranger, urlsplit(callback_url(attempt)).path, seen, x="1")
    told(stranger, urlsplit(address).path, seen)
    form = {
        "name": "New",
        "base_url": attempt.connection.base_url,
        "concurrency": "3",
        "per_minute": "30",
        "fate": "keep",
    }
    settings.ALLOWED_HOSTS = ["testserver"]
    for debug in (False, True):
        settings.DEBUG = debug
        told(owner, f"{reverse('teams:connection-new')}?debug={debug}", seen, **form, key=TYPED_KEY)
    assert any("Traceback" in text and "set_key" in text for text in seen.values())
    monkeypatch.setattr("studio.teams.people.keep", breaking)
    profile = {"first_name": "A", "email": "alice@example.com", "current": PASSWORD, "password": NEW_PASSWORD}
    told(owner, f"{reverse('teams:profile')}?debug=True", seen, **profile)
    settings.DEBUG = False
