"""Guessing a password is slow from one address and for one account, tells nothing, and locks no owner out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from studio.teams.models import User
from studio.teams.signin import new_link

PASSWORD = "correct horse battery"
HOUR = 3600


@pytest.fixture(autouse=True)
def no_one_counted_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were held against an account, or seemed to be."""
    seen: list[str] = []
    encode = MD5PasswordHasher.encode

    def count(self: MD5PasswordHasher, password: str, salt: str) -> str:
        seen.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    return seen


def guess(email: str, password: str, address: str, **headers: str) -> Client:
    client = Client(REMOTE_ADDR=address, headers=headers)
    client.post(reverse("account_login"), {"login": email, "password": password})
    return client


def in_an_hour(monkeypatch: pytest.MonkeyPatch, number: int, of: int, began: float) -> None:
    monkeypatch.setattr(time, "time", lambda: began + number * (HOUR - 1) / of)


def test_from_one_address_few_passwords_are_tried_in_an_hour(
    alice: User, bob: User, dana: User, tried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever account they are for, and whatever the request says of where it comes from."""
    began, people = time.time(), [alice.email, bob.email, dana.email, "nobody@example.com"]
    for number in range(90):
        in_an_hour(monkeypatch, number, 90, began)
        guess(people[number % 4], f"wrong {number}", "203.0.113.9", **{"X-Forwarded-For": f"198.51.100.{number}"})
    assert 20 <= len(tried) <= 30


def test_for_one_account_few_are_tried_from_many_addresses_and_a_link_still_lets_its_owner_in(
    alice: User, tried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.time()
    for number in range(90):
        in_an_hour(monkeypatch, number, 90, began)
        guess(alice.email.upper() if number % 2 else alice.email, f"wrong {number}", f"203.0.113.{number}")
    assert 10 <= len(tried) <= 20
    assert SESSION_KEY not in guess(alice.email, PASSWORD, "192.0.2.1").session
    owner = Client(REMOTE_ADDR="192.0.2.1")
    owner.get(urlsplit(new_link(alice)).path)
    assert SESSION_KEY in owner.session
    monkeypatch.setattr(time, "time", lambda: began + 2 * HOUR)
    assert SESSION_KEY in guess(alice.email, PASSWORD, "192.0.2.1").session


def test_an_unknown_address_takes_as_much_work_as_a_wrong_password(alice: User, tried: list[str]) -> None:
    guess(alice.email, "wrong", "203.0.113.1")
    known = len(tried)
    guess("nobody@example.com", "wrong", "203.0.113.2")
    assert known == len(tried) - known == 1
