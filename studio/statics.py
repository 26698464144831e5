"""The addresses of static files, looked up once per process: a page asks for that of its icons a hundred times."""

from __future__ import annotations

from functools import lru_cache

from whitenoise.storage import CompressedManifestStaticFilesStorage

KEPT = 1024


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names with a hash in them, which change with a new version of the studio only."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses = lru_cache(KEPT)(super().url)

    def url(self, name: str | None, force: bool = False) -> str:
        """As the storage says, but for `force`, which asks it anew."""
        return str(super().url(name, force) if force else self.addresses(name))
