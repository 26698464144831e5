"""The studio under test, as `manage.py up` runs it, seen from outside: its pages, its processes, its database."""

from __future__ import annotations

import json
import os
import random
import re
import secrets
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx

from studio.management.family import kill_group
from tests import plain
from tests.chaos.marks import armed, struck
from tests.postgresql import free_port
from tests.processes import House, eventually

SETTINGS = "tests.chaos.settings"
VERBS = {"wipe", "speed", "faults"}
PAGE = "/compose/runway.generate-text/"
BATCH = "/batches/plan/runway.generate-text/run/"
READY = 150.0  # seconds; on a machine that does much else at the time
BACK = 300.0  # seconds; one that is killed again and again while it starts waits longer each time
FACTS = "import json; from tests.chaos.facts import facts; print(json.dumps(facts({tasks})))"


class Form(HTMLParser):
    """What a browser would post from the compose form: each control with its name and value."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.controls: dict[str, str] = {}
        self.area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        name, kind = given.get("name"), given.get("type", "text")
        if not name or "disabled" in given:
            return
        if tag == "textarea":
            self.area, self.controls[name] = name, ""
        elif tag == "input" and (kind not in {"radio", "checkbox", "submit", "file"} or "checked" in given):
            self.controls[name] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self.area = "" if tag == "textarea" else self.area

    def handle_data(self, data: str) -> None:
        if self.area:
            self.controls[self.area] += data


class Studio:
    """`tasks` are the numbers of the tasks that the person was shown after a click, `batches` those of batches, with
    the number of their cells."""

    def __init__(self, house: House, url: str, link: str) -> None:
        self.house = house
        self.sandbox = house.environment["STUDIO_SANDBOX_URL"]
        self.browser = httpx.Client(base_url=url, timeout=20, trust_env=False)
        self.browser.get(link, follow_redirects=True).raise_for_status()
        self.form = Form(self.browser.get(PAGE).raise_for_status().text).controls
        self.tasks: list[int] = []
        self.batches: dict[int, int] = {}

    def submit(self, prompt: str) -> int:
        """Fill the form and press Run: the task's number."""
        self.tasks.append(self.press(f"{PAGE}run/", {"v:prompt": prompt}, r"/tasks/(\d+)/$"))
        return self.tasks[-1]

    def submit_batch(self, prompts: Sequence[str], repeat: int) -> int:
        """Plan a batch of these prompts, each so many times, and press Run: the batch's number."""
        axis = {"axis-field": "prompt", "axis-text": ", ".join(prompts), "repeat": str(repeat)}
        number = self.press(BATCH, {"v:prompt": prompts[0]} | axis, r"/batches/(\d+)/$")
        self.batches[number] = len(prompts) * repeat
        return number

    def press(self, url: str, typed: dict[str, str], leads_to: str) -> int:
        """Post the form, again with the same nonce for as long as no answer comes: the number that it leads to."""
        posted = self.form | typed | {"nonce": secrets.token_urlsafe(16)}
        until = time.monotonic() + BACK
        while True:
            try:
                answer = self.browser.post(url, data=posted)
                if answer.status_code < 500:
                    break
                said = f"HTTP {answer.status_code}"
            except httpx.HTTPError as fault:
                said = type(fault).__name__
            assert time.monotonic() < until, f"the web server did not come back: {said}"
            time.sleep(0.1)
        found = re.search(leads_to, answer.headers.get("location", ""))
        assert found, f"HTTP {answer.status_code} after Run: {answer.text[:2000]}"
        return int(found[1])

    def door(self, path: str, **told: Any) -> Any:
        """The sandbox's own door: POST where it changes something, else GET."""
        address = f"{self.sandbox}/_sandbox/{path}"
        headers = {"X-Sandbox-Secret": self.house.environment["STUDIO_SANDBOX_SECRET"]}
        how: dict[str, Any] = {"timeout": 20, "headers": headers}
        answer = plain.post(address, json=told, **how) if path in VERBS else plain.get(address, **how)
        return answer.raise_for_status().json()

    def facts(self) -> dict[str, Any]:
        """What the database and the media folder say of our tasks; `facts.py` has the shape."""
        found: dict[str, Any] = json.loads(self.house.do(FACTS.format(tasks=self.tasks), within=60))
        return found

    def arm(self, point: str) -> None:
        struck(self.house.folder, point).unlink(missing_ok=True)
        armed(self.house.folder, point).touch()

    def disarm(self, point: str) -> None:
        armed(self.house.folder, point).unlink(missing_ok=True)

    def is_struck(self, point: str) -> bool:
        return struck(self.house.folder, point).exists()

    def victims(self) -> dict[str, list[int]]:
        """Processes by program; those of django-q2's cluster below its first one as `cluster`. The sandbox, whose
        ledger is the truth, and `up`, who starts the others again, are none."""
        found: dict[str, list[int]] = {"web": [], "workers": [], "cluster": []}
        names = {"uvicorn": "web", "workers": "workers"}
        for process in self.house.processes():
            try:
                words = Path(f"/proc/{process}/cmdline").read_text().split("\0")
                leader = os.getsid(process) == process
            except OSError:
                continue
            name = next((known for word, known in names.items() if word in words), None)
            if name:
                found[name if leader else "cluster"].append(process)
        return found

    def kill_any(self, dice: random.Random, kinds: list[str]) -> str:
        """SIGKILL one process of one of these kinds; which kind it was."""
        kind = dice.choice([kind for kind in kinds if self.victims()[kind]] or ["web"])
        if processes := self.victims()[kind]:
            try:
                os.kill(dice.choice(sorted(processes)), signal.SIGKILL)
            except ProcessLookupError:
                return "nobody"
        return kind


@contextmanager
def started(house: House) -> Iterator[Studio]:
    """The studio of this house as `up` runs it, and somebody signed in."""
    prepare(house)
    port = free_port()
    program = house.manage("up", "--port", str(port))
    try:
        program.says("Ctrl-C", within=READY)
        link = program.says(r"http://\S+/sign-in/\S+/").group()
        house.do(ROOM)
        yield Studio(house, f"http://127.0.0.1:{port}", link)
    finally:
        house.leave_console()
        program.stop(within=20)


@contextmanager
def set_up(house: House) -> Iterator[None]:
    """A sandbox, and a database in which builds can be started one after the other: less than `up`, and quicker."""
    prepare(house)
    house.environment["STUDIO_PUBLIC_URL"] = f"http://127.0.0.1:{free_port()}"
    done = house.run("manage.py", "setup", within=READY)
    assert done.returncode == 0, done.stderr
    house.start("-m", "studio.sandbox", "--port", house.environment["STUDIO_SANDBOX_URL"].rpartition(":")[2])
    house.do(ROOM)
    try:
        yield
    finally:
        house.leave_console()


@contextmanager
def build(house: House, name: str) -> Iterator[Studio]:
    """Web and workers of a planted build; what an earlier one left in the queue or at the sandbox is gone."""
    url = house.environment["STUDIO_PUBLIC_URL"]
    link = house.do(CLEAN, within=READY)
    house.environment["CHAOS_BUILD"] = name
    listen = ("--host", "127.0.0.1", "--port", url.rpartition(":")[2], "--log-level", "warning", "--no-access-log")
    programs = [house.start("-m", "uvicorn", "studio.asgi:application", *listen), house.manage("workers")]
    try:
        eventually(lambda: answers(f"{url}/livez"), within=READY, what=programs[0].said)
        studio = Studio(house, url, link)
        studio.door("wipe")
        yield studio
    finally:
        for program in programs:
            kill_group(program.process.pid)


def prepare(house: House) -> None:
    house.environment["DJANGO_SETTINGS_MODULE"] = SETTINGS
    house.environment["STUDIO_SANDBOX_SECRET"] = secrets.token_urlsafe()
    armed(house.folder, "").mkdir(exist_ok=True)


def answers(address: str) -> bool:
    try:
        return plain.get(address, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


# No brake but the number of calls at the same time: two hundred tasks are not to take seven minutes.
ROOM = """
from studio.teams.models import Connection
from studio.teams.scope import across_teams
with across_teams():
    Connection.objects.update(per_minute=6000, concurrency=4)
"""
CLEAN = """
from django_q.models import OrmQ
from studio.teams.models import User
from studio.teams.signin import new_link
OrmQ.objects.all().delete()
print(new_link(User.objects.get()))
"""
