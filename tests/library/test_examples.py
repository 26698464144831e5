"""The presets that come with the studio: one at least for each operation, all of them sound, none twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from difflib import SequenceMatcher
from html import unescape
from itertools import combinations

import pytest
from django.core.management import call_command
from django.test import Client

from studio import catalog
from studio.library import examples
from studio.library.asking import clean
from studio.library.differences import drift
from studio.library.documents import Item
from studio.library.kept import FREE
from studio.library.models import Preset, PresetVersion
from studio.teams.models import Membership, Team, User
from studio.teams.scope import scope
from tests.factories import make_team

SignIn = Callable[[User], Client]
LANGUAGES = ["en", "zh-hans"]
CALLBACK = "https://studio.example/callback/"


@pytest.fixture(params=LANGUAGES)
def items(request: pytest.FixtureRequest) -> list[Item]:
    return examples.items(request.param)


def test_each_operation_that_is_on_has_one(items: list[Item]) -> None:
    there = {item.operation for item in items}
    assert [each.slug for each in catalog.operations() if each.offered and each.slug not in there] == []


def test_each_is_read_without_a_fault_and_loses_nothing(items: list[Item]) -> None:
    assert [item.fault for item in items if item.fault or item.left] == []
    assert len({item.key for item in items}) == len({item.name for item in items}) == len(items)
    for item in items:
        assert item.description, item.key
        assert clean(catalog.get(item.operation), item.kept) == item.kept, item.key


def test_each_builds_a_body_without_a_complaint(items: list[Item]) -> None:
    """But for what is left to whoever opens it."""
    found = []
    for item in items:
        operation = catalog.get(item.operation)
        free = tuple(at for at, hold in item.kept.holds.items() if hold == FREE)
        values = item.kept.start(operation)
        if operation.callback:
            values[operation.callback] = CALLBACK
        problems = operation.body(values, {}).problems
        found += [(item.key, str(each)) for each in problems if not each.path.startswith(free or ("\0",))]
    assert found == []


def test_what_is_left_free_is_what_the_operation_needs_or_takes_as_a_file(items: list[Item]) -> None:
    for item in items:
        operation = catalog.get(item.operation)
        for at, hold in item.kept.holds.items():
            assert hold == FREE
            assert at not in item.kept.values
            field = operation.field(at)
            assert field
            assert field.required == "yes" or field.takes, (item.key, at)


def test_none_is_nearly_another(items: list[Item]) -> None:
    for one, other in combinations(items, 2):
        texts = [words(each) for each in (one, other)]
        if one.operation == other.operation or min(map(len, texts)) > 30:
            assert texts[0] != texts[1], (one.key, other.key)
            ratio = SequenceMatcher(None, texts[0], texts[1], autojunk=False).ratio()
            assert ratio < 0.75, (one.key, other.key)


def words(item: Item) -> str:
    """All that a person wrote: the texts of the values, or of the description where there are none."""
    texts = [value if isinstance(value, str) else catalog.dumps(value) for value in item.kept.values.values()]
    return " ".join(text for text in texts if " " in text or not text.isascii()) or item.description


def added(team: Team) -> int:
    return examples.add(Membership.objects.select_related("team", "user").get(team=team))


def test_they_are_added_once(team: Team, alice: User) -> None:
    began = time.thread_time()
    count = added(team)
    took = time.thread_time() - began
    assert count == len(examples.entries())
    with scope(team):
        Preset.objects.filter(key=examples.entries()[0]["key"]).update(name="Ours now", visibility="me", archived=True)
        assert {each.author for each in Preset.objects.select_related("author")} == {alice}
        assert [
            v for v in PresetVersion.objects.select_related("preset") if drift(v.preset.operation, v.kept, v.body_text)
        ] == []
    assert added(team) == 0
    assert took < 3, "a new team would wait for them"
    other = make_team("Team C", owner="charlie")
    assert added(other) == count, "each team has its own"


def test_a_library_is_filled_by_a_button(team: Team, alice: User, dana: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    assert "Add the examples" in client.get("/library/").content.decode()
    assert "Add the examples" in client.get("/import/").content.decode()
    for page in ("/library/", "/import/"):
        assert "Add the examples" not in signed_in(dana).get(page).content.decode()
    first = client.post("/library/examples/", follow=True)
    assert f"{len(examples.entries())} examples added." in unescape(first.content.decode())
    assert "already" in client.post("/library/examples/", follow=True).content.decode()


def test_they_are_in_the_language_of_who_asks(team: Team, alice: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    client.cookies["django_language"] = "zh-hans"
    client.post("/library/examples/")
    with scope(team):
        names = set(Preset.objects.values_list("name", flat=True))
    assert names == {item.name for item in examples.items("zh-hans")}


def test_a_fresh_studio_opens_on_them(db: None, settings: object, tmp_path: object) -> None:
    call_command("setup")
    call_command("setup")
    team = Team.objects.get()
    with scope(team):
        assert Preset.objects.count() == len(examples.entries())
