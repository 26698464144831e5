"""`manage.py up`: the whole studio in one command. Starts web, workers and sandbox, keeps them running and the time."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from studio import clock, heartbeat
from studio.environment import remember_address
from studio.management import family, trouble
from studio.management.family import Child, Warden
from studio.management.lock import lock_folder
from studio.management.plan import MANAGE, Plan
from studio.management.stopping import hear_signals

LOOK = 0.2  # seconds between two looks at the children
READY_PATIENCE = 30.0
AWAITED = {"web", "sandbox"}  # a person opens their addresses at once
HEAD_START = 5.0  # seconds after which the others start all the same


class Command(BaseCommand):
    help = "Start web, workers and sandbox, be their clock, print a sign-in link, and stay up. Ctrl-C stops everything."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", default="8000", help="1 to 65535; 8000 unless told otherwise.")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--no-sandbox", action="store_true", help="Do not start the stand-in gateway.")
        parser.add_argument("--verbose", action="store_true", help="Show the logs here instead of writing files.")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], trouble.port_number(options["port"])
        with trouble.told():
            trouble.check_folder()
            lock = lock_folder(settings.DATA_DIR)
            trouble.check_port(host, port)
            plan = Plan(host, port, not options["no_sandbox"], options["verbose"])
            remember_address(settings.DATA_DIR, plan.url)
            link = set_up(plan.environment)
            studio = Studio(plan, Warden(lock))
        hear_signals(studio.ended)
        try:
            studio.start()
            studio.wait_until_ready()
            if not studio.ended.is_set():
                self.greet(plan, link)
            studio.keep_running()
        finally:
            studio.stop()

    def greet(self, plan: Plan, link: str) -> None:
        data = "PostgreSQL" if settings.POSTGRESQL else "SQLite"
        lines = [("Studio", plan.url)]
        if plan.sandbox:
            lines.append(("Sandbox", plan.sandbox))
        lines.append(("Data", f"{shown(settings.DATA_DIR)} ({data})"))
        if link:
            lines.append(("Sign in", f"{link}  works once"))
        else:
            lines.append(("Sign in", f"{plan.url}/accounts/login/  (new link: manage.py signin E-MAIL)"))
        self.stdout.write("")
        for name, text in lines:
            self.stdout.write(f"  {self.style.MIGRATE_HEADING(f'{name:9}')} {text}")
        self.stdout.write("\n  Ctrl-C stops everything.\n")
        self.stdout.flush()


class Studio:
    """The running programs, and what is done when one of them dies or freezes."""

    def __init__(self, plan: Plan, warden: Warden) -> None:
        self.plan, self.warden = plan, warden
        self.children = plan.children()
        self.workers = next(child for child in self.children if child.name == "workers")
        self.clock, self.watched = clock.Clock(), self.workers.process
        self.time: threading.Thread | None = None
        self.ended = threading.Event()
        self.frozen = threading.Event()

    def start(self) -> None:
        """First what somebody waits for: all of them at once would share two cores."""
        heartbeat.release()
        for child in self.children:
            child.wait(0 if child.name in AWAITED else HEAD_START)
        self.mend()

    def wait_until_ready(self) -> None:
        until = time.monotonic() + READY_PATIENCE
        while time.monotonic() < until and not self.ended.wait(0.1):
            self.mend()
            if all(map(listens, self.plan.listens)):
                break
        for child in self.children:
            child.wait(0)
        self.mend()

    def keep_running(self) -> None:
        while not self.ended.wait(LOOK):
            self.mend()

    def mend(self) -> None:
        if self.time is None or not self.time.is_alive():
            self.keep_time()
        for child in self.children:
            if (code := child.ended()) is not None:
                say(f"{child.name} ended ({reason(code)}) and is started again.{self.where_to_look(child)}")
            if child.is_due():
                self.restart(child)
        if self.frozen.is_set():
            self.frozen.clear()
            say("workers no longer answered and are started again.")
            self.workers.kill()
            self.restart(self.workers)
        if self.warden.ended():
            say("warden ended and is started again.")
            self.warden.start()
            self.guard()

    def restart(self, child: Child) -> None:
        if child is self.workers:
            try_database(heartbeat.release)
        child.start()
        self.guard()

    def guard(self) -> None:
        """Tell the warden what to end should this process be killed."""
        self.warden.guard([child.group for child in self.children if child.process])

    def where_to_look(self, child: Child) -> str:
        if child.deaths < 3 or self.plan.verbose:
            return ""
        return f" See {shown(settings.DATA_DIR / 'logs' / child.name)}.log"

    def keep_time(self) -> None:
        """In a thread: a database that does not answer must not keep the others from being started again."""
        self.time = threading.Thread(target=clock.run, args=(self.tick, self.ended, say), daemon=True)
        self.time.start()

    def tick(self) -> str:
        """A clock is in this process because it would be another of its size otherwise."""
        if self.workers.process is not self.watched:
            self.clock.watch, self.watched = heartbeat.Watch(), self.workers.process
        if not self.clock.tick(time.monotonic()):
            self.clock.watch = heartbeat.Watch()
            self.frozen.set()
        return ""

    def stop(self) -> None:
        self.ended.set()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        family.stop(self.children)
        self.warden.dismiss()


def set_up(environment: dict[str, str]) -> str:
    """Run `setup` with the addresses of this start; the sign-in link, or nothing when the owner has a password."""
    done = subprocess.run([*MANAGE, "setup"], env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout.strip()


def listens(at: tuple[str, int]) -> bool:
    try:
        socket.create_connection(at, timeout=1).close()
    except OSError:
        return False
    return True


def try_database(question: Any) -> Any:
    """The answer, or None while the database does not answer."""
    try:
        close_old_connections()
        return question()
    except DatabaseError:
        return None


def say(sentence: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')}  {sentence}", flush=True)


def reason(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def shown(path: Path) -> str:
    """Short where it can be: below the folder one is in, the path from there."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
