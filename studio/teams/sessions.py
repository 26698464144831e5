"""Sessions in the database, under a digest of what browsers bring: who has read the table is nobody by that."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from studio.teams import statements

KEPT = 512  # people who are about at the same time
DATA = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


def digest(key: str) -> str:
    """160 bits, as many as the column holds."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


@lru_cache(KEPT)
def decoded(session_data: str) -> dict[str, Any]:
    """The same text is the same session: every request brings one, few change it."""
    return db.SessionStore().decode(session_data)


class SessionStore(db.SessionStore):
    """What Django's own does, with the digest at every place where a row is named."""

    def load(self) -> dict[str, Any]:
        found = statements.rows(DATA, digest(self.session_key or ""), timezone.now())
        if not found:
            self._session_key = None
            return {}
        return deepcopy(decoded(found[0][0]))

    def exists(self, session_key: str | None = None) -> bool:
        return bool(super().exists(digest(session_key or "")))

    def create_model_instance(self, data: Mapping[str, Any]) -> Any:
        row = super().create_model_instance(dict(data))
        row.session_key = digest(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            super().delete(digest(key))
