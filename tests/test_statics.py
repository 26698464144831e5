"""The stylesheet: many files for who writes them, one for who asks for it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from django.core.files.storage import Storage, storages
from django.core.management import call_command
from pytest_django import Settings

from studio.statics import IMPORT, SHEET, StaticFiles

FOLDER = Path(__file__).parent.parent / "static"
SHEETS = sorted(str(path.relative_to(FOLDER / "css")) for path in (FOLDER / "css").rglob("*.css"))


@pytest.fixture
def collected(settings: Settings, tmp_path: Path) -> Storage:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "studio.statics.StaticFiles"}}
    call_command("collectstatic", verbosity=0, interactive=False)
    return storages["staticfiles"]


def test_the_stylesheet_names_every_sheet_once() -> None:
    named = [found["name"] for found in IMPORT.finditer((FOLDER / SHEET).read_text())]
    assert sorted([*named, "studio.css"]) == SHEETS


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_holds_no_address_that_would_not_move_with_it(name: str) -> None:
    text = (FOLDER / "css" / name).read_text()
    assert not [
        address for address in re.findall(r"""url\(["']?([^)"']+)""", IMPORT.sub("", text)) if address[:5] != "data:"
    ]


def test_a_browser_asks_for_one_sheet(collected: StaticFiles) -> None:
    with collected.open(collected.stored_name(SHEET)) as sheet:
        whole = sheet.read().decode()
    assert "@import" not in whole
    parts = [(FOLDER / "css" / name).read_text().strip() for name in SHEETS if name != "studio.css"]
    assert all(part in whole for part in parts)
    assert whole.index("@layer reset, tokens") < whole.index("@layer reset {") < whole.index("@layer components {")


def test_a_second_start_sees_what_has_changed(settings: Settings, tmp_path: Path) -> None:
    sources, settings.STATIC_ROOT = tmp_path / "sources", tmp_path / "served"
    shutil.copytree(FOLDER, sources)
    settings.STATICFILES_DIRS = [sources]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "studio.statics.StaticFiles"}}
    names = []
    for change in ("", "", ".a-new-one { color: red }"):
        with open(sources / "css" / "rooms" / "tasks.css", "a") as sheet:
            sheet.write(change)
        call_command("collectstatic", verbosity=0, interactive=False)
        names.append(StaticFiles().stored_name(SHEET))
    assert names[0] == names[1] != names[2]
    assert ".a-new-one" in (settings.STATIC_ROOT / names[2]).read_text()
