"""The planning of a batch: what is written on an axis, what its cells are, and which of them cannot run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio import catalog
from studio.batches.planning import cells, points, sheet, writing
from studio.batches.planning.cells import Box, Maker, Plan, plan, variables
from studio.batches.planning.points import Axis, NotPlanned, Point, of_prompts
from studio.languages import same
from studio.library import patterns

RUNWAY = catalog.get("runway.generate-text")
BASE = {**RUNWAY.start(), "callback_url": "https://studio.example/", "prompt": "a boat in the fog"}


def field(at: str, operation: catalog.Operation = RUNWAY) -> catalog.Field:
    found = operation.field(at)
    assert found
    return found


def axis(at: str, text: str, operation: catalog.Operation = RUNWAY) -> Axis:
    return writing.axis(field(at, operation), text)


def labels(points: Sequence[Point]) -> list[str]:
    return [str(point.label) for point in points]


def values(found: Axis) -> list[Any]:
    return [next(iter(point.values.values())) for point in found.points]


def maker(
    base: Mapping[str, Any] = BASE,
    fates: Mapping[str, str] | None = None,
    operation: catalog.Operation = RUNWAY,
    extras: Mapping[str, Any] = catalog.Extras(),
) -> Maker:
    put = partial(operation.put, base, extras)
    return Maker(put, lambda values, more: operation.body(values, more, fates), lambda _, text: text, {})


def planned(axes: Sequence[Axis], repeat: int = 1, base: Mapping[str, Any] = BASE, **fates: str) -> Plan:
    return plan(axes, Box("prompt"), maker(base, fates), repeat)


SECONDS, MODEL, PAN = "options.seconds", "model", "options.motion_vector.x"


@pytest.mark.parametrize(
    ("at", "text", "wanted"),
    [
        (MODEL, "gen2, gen3", ["gen2", "gen3"]),
        (MODEL, " gen2 ,, gen2,gen3 ", ["gen2", "gen3"]),
        ("prompt", "a, b || c", ["a, b", "c"]),
        ("prompt", "a boat, red\na boat, blue\n", ["a boat, red", "a boat, blue"]),
        (SECONDS, "5, 10", [5, 10]),
        (SECONDS, "1-4", [1, 2, 3, 4]),
        (SECONDS, "1-10(2)", [1, 3, 5, 7, 9]),
        (SECONDS, "1-10[4]", [1, 4, 7, 10]),
        (SECONDS, "10-1[4], 2", [10, 7, 4, 1, 2]),
        (SECONDS, "10 - 1 (3)", [10, 7, 4, 1]),
        (SECONDS, "１-３", [1, 2, 3]),
        (SECONDS, "5[1]", None),
        (PAN, "-1-1(0.5)", [-1, -0.5, 0, 0.5, 1]),
        (PAN, "-5--3", [-5, -4, -3]),
        (PAN, "0-1[3]", [0, 0.5, 1]),
        (PAN, "0.10, 0.1", [0.1, 0.1]),  # as they were written
    ],
)
def test_an_axis_takes_lists_and_ranges(at: str, text: str, wanted: list[Any] | None) -> None:
    if wanted is None:
        with pytest.raises(NotPlanned):
            axis(at, text)
    else:
        assert values(axis(at, text)) == wanted


@pytest.mark.parametrize(
    ("at", "text", "says"),
    [
        (MODEL, " , ", "at least one value"),
        (SECONDS, "fast", "is not a number"),
        (SECONDS, "1-10(0)", "step of 0"),
        (SECONDS, "1-999999999", "at most 1000"),
        (SECONDS, "1-2[0]", "how many"),
        ("options.motion_vector", '{"x": 1, "y"', "Line 1"),
    ],
)
def test_what_is_no_axis_is_said_in_a_sentence(at: str, text: str, says: str) -> None:
    with pytest.raises(NotPlanned, match=says):
        axis(at, text)


def test_switches_and_labels_of_choices_are_understood() -> None:
    imagine = catalog.get("midjourney.imagine")
    assert values(axis("accountFilter.remix", "on, no", imagine)) == [True, False]
    labelled = [(o, f) for o in catalog.operations() for f in o.fields if f.choice_labels and f.type == "string"]
    for operation, one in labelled[:20]:
        choice, label = next(iter(one.choice_labels.items()))
        assert values(axis(one.at, f"{label.en}||{label.zh}", operation)) in ([choice], [label.en, label.zh])


def test_objects_are_written_as_json_one_in_a_line() -> None:
    assert values(axis("options.motion_vector", '{"x": 1, "y": 2}')) == [{"x": 1, "y": 2}]
    assert values(axis("options.motion_vector", '{"x": 1}\n{"x": 2}')) == [{"x": 1}, {"x": 2}]


@given(st.integers(-499, 499), st.integers(-499, 499), st.integers(1, 99))
def test_a_stepped_range_holds_its_beginning_and_never_passes_its_end(first: int, last: int, step: int) -> None:
    found = [int(each) for each in writing.spread(f"{first}-{last}({step})", whole=True)]
    assert found[0] == first
    assert all(min(first, last) <= each <= max(first, last) for each in found)
    assert {abs(b - a) for a, b in pairwise(found)} <= {step}
    assert abs(last - found[-1]) < step


@given(st.decimals(-999, 999, places=2), st.decimals(-999, 999, places=2), st.integers(2, 40))
def test_an_even_spread_has_so_many_numbers_and_both_ends(first: Decimal, last: Decimal, number: int) -> None:
    found = [Decimal(each) for each in writing.spread(f"{first}-{last}[{number}]", whole=False)]
    assert len(found) == number
    assert (found[0], found[-1]) == (first, last)
    assert found == sorted(found, reverse=last < first)


@given(st.text(max_size=60), st.sampled_from([each.at for each in RUNWAY.fields]))
def test_whatever_is_typed_is_an_axis_or_a_sentence(text: str, at: str) -> None:
    with suppress(NotPlanned):
        found = axis(at, text)
        assert found.points
        assert all(len(str(point.label)) <= points.SHOWN for point in found.points)


def test_search_and_replace_begins_with_what_is_searched_for() -> None:
    found = planned([writing.swaps(field("prompt"), "fog, rain, snow")])
    assert [cell.changed["prompt"] for cell in found.cells] == [
        "a boat in the fog",
        "a boat in the rain",
        "a boat in the snow",
    ]
    with pytest.raises(NotPlanned, match="does not hold “frog”"):
        planned([writing.swaps(field("prompt"), "frog, rain")])
    with pytest.raises(NotPlanned, match="at least one other"):
        writing.swaps(field("prompt"), "fog")


def test_search_and_replace_finds_its_way_into_a_conversation() -> None:
    said = {
        "messages": [{"role": "user", "content": "a fog"}, {"role": "assistant", "content": ["fog", {"text": "fog"}]}]
    }
    put = maker(said, operation=catalog.get("openai.chat")).put
    changed = cells.change([Point(same("rain"), swap=("fog", "rain"))], Box("messages"), put).values
    assert catalog.dumps(changed["messages"]).count("rain") == 3


def test_the_product_stands_in_a_stable_order_the_last_axis_fastest() -> None:
    found = planned([axis(MODEL, "gen3, gen4"), axis(SECONDS, "5, 10")], repeat=2)
    assert [(c.number, c.place) for c in found.cells[:4]] == [
        (1, (0, 0, 0)),
        (2, (0, 0, 1)),
        (3, (0, 1, 0)),
        (4, (0, 1, 1)),
    ]
    assert [(c.changed[MODEL], c.changed[SECONDS]) for c in found.cells[::2]] == [
        ("gen3", 5), ("gen3", 10), ("gen4", 5), ("gen4", 10),
    ]  # fmt: skip
    assert len(found.axes) == 3
    assert found.runs == found.cells  # repeats are meant


def test_a_cell_that_rules_exclude_says_why() -> None:
    found = planned([axis(MODEL, "gen3, gen9"), axis(SECONDS, "5, 7")])
    assert [bool(cell.why) for cell in found.cells] == [False, True, False, True]
    assert "5" in str(found.cells[1].why)
    assert "gen9" in str(found.cells[2].hint)  # the gateway may know more models than the catalog
    assert len(found.excluded) == 2


def test_a_field_that_is_refused_beside_others_excludes_its_cells() -> None:
    fates = {f"{RUNWAY.slug}:style": "refuse"}
    found = plan([axis(MODEL, "gen2, gen3")], Box("prompt"), maker({**BASE, "style": "cinematic"}, fates))
    assert [bool(cell.why) for cell in found.cells] == [False, True]


def test_two_cells_with_one_body_are_not_paid_for_twice() -> None:
    fates = {f"{RUNWAY.slug}:options.motion_vector": "omit"}
    found = plan([axis(PAN, "1, 2, 3")], Box("prompt"), maker({**BASE, MODEL: "gen3"}, fates))
    assert [str(cell.why) for cell in found.cells] == ["", *["It has the same body as cell 1."] * 2]


def test_too_many_cells_are_counted_before_they_are_made() -> None:
    axes = [axis(PAN, "0.001-1(0.001)"), axis("options.motion_vector.y", "1-1000"), axis(SECONDS, "1-1000")]
    none = Maker(lambda _: pytest.fail("put"), lambda *_: pytest.fail("made"), lambda _, text: text, {})
    with pytest.raises(NotPlanned, match="1,000,000,000 cells"):
        plan(axes, Box("prompt"), none)


def put_prompt(drawn: patterns.Drawn) -> dict[str, Any]:
    return {"prompt": drawn.text}


def test_an_object_on_an_axis_is_what_each_cell_sends() -> None:
    vectors = ['{"x": 5}', '{"y": 1.0, "odd": 2, "x": -3}', "{}"]
    extras = catalog.Extras({"options": {"motion_vector": {"more": 1}}})
    axes = [axis("options.motion_vector", "\n".join(vectors)), axis("ratio", "16:9, 9:16")]
    found = plan(axes, Box("prompt"), maker(extras=extras))
    assert [bool(cell.why) for cell in found.cells] == [False] * 6
    sent = [catalog.loads(cell.body_text)["options"]["motion_vector"] for cell in found.cells]
    assert [catalog.dumps(each) for each in sent[::2]] == [each.replace(" ", "") for each in vectors]


def test_a_member_on_an_axis_stands_in_the_object_on_another() -> None:
    axes = [axis("options.motion_vector", '{"x": 5}'), axis("options", '{"seconds": 5, "motion_vector": {"y": 1}}')]
    for each in (axes, axes[::-1]):
        [cell] = planned(each).cells
        assert catalog.loads(cell.body_text)["options"] == {"seconds": 5, "motion_vector": {"x": 5}}


def test_rows_bring_objects_as_a_whole() -> None:
    kling = catalog.get("kling.text2video")
    base = {"prompt": "a", "camera_control.type": "simple", "camera_control.config.zoom": 1}
    found = sheet.axis('camera_control,prompt\n"{""type"":""down_back""}",a\n,b', kling.fields, [])
    cells = plan([found], Box("prompt"), maker(base, operation=kling)).cells
    sent = [catalog.loads(cell.body_text)["camera_control"] for cell in cells]
    assert sent == [{"type": "down_back"}, {"type": "simple", "config": {"zoom": 1}}]


def test_words_are_replaced_in_a_prompt_that_an_object_on_an_axis_brings() -> None:
    vidu = catalog.get("vidu.create")
    whole = axis("input", '{"prompts": [{"type": "text", "content": "a foggy boat"}]}', vidu)
    swap = writing.swaps(field("input.prompts", vidu), "foggy, rainy")
    found = plan([whole, swap], Box("input.prompts"), maker({"input.seed": 7}, operation=vidu))
    told = [catalog.loads(cell.body_text)["input"] for cell in found.cells]
    assert [each["prompts"][0]["content"] for each in told] == ["a foggy boat", "a rainy boat"]
    assert "seed" not in told[0]


def test_combinations_of_a_prompt_come_in_as_an_axis() -> None:
    tree = patterns.parse("a {red|blue} fox")
    found = planned(
        [of_prompts(same("Prompt"), patterns.expand(tree), put_prompt, label=lambda drawn: drawn.text[2:-4])]
    )
    assert [cell.changed["prompt"] for cell in found.cells] == ["a red fox", "a blue fox"]
    assert labels(found.axes[0].points) == ["red", "blue"]


def test_the_headings_of_choices_and_switches_are_in_both_languages() -> None:
    for operation in catalog.operations():
        for one in operation.fields:
            if one.type == "boolean":
                (point,) = writing.axis(one, "on").points
                assert point.label == catalog.Text("on", "开")
            for choice, label in one.choice_labels.items():
                (point,) = writing.axis(one, f"{choice}||").points
                assert point.label == catalog.Text(points.short(label.en), points.short(label.zh))


def test_chinese_commas_part_what_holds_none_of_its_own() -> None:
    ratio = field("ratio")
    for text in ("16:9，9:16", "16:9、9:16", "16:9, 9:16"):
        assert labels(writing.axis(ratio, text).points) == ["16:9", "9:16"]
    assert labels(writing.swaps(field("prompt"), "雾，雨、雪").points) == ["雾", "雨", "雪"]
    assert labels(writing.swaps(field("prompt"), "雾，浓, 雨").points) == ["雾，浓", "雨"]
    assert labels(writing.words("{{天气}}", "雾，雨").points) == ["雾", "雨"]
    assert labels(writing.axis(field("prompt"), "雾中的船，写实").points) == ["雾中的船，写实"]


def test_a_patterns_variables_come_from_the_rows_and_are_never_read_again() -> None:
    tree = patterns.parse("a {red|blue} {{animal}} in fog")
    expanded = patterns.expand(tree, {"animal": "{{animal}}"})
    texts = of_prompts(same("Prompt"), expanded, put_prompt, label=lambda drawn: drawn.text)
    rows = Axis(same("Row"), (Point(same("1"), words={"animal": "{x|y}"}), Point(same("2"))))
    first = next(patterns.expand(tree, {"animal": "{{animal}}"}))
    box = Box("prompt", tree, first.choices, frozenset({"animal"}), put_prompt)
    found = plan([texts, rows], box, maker())
    assert [cell.changed["prompt"] for cell in found.runs] == ["a red {x|y} in fog", "a blue {x|y} in fog"]
    assert [str(cell.why) for cell in found.excluded] == ["Fill in “animal”."] * 2
    for cell in found.runs:
        assert patterns.draw(tree, patterns.Choices.from_json(cell.drawn)) == cell.changed["prompt"]


def test_a_cell_in_which_is_replaced_has_the_pattern_that_draws_it() -> None:
    text = "a {red|blue} fog"
    tree = patterns.parse(text)
    first = next(patterns.expand(tree))
    box = Box("prompt", tree, first.choices, put=put_prompt, written={"prompt": patterns.Pattern(text)})
    found = plan([writing.swaps(field("prompt"), "fog, rain")], box, maker({**BASE, "prompt": first.text}))
    assert [cell.changed["prompt"] for cell in found.cells] == ["a red fog", "a red rain"]
    assert found.cells[0].drawn == {"values": {}, "picks": [0]}, "as the form's own pattern draws it"
    assert found.cells[1].drawn == {"values": {}, "picks": [0], "texts": [["prompt", "a {red|blue} rain"]]}


def rows(text: str, base: Mapping[str, Any] = BASE) -> Axis:
    return sheet.axis(text, RUNWAY.fields, variables([base["prompt"]]))


def test_rows_of_a_csv_name_fields_by_path_by_label_and_variables() -> None:
    base = {**BASE, "prompt": "a {{animal}} in {{ place|the fog }}"}
    label = field("ratio").label.zh
    found = rows(
        f'\ufeffanimal;options.seconds;{label};{{{{place}}}}\r\ndog;5;16:9;"rain; much"\r\n\r\n"a ""cat""";;;\r\n', base
    )
    made = planned([found], base=base).cells
    assert made[0].changed == {SECONDS: 5, "ratio": "16:9", "prompt": "a dog in rain; much"}
    assert made[1].changed == {"prompt": 'a a "cat" in {{ place|the fog }}'}
    assert labels(found.points) == ["1 · dog", '2 · a "cat"']


def test_blanks_around_a_cell_are_no_part_of_a_choice_a_name_or_a_word() -> None:
    base = {**BASE, "prompt": "a {{animal}}"}
    found = rows("animal, model,\u00a0ratio , options.seconds\n fox , gen3,  16:9\u00a0, 5\n", base)
    [cell] = planned([found], base=base).cells
    assert cell.changed == {"prompt": "a fox", "model": "gen3", "ratio": "16:9", SECONDS: 5}


def test_a_prompt_keeps_the_blanks_that_were_quoted() -> None:
    found = rows('model, prompt\ngen3, " two, quoted "\ngen2, plain ')
    assert [point.values["prompt"] for point in found.points] == [" two, quoted ", "plain "]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("model\n", "no row under it"),
        ("model,colour\ngen2,red", "Line 1: “colour” is no field"),
        ("model,Model\ngen2,gen3", "there twice"),
        ("model,\ngen2,x", "no name"),
        ("model\n\ngen2\ngen3,5", "Line 4 has 2 cells"),
        ('prompt,options.seconds\n"two\nlines",5\nx,fast', "Line 4: .*not a number"),
        ('model\n"gen2', "Line 2: a quoted cell"),
        ("model\n" + "gen2\n" * 1001, "1001 rows"),
    ],
)
def test_what_is_wrong_in_a_csv_is_said_with_its_line(text: str, says: str) -> None:
    with pytest.raises(NotPlanned, match=says):
        rows(text)


@given(st.text(alphabet='ab,;"\n\r\t\ufeff {}', max_size=80))
def test_whatever_is_pasted_as_a_csv_is_rows_or_a_sentence(text: str) -> None:
    with suppress(NotPlanned):
        assert rows(f"prompt\n{text}").points


@given(
    st.lists(
        st.text(min_size=1, max_size=20).filter(lambda text: text.strip() and "\r" not in text and "\0" not in text),
        min_size=1,
        max_size=8,
    )
)
def test_quoted_cells_come_back_as_they_were(texts: list[str]) -> None:
    quoted = "\n".join('"' + text.replace('"', '""') + '"' for text in texts)
    assert [point.values["prompt"] for point in rows(f"prompt\n{quoted}").points] == texts


def test_hundreds_of_cells_are_planned() -> None:
    axes = [axis(PAN, "-5-4.9(0.1)"), axis(MODEL, "gen2, gen3"), axis(SECONDS, "5, 10"), axis("ratio", "16:9, 9:16")]
    assert len(planned(axes).cells) == 800
