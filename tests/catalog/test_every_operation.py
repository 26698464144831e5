"""What holds for every operation of every system, however a body or a payload looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studio import catalog
from studio.catalog import paths
from studio.catalog.report import Kind
from tests.catalog import bodies
from tests.catalog.test_report import sound

ALL = catalog.operations()
OPERATIONS = st.sampled_from(ALL)
WITH_BODY = [each for each in ALL if each.form.tree.children]
PAYLOADS = [(each, payload) for each in ALL for payload in each.payloads]
every = pytest.mark.parametrize("operation", WITH_BODY, ids=lambda each: each.slug)
share = settings(max_examples=max(5, 800 // len(WITH_BODY)))  # however many operations there are


def errors(operation: catalog.Operation, body: object, fates: dict[str, str] | None = None) -> list[catalog.Problem]:
    return [problem for problem in operation.check(body, fates) if problem.level == "error"]


# Bodies


@every
@given(data=st.data())
@share
def test_a_body_comes_back_key_by_key_and_digit_by_digit(operation: catalog.Operation, data: st.DataObject) -> None:
    body = data.draw(bodies.of(operation))
    values, extras = operation.values(body)
    built = operation.body(values, extras)
    assume(all(line.kept for line in built.trace))  # what must not be sent empty stays out, which is told
    assert catalog.dumps(built.body) == catalog.dumps(body)
    again = catalog.unpack(catalog.loads(catalog.dumps(catalog.pack(extras))))
    assert catalog.dumps(operation.body(values, again).body) == catalog.dumps(body)


@pytest.mark.parametrize("operation", [each for each in ALL if each.example is not None], ids=lambda each: each.slug)
def test_an_example_is_accepted_and_comes_back_as_it_stands(operation: catalog.Operation) -> None:
    assert not errors(operation, operation.example)
    built = operation.body(*operation.values(operation.example))
    assert catalog.dumps(built.body) == catalog.dumps(operation.example)


@given(OPERATIONS, bodies.ANYTHING)
@settings(max_examples=400)
def test_no_json_makes_check_or_values_stumble(operation: catalog.Operation, body: object) -> None:
    operation.check(body, {"default": "refuse"})
    values, extras = operation.values(body)
    operation.body(values, extras)


@every
@given(data=st.data())
@share
def test_no_near_miss_makes_check_stumble_and_every_problem_has_a_place(
    operation: catalog.Operation, data: st.DataObject
) -> None:
    for problem in operation.check(data.draw(bodies.of(operation))):
        assert problem.message.en
        assert problem.message.zh
        assert paths.parse(problem.path) if problem.path else problem.rule in {"type", "json"}


# The same rules as JSON Schema


@pytest.mark.thorough
@every
@pytest.mark.parametrize("fate", ["keep", "refuse"])
def test_check_and_the_json_schema_say_the_same(operation: catalog.Operation, fate: str) -> None:
    fates = {"default": fate}
    schema = jsonschema.Draft202012Validator(operation.schema(fates))

    @given(bodies.of(operation))
    @share
    def agree(body: Any) -> None:
        assume(bodies.KEPT not in catalog.dumps(body))  # no gateway sees it: the file stands there by then
        reasons = [each.message for each in schema.iter_errors(body)]
        found = errors(operation, body, fates)
        assert bool(reasons) == bool(found), (reasons, found)

    agree()


def altered(body: Any) -> Iterator[Any]:
    """The body with each of its members in turn left out, emptied, or of another type; of one of frames each of them
    left out, sent twice, put last or altered in the same way."""
    yield body
    if isinstance(body, list):
        for at, frame in enumerate(body):
            yield from ([*body[:at], *body[at + 1 :]], [*body, frame], [*body[:at], *body[at + 1 :], frame])
            yield from ([*body[:at], other, *body[at + 1 :]] for other in altered(frame))
        yield from ({}, [7], "no list")
    for key in body if isinstance(body, dict) else ():
        rest = {name: value for name, value in body.items() if name != key}
        yield rest
        others: list[Any] = [None, "", [], 7.5, "no such value"]
        yield from (rest | {key: value} for value in others)


@every
def test_check_and_the_json_schema_agree_on_the_example_and_what_lies_beside_it(operation: catalog.Operation) -> None:
    schema = jsonschema.Draft202012Validator(operation.schema())
    body = operation.example if operation.example is not None else operation.body(operation.start()).body
    for each in altered(body):
        assert schema.is_valid(each) == (not errors(operation, each)), each


# Payloads


KINDS = st.sampled_from(get_args(Kind))
STATUSES = st.sampled_from([200, 201, 204, 302, 400, 401, 404, 429, 500, 502, 524])
MADE_UP = bodies.ANYTHING | st.text(max_size=40) | st.binary(max_size=40)


@given(OPERATIONS, MADE_UP, KINDS, STATUSES)
@settings(max_examples=250)
def test_no_payload_makes_read_stumble(operation: catalog.Operation, payload: object, kind: Kind, status: int) -> None:
    sound(operation.read(payload, kind, status))


@given(st.integers(0, len(PAYLOADS) - 1), KINDS, STATUSES, st.data())
@settings(max_examples=250)
def test_no_change_of_a_known_payload_makes_read_stumble(
    which: int, kind: Kind, status: int, data: st.DataObject
) -> None:
    operation, example = PAYLOADS[which]
    sound(operation.read(data.draw(spoiled(example.payload)), kind, status))


@st.composite
def spoiled(draw: st.DrawFn, payload: Any) -> Any:
    """A payload one place of which holds something else; of a text a beginning."""
    if isinstance(payload, dict | list) and payload and draw(st.integers(0, 4)):
        keys: list[Any] = list(payload) if isinstance(payload, dict) else list(range(len(payload)))
        at = draw(st.sampled_from(keys))
        changed = payload.copy()
        changed[at] = draw(spoiled(payload[at]))
        return changed
    if isinstance(payload, str | bytes) and draw(st.booleans()):
        return payload[: draw(st.integers(0, len(payload)))]
    return draw(bodies.ANYTHING)


# Addresses


@pytest.mark.parametrize("operation", ALL, ids=lambda each: each.slug)
def test_an_address_is_filled_and_read_back(operation: catalog.Operation) -> None:
    inside = [field for field in operation.fields if field.place == "path"]
    given_values = {field.at: (field.choices or (field.example, "a b/c?d"))[0] or "a b/c?d" for field in inside}
    address = operation.address(given_values)
    assert not re.search(r"[{} ?]", address)
    read = paths.match(operation.path, address)
    assert read is not None
    assert {at: read[at] for at in given_values} == {at: str(value) for at, value in given_values.items()}
    needed = {field.at for field in inside if field.required != "no"}
    assert set(re.findall(r"\{(\w+)\}", operation.address({}))) == needed, "what is needed is seen to be missing"


@given(OPERATIONS, st.data())
@settings(max_examples=200)
def test_no_values_make_an_address_that_leads_elsewhere(operation: catalog.Operation, data: st.DataObject) -> None:
    outside = [field.at for field in operation.fields if field.place != "body"]
    values = {at: data.draw(bodies.WORDS | bodies.SCALARS) for at in outside}
    path, _, query = operation.address(values).partition("?")
    assert path.count("/") <= operation.path.count("/")
    assert not {".", ".."} & set(path.split("/"))
    assert " " not in path + query
    assert "#" not in path + query
