"""Which programs `up` starts, and with which addresses."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from studio.management import family, trouble
from studio.management.family import Child

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
LOCAL = {"127.0.0.1", "localhost", "::1"}


class Plan:
    """`url` for people, `sandbox` where one is started here (else empty), `listens` all hosts and ports, the web's
    first."""

    def __init__(self, host: str, port: int, with_sandbox: bool, verbose: bool) -> None:
        self.url = settings.PUBLIC_URL if os.environ.get("STUDIO_PUBLIC_URL") else address(host, port)
        self.verbose = verbose
        at = urlsplit(address(host, port))
        web = (str(at.hostname), port)
        sandbox = urlsplit(settings.SANDBOX_URL)
        self.sandbox, self.listens = "", [web]
        if with_sandbox and sandbox.hostname in LOCAL:
            sandbox_port = trouble.free_port(str(sandbox.hostname), sandbox.port or 8001, taken=port)
            self.sandbox = f"http://{sandbox.hostname}:{sandbox_port}"
            self.listens.append((str(sandbox.hostname), sandbox_port))
        self.environment = bytecode_kept(dict(os.environ)) | {
            "STUDIO_PUBLIC_URL": self.url,
            "STUDIO_SANDBOX_URL": self.sandbox or settings.SANDBOX_URL,
            "STUDIO_SANDBOX_SECRET": settings.SANDBOX_SECRET,
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": "2",  # the C library would give each thread a store of its own for what it freed
            "PYTHONPATH": os.pathsep.join(filter(None, [str(settings.BASE_DIR), os.environ.get("PYTHONPATH")])),
        }
        self.programs = {
            "web": [
                *[sys.executable, "-m", "uvicorn", "studio.asgi:application", "--host", host, "--port", str(port)],
                # No access log: addresses of callbacks and sign-in links are secrets.
                *["--no-access-log", "--log-level", "warning", "--no-server-header"],
                *["--timeout-graceful-shutdown", "2"],  # open streams never end by themselves
            ],
            "workers": [*MANAGE, "workers"],
        }
        if self.sandbox:
            self.programs["sandbox"] = [sys.executable, "-m", "studio.sandbox", "--port", str(sandbox_port)]

    def children(self) -> list[Child]:
        logs: Path = settings.DATA_DIR / "logs"
        return [
            Child(name, command, self.environment, family.log_to(None if self.verbose else logs / f"{name}.log", name))
            for name, command in self.programs.items()
        ]


def bytecode_kept(environment: dict[str, str]) -> dict[str, str]:
    """Who wants no bytecode beside the sources (many container images do) gets it in the data folder: otherwise every
    process that is started, and started again, compiles Django and the studio anew, longer than all else takes."""
    if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        environment.setdefault("PYTHONPYCACHEPREFIX", str(settings.DATA_DIR / "bytecode"))
    return environment


def address(host: str, port: int) -> str:
    """Where people reach a server that listens there: for all interfaces, the one that leads out of this machine."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(("192.0.2.1", 9))  # sends nothing
                host = probe.getsockname()[0]
            except OSError:
                host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
