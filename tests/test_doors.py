"""Every URL refuses whom it should: anonymous, viewer, another team's owner and a removed member try every method."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection as database
from django.db import models, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from studio import catalog
from studio.api.calling import by_token_alone
from studio.api.models import Token
from studio.assets.models import Keeping, cover_of
from studio.batches.models import Batch, Cell
from studio.files.models import File
from studio.ledger.models import Budget
from studio.library.models import PromptVersion, ShareLink
from studio.notices.models import Comment, Notice, Webhook
from studio.tasks.models import Callback
from studio.tasks.states import State
from studio.teams.access import PAGE_TEAM, PAGE_TEAM_HEADER
from studio.teams.keys import lock
from studio.teams.models import Invitation, Membership, Role, Team, User
from studio.teams.scope import ScopeError, across_teams
from tests.doors import DOORS, Door
from tests.factories import (
    VALUES,
    make_asset,
    make_attempt,
    make_connection,
    make_file,
    make_member,
    make_task,
)
from tests.library.making import make_preset, make_prompt, make_word_list
from tests.policy import faults

CANARY = "kanarienvogel"
WAYS = ["GET", "HX GET", "HEAD", "POST", "DELETE"]
HOUSE = Path(__file__).parent.parent / "studio"


def walk(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from walk(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        else:
            yield f"{space}{entry.name or entry.pattern}", entry


URLS = dict(walk(get_resolver()))
ROOMS = sorted({name.rpartition(":")[0] for name in URLS})  # one set of rows and visitors serves all doors of a room


def doors_of(room: str) -> list[str]:
    return [name for name in URLS if name in DOORS and name.rpartition(":")[0] == room]


@pytest.fixture
def rows(team: Team, alice: User) -> dict[str, models.Model]:
    """Team A with one row of each kind, every text of which holds the canary."""
    Team.objects.filter(pk=team.pk).update(name=f"Team {CANARY}")
    team.refresh_from_db()
    with across_teams():
        connection = make_connection(team, name=f"Gateway {CANARY}", is_sandbox=True)
        task = make_task(
            team,
            alice,
            connection,
            prompt=CANARY,
            body_text=f'{{"p": "{CANARY}"}}',
            values=VALUES | {"prompt": CANARY},
            extras=catalog.pack({}),
            error=CANARY,
            state=State.SUCCEEDED,
        )
        spoken = [{"role": "system", "content": CANARY}, {"role": "user", "content": CANARY}]
        conversation = make_task(
            team, alice, connection, operation="openai.chat", values={"messages": spoken}, state=State.SUCCEEDED
        )
        attempt = make_attempt(task, answer_text=CANARY, sent_text=CANARY, open=False)
        callback = Callback.objects.create(
            team=team,
            attempt=attempt,
            public_id=attempt.public_id,
            body=CANARY.encode(),
            digest="0" * 64,
            problem=CANARY,
        )
        asset = make_asset(task, error=CANARY, media_type="text/plain", keeping=Keeping.KEPT, sha256="0" * 64, size=13)
        asset.file.save(f"{CANARY}.txt", ContentFile(CANARY.encode()))
        asset.file.storage.save(cover_of(asset.file.name or ""), ContentFile(CANARY.encode()))
        asset.inside = {"cover": True}
        asset.save()
        file = make_file(team, alice, data=CANARY.encode(), name=f"{CANARY}.txt", media_type="text/plain", kind="text")
        invitation = Invitation.objects.create(team=team, email=f"{CANARY}@example.com", digest="0" * 64, made_by=alice)
        budget = Budget.objects.create(team=team, person=alice, points=1)
        until = timezone.now() + timedelta(days=1)
        token = Token.objects.create(team=team, person=alice, name=CANARY, digest="0" * 64, expires_at=until)
    preset = make_preset(
        team, alice, name=CANARY, description=CANARY, values={"prompt": CANARY}, note=CANARY, visibility="team"
    )
    with across_teams():
        link = ShareLink.objects.create(
            id=1, team=team, preset=preset, author=alice, digest="0" * 64, expires_at=timezone.now() + timedelta(days=1)
        )
    prompt = make_prompt(team, alice, name=CANARY, text=CANARY, note=CANARY)
    with across_teams():
        version = PromptVersion.objects.get(prompt=prompt)
        of_it = {"person": alice, "connection": connection, "operation": task.operation, "values": task.values}
        axes = [{"title": CANARY, "labels": [CANARY]}]
        batch = Batch.objects.create(team=team, name=CANARY, axes=axes, size=1, nonce=CANARY, **of_it)
        Cell.objects.create(team=team, batch=batch, number=1, place=[0], task=task, state="begun", why=CANARY)
        comment = Comment.objects.create(team=team, writer=alice, text=CANARY, task=task)
        Webhook.objects.create(team=team, url=f"https://{CANARY}.example", secret_cipher=lock(CANARY), result=CANARY)
        Notice.objects.create(team=team, person=alice, key="talk", what="commented", comment=comment, task=task)
    made = {
        "batch": batch,
        "comment": comment,
        "invitation": invitation,
        "member": Membership.objects.get(team=team, user=alice),
        "link": link,
        "preset": preset,
        "prompt": prompt,
        "prompt-version": version,
        "word-list": make_word_list(team, alice, name=CANARY, lines=[CANARY]),
        "connection": connection,
        "budget": budget,
        "token": token,
        "task": task,
        "attempt": attempt,
        "callback": callback,
        "asset": asset,
        "conversation": conversation,
    }
    return made | {"file": file}


@pytest.fixture
def visitors(
    rows: dict[str, models.Model], team: Team, dana: User, charlie: User, signed_in: Callable[[User], Client]
) -> dict[str, Client]:
    removed = make_member(team, "erik", Role.OWNER)
    browsers = {"anonymous": Client(), "viewer": signed_in(dana), "outsider": signed_in(charlie)}
    browsers["removed"] = signed_in(removed)
    assert browsers["removed"].get(reverse("teams:team")).status_code == 200
    Membership.objects.filter(user=removed).delete()
    return browsers


@pytest.fixture(autouse=True)
def no_network(settings: Any) -> None:
    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there", request=request)

    settings.GATEWAY_TRANSPORT = lambda: httpx.MockTransport(nobody)


def address(name: str, door: Door, rows: dict[str, models.Model]) -> str:
    """The door's path, with the row of Team A where its address has a number."""
    if door.asks:
        return f"{reverse(name, kwargs=door.more)}?{door.asks}={rows[door.of].pk}"
    row: dict[str, Any] = {"pk": rows[door.of].pk} if door.of else {}
    if isinstance(of := rows.get(door.of), File):
        row = {"public_id": of.public_id}
    return reverse(name, kwargs=door.more | row)


def knock(client: Client, way: str, path: str, page: Team | None = None) -> Any:
    headers = {"HX-Request": "true"} if way.startswith("HX") else {}
    headers |= {PAGE_TEAM_HEADER: str(page.pk)} if page else {}
    return client.generic(way.removeprefix("HX "), path, headers=headers)


def outcome(answer: HttpResponse) -> str:
    target = answer.headers.get("HX-Redirect") or answer.headers.get("Location", "")
    if target.startswith(reverse("account_login")):
        return "login"
    if answer.status_code in {403, 404, 405}:
        return str(answer.status_code)
    if answer.status_code == 401 and answer["Content-Type"].startswith("application/json"):  # to programs
        return "401"
    return "broken" if answer.status_code >= 500 else "in"


def text_of(answer: Any) -> str:
    body = (
        b"".join(cast(Iterator[bytes], answer.streaming_content))
        if isinstance(answer, StreamingHttpResponse)
        else answer.content
    )
    return f"{body.decode(errors='replace')} {dict(answer.headers)}"


def expected(door: Door, who: str, way: str) -> set[str]:
    """What may come of it. `in` is a page, or a form's answer; every refusal has one shape."""
    knows = door.knows(way.removeprefix("HX "))
    if door.kind == "public":
        return {"in", "login", "404", "405"}
    if door.kind == "debug":
        return {"in", "405"}
    if door.kind == "api":  # none of these visitors brings a token
        return {"401"} if knows and way != "HEAD" else {"401", "404", "405"}
    if door.kind == "callback":
        return {"404"} if knows else {"404", "405"}
    if who == "anonymous":
        return {"login"} if knows else {"login", "405"}
    if door.kind == "person":
        return {"in", "404"} if knows else {"405", "in"}
    kind = {"shown": "owner" if way == "POST" else "team"}.get(door.kind, door.kind)
    return inside_a_team(door._replace(kind=kind), who, knows)


def inside_a_team(door: Door, who: str, knows: bool) -> set[str]:
    if not knows:
        return {"403", "404", "405"}
    if who == "removed":
        return {"403"}
    if who == "outsider":
        return {"404"} if door.of else {"in"}
    return {"in"} if door.kind == "team" else {"403"}


def team_rows(team: Team) -> str:
    """Every column of every row, as the database has them: what each door is compared by, before and after."""
    tables = [(Team._meta.db_table, "id"), *((model._meta.db_table, "team_id") for model in with_team())]
    kept = []
    with database.cursor() as cursor:
        for table, key in tables:
            cursor.execute(f"SELECT * FROM {table} WHERE {key} = %s ORDER BY id", [team.pk])
            kept.append(cursor.fetchall())
    return str(kept)


def with_team() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if any(f.name == "team" for f in m._meta.fields)]


@pytest.mark.parametrize("name", URLS)
def test_every_door_is_on_the_list(name: str) -> None:
    assert name in DOORS, f"add {name!r} to DOORS in tests/doors.py and say who may pass it"


@pytest.mark.parametrize("room", ROOMS)
def test_the_doors_of_a_room_let_in_whom_they_should(
    room: str, visitors: dict[str, Client], rows: dict[str, models.Model], team: Team
) -> None:
    before = team_rows(team)
    for name in doors_of(room):
        with transaction.atomic():
            path = address(name, DOORS[name], rows)
            for who, client in visitors.items():
                for way in WAYS:
                    if way == "POST" and (name == "account_logout" or (name, who) == ("teams:leave", "viewer")):
                        continue  # would sign the visitor out, or out of the team, for the rest of the walk
                    answer = knock(client, way, path)
                    came, may_come = outcome(answer), expected(DOORS[name], who, way)
                    assert came in may_come, f"{who}: {way} {path} came to {came} ({answer.status_code})"
                    if who != "viewer":
                        assert CANARY not in text_of(answer), f"{who}: {way} {path} shows Team A's rows"
            assert team_rows(team) == before, f"{path}: somebody changed Team A's rows"
            transaction.set_rollback(True)


def test_whoever_may_pass_does(rows: dict[str, models.Model], alice: User, bob: User, db: None) -> None:
    """The other half of the walk: a door that refused everybody would have passed the first. What they get keeps the
    rules for browsers."""
    wrong = []
    for name, door in DOORS.items():
        if name not in URLS:
            continue  # single sign-on is not set up here
        with transaction.atomic():
            for who, person, ways in (("member", bob, ["GET", "POST"]), ("owner", alice, WAYS)):
                client = Client()
                client.force_login(person)
                path = address(name, door, rows)
                for way in ways:
                    if name != "account_logout" or way != "POST":
                        answer = knock(client, way, path)
                        came, spoiled = outcome(answer), faults(answer) if who == "owner" else []
                        wrong += [] if came in welcome(door, who, way) else [f"{who}: {way} {path} came to {came}"]
                        wrong += [f"{who}: {way} {path} breaks the rules for browsers: {spoiled}"] if spoiled else []
            transaction.set_rollback(True)
    assert not wrong


def test_a_head_is_answered_like_its_page_and_changes_nothing(
    rows: dict[str, models.Model], team: Team, alice: User, signed_in: Callable[[User], Client]
) -> None:
    """But for the address that signs in once: programs ask for the head of a link before anybody follows it."""
    client, before = signed_in(alice), team_rows(team)
    asked = [
        name for name in URLS if DOORS[name].knows("GET") and DOORS[name].kind != "api" and name != "teams:sign-in"
    ]
    paths = [address(name, DOORS[name], rows) for name in asked]
    heads = [client.head(path) for path in paths]
    assert team_rows(team) == before
    assert not any(text_of(head).split(" ", 1)[0] for head in heads)
    wrong = [path for path, head in zip(paths, heads, strict=True) if head.status_code != client.get(path).status_code]
    assert not wrong


def welcome(door: Door, who: str, way: str) -> set[str]:
    if door.kind in {"public", "debug", "callback", "person", "api"}:
        return expected(door, who, way)
    if not door.knows(way.removeprefix("HX ")):
        return {"403", "405"}
    kind = {"shown": "owner" if way == "POST" else "team"}.get(door.kind, door.kind)
    return {"in"} if who == "owner" or kind in {"team", "member"} else {"403"}


@pytest.mark.parametrize("way", WAYS)
def test_a_page_stays_in_its_team_while_another_tab_is_in_another(
    way: str, rows: dict[str, models.Model], team: Team, alice: User
) -> None:
    """Each form and each fragment says of which team it is, and whatever a page asks is answered in its own."""
    second = Team.objects.create(name="Team B")
    Membership.objects.create(team=second, user=alice, role=Role.OWNER)
    before, wrong = team_rows(second), []
    for name, door in DOORS.items():
        if name not in URLS or door.kind in {"public", "debug", "callback", "api"}:
            continue
        with transaction.atomic():
            client, path = Client(), address(name, door, rows)
            client.force_login(alice)
            client.post(reverse("teams:switch"), {"team": second.pk})
            answer = knock(client, way, path, page=team)
            if door.kind != "person" and answer.status_code != 405:
                here, came = getattr(answer.wsgi_request, "team", None), outcome(answer)
                wrong += [] if here == team else [f"{way} {path} was answered in {here}"]
                wrong += [] if came in welcome(door, "owner", way) else [f"{way} {path} came to {came}"]
            wrong += [] if is_marked(answer, team) else [f"{way} {path} has a form that does not say its team"]
            if (
                "Location" in answer.headers
                and answer.status_code == 302
                and name not in {"teams:switch", "teams:leave"}
            ):
                there = client.get(reverse("teams:team")).context["team"]
                wrong += [] if there == team or door.kind == "person" else [f"{way} {path} leads to a page of {there}"]
            wrong += [] if team_rows(second) == before else [f"{way} {path} changed rows of the other team"]
            transaction.set_rollback(True)
    assert not wrong


def is_marked(answer: Any, team: Team) -> bool:
    if not answer["Content-Type"].startswith("text/html"):
        return True
    page = answer.content.decode()
    said = page.count(f'name="{PAGE_TEAM}" value="{team.pk}"'), page.count(f'"{PAGE_TEAM_HEADER}": "{team.pk}"')
    return said == (page.count('name="csrfmiddlewaretoken"'), page.count("<body"))


def test_a_form_without_a_script_stays_in_its_team_too(
    team: Team, alice: User, signed_in: Callable[..., Client]
) -> None:
    second = Team.objects.create(name="Team B")
    Membership.objects.create(team=second, user=alice, role=Role.OWNER)
    client = signed_in(alice)
    client.post(reverse("teams:switch"), {"team": second.pk})
    answer = client.post(reverse("teams:rename"), {"name": "Ost", PAGE_TEAM: team.pk}, follow=True)
    assert answer.context["team"] == team, "it leads to its own team's page"
    assert set(Team.objects.values_list("name", flat=True)) == {"Ost", "Team B"}


def test_a_link_leads_into_the_team_of_what_it_names(
    rows: dict[str, models.Model], team: Team, alice: User, signed_in: Callable[[User], Client]
) -> None:
    second = Team.objects.create(name="Team B")
    Membership.objects.create(team=second, user=alice, role=Role.OWNER)
    client, wrong = signed_in(alice), []
    for name, door in DOORS.items():
        if door.of and "GET" in door.methods and door.kind not in {"public", "callback", "person", "api"}:
            client.post(reverse("teams:switch"), {"team": second.pk})
            path = address(name, door, rows)
            answer = knock(client, "GET", path)
            here, came = getattr(answer.wsgi_request, "team", None), outcome(answer)
            wrong += [] if (here, came) == (team, "in") else [f"{path} came to {came} in {here}"]
            wrong += [] if is_marked(answer, team) else [f"{path} is a page of another team"]
            leads = answer["Content-Type"].startswith("text/html")
            stays = client.get(reverse("teams:team")).context["team"]
            wrong += [] if stays == (team if leads else second) else [f"{path} leads to {stays}"]
    assert not wrong


def test_what_no_team_of_the_person_has_is_not_found_in_the_one_they_are_in(
    rows: dict[str, models.Model], team: Team, charlie: User, other_team: Team, signed_in: Callable[[User], Client]
) -> None:
    second = Team.objects.create(name="Team B")
    Membership.objects.create(team=second, user=charlie)
    client = signed_in(charlie)
    answer = client.get(reverse("tasks:detail", args=[rows["task"].pk]))
    assert answer.status_code == 404
    assert answer.context["team"] == other_team
    Membership.objects.create(team=team, user=charlie, role=Role.VIEWER)
    path = reverse("teams:connection", args=[rows["connection"].pk])
    assert client.post(path, {"name": "Mine"}).status_code == 404, "only what is looked at is looked for elsewhere"
    assert client.get(reverse("teams:sandbox", args=[rows["connection"].pk])).status_code == 404, "only owners"


@pytest.mark.parametrize("named", ["", "0", "x"])
def test_a_page_of_a_team_one_is_not_in_acts_in_no_other(named: str, team: Team, other_team: Team, alice: User) -> None:
    number = named or str(other_team.pk)
    client, before = Client(), team_rows(team)
    client.force_login(alice)
    for more in ({"headers": {PAGE_TEAM_HEADER: number}}, {}):
        answer = client.post(reverse("teams:rename"), {"name": "Ost", PAGE_TEAM: number}, **more)  # type: ignore[arg-type]
        assert answer.status_code == 403
        assert "no longer in the team" in answer.content.decode()
    assert client.get("/live-token/", headers={PAGE_TEAM_HEADER: number}).status_code == 403
    assert client.get(reverse("teams:team")).context["team"] == team
    assert team_rows(team) == before


def test_scripts_that_ask_by_themselves_say_of_which_team_the_page_is() -> None:
    for path in (HOUSE.parent / "static/js").glob("*.js"):
        text = path.read_text()
        asks = len(re.findall(r"\bfetch\(|new XMLHttpRequest", text))
        assert not asks or "headers.js" in text or "...page.headers" in text, f"{path.name} asks without its headers"


@pytest.mark.parametrize("room", ROOMS)
def test_a_form_of_another_site_changes_nothing(room: str, rows: dict[str, models.Model], alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    for name in doors_of(room):
        if "POST" in DOORS[name].methods:
            path = address(name, DOORS[name], rows)
            status = {"callback": 404, "api": 401}.get(DOORS[name].kind, 403)
            assert client.post(path).status_code == status, path


def test_only_the_callback_and_the_api_do_without_the_forms_secret() -> None:
    """One view for gateways; and one way into the API, which forgets all cookies before anything looks at them
    (`tests/api/test_tokens.py` walks it with those of an owner)."""
    exempt = {name: url.callback for name, url in URLS.items() if getattr(url.callback, "csrf_exempt", False)}
    ours = {name for name in exempt if DOORS[name].kind == "api"}
    assert set(exempt) - ours == {"tasks:callback", "tasks:no-callback"}
    assert exempt["tasks:callback"] is exempt["tasks:no-callback"]
    assert ours == {name for name, door in DOORS.items() if door.kind == "api"}
    assert {exempt[name].__code__ for name in ours} == {by_token_alone(lambda _: HttpResponse()).__code__}


@pytest.mark.parametrize("model", with_team(), ids=lambda m: m.__name__)
def test_forgetting_the_scope_raises(model: type[models.Model], db: None) -> None:
    if model is Membership:
        return  # it says who may open which scope, so it is read before there is one
    with pytest.raises(ScopeError):
        model._default_manager.count()


def test_nobody_goes_around_the_scope() -> None:
    """`_base_manager` and SQL by hand see every team; each use is listed with its reason. A bench has its own data."""
    allowed = {
        "queue.py",  # the queue's own table
        "postgresql/queue.py",  # the same
        "postgresql/base.py",  # settings of a new connection, no rows
        "management/backup/postgres.py",  # every row there is, into a file and back
        "ledger/terms.py",  # prices, budgets and roles of the one team that it names
        "tasks/events.py",  # a lock, no rows
        "tasks/durability.py",  # the database's own settings
        "search/index.py",  # FTS5's own table; entries of the one team and kind that it names, and they hold only words
        "tasks/figures.py",  # a union of the same scoped query for each operation
        "tasks/reader.py",  # one reader for all teams; each event goes to the streams of its own
        "tasks/callback.py",  # a count of the callbacks at one address, which belongs to one attempt
        "teams/statements/reading.py",  # statements written once; rows of teams only where the scope allows it
        "teams/statements/writing.py",  # the same for rows that their caller has in hand
    }
    around = {"_base_manager", "raw", "cursor", "extra"}
    found = {
        str(path.relative_to(HOUSE))
        for path in HOUSE.rglob("*.py")
        if not {"migrations", "gateway", "sandbox", "catalog", "bench"} & set(path.parts)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in around
    }
    assert found <= allowed


def test_a_changed_role_counts_at_the_next_request(
    rows: dict[str, models.Model], alice: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(alice)
    path = reverse("teams:connection-new")
    assert client.get(path).status_code == 200
    Membership.objects.filter(user=alice).update(role=Role.VIEWER)
    assert client.get(path).status_code == 403
    Membership.objects.filter(user=alice).delete()
    assert CANARY not in text_of(client.get(reverse("teams:connections")))


ELSEWHERE = [
    *("https://evil.example", "//evil.example", "///evil.example", "////evil.example", "/\\evil.example"),
    *("\\\\evil.example", "https:evil.example", "https:/evil.example", "http:///evil.example", "ftp://evil.example/"),
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "\x08//evil.example"),
    *("/\t/evil.example", "https://testserver@evil.example/", "https://testserver.evil.example/", "evil.example:80//x"),
    "https://evil.example#testserver",
]


def test_signing_in_leads_nowhere_else(alice: User) -> None:
    for target in ELSEWHERE:
        cache.clear()  # so many at once would be taken for guessing
        form = {"login": alice.email, "password": "correct horse battery", "next": target}
        answer = Client().post(reverse("account_login"), form)
        assert (answer.status_code, answer["Location"]) == (302, settings.LOGIN_REDIRECT_URL), target
