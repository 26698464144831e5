"""Static files as they are served: a hash in each name, one stylesheet, addresses looked up once per process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

KEPT = 1024  # addresses: a page asks for that of its icons a hundred times
SHEET = "css/studio.css"
IMPORT = re.compile(r'@import url\("(?P<name>[\w/.-]+)"\)(?: layer\((?P<layer>\w+)\))?;')


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names with a hash in them, which change with a new version of the studio only."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses = lru_cache(KEPT)(super().url)

    def url(self, name: str | None, force: bool = False) -> str:
        """As the storage says, but for `force`, which asks it anew."""
        return str(super().url(name, force) if force else self.addresses(name))

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        """First puts what the stylesheet imports in its place: a browser would ask for each, and only then."""
        if SHEET in paths and not dry_run:
            whole = InMemoryStorage()
            whole.save(SHEET, ContentFile(self.whole_sheet(paths).encode()))
            paths = paths | {SHEET: (whole, SHEET)}
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def whole_sheet(self, paths: dict[str, tuple[Storage, str]]) -> str:
        def text(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as sheet:
                return str(sheet.read().decode())

        def put(found: re.Match[str]) -> str:
            inner = text(f"css/{found['name']}").strip()
            return f"@layer {found['layer']} {{\n{inner}\n}}" if found["layer"] else inner

        return IMPORT.sub(put, text(SHEET))
