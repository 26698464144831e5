"""The rows of the gateway's own navigation, and whether each of them runs here now: in the catalog, and for real in the
sandbox. Knows no system: what a call needs first is found by the catalog's polls, follow-ups and examples."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from studio import catalog
from studio.gateway import Client, FilePart, json_content, multipart_content
from studio.sandbox.app import make_app
from studio.sandbox.film import Film
from studio.sandbox.music import mp3
from studio.sandbox.painting import mp4
from studio.sandbox.server import Server
from studio.sandbox.slides import MEDIA_TYPE, Deck, Slide, pptx

FILE = Path(__file__).parent / "seed-rows.tsv"
HEADERS = {"Authorization": "Bearer sk-rows", "Content-Type": "application/json"}
MOST = 60  # calls on the way to one operation
DEEPEST = 3  # a whole song is made of an extension, and that of a song
Body = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    section: str
    row: str
    kind: str
    id: str


def rows() -> list[Row]:
    """Every leaf, in its order."""
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [Row(**line) for line in csv.DictReader(lines, delimiter="\t")]


# A sandbox, and bodies with real files ---------------------------------------------------------------------------


class Stand:
    """A sandbox of its own."""

    def __init__(self) -> None:
        self.app = make_app()
        transport = httpx.WSGITransport(self.app)
        self.client = httpx.Client(transport=transport, base_url="http://sandbox.test", headers=HEADERS)

    def post(self, operation: catalog.Operation, body: Body) -> catalog.Report:
        """Send a body as the studio would, with real files where it only names some. What is of the address may stand
        in it too."""
        if operation.turn:
            return self.talk(operation, operation.turn, body)
        steps = {f.at: body[f.at] for f in operation.fields if f.place != "body" and f.at in body}
        whole = {name: with_files(operation, name, value) for name, value in body.items() if name not in steps}
        content = multipart_content(whole) if operation.is_multipart else json_content(catalog.dumps(whole))
        headers = {**content.headers, **operation.headers}
        asked = {**standing_in(operation), **operation.values(body)[0], **steps}
        answer = self.client.request(operation.method, operation.address(asked), content=content.data, headers=headers)
        return operation.read(answer.content, "answer", answer.status_code, asked)

    def talk(self, operation: catalog.Operation, turn: catalog.Turn, body: Any) -> catalog.Report:
        """Hold a conversation of these frames, for which a sandbox needs a socket."""
        asked = {**standing_in(operation), **operation.values(body)[0]}
        with Server(self.app, "127.0.0.1", 0) as server:
            origin = server.url.removeprefix("http://")
            client = Client(server.url, "sk-rows", private_origins=[origin])
            frames = [catalog.dumps(frame) for frame in body]
            answer = client.converse(operation.address(asked), frames, turn, headers=operation.headers)
        return operation.read(answer.payload, "answer", answer.status, asked)

    def ask(self, query: catalog.Operation, values: Body, of: catalog.Operation) -> catalog.Report:
        """Ask for a task of another operation; the answer as that operation reads it."""
        body = query.body(values).body
        data = catalog.dumps(body).encode() if body else None
        answer = self.client.request(query.method, query.address(values), content=data, headers=query.headers)
        return of.read(answer.content, "poll", answer.status_code)

    def end(self, operation: catalog.Operation, begun: catalog.Report) -> catalog.Report:
        """What is told of a task when it has ended."""
        if begun.state == "succeeded" or not operation.poll:
            return begun
        self.app.step(600)
        return self.ask(catalog.get(operation.poll), operation.poll_values(begun.gateway_ids), operation)


def with_files(operation: catalog.Operation, at: str, value: Any) -> Any:
    """Real files for `@name` and for base64 that is cut; an address stays."""
    if isinstance(value, list):
        return [with_files(operation, f"{at}[]", each) for each in value]
    field = operation.field(at)
    if field is None or not field.takes or not isinstance(value, str) or value.startswith("http"):
        return value
    kind = next((each for each in ("audio", "video", "file") if each in field.takes), "image")
    make, media_type = MAKERS[kind]
    data = make()
    if value.startswith("@"):
        return FilePart(value[1:], media_type, data)
    prefix = f"data:{media_type};base64," if value.startswith("data:") else ""
    return prefix + base64.b64encode(data).decode()


@cache
def picture() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((512, 384)).convert("RGB").save(out, "PNG")
    return out.getvalue()


@cache
def sound() -> bytes:
    return mp3(Film("row", "1:1", 1, "row", "row"))


@cache
def film() -> bytes:
    return mp4(Film("row", "1:1", 1, "row", "row"))


@cache
def deck() -> bytes:
    return pptx(Deck((Slide("A row"),)))


MAKERS = {
    "audio": (sound, "audio/mpeg"),
    "video": (film, "video/mp4"),
    "image": (picture, "image/png"),
    "file": (deck, MEDIA_TYPE),
}


def standing_in(operation: catalog.Operation) -> dict[str, Any]:
    """Values of the address where a body has none."""
    fields = [field for field in operation.fields if field.place != "body"]
    return {f.at: f.start or f.example or f.default for f in fields if f.start or f.example or f.default}


def yes(report: catalog.Report) -> bool:
    return not report.refused and report.state in {"queued", "running", "succeeded"}


def example(operation: catalog.Operation) -> Any:
    return copy(operation.example) or {}


# Whether a row runs: "" if it does, else why not -------------------------------------------------------------------


def runs(slug: str) -> str:
    """An operation takes its example, by itself or about something that was made a moment before."""
    try:
        operation = catalog.get(slug)
    except KeyError:
        return "not in the catalog"
    stand = Stand()
    if operation.is_query:
        return answers(stand, operation)
    said = begun(stand, operation)
    return "" if yes(said) else said.said or f"state {said.state}"


def begun(stand: Stand, operation: catalog.Operation) -> catalog.Report:
    said = stand.post(operation, example(operation))
    for body in [] if yes(said) else about_what_was_made(stand, operation):
        said = stand.post(operation, body)
        if yes(said):
            break
    return said


def about_what_was_made(stand: Stand, wanted: catalog.Operation) -> Iterator[dict[str, Any]]:
    """Bodies of an operation that goes on from something: of a follow-up that leads to it, else its example with a
    real id in place of the example's. What they go on from is made for real, one out of another if need be."""
    waiting = [(each, example(each), 1) for each in siblings(wanted) if each is not wanted]
    for _ in range(MOST):
        if not waiting:
            return
        operation, body, depth = waiting.pop(0)
        made = stand.post(operation, body)
        if not yes(made):
            continue
        actions = stand.end(operation, made).actions
        yield from (carried(wanted, action.values) for action in actions if action.operation == wanted.slug)
        if made.gateway_ids:
            yield from (renamed(wanted, documented, made.gateway_id) for documented in example_ids(wanted))
            yield {**example(wanted), **by_role(wanted, made.gateway_ids)}
        onward = [action for action in actions if action.operation.startswith(f"{wanted.system}.") and depth < DEEPEST]
        for action in onward:
            further = catalog.get(action.operation)
            waiting.append((further, carried(further, action.values), depth + 1))


def carried(operation: catalog.Operation, values: Body) -> dict[str, Any]:
    """The example with these values by path in it, and beside them what is of the address."""
    known, extras = operation.values(example(operation))
    outside = {f.at: values[f.at] for f in operation.fields if f.place != "body" and f.at in values}
    return {**operation.body({**known, **values}, extras).body, **outside}


def siblings(operation: catalog.Operation) -> list[catalog.Operation]:
    return [each for each in catalog.operations() if each.system == operation.system and each.makes_something]


def example_ids(operation: catalog.Operation) -> set[str]:
    """The ids by which a system's documents name its tasks."""
    payloads = [(each, payload) for each in siblings(operation) for payload in each.payloads]
    return {o.read(p.payload, p.kind, p.status).gateway_id for o, p in payloads} - {""}


def renamed(operation: catalog.Operation, documented: str, real: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(json.dumps(example(operation)).replace(documented, real))
    return body


def answers(stand: Stand, query: catalog.Operation) -> str:
    """A query knows a task that was just made, be it by an operation that polls it or by any other of its system."""
    makers = [each for each in catalog.operations() if each.poll == query.slug]
    said = catalog.Report()
    for maker in (*makers, *siblings(query)):
        polls = maker.poll == query.slug
        made = begun(stand, maker) if polls else stand.post(maker, example(maker))
        if not yes(made) or not made.gateway_ids:
            continue
        known = maker.poll_values(made.gateway_ids) if polls else by_role(query, made.gateway_ids)
        for seconds in (0, 600):  # some know a task only while it is being made
            stand.app.step(seconds)
            said = stand.ask(query, {**standing_in(query), **known}, maker if polls else query)
            if not said.refused and (said.state in {"queued", "running", "succeeded"} or said.results):
                return ""
    return said.said or "no task to ask for"


def by_role(query: catalog.Operation, ids: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a query that hold tasks."""
    tasks = [field for field in query.fields if field.role == "task"]
    return {field.at.removesuffix("[]"): list(ids) if field.at.endswith("[]") else ids[0] for field in tasks}


def starts(row: Row) -> str:
    """There is a recipe of this row, and the sandbox takes its first step."""
    recipes = [each for each in catalog.recipes() if each.system == row.id.partition(".")[0]]
    found = next((each for each in recipes if each.seed_row == row.row), None)
    if found is None:
        return "no such recipe"
    step = found.steps[0]
    said = Stand().post(catalog.get(step.operation), step.body)
    return "" if yes(said) else said.said or f"state {said.state}"
