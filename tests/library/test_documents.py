"""Presets as a document: what leaves, what stays, and that what comes back is what went out."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio import catalog
from studio.library import documents, importing, saving
from studio.library.asking import clean
from studio.library.documents import FORMAT, MOST_BYTES, MOST_PRESETS, Unreadable
from studio.library.import_views import with_newest
from studio.library.kept import FIXED, FREE, Kept
from studio.library.models import Preset, new_key
from studio.library.portable import Left, portable
from studio.teams.models import Membership, Team, User
from studio.teams.scope import scope
from tests.library.making import TEXT, make_preset

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NUMBERS = st.sampled_from(["0.3999999999999999", "1.0", "1e2", "-0", "12345678901234567890"]).map(catalog.loads)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
OPERATIONS = [each for each in catalog.operations() if each.makes_something and each.fields]


@st.composite
def drawn_presets(draw: st.DrawFn) -> dict[str, Any]:
    operation = draw(st.sampled_from(OPERATIONS))
    fields = st.sampled_from([each.at for each in operation.fields])
    kept = Kept(
        draw(st.dictionaries(fields, VALUES, max_size=4)),
        catalog.Extras(draw(st.dictionaries(TEXTS, VALUES, max_size=2)), {(): draw(st.lists(TEXTS, max_size=3))}),
        draw(st.dictionaries(fields, st.sampled_from(["keep", "omit"]), max_size=2)),
        draw(st.dictionaries(fields, st.sampled_from([FIXED, FREE]), max_size=3)),
    )
    name = draw(TEXTS.map(str.strip).filter(bool))
    words = {"name": name, "description": draw(TEXTS), "note": draw(TEXTS)}
    return words | {"operation": operation, "kept": clean(operation, kept), "key": new_key()}


def exported(team: Team) -> str:
    with scope(team):
        return documents.written(with_newest(list(Preset.objects.order_by("pk"))))


def brought(text: str, team: Team, choice: str = importing.IMPORT) -> importing.Done:
    """The document is imported by the team's first owner, every preset of it in the same way."""
    membership = Membership.objects.select_related("team", "user").filter(team=team).order_by("id")[0]
    with scope(team):
        rows = importing.rows(documents.read(text), membership)
        return importing.carry_out(rows, {row.number: choice for row in rows}, membership, "team", "n1")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(drawn_presets(), min_size=1, max_size=3))
def test_what_is_imported_elsewhere_is_exported_as_it_came(
    team: Team, alice: User, other_team: Team, drawn: list[dict[str, Any]]
) -> None:
    with transaction.atomic():
        for each in drawn:
            saving.begin(team=team, person=alice, **each)
        text = exported(team)
        brought(text, other_team)
        again = exported(other_team)
        first, second = catalog.loads(text), catalog.loads(again)
        assert catalog.dumps(first["presets"]) == catalog.dumps(second["presets"])
        assert "left_out" not in second
        assert brought(again, other_team) == importing.Done(), "all of it is there"
        assert exported(other_team) == again
        transaction.set_rollback(True)


def test_what_is_the_teams_own_stays(team: Team, alice: User, other_team: Team) -> None:
    values = {
        "prompt": "a boat",
        "image": f"studio-file:{'a' * 32}",
        "style": "https://studio.example/callback/1/2/",
        "options": {"x": "sk-abcdefghijklmnopqrstuvwxyz", "y": 1, "token": "short"},
    }
    extras = catalog.Extras({"api_key": "whatever", "seed": 7, "deep": [f"studio-file:{'b' * 32}", {"password": "p"}]})
    with override_settings(PUBLIC_URL="https://studio.example"):
        kept, left = portable(Kept(values, extras, {}, {"image": FIXED, "model": FIXED}))
    assert kept.values == {"prompt": "a boat", "options": {"y": 1}}
    assert dict(kept.extras) == {"seed": 7, "deep": [{}]}
    assert kept.holds == {"image": FREE, "model": FIXED}, "else nobody could bring a picture"
    assert {each.at: each.why for each in left} == {
        "image": "file",
        "style": "address",
        "options.x": "secret",
        "options.token": "secret",
        "api_key": "secret",
        "deep": "file",
        "deep.password": "secret",
    }
    make_preset(team, alice, values={"prompt": "a boat", "image": f"studio-file:{'a' * 32}"})
    text = exported(team)
    assert "studio-file" not in text
    assert catalog.loads(text)["left_out"][0]["at"] == "image"
    for word in ("alice", "Alice", "Team A", "callback"):
        assert word not in text


def test_what_a_document_brings_is_not_believed() -> None:
    entry = {
        "name": "x",
        "operation": TEXT.slug,
        "key": "k1",
        "values": {"prompt": f"studio-file:{'a' * 32}", "callback_url": "https://evil.example", "of.old": 1},
    }
    [item] = documents.read(document(entry))
    assert item.left == (Left("prompt", "file"),)
    assert clean(TEXT, item.kept).values == {}


def document(*entries: Any, **more: Any) -> str:
    return catalog.dumps({"format": FORMAT, "version": 1, "presets": list(entries)} | more)


GOOD = {"name": "x", "operation": TEXT.slug, "key": "k1", "values": {}}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (document(GOOD, version=2), "A newer studio wrote this document (version 2)"),
        (document(GOOD, version="1"), "damaged"),
        (document(GOOD, presets={}), "damaged"),
        (document(), "holds no preset"),
        (document(*[GOOD] * (MOST_PRESETS + 1)), f"holds {MOST_PRESETS + 1} presets; {MOST_PRESETS} at once"),
        (document(GOOD, more="x" * 10_000_000), "larger than 2 MB"),
        (f'[{{"format": "{FORMAT}"}}]', "not a document of presets"),
    ],
    ids=["newer", "version", "presets", "empty", "many", "large", "list"],
)
def test_a_document_that_cannot_be_read_says_why(text: str, says: str) -> None:
    assert documents.is_one(text)
    with pytest.raises(Unreadable, match=says.replace("(", r"\(").replace(")", r"\)")):
        documents.read(text)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "It has no name"),
        ({"name": 7}, "“name” is not text"),
        ({"name": "x" * 121}, "“name” is longer than 120"),
        ({"key": "a b"}, "Its key"),
        ({"values": []}, "“values” is not an object"),
        ({"holds": {"prompt": "glued"}}, "“holds” has a word"),
        ({"fates": {"prompt": ["keep"]}}, "“fates” has a word"),
        ({"extras": {"a": 1}, "order": "x"}, "Its “order”"),
    ],
)
def test_a_faulty_preset_leaves_the_others_as_they_are(change: dict[str, Any], says: str) -> None:
    wrong, right = documents.read(document(GOOD | change, GOOD))
    assert says in wrong.fault
    assert not right.fault


def test_a_key_counts_once_and_one_without_gets_its_own() -> None:
    first, twin, bare, nothing = documents.read(document(GOOD, GOOD, {k: GOOD[k] for k in GOOD if k != "key"}, 7))
    assert (first.fault, bool(twin.fault), bool(nothing.fault)) == ("", True, True)
    again = documents.read(document({k: GOOD[k] for k in GOOD if k != "key"}))[0]
    assert len(bare.key) == 32
    assert bare.key == again.key


def test_a_body_that_tells_of_a_document_is_none() -> None:
    assert not documents.is_one(catalog.dumps({"prompt": document(GOOD)}))
    assert len(document(*[GOOD] * MOST_PRESETS)) < MOST_BYTES
