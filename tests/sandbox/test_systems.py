"""The systems are found by themselves, and none stands in another's way."""

from __future__ import annotations

import re

import pytest

from studio.sandbox.routes import Route, find
from studio.sandbox.systems import NAMES, ROUTES
from studio.sandbox.wire import Request


def test_every_module_with_routes_is_there() -> None:
    assert {
        "account",
        "art_qrcode",
        "cogvideox",
        "kling",
        "luma",
        "midjourney",
        "openai",
        "picwish",
        "pika",
        "pixverse",
        "runway",
        "stable_diffusion",
        "suno",
        "vidu",
        "viggle",
    } <= set(NAMES)
    assert not {"app", "page", "systems", "routes"} & set(NAMES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_no_route_stands_before_another(route: Route) -> None:
    asked = Request(route.method, re.sub(r"\{\w+\}", "x7", route.path), {}, {}, b"", "http://sandbox.test")
    found = find(ROUTES, asked)
    assert found
    assert found[0] is route
