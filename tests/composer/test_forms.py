"""The form posts back exactly what it was filled with, whatever an operation accepts."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from studio import catalog
from studio.composer import forms
from studio.composer.controls import kind_of
from studio.composer.drafts import Draft
from studio.composer.holdings import WEB
from studio.composer.rows import row
from studio.composer.screen import Screen
from studio.ledger.terms import Sheet
from studio.teams.models import Membership, Role
from tests.composer.posting import posted

TEXT = catalog.get("runway.generate-text")
IMAGE = catalog.get("runway.generate-image")
OFFERED = [operation for operation in catalog.operations() if operation.offered]

# No links: for what is kept of them the rows are asked, which these tests do without (`test_copies.py` has them).
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12).filter(
    lambda text: not text.lower().startswith(WEB)
) | st.sampled_from(
    [
        "a\nb",
        "\nfirst",
        "a\r\nb",
        " edges ",
        "<b>&amp;\"'</textarea>",
        "__other__",
        "雨中的纸船",
        "16:9",
        "gen2",
        "null",
        "{a|b} {{v}} __w__",
        "a {b",
    ]
)
numbers = st.sampled_from(["0.3999999999999999", "-6", "0", "1e2", "-0", "5.0", "12345678901234567890", "10"]).map(
    catalog.loads
)
scalars = texts | numbers | st.booleans() | st.none() | st.integers(-10, 10)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=5
)


def bodies(operation: catalog.Operation) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies with known keys, odd values and keys that nobody knows, in any order."""

    def member(node: Any) -> st.SearchStrategy[Any]:
        field = node.field
        inner = {key: member(child) for key, child in node.children.items()}
        listed = [st.sampled_from(field.choices)] if field is not None and field.choices else []
        objects = [st.fixed_dictionaries({}, optional=inner)] if inner else []
        return st.one_of([*listed, *objects, texts, numbers, scalars, anything])

    known = st.fixed_dictionaries({}, optional={k: member(n) for k, n in operation.form.tree.children.items()})
    extra = st.dictionaries(texts, anything, max_size=2)
    return st.builds(lambda one, two: two | one, known, extra)


def screen(draft: Draft) -> Screen:
    nothing = Sheet({}, None, frozenset())
    return Screen(
        draft, Membership(role=Role.MEMBER), [], None, lists=lambda text: {"w": ("line",)}, sheet=lambda team: nothing
    )


def sent_back(draft: Draft) -> Draft:
    """The draft after one way through markup and browser."""
    html = render_to_string("composer/_work.html", {"screen": screen(draft)})
    return forms.read(draft.operation, posted(html))


def draft_of(operation: catalog.Operation, body: dict[str, Any]) -> Draft:
    values, extras = operation.values(body)
    values.pop(operation.callback, None)
    alone = [field for field in operation.fields if None not in field.steps and operation.applies(field, values)]
    may_be_empty = {field.at: "" for field in alone if field.empty and field.required == "yes"}
    return Draft(operation, may_be_empty | values, extras).as_typed()


@pytest.mark.thorough
@pytest.mark.parametrize("operation", OFFERED, ids=lambda o: o.slug)
def test_posting_the_rendered_form_of_any_body_gives_the_same_body(operation: catalog.Operation) -> None:
    @settings(max_examples=15, deadline=None)
    @given(bodies(operation))
    def same(body: dict[str, Any]) -> None:
        draft = draft_of(operation, body)
        assert catalog.dumps(screen(sent_back(draft)).built.body) == catalog.dumps(draft.build({}).body)

    same()


GEN2 = """{"taskType":"gen2","internal":false,"options":{"name":"gen2 1","seconds":4,"gen2Options":{"mode":"gen2",
"text_prompt":"a paper boat","seed":4294967295},"exploreMode":false}}"""


@pytest.mark.parametrize("kept", [{}, {"text_prompt": ""}])
def test_a_pasted_body_gets_no_empty_text_that_its_kind_does_not_use(kept: dict[str, str]) -> None:
    body = catalog.loads(GEN2)
    body["options"] |= kept
    draft = Draft(catalog.get("runway.task-create"), *catalog.get("runway.task-create").values(body))
    built = sent_back(sent_back(draft)).build({}).body
    built.pop("notify_hook")
    assert catalog.dumps(built) == catalog.dumps(body)


def test_a_fresh_form_that_is_switched_loses_the_empty_text_and_gets_it_back() -> None:
    fresh = Draft.fresh(catalog.get("runway.task-create"))
    post = posted(render_to_string("composer/_work.html", {"screen": screen(fresh)}))
    for kind, there in (("europa", True), ("gen2", False), ("gen3a_turbo", True)):
        post["v:taskType"] = kind
        assert ("options.text_prompt" in forms.read(fresh.operation, post).values) is there


@pytest.mark.parametrize("operation", OFFERED, ids=lambda o: o.slug)
@pytest.mark.parametrize("fate", ["keep", "omit", "refuse"])
def test_a_fresh_form_posts_its_own_start(operation: catalog.Operation, fate: str) -> None:
    draft = Draft.fresh(operation)
    again = sent_back(draft)
    assert again.values == draft.values
    assert not again.wrong
    assert catalog.dumps(again.build({"default": fate}).body) == catalog.dumps(draft.build({"default": fate}).body)


def test_the_example_of_the_documents_comes_out_byte_for_byte() -> None:
    given_body = {key: value for key, value in TEXT.example.items() if key != "callback_url"}
    built = sent_back(draft_of(TEXT, given_body)).build({}).body
    assert catalog.dumps({k: v for k, v in built.items() if k != "callback_url"}) == catalog.dumps(given_body)


def test_a_number_stays_as_it_was_typed() -> None:
    draft = forms.read(TEXT, QueryDict("v:options.motion_vector.y=0.3999999999999999&v:options.motion_vector.x=-6"))
    assert catalog.dumps(draft.build({}).body["options"]) == '{"motion_vector":{"x":-6,"y":0.3999999999999999}}'


@pytest.mark.parametrize("typed", ["half", "1,5", "0x10", ".", "--1", "NaN"])
def test_what_is_no_number_is_kept_and_named(typed: str) -> None:
    draft = forms.read(TEXT, QueryDict(f"v:options.motion_vector.x={typed}"))
    assert "is not a number" in draft.wrong["options.motion_vector.x"]
    assert sent_back(draft).typed == {"options.motion_vector.x": typed}


def test_digits_of_an_input_method_are_digits() -> None:
    draft = forms.read(TEXT, QueryDict("v:options.motion_vector.x=－０。５"))
    assert catalog.dumps(draft.values["options.motion_vector.x"]) == "-0.5"


def test_an_open_list_takes_another_value() -> None:
    draft = forms.read(TEXT, QueryDict("v:model=__other__&o:model=gen9"))
    assert draft.values["model"] == "gen9"
    assert sent_back(draft).values["model"] == "gen9"


def test_a_switch_that_was_turned_off_is_sent_as_off() -> None:
    assert forms.read(IMAGE, QueryDict("v:options.flip=false")).values == {"options.flip": False}
    assert forms.read(IMAGE, QueryDict("v:options.flip=&v:options.flip=true")).values == {"options.flip": True}
    assert forms.read(IMAGE, QueryDict("v:options.flip=")).values == {}


@pytest.mark.parametrize("text", ['{"a":', "[1]", "7", '{"a":1,"a":2}'])
def test_a_tray_that_is_no_object_is_kept_and_named(text: str) -> None:
    post = QueryDict(mutable=True)
    post["extra"] = text
    draft = forms.read(TEXT, post)
    assert draft.extra_wrong
    assert sent_back(draft).extra_text == text


def test_a_damaged_order_is_forgotten() -> None:
    post = QueryDict(mutable=True)
    post.update({"extra": '{"seed": 1}', "order": "[[1"})
    assert forms.read(TEXT, post).extras == {"seed": 1}


def test_every_field_has_an_id_of_its_own() -> None:
    for operation in OFFERED:
        ids = [row.id for unit in screen(Draft.fresh(operation)).units for row in unit.rows]
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("slug", "at", "kind"),
    [
        ("runway.task-create", "options.seed", "number"),  # no finger finds one of four thousand million
        ("runway.generate-text", "options.motion_vector.x", "range"),
        ("runway.task-create", "options.enhance_prompt", "segmented"),  # on by itself: "off" is not "not sent"
        ("runway.task-create", "options.watermark", "switch"),
    ],
)
def test_a_control_can_hold_every_value_and_hit_each(slug: str, at: str, kind: str) -> None:
    operation = catalog.get(slug)
    field = operation.field(at)
    assert field
    assert kind_of(field, operation.choices(field, {})) == kind


@pytest.mark.parametrize("value", [True, False, None])
def test_what_is_on_by_itself_can_be_sent_on_sent_off_or_not_at_all(value: bool | None) -> None:
    operation = catalog.get("runway.task-create")
    draft = Draft.fresh(operation)
    draft.set("options.enhance_prompt", value)
    field = operation.field("options.enhance_prompt")
    assert field
    made = row(draft, field)
    assert [option.value for option in made.options] == ["", "true", "false"]
    (chosen,) = [option.value for option in made.options if option.chosen]
    post = QueryDict(mutable=True)
    post["v:options.enhance_prompt"] = chosen
    assert forms.read(operation, post).values.get("options.enhance_prompt") is value


def test_an_object_edited_as_json_does_not_lose_to_what_was_left_out_of_it() -> None:
    profile = {"default": "omit"}
    wholes: list[Any] = [{}, "none", None]
    for whole in wholes:
        draft = Draft(TEXT, {"prompt": "a", "model": "gen3", "options.motion_vector.x": 3})
        draft.take_body({"prompt": "a", "model": "gen3", "options": whole}, profile)
        assert draft.build(profile).body["options"] == whole
