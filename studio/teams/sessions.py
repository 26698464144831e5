"""Sessions in the database, under a digest of what browsers bring: who has read the table is nobody by that."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from studio.teams import statements

SESSION = statements.Rows(Session, "WHERE session_key = %s AND expire_date > %s")


def digest(key: str) -> str:
    """160 bits, as many as the column holds."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


class SessionStore(db.SessionStore):
    """What Django's own does, with the digest at every place where a row is named."""

    def _get_session_from_db(self) -> Session | None:
        found = SESSION.first(digest(self.session_key or ""), timezone.now())
        if found is None:
            self._session_key = None
        return found

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
