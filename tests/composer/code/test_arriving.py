"""What arrives when a sample runs is what the studio's own client sends, whatever stands in the body.

Run here: what every machine of the tests has (bash with curl, Python, the node that Playwright brings, PHP), and HTTP
itself. The other languages are held by `test_literals`.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import playwright
import pytest

from studio.composer.code import Part, Request, language
from studio.gateway import Client, FilePart, multipart_content
from tests.composer.code.nasty import FILE, FILE_BYTES, form_call, get_call, json_call
from tests.composer.code.recorder import Heard, Recorder, recording

NODE = str(Path(playwright.__file__).parent / "driver" / "node")
PROGRAMS = {
    "shell": ("call.sh", ["bash"]),
    "python": ("call.py", [sys.executable]),
    "javascript": ("call.mjs", [NODE]),
    "php": ("call.php", ["php"]),
}
CALLS = {"json": json_call, "form": form_call, "get": get_call}
KEY = "sk-of-the-environment"


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with recording() as recorder:
        yield recorder


def sent_by_us(recorder: Recorder, request: Request) -> Heard:
    """The same call by the studio's client."""
    headers, content = dict(request.headers), None if request.body is None else request.body.encode()
    if request.parts is not None:
        files = {p.text: FilePart(FILE, "application/octet-stream", FILE_BYTES) for p in request.parts if p.is_file}
        body: dict[str, list[object]] = {}
        for part in request.parts:
            body.setdefault(part.name, []).append(files[part.text] if part.is_file else part.text)
        made = multipart_content(body)
        content, headers = made.data, headers | made.headers
    client = Client(recorder.url, KEY, transport=httpx.HTTPTransport())
    client.send(request.method, request.target, content=content, headers=headers)
    return recorder.heard.pop()


def assert_same(heard: Heard, ours: Heard, request: Request) -> None:
    assert (heard.method, heard.target) == (ours.method, ours.target)
    for name in ["Authorization", *(name for name, _ in request.headers)]:
        assert heard.headers.get_all(name) == ours.headers.get_all(name)
    if request.parts is not None:
        assert heard.parts == ours.parts
    else:
        assert heard.body == ours.body
        assert heard.headers["Content-Type"] == ours.headers["Content-Type"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_arrives_is_what_the_studio_sends(name: str, recorder: Recorder, tmp_path: Path) -> None:
    file, program = PROGRAMS[name]
    for call in CALLS.values():
        request = call(recorder.url)
        (tmp_path / file).write_text(language(name).write(request), newline="")
        (tmp_path / FILE).write_bytes(FILE_BYTES)
        ran = subprocess.run(
            [*program, file],
            cwd=tmp_path,
            env={**os.environ, "GATEWAY_KEY": KEY, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert ran.stdout.strip() == b"ok", ran.stderr.decode()
        assert_same(recorder.heard.pop(), sent_by_us(recorder, request), request)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_the_text_of_http_is_a_request(call: object, recorder: Recorder) -> None:
    request = CALLS["json"](recorder.url) if call is json_call else CALLS["get"](recorder.url)
    if call is form_call:  # line ends are those of a page, so no line end may stand in a part
        request = Request("POST", f"{recorder.url}/v1/form", parts=(Part("prompt", "雨"), Part("seed", "7")))
    text = language("http").write(request).replace("{{GATEWAY_KEY}}", KEY)
    head, _, body = text.partition("\n\n")
    if request.parts is not None:
        body = body.replace("\n", "\r\n")
        head += f"\nContent-Length: {len(body.encode())}"
    at = urlsplit(recorder.url)
    with socket.create_connection((str(at.hostname), at.port or 80), timeout=30) as connected:
        connected.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body.encode())
        assert connected.recv(100).startswith(b"HTTP/1.1 200")
    assert_same(recorder.heard.pop(), sent_by_us(recorder, request), request)
