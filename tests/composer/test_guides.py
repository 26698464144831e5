"""Guides: what the gateway's documentation tells besides its operations."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from studio import catalog
from studio.teams.models import User

GUIDES = [guide for system in catalog.systems() for guide in system.guides]


@pytest.fixture
def page(signed_in: Callable[[User], Client], alice: User) -> Client:
    return signed_in(alice)


def html(answer: Any) -> str:
    return unescape(answer.content.decode())


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_a_guide_is_a_page_that_the_reference_lists(page: Client, guide: catalog.Guide) -> None:
    address = f"/reference/guides/{guide.name}/"
    assert address in html(page.get("/reference/"))
    told = html(page.get(address))
    for part in guide.parts:
        assert part.title.en in told
    assert catalog.guide(guide.name) is guide


def test_help_tells_every_failure_and_what_to_do(page: Client) -> None:
    told = html(page.get("/reference/guides/help/"))
    for failure in catalog.failures("gateway"):
        assert failure.explanation.fix.en.split(".")[0] in told
    assert "insufficient_user_quota" in told
    assert "HTTP 429" in told


def test_guides_are_found_in_both_languages_and_no_other_page_is_there(page: Client) -> None:
    assert "/guides/help/" in html(page.get("/reference/", {"q": "常见问题"}))
    assert "/guides/help/" not in html(page.get("/reference/", {"q": "callbacks parameters"}))
    assert "Nothing here has all of these words" in html(page.get("/reference/", {"q": "no such thing"}))
    assert page.get("/reference/guides/nothing/").status_code == 404


def test_a_guide_that_says_nothing_or_stands_twice_is_a_fault(tmp_path: Path) -> None:
    head = 'system = "demo"\ntitle = { en = "Demo", zh = "演示" }\nsource = "Made up"\n'
    guide = '[[guide]]\nname = "a"\ntitle = { en = "A", zh = "甲" }\n'
    (tmp_path / "demo.toml").write_text(head + guide + guide, encoding="utf-8")
    told = [str(fault) for fault in catalog.faults(tmp_path)]
    assert sum("It says nothing" in each for each in told) == 2
    assert sum("It stands twice" in each for each in told) == 1
