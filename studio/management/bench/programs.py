"""The studio's own programs, as `up` starts them, one or a few at a time."""

from __future__ import annotations

import os
import socket
import time
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings

from studio.management import family
from studio.management.family import Child, Warden
from studio.management.plan import Plan

READY_PATIENCE = 30.0


class Programs:
    """Use as a context: leaving it, and being killed, ends all that was started."""

    def __init__(self) -> None:
        web = urlsplit(settings.PUBLIC_URL)
        self.host, self.port = str(web.hostname), int(web.port or 80)
        self.plan = Plan(self.host, self.port, True, False)
        self.children = {child.name: child for child in self.plan.children()}
        self.sandbox = self.plan.sandbox

    def __enter__(self) -> Self:
        self.lock = os.open(settings.DATA_DIR / "bench.lock", os.O_RDWR | os.O_CREAT, 0o600)
        self.warden = Warden(self.lock)
        return self

    def __exit__(self, *_: object) -> None:
        family.stop(list(self.children.values()))
        self.warden.dismiss()
        os.close(self.lock)

    def run(self, *names: str) -> None:
        """From now on these of web, workers and sandbox run, and no others; those that listen do so already."""
        family.stop([child for name, child in self.children.items() if name not in names])
        fresh = [child for name, child in self.children.items() if name in names and not child.process]
        for child in fresh:
            child.start()
            self.warden.guard([each.group for each in self.children.values() if each.process])
        for child in fresh:
            self.wait_for(child)

    def wait_for(self, child: Child) -> None:
        address = {"web": (self.host, self.port), "sandbox": (self.host, urlsplit(self.sandbox).port)}.get(child.name)
        until = time.monotonic() + READY_PATIENCE
        while address:
            try:
                socket.create_connection((address[0], address[1] or 80), timeout=1).close()
                return
            except OSError:
                if (code := child.process.poll() if child.process else 0) is not None or time.monotonic() > until:
                    log = settings.DATA_DIR / "logs" / f"{child.name}.log"
                    said = log.read_text(errors="replace")[-2000:] if log.exists() else ""
                    raise RuntimeError(f"{child.name} did not start ({code}): {said}") from None
                time.sleep(0.02)

    def process(self, name: str) -> int:
        return self.children[name].group
