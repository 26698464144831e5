"""What an expression of the catalog finds is what JMESPath finds, however it is looked for."""

from __future__ import annotations

from typing import Any

import jmespath
from hypothesis import given
from hypothesis import strategies as st

from studio.catalog import payload

NAMES = st.sampled_from(["a", "b", "data", "task_id"])
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(".".join)
OTHERS = st.sampled_from(["a[0]", "a || b", "a.b[*].data", "@", "[a, b]", "a[?b]", "length(data)", '"a".b', "data.*"])


@given(PATHS | OTHERS, JSON)
def test_a_path_of_members_is_walked_as_jmespath_would(text: str, value: object) -> None:
    expression = jmespath.compile(text)
    try:
        wanted = expression.search(value)
    except jmespath.exceptions.JMESPathError:
        wanted = None
    assert payload.find(expression, value) == wanted
