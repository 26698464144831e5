"""How numbers are written in each language."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.formats import number_format


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_amounts_are_written_in_threes(language: str) -> None:
    with translation.override(language):
        assert number_format(40690.69, force_grouping=True) == "40,690.69"
