"""A body carried to another operation: what is kept, what is written anew, and what is lost and said to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio import catalog
from studio.catalog import convert, paths
from studio.catalog.body import Extras
from studio.catalog.check import of_value
from studio.catalog.loader import load
from studio.catalog.port import port
from studio.catalog.port_pieces import FILES
from studio.catalog.schema import Field
from tests.catalog import bodies

MAKING = [each for each in catalog.operations() if each.makes_something]
every_source = pytest.mark.parametrize("source", MAKING, ids=lambda each: each.slug)
DATA = "data:image/png;base64,AA"
PICTURE = "https://files.example.com/a.png"
KEPT = "studio-file:" + "0123456789abcdef" * 2
FIELD = """
[[operation.{name}.field]]
at = "{at}"
type = "{type}"
role = "{role}"
label = {{ en = "{at}", zh = "{at}" }}
help = {{ en = "Words.", zh = "文字。" }}
"""
HEAD = """
system = "{system}"
title = {{ en = "{system}", zh = "{system}" }}
source = "A page"
[family.plain.read]
gateway_id = "id"
"""
OPERATION = """
[operation.{name}]
title = {{ en = "{name}", zh = "{name}" }}
description = {{ en = "Makes it.", zh = "生成。" }}
method = "POST"
path = "/{name}"
makes = "image"
family = "plain"
status = "documented"
"""


def field(name: str, at: str, role: str, kind: str = "string", more: str = "") -> str:
    return FIELD.format(name=name, at=at, role=role, type=kind) + more + "\n"


def two(folder: Path, one: tuple[str, ...], other: tuple[str, ...], system: str = "there") -> list[catalog.Operation]:
    """An operation of the system `here` with these fields, and one of another system."""
    for each, name, fields in (("here", "from", one), (system, "to", other)):
        text = "".join(field(name, *given) for given in map(parts, fields))
        file = folder / f"{each}.toml"
        head = file.read_text() if file.exists() else HEAD.format(system=each)
        file.write_text(head + OPERATION.format(name=name) + text)
    found, faults = load(folder)
    assert not faults, faults
    return [found.by_slug["here.from"], found.by_slug[f"{system}.to"]]


def parts(given: str) -> list[str]:
    """ "at role type; more" """
    words, _, more = given.partition(";")
    return [*words.split(), more.strip().replace(";", "\n")]


RATIOS = 'choices = ["16:9", "9:16", "1:1"]'
SIZES = 'choices = ["1024x1024", "1792x1024", "1024x1792"]'
NUMBERED = (
    "choices = [1, 3, 4];choice_labels = { "
    + ", ".join(f'{n} = {{ en = "{told}", zh = "{told}" }}' for n, told in ((1, "1:1"), (3, "9:16"), (4, "16:9")))
    + " }"
)
OTHERWISE = NUMBERED.replace("9:16", "4:3")
CASES: list[tuple[str, Any, str, str, Any]] = [
    # what stands there, its value, where it goes, what becomes of it, the value there
    ("r ratio string", "16:9", "r ratio string;" + RATIOS, "mapped", "16:9"),
    ("r ratio string", "1280:720", "r ratio string;" + RATIOS, "converted", "16:9"),
    ("r ratio string", "1280:768", "r ratio string;" + RATIOS, "converted", "16:9"),
    ("r ratio string", "3:4", "r ratio string;" + RATIOS, "converted", "9:16"),  # as near to 1:1, but it stands
    ("r ratio string", "5:6", "r ratio string;" + RATIOS, "converted", "1:1"),
    ("r ratio string", "16:9", "size ratio string;" + SIZES, "converted", "1792x1024"),
    ("size ratio string", "1792x1024", "r ratio string;" + RATIOS, "converted", "16:9"),
    ("size ratio string", "1024x1024", 'r ratio string;choices = ["512x512", "1024x1024"]', "mapped", "1024x1024"),
    ("size ratio string", "900x900", 'r ratio string;choices = ["256x256", "1024x1024"]', "converted", "1024x1024"),
    ("r ratio string", "ASPECT_16_9", "r ratio string;" + RATIOS, "converted", "16:9"),
    ("r ratio string", "9:16", 'r ratio string;choices = ["landscape", "portrait"]', "converted", "portrait"),
    ("r ratio string", "square", "r ratio string;" + RATIOS, "converted", "1:1"),
    ("r ratio number", 1.7777778, "r ratio string;" + RATIOS, "converted", "16:9"),
    ("r ratio string", "1280x720", "r ratio string;", "converted", "16:9"),
    ("r ratio string", "16:9", "r ratio integer;" + NUMBERED, "converted", 4),
    ("r ratio string", "3:1", "r ratio integer;" + NUMBERED, "converted", 4),
    ("r ratio integer;" + NUMBERED, 3, "r ratio string;" + RATIOS, "converted", "9:16"),
    ("r ratio integer;" + NUMBERED, 3, "r ratio string;", "converted", "9:16"),
    ("r ratio integer;" + NUMBERED, 3, "r ratio integer;" + NUMBERED, "mapped", 3),
    ("r ratio integer;" + OTHERWISE, 3, "r ratio integer;" + NUMBERED, "converted", 4),
    ("r ratio string", "wide", "r ratio string;" + RATIOS, "lost", None),
    ("t duration integer", 5, 't duration string;choices = ["5", "10"]', "converted", "5"),
    ("t duration string", "10", "t duration integer;choices = [5, 10]", "converted", 10),
    ("t duration integer", 10, "t duration integer;choices = [5, 10]", "mapped", 10),
    ("t duration integer", 6, "t duration integer;choices = [4, 8]", "converted", 4),
    ("t duration integer", 9, 't duration string;choices = ["5s", "9s"]', "converted", "9s"),
    ("t duration string", "9s", "t duration integer;minimum = 1;maximum = 8", "converted", 8),
    ("t duration string", "ever", "t duration integer;", "lost", None),
    ("n count integer", 12, "n count integer;minimum = 1;maximum = 4", "converted", 4),
    ("s seed integer", 2**40, "s seed integer;maximum = 4294967295", "lost", None),
    ("s seed string", "42", "s seed integer;", "converted", 42),
    ("y style string", "Line Art", 'y style string;choices = ["line-art", "anime"]', "converted", "line-art"),
    ("y style string", "oil", 'y style string;choices = ["line-art", "anime"]', "lost", None),
    ("p prompt string", "一只猫 in fog", "p prompt string;max_length = 5", "converted", "一只猫 i"),
    ("p prompt string", "a cat", "q prompt string;", "mapped", "a cat"),
    ("i image string", PICTURE, "i image string;format = \"url\"", "mapped", PICTURE),
    ("i image string", PICTURE, "i image array;", "converted", [PICTURE]),
    ("i image array", [PICTURE, "https://b.c/d.png"], "i image string;", "converted", PICTURE),
    ("i image array", [{"uri": PICTURE, "position": "first"}], "i image string;", "converted", PICTURE),
    ("i image array", ["https://a.b/1", "https://a.b/2"], "i image array;max_items = 1", "converted", ["https://a.b/1"]),
    ("i image string", KEPT, 'i image string;takes = ["image"];sent = ["base64"]', "mapped", KEPT),
    ("i image string", KEPT, "i image string;", "lost", None),
    ("i image string", PICTURE, 'i image string;takes = ["image"];sent = ["base64"]', "lost", None),
    ("i image string", DATA, 'i image string;takes = ["image"];sent = ["base64"]', "converted", "AA"),
    ("i image string", "AA", 'i image string;takes = ["image"];sent = ["address"]', "lost", None),
    ("v video string", PICTURE, "i image string;", "lost", None),
]  # fmt: skip


@pytest.mark.parametrize(("one", "value", "other", "kind", "after"), CASES)
def test_one_value_as_another_field_writes_it(
    tmp_path: Path, one: str, value: Any, other: str, kind: str, after: Any
) -> None:
    source, target = two(tmp_path, (one,), (other,))
    ported = port(source, {one.split()[0]: value}, {}, target)
    line = next(each for each in ported.lines if each.source)
    assert (line.kind, line.after) == (kind, after)
    assert type(line.after) is type(after)
    assert bool(line.note) == (kind != "mapped"), "what is not the same says why"
    assert ported.values == ({} if after is None else {other.split()[0]: after})


def test_a_shape_goes_into_two_sides_and_comes_back(tmp_path: Path) -> None:
    sides = ("w width integer;default = 1024;multiple_of = 64", "h height integer;default = 1024;multiple_of = 64")
    source, target = two(tmp_path, ("r ratio string",), sides)
    ported = port(source, {"r": "16:9"}, {}, target)
    assert ported.values == {"w": 1344, "h": 768}
    assert [line.kind for line in ported.lines] == ["converted", "converted"]
    assert port(target, {"w": 1920, "h": 1080}, {}, source).values == {"r": "16:9"}
    assert [line.kind for line in port(target, {"w": 1920}, {}, source).lines] == ["lost"], "one side is no shape"


def test_pixels_stay_pixels_where_they_are_allowed(tmp_path: Path) -> None:
    sides = ("w width integer;maximum = 4096", "h height integer;maximum = 4096")
    source, target = two(tmp_path, ("size ratio string",), sides)
    assert port(source, {"size": "1792x1024"}, {}, target).values == {"w": 1792, "h": 1024}
    assert port(source, {"size": "16:9"}, {}, target).values == {}, "how many pixels nobody said"


def test_the_second_of_two_pictures_has_no_place_where_one_fits(tmp_path: Path) -> None:
    source, target = two(tmp_path, ("a image string", "b image string"), ("i image string",))
    ported = port(source, {"a": PICTURE, "b": "https://b.c/d.png"}, {}, target)
    assert [(line.kind, line.source) for line in ported.lines] == [("mapped", "a"), ("lost", "b")]


def test_a_list_takes_both_pictures(tmp_path: Path) -> None:
    source, target = two(tmp_path, ("a image string", "b image string"), ("i image array",))
    assert port(source, {"a": "https://a.b/1", "b": "https://a.b/2"}, {}, target).values == {
        "i": ["https://a.b/1", "https://a.b/2"]
    }


def test_a_conversation_gives_and_takes_its_last_word(tmp_path: Path) -> None:
    chat = ('m none array;required = "yes"', 'm[].role none string;default = "user"', "m[].content prompt string")
    source, target = two(tmp_path, ("p prompt string",), chat)
    ported = port(source, {"p": "a cat"}, {}, target)
    assert ported.values == {"m": [{"role": "user", "content": "a cat"}]}
    assert not [line for line in ported.lines if line.kind == "missing"]
    said = {"m": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "a dog"}]}
    assert port(target, said, {}, source).values == {"p": "a dog"}


def test_of_a_conversation_that_goes_on_the_rest_is_told_as_lost(tmp_path: Path) -> None:
    chat = ("m none array", "m[].content prompt string")
    source, target = two(tmp_path, chat, ("p prompt string",))
    lines = port(source, {"m": [{"content": "one"}, {"content": "two"}]}, {}, target).lines
    assert [(line.kind, line.source) for line in lines] == [("mapped", "m[].content"), ("lost", "m")]
    (folder := tmp_path / "same").mkdir()
    source, target = two(folder, chat, chat, system="here")
    said = {"m": [{"content": "one"}, {"content": "two"}]}
    assert port(source, said, {}, target).values == said, "within a system all of it goes over"


def test_pictures_in_a_list_of_texts_go_both_ways(tmp_path: Path) -> None:
    source, target = two(tmp_path, ("i image string",), ("l none array", 'l[] image string;takes = ["image"]'))
    assert port(source, {"i": PICTURE}, {}, target).values == {"l": [PICTURE]}
    assert port(target, {"l": [PICTURE, KEPT]}, {}, source).values == {"i": PICTURE}


def test_sides_that_go_together_are_chosen_together(tmp_path: Path) -> None:
    sides = (
        "w width integer;choices = [768, 1024, 1344];"
        "narrower = [{ when = { h = [768] }, choices = [1344] }, { when = { h = [1344] }, choices = [768] }]",
        "h height integer;choices = [768, 1024, 1344]",
    )
    source, target = two(tmp_path, ("r ratio string",), sides)
    assert port(source, {"r": "16:9"}, {}, target).values == {"w": 1344, "h": 768}
    assert port(source, {"r": "9:16"}, {}, target).values == {"w": 768, "h": 1344}


FLAGS = 'flags = { ratio = "--ar", negative_prompt = "--no", seed = "--seed" }'


def test_settings_behind_the_words_of_a_prompt_go_over_as_what_they_are(tmp_path: Path) -> None:
    plain = ("p prompt string", "r ratio string;" + RATIOS, "n negative_prompt string")
    source, target = two(tmp_path, ("q prompt string;" + FLAGS,), plain)
    ported = port(source, {"q": "a red boat --ar 9:16 --v 6.1 --no fog, rain --seed 7"}, {}, target)
    assert [line.setting for line in ported.lines if line.setting] == ["--ar", "--v", "--no", "--seed"]
    assert ported.values == {"p": "a red boat", "r": "9:16", "n": "fog, rain"}
    assert [line.before for line in ported.lines if line.kind == "lost"] == ["--v 6.1", "7"]
    back = port(target, {"p": "a red boat", "r": "9:16", "n": "fog"}, {}, source)
    assert back.values == {"q": "a red boat --ar 9:16 --no fog"}
    assert port(target, {"p": "boat --ar 1:1", "r": "9:16"}, {}, source).values == {"q": "boat --ar 1:1"}
    (folder := tmp_path / "same").mkdir()
    source, target = two(folder, ("q prompt string;" + FLAGS,), ("q prompt string",), system="here")
    assert port(source, {"q": "a boat --ar 1:1"}, {}, target).values == {"q": "a boat --ar 1:1"}


def test_fields_without_a_role_go_over_within_a_system_only(tmp_path: Path) -> None:
    fields = ("p prompt string", "calm none number;maximum = 1")
    source, target = two(tmp_path, fields, fields, system="here")
    assert port(source, {"p": "x", "calm": 0.5}, {}, target).values == {"p": "x", "calm": 0.5}
    (folder := tmp_path / "apart").mkdir()
    source, target = two(folder, fields, fields)
    ported = port(source, {"p": "x", "calm": 0.5}, {"odd": 1}, target)
    assert ported.values == {"p": "x"}
    assert {line.source for line in ported.lines if line.kind == "lost"} == {"calm", "odd"}


def test_a_model_of_another_system_is_no_loss_and_decides_nothing() -> None:
    text, other = catalog.get("kling.text2video"), catalog.get("runway.generate-text")
    ported = port(text, {"prompt": "x", "model_name": "kling-v2-6", "duration": "10"}, {}, other)
    line = next(each for each in ported.lines if each.source == "model_name")
    assert (line.kind, line.after) == ("default", "gen3")
    assert ported.values["options.seconds"] == 10


def test_what_does_not_apply_beside_the_others_stays_behind() -> None:
    image, text = catalog.get("runway.generate-image"), catalog.get("runway.ml-text-to-video")
    ported = port(image, {"prompt": "x", "model": "gen3", "image": PICTURE, "ratio": "9:16"}, {}, text)
    assert ported.values["ratio"] == "720:1280"
    assert "image" in {line.source for line in ported.lines if line.kind == "lost"}


def test_a_shape_has_one_distance_in_both_directions() -> None:
    assert convert.distance((16, 9), (1, 1)) == convert.distance((9, 16), (1, 1)) > 0


def sample(each: Field) -> Any:
    """A value that the field takes, other than what it usually holds."""
    if each.choices:
        return each.choices[-1]
    if each.role in FILES or each.format == "url":
        return [PICTURE] if each.type == "array" else PICTURE
    made = {
        "integer": max(int(each.minimum or 0), 3),
        "number": each.minimum or 0.5,
        "boolean": True,
        "string": "words",
    }
    value = made.get(each.type)
    return None if value is None or [1 for _, _, level in of_value(each, value) if level == "error"] else value


def full(operation: catalog.Operation) -> dict[str, Any]:
    """Something in every field that has a role, beside what a fresh form holds."""
    own = {each.at: sample(each) for each in operation.fields if each.role and None not in each.steps}
    return operation.start() | {at: value for at, value in own.items() if value is not None}


PARTS = (
    "parts none array",
    'parts[].kind none string;default = "text"',
    'parts[].says prompt string;kinds = { by = "kind", roles = { text = "prompt", image = "image" } }',
)


def test_the_items_of_a_list_say_what_a_value_in_them_is_for(tmp_path: Path) -> None:
    source, target = two(tmp_path, PARTS, ("p prompt string", "i image string"))
    texts = [{"kind": "text", "says": "a cat"}, {"kind": "text", "says": "a dog"}]
    pictures = [{"kind": "image", "says": PICTURE}, {"kind": "image", "says": "https://b.c/d.png"}]
    ported = port(source, {"parts": [*texts, *pictures, {"kind": "song", "says": "la"}, 5]}, {}, target)
    assert ported.values == {"p": "a dog", "i": PICTURE}
    told = [(line.kind, line.target, line.before) for line in ported.lines if line.source == "parts[].says"]
    assert ("converted", "i", [PICTURE, "https://b.c/d.png"]) in told
    assert ("lost", "", "la") in told
    assert [str(line.note) for line in ported.lines if line.source == "parts"] == [
        "Of its 2 entries only the last goes over."
    ]
    one_each = port(source, {"parts": [texts[0], pictures[0]]}, {}, target)
    assert ({line.kind for line in one_each.lines}, len(one_each.lines)) == ({"mapped"}, 2)


def test_a_value_goes_into_an_item_of_its_kind(tmp_path: Path) -> None:
    source, target = two(tmp_path, ("p prompt string", "i image string"), PARTS)
    ported = port(source, {"i": PICTURE, "p": "a cat"}, {}, target)
    assert ported.values == {"parts": [{"kind": "text", "says": "a cat"}, {"kind": "image", "says": PICTURE}]}
    for file in (KEPT, DATA):  # an address is a text, a file is none
        assert port(source, {"i": file, "p": "a cat"}, {}, target).values == {
            "parts": [{"kind": "text", "says": "a cat"}]
        }


def well_ported(source: catalog.Operation, values: dict[str, Any], target: catalog.Operation) -> None:
    extras = {"odd key": 1}
    ported = port(source, values, extras, target)
    told = {line.source for line in ported.lines if line.source}
    known = {at for at, value in values.items() if value not in (None, "", [], {}) and at != source.callback}
    missed = [at for at in known if at not in told and not any(each.startswith(f"{at}[") for each in told)]
    assert not missed, "every value has a line that says what became of it"
    arrived = {paths.around(line.target): line for line in ported.lines if line.target}
    assert {at for at, value in ported.values.items() if value != ""} <= arrived.keys()
    given = {target.callback: "https://studio.example.com/c/"} if target.callback else {}
    errors = [each for each in target.body(ported.values | given).problems if each.level == "error"]
    lost = {each.role for line in ported.lines if line.kind == "lost" and (each := source.field(line.source))}
    has = {each.role for each in source.fields if each.at in values} - lost - {""}
    for problem in errors:
        assert problem.rule == "required", "nothing went over that does not pass there"
        needs = target.field(problem.path)
        assert needs is None or needs.role not in has - {"model"}, "what was there to give was given"


@every_source
def test_what_arrives_passes_there(source: catalog.Operation) -> None:
    for target in MAKING:
        if target is not source:
            well_ported(source, full(source), target)
            if isinstance(source.example, dict):
                well_ported(source, source.values(source.example)[0], target)


@every_source
def test_to_the_same_operation_nothing_changes(source: catalog.Operation) -> None:
    values, extras = full(source), Extras({"odd": 1}, {(): ["odd"]})
    ported = port(source, values, extras, source)
    assert (ported.values, ported.extras, ported.extras.order) == (values, extras, extras.order)
    assert {line.kind for line in ported.lines} <= {"mapped"}


@pytest.mark.parametrize(
    ("at", "around"),
    [
        ("prompt", "prompt"),
        ("messages[0].content[1].text", "messages"),
        ("messages[].role", "messages"),
        ("options.images[2]", "options.images"),
        ('"references[]"', '"references[]"'),
        ('"references[]"[1]', '"references[]"'),
        ("[0]", "[0]"),
    ],
)
def test_the_list_around_a_place_is_told_from_a_key_with_brackets(at: str, around: str) -> None:
    assert paths.around(at) == around


@every_source
@given(data=st.data())
@settings(max_examples=20)
def test_any_body_can_go_anywhere(source: catalog.Operation, data: st.DataObject) -> None:
    values, extras = source.values(data.draw(bodies.of(source)))
    target = data.draw(st.sampled_from(MAKING))
    ported = port(source, values, extras, target)
    starts = {repr(each.default) for each in target.fields} | {repr(each) for each in target.start().values()}
    arrived = {paths.around(line.target) for line in ported.lines if line.kind in {"mapped", "converted"}}
    assert all(at in arrived or repr(value) in starts for at, value in ported.values.items()), "nothing is invented"


def test_a_shape_and_a_size_that_contradict_each_other_do_not_both_go_over() -> None:
    source, target = catalog.get("art-qrcode.cute"), catalog.get("flux.image")
    given = {"args.prompt": "x", "args.ratio": 1, "args.width": 896, "args.height": 512}
    for values in (given, dict(reversed(given.items()))):
        ported = catalog.port(source, values, {}, target)
        assert (ported.values["width"], ported.values["height"]) == (896, 512)
        told = [(line.kind, line.source, line.target) for line in ported.lines if line.source != "args.prompt"]
        assert sorted(told) == [
            ("lost", "args.ratio", ""),
            ("mapped", "args.height", "height"),
            ("mapped", "args.width", "width"),
        ]
        [lost] = [line for line in ported.lines if line.kind == "lost"]
        assert str(lost.note) == "There is room for one only."
