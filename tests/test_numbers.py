"""Text that names a row is a number that both databases can hold, or none: no address is a fault."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from studio import catalog
from studio.batches.asking import Asked, Written
from studio.composer import deeds
from studio.composer.drafts import Draft
from studio.numbers import number_in, numbers_in
from studio.teams.models import Team, User
from tests.factories import make_task

SignIn = Callable[[User], Client]
ENDLESS = "9" * 5000  # more digits than Python reads as a number


@pytest.mark.parametrize("text", ["", "-1", "1.0", "²", "٣", " 7", "9" * 19, ENDLESS, "7\0"])
def test_what_no_row_can_be_called_is_no_number(text: str) -> None:
    assert number_in(text) is None


def test_numbers_are_read_and_the_rest_is_left_out() -> None:
    assert numbers_in(["7", "x", "0", "9" * 18, ENDLESS]) == [7, 0, 10**18 - 1]


def test_an_endless_number_on_a_button_does_nothing() -> None:
    draft = Draft(catalog.get("midjourney.blend"), {"base64Array": ["https://a.example/1"]})
    deeds.do(draft, f"drop.{ENDLESS}:base64Array")
    assert draft.values == {"base64Array": ["https://a.example/1"]}
    asked = Asked([Written("prompt", "a, b")])
    asked.do(f"remove:{ENDLESS}")
    assert asked.axes == [Written("prompt", "a, b")]


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
def test_an_endless_number_in_an_address_finds_nothing(team: Team, bob: User, signed_in: SignIn) -> None:
    client, task = signed_in(bob), make_task(team, bob)
    form = reverse("composer:compose", args=["runway.generate-text"])
    for address in (f"{form}?from={task.pk}&action={ENDLESS}", f"{form}?from={ENDLESS}"):
        assert client.get(address).status_code == 404
