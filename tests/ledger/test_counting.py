"""How many seconds or pictures a body asks for: in every unit that the price list offers, of every operation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from studio import catalog
from studio.ledger.models import Unit
from studio.ledger.rates import MOST, Rate, amount, field_of, units
from tests.ledger.saying import OPERATION

OFFERED = [
    (each.slug, unit)
    for each in catalog.operations()
    if each.makes_something
    for unit in units(each)
    if unit != Unit.REQUEST
]


def counted(slug: str, unit: Unit, values: dict[str, Any]) -> Decimal | None:
    """Of the body of these values, as it is sent."""
    operation = catalog.get(slug)
    return amount(operation, unit, operation.values(operation.body(values).body)[0])


def test_units_are_offered_whose_field_can_be_counted() -> None:
    found = {slug for slug, _unit in OFFERED}
    assert found >= {
        "luma.generate",
        "cogvideox.generate",
        "openai-images.dall-e-3",
        "vidu.create",
        "picwish.background",
    }
    assert (OPERATION, Unit.SECOND) in OFFERED
    assert ("kling.image-generate", Unit.PICTURE) in OFFERED
    assert units(catalog.get("openai.chat")) == [Unit.REQUEST], "its n counts answers"


def test_every_other_field_of_that_role_is_left_out_for_a_reason() -> None:
    missed = {
        (each.slug, unit)
        for each in catalog.operations()
        if each.makes_something
        for unit in (Unit.SECOND, Unit.PICTURE)
        if field_of(each, unit) and unit not in units(each)
    }
    assert not missed, "a length that cannot be read: mend the reading, or say here why"


@pytest.mark.parametrize(("slug", "unit"), OFFERED)
def test_each_choice_the_empty_form_and_the_example_give_an_amount(slug: str, unit: Unit) -> None:
    operation = catalog.get(slug)
    field = field_of(operation, unit)
    assert field
    example = operation.values(operation.example or {})[0]
    for base in ({}, operation.start(), example):
        rest = {at: value for at, value in base.items() if at != field.at}
        for values in (base, rest, rest | {field.at: None}, rest | {field.at: ""}):
            number = counted(slug, unit, values)
            assert number, values
            assert 1 <= number <= 60
        for choice in field.choices:
            number = counted(slug, unit, rest | {field.at: choice})
            assert number == Decimal("".join(sign for sign in str(choice) if sign.isdecimal()))
        for more in (10**9, 10**11, 10**400, 1e300):
            assert Rate(MOST, unit).price(operation, rest | {field.at: more}) == MOST
            assert counted(slug, unit, rest | {field.at: more})
        for no_number in (True, -5, 0, "a while", [5], {"s": 5}, float("nan"), float("inf")):
            assert amount(operation, unit, rest | {field.at: no_number}) is None, no_number


@pytest.mark.parametrize(
    ("slug", "unit", "values", "number"),
    [
        ("luma.generate", Unit.SECOND, {"model_name": "ray-v2", "duration": "9s"}, 9),
        ("luma.generate", Unit.SECOND, {"model_name": "ray-v2", "duration": " 5 "}, 5),
        ("luma.generate", Unit.SECOND, {"model_name": "ray-v2", "duration": "1500 ms"}, "1.5"),
        ("luma.generate", Unit.SECOND, {"model_name": "ray-v1"}, 9),  # nobody knows: the most that there is
        ("runway.ml-text-to-video", Unit.SECOND, {"model": "veo3.1"}, 8),  # the most that goes with this model
        ("cogvideox.generate", Unit.SECOND, {"model": "cogvideox-2", "duration": 10}, 10),  # ignored, but sent
        ("cogvideox.generate", Unit.SECOND, {"model": "cogvideox-2"}, 5),
        (OPERATION, Unit.SECOND, {"model": "gen2", "options.seconds": 5}, 5),
        (OPERATION, Unit.SECOND, {"model": "gen2", "options": {"seconds": 5}}, 5),
        ("openai-images.dall-e-3", Unit.PICTURE, {"model": "dall-e-3"}, 1),
        ("picwish.background", Unit.PICTURE, {"batch_size": "1"}, 1),
        ("vidu.create", Unit.SECOND, {"settings": {"duration": 16}}, 16),
    ],
)
def test_what_is_sent_is_counted(slug: str, unit: Unit, values: dict[str, Any], number: int | str) -> None:
    assert counted(slug, unit, values) == Decimal(number)


def test_what_a_rule_leaves_out_is_not_counted() -> None:
    operation = catalog.get("cogvideox.generate")
    built = operation.body({"model": "cogvideox-2", "duration": 10}, {}, {"default": "omit"})
    assert amount(operation, Unit.SECOND, operation.values(built.body)[0]) == 5


def test_an_operation_without_the_field_is_counted_by_nobody() -> None:
    assert Rate(Decimal(1), Unit.SECOND).price(catalog.get("kling.image-generate"), {"duration": 5}) is None
