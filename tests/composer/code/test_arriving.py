"""What arrives when a sample runs is what the studio's own client sends, whatever stands in the body.

Swift and Dart are not run: Debian has no package of either. `test_literals` holds their texts.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

import httpx
import playwright
import pytest

from studio import catalog
from studio.composer.code import LANGUAGES, Part, Request, language
from studio.gateway import Client, FilePart, multipart_content
from studio.sandbox.app import make_app
from studio.sandbox.server import Server
from studio.sandbox.wire import Answer as SandboxAnswer
from studio.sandbox.wire import Request as SandboxRequest
from tests.composer.code.nasty import FILE, FILE_BYTES, NASTY, form_call, get_call, json_call
from tests.composer.code.recorder import Heard, Recorder, recording

NODE = str(Path(playwright.__file__).parent / "driver" / "node")
FOUNDATION = Path(__file__).parent / "foundation"
OBJECTIVE_C = f"""clang -w -fblocks -fobjc-runtime=gcc -fconstant-string-class=NSConstantString -fobjc-exceptions
    -DGNUSTEP -DGNUSTEP_BASE_LIBRARY=1 -I/usr/include/GNUstep -I"$(gcc -print-file-name=include)"
    -I'{FOUNDATION}' -include foundation.h call.m -o call
    -L"$(dirname "$(gcc -print-libgcc-file-name)")" -lgnustep-base -lobjc -lBlocksRuntime"""


class Program(NamedTuple):
    """How a sample is run: the file it is written to, a line of the shell, and the program that must be there."""

    file: str
    run: str
    needs: str


PROGRAMS = {
    "shell": Program("call.sh", "bash call.sh", "curl"),
    "javascript": Program("call.mjs", f"'{NODE}' call.mjs", NODE),
    "java": Program("Call.java", "java -XX:TieredStopAtLevel=1 Call.java", "javac"),
    "go": Program("call.go", "go run call.go", "go"),
    "php": Program("call.php", "php call.php", "php"),
    "python": Program("call.py", f"'{sys.executable}' call.py", sys.executable),
    "c": Program("call.c", "gcc -Wall -Werror call.c -o call -lcurl && ./call", "gcc"),
    "csharp": Program("call.cs", "mcs -r:System.Net.Http call.cs && mono call.exe", "mcs"),
    "objective-c": Program("call.m", " ".join(OBJECTIVE_C.split()) + " && ./call", "clang"),
    "ruby": Program("call.rb", "ruby call.rb", "ruby"),
    "ocaml": Program(
        "call.ml",
        "ocamlfind ocamlopt -thread -package cohttp-lwt-unix -linkpkg call.ml -o call && ./call",
        "ocamlfind",
    ),
    "r": Program("call.R", "Rscript call.R", "Rscript"),
}
WRITES_ADDRESSES_ANEW = {
    "csharp",
    "ocaml",
}  # their libraries take an address apart: %27 leaves as ', and means the same
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


def meaning(target: str) -> tuple[str, list[tuple[str, str]]]:
    path, _, query = target.partition("?")
    return path, parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))


def assert_same(heard: Heard, ours: Heard, request: Request, *, exactly: bool = True) -> None:
    assert heard.method == ours.method
    if exactly:
        assert heard.target == ours.target
    assert meaning(heard.target) == meaning(ours.target)
    for name in ["Authorization", *(name for name, _ in request.headers)]:
        assert heard.headers.get_all(name) == ours.headers.get_all(name)
    if request.parts is not None:
        assert heard.parts == ours.parts
    else:
        assert heard.body == ours.body
        assert heard.headers["Content-Type"] == ours.headers["Content-Type"]


def run(name: str, request: Request, folder: Path) -> bytes:
    """What the sample of this language prints."""
    program = PROGRAMS[name]
    if shutil.which(program.needs) is None and not os.environ.get("CI"):
        pytest.skip(f"no {program.needs} on this machine")
    (folder / program.file).write_text(language(name).write(request), newline="")
    (folder / FILE).write_bytes(FILE_BYTES)
    ran = subprocess.run(
        ["bash", "-c", program.run],
        cwd=folder,
        env={**os.environ, "GATEWAY_KEY": KEY, "LC_ALL": "C.UTF-8", "GOFLAGS": "-p=1"},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_what_arrives_is_what_the_studio_sends(name: str, recorder: Recorder, tmp_path: Path) -> None:
    for call in CALLS.values():
        request = call(recorder.url)
        assert run(name, request, tmp_path).strip() == b"ok"
        exactly = name not in WRITES_ADDRESSES_ANEW
        assert_same(recorder.heard.pop(), sent_by_us(recorder, request), request, exactly=exactly)


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_sandbox_takes_the_sample_as_it_takes_the_studios_call(name: str, tmp_path: Path) -> None:
    """A task that is paid for, by the same bytes."""
    app, bodies = make_app(speed=2000), list[bytes]()
    answer = app.answer

    def heard(asked: SandboxRequest) -> SandboxAnswer:
        bodies.append(asked.body)
        return answer(asked)

    app.answer = heard  # type: ignore[method-assign, assignment]
    operation = catalog.get("runway.generate-text")
    body = operation.body({**operation.start(), "prompt": " ".join(NASTY)[:900]}).body
    with Server(app, "127.0.0.1", 0) as sandbox:
        request = Request("POST", f"{sandbox.url}{operation.path}", body=catalog.dumps(body))
        printed = catalog.loads(run(name, request, tmp_path).decode())
        client = Client(sandbox.url, KEY, transport=httpx.HTTPTransport())
        ours = client.send("POST", request.target, content=(request.body or "").encode())
    assert printed.keys() == catalog.loads(ours.body.decode()).keys()
    assert bodies == [(request.body or "").encode()] * 2


def test_every_language_is_run_but_those_that_debian_does_not_have() -> None:
    assert {each.name for each in LANGUAGES} - PROGRAMS.keys() == {"http", "swift", "dart"}


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
