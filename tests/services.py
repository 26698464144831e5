"""The studio's programs one by one, as services, against a sandbox that outlives them."""

from __future__ import annotations

from typing import Any

import httpx

from tests import plain
from tests.postgresql import free_port
from tests.processes import House, Program, eventually

BEGIN = """
import secrets
from django.conf import settings
from studio import catalog
from studio.tasks import lifecycle
from studio.teams.models import Connection, Team, User
from studio.teams.scope import across_teams
with across_teams():
    person, team = User.objects.get(), Team.objects.get()
    connection = Connection.objects.filter(name='Sandbox for tests').first()
    if connection is None:
        connection = Connection(
            team=team, name='Sandbox for tests', base_url=settings.SANDBOX_URL, is_sandbox=True,
            concurrency=20, per_minute=1000,
        )
        connection.set_key('sk-tests')
        connection.save()
    for _ in range({count}):
        lifecycle.begin(
            team=team, person=person, connection=connection, operation=catalog.get('runway.generate-text'),
            values={{'prompt': 'a paper boat', 'model': 'gen3', 'ratio': '16:9', 'options.seconds': 5}}, extras={{}},
            nonce=secrets.token_hex(8),
        )
"""
COUNT = """
from studio.tasks.models import Attempt, Callback
from studio.teams.scope import across_teams
with across_teams():
    print({question})
"""


def prepare(studio: House) -> None:
    """Start the sandbox, which makes nothing before its clock is moved, and make the database ready."""
    sandbox = studio.environment["STUDIO_SANDBOX_URL"]
    studio.environment["STUDIO_PUBLIC_URL"] = f"http://127.0.0.1:{free_port()}"
    studio.start("-m", "studio.sandbox", "--port", sandbox.rpartition(":")[2], "--speed", "1")
    manage(studio, "setup")


def let_finish(studio: House) -> None:
    """Let the sandbox's clock run, so that all that it has is made within ten seconds, and called back on the way."""
    plain.post(f"{studio.environment['STUDIO_SANDBOX_URL']}/_sandbox/speed", json={"speed": 30}).raise_for_status()


def begin(studio: House, count: int) -> None:
    studio.do(BEGIN.format(count=count))


def ask(studio: House, question: str) -> str:
    return studio.do(COUNT.format(question=question))


def ledger(studio: House) -> list[dict[str, Any]]:
    answer = plain.get(f"{studio.environment['STUDIO_SANDBOX_URL']}/_sandbox/ledger", timeout=30).json()
    posts: list[dict[str, Any]] = answer["posts"]
    return posts


def manage(studio: House, *command: str) -> str:
    """What a command says; inside the console, because a process of its own takes a second to start."""
    return studio.do(f"from django.core.management import call_command; call_command(*{command!r})", within=90)


def start(studio: House) -> list[Program]:
    address = studio.environment["STUDIO_PUBLIC_URL"]
    port = address.rpartition(":")[2]
    web = ("-m", "uvicorn", "studio.asgi:application", "--port", port, "--no-access-log", "--log-level", "warning")
    programs = [studio.start(*web), studio.manage("workers"), studio.manage("clock")]
    eventually(lambda: answers(f"{address}/livez"), 60, "the web server did not start")
    return programs


def answers(url: str) -> bool:
    try:
        return plain.get(url).status_code == 200
    except httpx.HTTPError:
        return False


def stop(programs: list[Program]) -> None:
    for program in programs:
        program.process.terminate()
    for program in programs:
        program.process.wait(30)
