"""A program that is told twice at once to stop, stops."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# The second signal comes when the first is setting the event, if it is the handler itself that does.
TWICE = """
import signal, sys, threading
from studio.management.stopping import hear_signals

def between(frame, event, _):
    if event == "call" and frame.f_code.co_name == "notify_all":
        sys.setprofile(None)
        signal.raise_signal(signal.SIGTERM)

ended = threading.Event()
hear_signals(ended)
sys.setprofile(between)
signal.raise_signal(signal.SIGINT)
print(ended.wait(10))
"""


def test_a_signal_in_the_midst_of_another_does_not_hang() -> None:
    here = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", TWICE], cwd=here, capture_output=True, text=True, timeout=30)
    assert (done.stdout.strip(), done.returncode) == ("True", 0)
