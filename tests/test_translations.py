"""The check that finds a text nobody translated."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.management import translations

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Run"
msgstr "运行"

#, fuzzy
msgid "Stop"
msgstr "停"

msgid "Wait"
msgstr ""
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    catalog = tmp_path / "studio" / "locale" / "zh_Hans" / "LC_MESSAGES"
    catalog.mkdir(parents=True)
    (catalog / "django.po").write_text(PO)
    (tmp_path / "templates" / "page.html").write_text(
        '{% load i18n %}{% translate "Run" %}{% translate "Stop" %}'
        "{% blocktranslate count n=2 %}one task{% plural %}{{ n }} tasks{% endblocktranslate %}"
    )
    (tmp_path / "studio" / "views.py").write_text('_("Wait")\nother("not for people")\n_(name)\n')
    return tmp_path


def test_texts_are_found_in_python_and_in_templates(house: Path) -> None:
    assert {each.text for each in translations.asked_for(house)} == {"Run", "Stop", "Wait", "one task"}


def test_empty_fuzzy_missing_and_uncompiled_translations_are_faults(house: Path) -> None:
    assert sorted(translations.faults(house, "zh_Hans")) == [
        "studio/views.py: 'Wait' is not translated.",
        "templates/page.html: 'Stop' is not translated.",
        "templates/page.html: 'one task' is not translated.",
        "templates/page.html: the translation of 'Run' is not compiled; run manage.py compilemessages.",
    ]


def test_a_language_without_a_catalog_is_a_fault(house: Path) -> None:
    assert translations.faults(house, "fr") == ["studio/locale/fr/LC_MESSAGES/django.po does not exist."]
