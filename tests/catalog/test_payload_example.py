"""The payloads written down beside the operations: what is told of each is what is read in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio import catalog
from studio.catalog.loader import load

DEMO = """
system = "demo"
title = {{ en = "Demo", zh = "演示" }}
source = "made up"

[family.f.read]
gateway_id = "id"
state = "state"
states = {{ running = ["on"] }}

[family.f.payload.shared]
kind = "poll"
title = {{ en = "Shared", zh = "共用" }}
json = '{{"id": "1", "state": "on"}}'
says = {{ state = "running" }}

[operation.make]
title = {{ en = "Make", zh = "制作" }}
description = {{ en = "Makes it.", zh = "制作。" }}
status = "inferred"
method = "POST"
path = "/make"
makes = "image"
family = "f"
{more}
"""
OWN = """
[operation.make.payload.{name}]
kind = "answer"
title = {{ en = "Own", zh = "自有" }}
{rest}
"""


def demo(folder: Path, more: str) -> tuple[catalog.Operation, list[str]]:
    (folder / "demo.toml").write_text(DEMO.format(more=more), encoding="utf-8")
    loaded, _ = load(folder)
    return loaded.by_slug["demo.make"], [f"{fault} {fault.hint}" for fault in catalog.faults(folder)]


@pytest.mark.parametrize("operation", catalog.operations(), ids=lambda o: o.slug)
def test_what_is_told_of_a_payload_is_read_in_it(operation: catalog.Operation) -> None:
    read = {each.name: operation.read(each.payload, each.kind, each.status).plain() for each in operation.payloads}
    told = {each.name: each.says for each in operation.payloads}
    assert {name: {key: read[name][key] for key in says} for name, says in told.items()} == told
    bare = [each for each in operation.payloads if not (each.says and each.title.en and each.title.zh and each.source)]
    assert not bare


@pytest.mark.parametrize("operation", catalog.operations(), ids=lambda o: o.slug)
def test_every_way_that_an_operation_is_answered_has_an_example(operation: catalog.Operation) -> None:
    ways = {example.kind for example in operation.payloads}
    if operation.is_query:
        assert ways == {"poll"}
    else:
        assert ("answer" in ways, "poll" in ways, "callback" in ways) == (
            True,
            bool(operation.poll),
            bool(operation.callback),
        )


def test_an_operation_shows_the_examples_that_come_its_ways(tmp_path: Path) -> None:
    alone, _ = demo(tmp_path, "")
    assert alone.payloads == ()  # nobody polls it
    asked, _ = demo(tmp_path, 'poll = "demo.make"\n')
    assert [example.name for example in asked.payloads] == ["shared"]


def test_its_own_stand_first_and_replace_those_of_the_family_by_name(tmp_path: Path) -> None:
    own = [OWN.format(name=name, rest='json = "{}"\nsays = { state = "failed" }') for name in ("mine", "shared")]
    operation, _ = demo(tmp_path, 'poll = "demo.make"\n' + "".join(own))
    assert [(example.name, example.kind) for example in operation.payloads] == [
        ("mine", "answer"),
        ("shared", "answer"),
    ]


@pytest.mark.parametrize(
    ("rest", "fault"),
    [
        ('json = "{}"\nsays = { state = "succeeded" }', "payload mine: says.state = 'succeeded', but None is read."),
        ('json = "{"\nsays = { error = "" }', "payload mine: json is no JSON"),
        ('json = "{}"', "payload mine: says is missing."),
        ('josn = "{}"\nsays = { error = "" }', "Did you mean “json”?"),
    ],
)
def test_a_faulty_example_is_named(tmp_path: Path, rest: str, fault: str) -> None:
    _, faults = demo(tmp_path, OWN.format(name="mine", rest=rest))
    assert [each for each in faults if fault in each], faults


def test_the_failures_of_a_system_are_its_own_and_then_the_gateways() -> None:
    assert catalog.failures("gateway")[0].name == "spent-balance"
    assert catalog.failures("runway")[-len(catalog.failures("gateway")) :] == catalog.failures("gateway")
