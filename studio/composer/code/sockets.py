"""A conversation over a web socket: websocat in a shell, Python with websockets. Other languages have no sample of one:
most have no web socket by themselves, or none that sends the key in a header."""

from __future__ import annotations

from studio.composer.code.literals import four_or_eight, quoted
from studio.composer.code.request import KEY, Request
from studio.composer.code.shell import word


def websocat(request: Request) -> str:
    """Each frame is one line of its input, and each event one of its output."""
    frames = request.talk.frames if request.talk else ()
    options = [
        f"websocat --no-close {word(request.socket_url)}",
        *(f"--header {word(f'{name}: {value}')}" for name, value in request.headers),
        f'--header "Authorization: Bearer ${KEY}"',
    ]
    return " \\\n  ".join(["printf '%s\\n'", *map(word, frames)]) + " |\n" + " \\\n  ".join(options)


def python(request: Request) -> str:
    if request.talk is None:
        return ""
    ends = f"({_python(request.talk.ended)}, {_python(request.talk.error)})"
    return "\n".join(
        [
            "import json",
            "import os",
            "",
            "from websockets.sync.client import connect",
            "",
            "frames = [",
            *(f"    {_python(frame)}," for frame in request.talk.frames),
            "]",
            "headers = {",
            *(f"    {_python(name)}: {_python(value)}," for name, value in request.headers),
            f"    'Authorization': 'Bearer ' + os.environ['{KEY}'],",
            "}",
            f"with connect({_python(request.socket_url)}, additional_headers=headers, max_size=None) as socket:",
            "    for event in socket:",
            "        print(event)",
            "        kind = json.loads(event)['type']",
            f"        if kind == {_python(request.talk.opened)}:",
            "            for frame in frames:",
            "                socket.send(frame)",
            f"        elif kind in {ends}:",
            "            break",
        ]
    )


def _python(text: str) -> str:
    return quoted(text, "'", four_or_eight)
