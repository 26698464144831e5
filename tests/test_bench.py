"""The bench's arithmetic, its table, and what its exit code says."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from studio.management.bench.history import Took, table
from studio.management.bench.table import Row, Target, against, missed, number, percentile, rendered
from studio.management.commands.bench import Command


@pytest.mark.parametrize(("percent", "value"), [(0, 1), (1, 1), (50, 50), (95, 95), (99, 99), (100, 100)])
def test_a_percentile_is_the_value_that_so_many_do_not_exceed(percent: float, value: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], percent) == value


def test_nothing_has_no_percentile_and_no_row() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)
    with pytest.raises(ValueError, match="no rounds"):
        against("nothing", [], "/s", None)


def test_the_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    # The machine was busy in the second round: both figures fell, the ratio did not.
    row = against("calls", [(50, 100), (5, 10), (80, 100)], "/s", Target(0.5, of="ratio", most=False))
    assert (row.figure, row.floor, row.ratio, row.met) == (50, 100, 0.5, True)


def test_a_floor_of_some_minutes_ago_is_told_at_the_speed_of_now() -> None:
    # The machine has become half as fast; the first page takes as long as before but for that, the second twice.
    young, old = Took(10, 0.2), {"list": Took(20, 0.4), "inbox": Took(40, 0.4)}
    rows = table("old: ", old, {"list": young, "inbox": young})
    assert [(row.name, row.figure, row.floor, row.ratio) for row in rows] == [
        ("old: list", 20, 20, 1),
        ("  inbox", 40, 20, 2),
    ]


@pytest.mark.parametrize(
    ("target", "met"),
    [
        (Target(3), True),
        (Target(2.9), False),
        (Target(3, most=False), True),
        (Target(3.1, most=False), False),
        (Target(1.5, of="ratio"), True),
        (Target(1.4, of="ratio"), False),
        (Target(1.6, of="ratio", most=False), False),
        (None, None),
    ],
)
def test_a_target_is_met_or_not(target: Target | None, met: bool | None) -> None:
    assert against("page", [(3, 2)], "ms", target).met is met
    assert Row("page", None, "ms", target=target, note="no browser").met is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.01234, "0.0123"),
        (1.5, "1.5"),
        (12.345, "12.3"),
        (999.6, "1,000"),
        (123456.7, "123,457"),
        (-2, "-2"),
    ],
)
def test_a_number_shows_the_digits_that_count(value: float, text: str) -> None:
    assert number(value) == text


def test_the_table_says_figure_floor_ratio_target_and_verdict() -> None:
    rows = [
        against("callbacks", [(400, 800)], "/s", Target(0.5, of="ratio", most=False)),
        Row("p99 at 100/s", 120, "ms", target=Target(100)),
        Row("pixels", None, "ms", target=Target(150), note="no Chromium"),
        Row("up", None, "", failed=True, note="it fell"),
    ]
    assert rendered(rows).splitlines() == [
        "measured      figure   floor  ratio  to reach",
        "------------  ------  ------  -----  -------------------------  -----------------",
        "callbacks     400 /s  800 /s    0.5  at least 0.5 of the floor  met",
        "p99 at 100/s  120 ms       -      -  at most 100 ms             NOT MET",
        "pixels             -       -      -  at most 150 ms             (no Chromium)",
        "up                 -       -      -                             NOT MET (it fell)",
    ]
    assert missed(rows) == [rows[1], rows[3]]


@pytest.mark.parametrize(
    ("code", "strict", "ends_with"), [(0, True, 0), (1, False, 0), (1, True, 1), (2, False, 2), (-9, False, -9)]
)
def test_what_is_not_reached_is_an_exit_code_only_when_asked_for(
    code: int, strict: bool, ends_with: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Command, "elsewhere", lambda *_given: code)
    if ends_with == 0:
        call_command("bench", strict=strict)
        return
    with pytest.raises(SystemExit) as end:
        call_command("bench", strict=strict)
    assert end.value.code == ends_with


def test_what_nobody_measures_is_one_sentence() -> None:
    with pytest.raises(CommandError, match="Nothing is measured as speed"):
        call_command("bench", only="speed")
    with pytest.raises(CommandError, match="a size is a number from 1"):
        call_command("bench", "--callbacks=0")


def test_it_never_measures_in_a_place_that_is_used() -> None:
    with pytest.raises(CommandError, match="leave --here out"):
        call_command("bench", here=True)
