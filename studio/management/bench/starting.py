"""`manage.py up`, on a place where everything is installed: the time to its first page, and its memory."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.urls import reverse

from studio.management.bench import proc
from studio.management.bench.programs import Programs
from studio.management.bench.sizes import Sizes
from studio.management.bench.table import Row, Target, median
from studio.management.plan import MANAGE

PATIENCE = 60.0
SETTLE = 3.0  # seconds after which all its workers have started
GLANCE = 0.02
MEGABYTE = 1024 * 1024


def measure(programs: Programs, sizes: Sizes) -> list[Row]:
    programs.run()
    found = [start() for _ in range(sizes.starts)]
    seconds, memory = [each[0] for each in found], [each[1] / MEGABYTE for each in found]
    note = "" if proc.is_told() else "this system does not tell a process's memory"
    return [
        Row("`up` to the first page, installed and migrated", median(seconds), "s", target=Target(3)),
        Row("  memory of all its processes", None if note else median(memory), "MB", target=Target(400), note=note),
    ]


def start() -> tuple[float, int]:
    """Seconds to the first page, bytes of memory of all processes a moment later."""
    web = urlsplit(settings.PUBLIC_URL)
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "studio.settings"}
    began = time.perf_counter()
    up = subprocess.Popen(  # noqa: S603
        [*MANAGE, "up", "--port", str(web.port)], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        wait_for_page(up, settings.PUBLIC_URL + reverse("account_login"))
        seconds = time.perf_counter() - began
        time.sleep(SETTLE)
        return seconds, proc.memory(*proc.family_of(up.pid))
    finally:
        up.send_signal(signal.SIGINT)
        up.wait()


def wait_for_page(up: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + PATIENCE
    with httpx.Client(trust_env=False) as client:
        while True:
            try:
                client.get(address, timeout=5).raise_for_status()
                return
            except httpx.TransportError:
                if up.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"`up` shows no page (exit code {up.returncode})") from None
                time.sleep(GLANCE)
