"""The colours hold WCAG 2.2 AA in both schemes: 4.5 for text, 3 for what outlines a control or shows the focus."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parent.parent.parent / "static"
TOKENS = (STATIC / "css" / "tokens.css").read_text()
GROUNDS = ["ground", "surface", "sunken", "hover", "overlay"]
TONES = {"accent": "accent-soft", "good": "good-soft", "warn": "warn-soft", "bad": "bad-soft", "calm": "calm-soft"}
SCHEMES = {"light": 0, "dark": 1}


def colours(scheme: str) -> dict[str, str]:
    pairs = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", TOKENS)
    single = re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", TOKENS)
    return {name: values[SCHEMES[scheme]] for name, *values in pairs} | dict(single)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def text_pairs() -> list[tuple[str, str]]:
    words = ["ink", "muted", *TONES]
    on_grounds = [(word, ground) for word in words for ground in GROUNDS]
    on_tints = [(word, tint) for tone, tint in TONES.items() for word in ("ink", "muted", "accent", tone)]
    on_fills = [("on-accent", fill) for fill in ("accent-fill", "accent-fill-hover", "bad-fill")]
    return [*on_grounds, *on_tints, *on_fills]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("word", "ground"), text_pairs())
def test_words_can_be_read(scheme: str, word: str, ground: str) -> None:
    known = colours(scheme)
    assert contrast(known[word], known[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("line", ["edge", "accent"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_outlines_and_the_focus_can_be_seen(scheme: str, line: str, ground: str) -> None:
    known = colours(scheme)
    assert contrast(known[line], known[ground]) >= 3


def test_every_state_has_a_shape_of_its_own() -> None:
    css = (STATIC / "css" / "components" / "state.css").read_text()
    shapes = dict(re.findall(r"\.state--([a-z_]+) \{[^}]*--shape: (url\([^)]*\))", css))
    assert len(shapes) == 11
    assert len(set(shapes.values())) == len(shapes)


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    known = set(re.findall(r'symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    pages = (STATIC.parent / "templates").rglob("*.html")
    named = {name for page in pages for name in re.findall(r'icon\.html" with name="([^"]+)"', page.read_text())}
    assert named <= known
