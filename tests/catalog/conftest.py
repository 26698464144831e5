"""The operations that these tests ask again and again."""

from __future__ import annotations

import pytest

from studio import catalog


@pytest.fixture
def text_form() -> catalog.Operation:
    return catalog.get("runway.generate-text")


@pytest.fixture
def image_form() -> catalog.Operation:
    return catalog.get("runway.generate-image")


@pytest.fixture
def feed() -> catalog.Operation:
    return catalog.get("runway.feed")
