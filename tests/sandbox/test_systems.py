"""The systems are found by themselves, and none stands in another's way."""

from __future__ import annotations

import re

import pytest

from studio.sandbox.routes import Route, find, names_model
from studio.sandbox.systems import NAMES, ROUTES
from studio.sandbox.wire import Answer, Request

PLAIN = [route for route in ROUTES if route.told_by is None]


def asked(method: str, path: str, body: bytes = b"") -> Request:
    return Request(method, re.sub(r"\{\w+\}", "x7", path), {}, {}, body, "http://sandbox.test")


def test_every_module_with_routes_is_there() -> None:
    assert {
        "account",
        "art_qrcode",
        "cogvideox",
        "docmee",
        "flux",
        "ideogram",
        "kling",
        "luma",
        "midjourney",
        "openai",
        "picwish",
        "openai_images",
        "pika",
        "pixverse",
        "runway",
        "stable_diffusion",
        "suno",
        "vidu",
        "viggle",
    } <= set(NAMES)
    assert not {"app", "page", "systems", "routes"} & set(NAMES)


@pytest.mark.parametrize("route", PLAIN, ids=lambda route: f"{route.method} {route.path}")
def test_no_route_stands_before_another(route: Route) -> None:
    found = find(ROUTES, asked(route.method, route.path))
    assert found
    assert found[0] is route


def test_a_shared_path_goes_to_who_knows_the_model_and_else_to_who_asks_for_no_sign() -> None:
    def made(sign: str) -> Route:
        told_by = names_model(sign) if sign else None
        return Route("POST", "/draw", lambda *_: Answer(200, b""), "Draw", "画", told_by=told_by)

    rest, oil, ink = made(""), made("oil-.*"), made("ink")
    routes = [rest, oil, ink]

    def of(body: bytes) -> Route:
        found = find(routes, asked("POST", "/draw", body))
        assert found
        return found[0]

    assert of(b'{"model": "oil-2"}') is oil
    assert of(b'{"model": "ink"}') is ink
    for body in (b'{"model": "inkwell"}', b'{"model": 7}', b"{}", b"[]", b"no JSON", b""):
        assert of(body) is rest
    assert find([oil, ink], asked("POST", "/draw", b"{}")) is None
