"""A page and the fragments of it have one address, and no browser takes one for the other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from studio.teams.models import Team, User

PLACES = ["library:list", "prompts:list", "finding:search", "composer:pick", "composer:reference"]
LANGUAGES = [("en", "zh-hans", "No tasks yet"), ("zh-hans", "en", "还没有任务")]


@pytest.fixture
def reader(team: Team, alice: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(alice)


@pytest.mark.parametrize("place", PLACES)
def test_a_page_is_kept_apart_from_its_fragment(place: str, reader: Client) -> None:
    whole = reader.get(reverse(place), {"q": "a"})
    part = reader.get(reverse(place), {"q": "a"}, headers={"HX-Request": "true"})
    assert (b"<html" in whole.content, b"<html" in part.content) == (True, False)
    for answer in (whole, part):
        assert "HX-Request" in answer["Vary"].split(", ")
    assert "no-store" not in whole.get("Cache-Control", "")  # else no browser keeps the page for Back
    assert "no-store" in part["Cache-Control"]


@pytest.mark.parametrize("place", PLACES)
def test_where_htmx_goes_back_it_gets_the_page(place: str, reader: Client) -> None:
    wanted = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    whole = reader.get(reverse(place), {"q": "a"}, headers=wanted)
    assert b"<html" in whole.content
    assert "no-store" in whole["Cache-Control"]


@pytest.mark.parametrize(("page", "chosen", "words"), LANGUAGES)
def test_a_fragment_is_in_the_language_of_its_page(page: str, chosen: str, words: str, reader: Client) -> None:
    reader.cookies[settings.LANGUAGE_COOKIE_NAME] = page
    whole = reader.get(reverse("tasks:list")).content.decode()
    sent = re.search(r"<body hx-headers='([^']+)'", whole)
    assert sent
    assert words in whole
    reader.cookies[settings.LANGUAGE_COOKIE_NAME] = chosen
    assert words in reader.get(reverse("tasks:rows"), headers=json.loads(sent[1])).content.decode()
