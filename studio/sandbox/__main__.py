"""`python -m studio.sandbox --port 8001`: run the stand-in gateway until it is told to stop.

With `STUDIO_SANDBOX_SECRET` in the environment its door is only for who brings that; on a command line others could
read it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys

from studio.sandbox.app import SPEED, make_app
from studio.sandbox.server import Server

STOP = {signal.SIGTERM, signal.SIGINT}


def main() -> int:
    """0 after a clean stop, 1 with one sentence when the port cannot be had."""
    told = options().parse_args()
    # Waited for, not handled: a handler that runs while the main thread begins to wait would wait for it in turn.
    # Before the first thread, which all the others are like.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
    secret = os.environ.get("STUDIO_SANDBOX_SECRET", "").strip()
    app = make_app(speed=told.speed, base=told.base, ticking=True, secret=secret)
    try:
        server = Server(app, told.host, told.port)
    except OSError as fault:
        print(f"The sandbox cannot listen on {told.host}:{told.port} ({fault.strerror}). Choose another --port.",
              file=sys.stderr)  # fmt: skip
        return 1
    with server:
        print(f"Sandbox gateway on {server.url}, {told.speed:g} times as fast as life. Ctrl+C stops it.", flush=True)
        signal.sigwait(STOP)
    return 0


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m studio.sandbox", description="A stand-in generation gateway.")
    parser.add_argument("--port", type=_port, default=8001, help="0 takes any free port (default 8001)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--speed", type=_speed, default=SPEED, help="times as fast as life (default 20)")
    parser.add_argument("--base", default="", help="how others reach it, where that is not --host and --port")
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 < speed < float("inf"):
        raise argparse.ArgumentTypeError("speed is a number above 0")
    return speed


if __name__ == "__main__":
    sys.exit(main())
