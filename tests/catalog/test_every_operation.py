"""What holds for every operation of every system, however a body looks."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studio import catalog
from tests.catalog import bodies

every = pytest.mark.parametrize(
    "operation", [o for o in catalog.operations() if o.form.tree.children], ids=lambda o: o.slug
)
with_example = [o for o in catalog.operations() if o.example is not None]


@every
@given(data=st.data())
@settings(max_examples=40)
def test_a_body_comes_back_key_by_key_and_digit_by_digit(operation: catalog.Operation, data: st.DataObject) -> None:
    body = data.draw(bodies.of(operation))
    values, extras = operation.values(body)
    built = operation.body(values, extras)
    assume(all(line.kept for line in built.trace))  # what must not be sent empty stays out, which is told
    assert catalog.dumps(built.body) == catalog.dumps(body)
    again = catalog.unpack(catalog.loads(catalog.dumps(catalog.pack(extras))))
    assert catalog.dumps(operation.body(values, again).body) == catalog.dumps(body)


@every
@pytest.mark.parametrize("fate", ["keep", "refuse"])
def test_check_and_the_json_schema_say_the_same(operation: catalog.Operation, fate: str) -> None:
    fates = {"default": fate}
    schema = jsonschema.Draft202012Validator(operation.schema(fates))

    @given(bodies.of(operation))
    @settings(max_examples=40)
    def agree(body: dict[str, Any]) -> None:
        reasons = [each.message for each in schema.iter_errors(body)]
        found = [p for p in operation.check(body, fates) if p.level == "error"]
        assert bool(reasons) == bool(found), (reasons, found)

    agree()


@pytest.mark.parametrize("operation", with_example, ids=lambda o: o.slug)
def test_an_example_is_accepted_and_comes_back_as_it_stands(operation: catalog.Operation) -> None:
    assert not [problem for problem in operation.check(operation.example) if problem.level == "error"]
    built = operation.body(*operation.values(operation.example))
    assert catalog.dumps(built.body) == catalog.dumps(operation.example)
