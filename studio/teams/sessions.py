"""Sessions in the database, under a digest of what browsers bring: who has read the table is nobody by that.

Whose a session is stands inside it, and their memberships are asked for next. So this process remembers who came with
which session, and asks for both at once: PostgreSQL is waited for once less with every request. It is a guess about
what to ask, never about who somebody is: the session's own row says that, each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from copy import deepcopy
from functools import cache, lru_cache
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from studio.teams import known, statements

KEPT = 512  # people who are about at the same time
DATA = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


def digest(key: str) -> str:
    """160 bits, as many as the column holds."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


@lru_cache(KEPT)
def decoded(session_data: str) -> dict[str, Any]:
    """The same text is the same session: every request brings one, few change it."""
    return db.SessionStore().decode(session_data)


@cache
def with_memberships() -> str:
    """Asks for a session, beside it for each membership of a person: the columns after the first, all of them NULL
    where there is none."""
    mine = known.MEMBERSHIPS
    return f"""
        SELECT session_data, {mine.selected} FROM django_session
        LEFT JOIN ({mine.tables}) ON teams_membership.user_id = %s
        WHERE session_key = %s AND expire_date > %s ORDER BY teams_membership.id
    """  # noqa: S608


came_with: dict[str, int] = {}  # person by the digest of a session; at most `KEPT`


def remember(key: str, data: Mapping[str, Any]) -> None:
    if str(number := data.get(SESSION_KEY, "")).isdigit() and came_with.get(key) != int(number):
        if len(came_with) >= KEPT:
            came_with.clear()
        came_with[key] = int(number)


class SessionStore(db.SessionStore):
    """What Django's own does, with the digest at every place where a row is named."""

    asked: known.Asked | None = None

    def load(self) -> dict[str, Any]:
        key = digest(self.session_key or "")
        found = self.found(key)
        if found is None:
            self._session_key = None
            return {}
        data = deepcopy(decoded(found))
        remember(key, data)
        return data

    def found(self, key: str) -> str | None:
        """What the session's row holds."""
        now, number = timezone.now(), came_with.get(key)
        if number is None:
            found = statements.rows(DATA, key, now)
        else:
            found = statements.rows(with_memberships(), number, key, now)
            mine = [known.MEMBERSHIPS.made(row[1:]) for row in found if row[1] is not None]
            self.asked = known.Asked(number, mine)
        return found[0][0] if found else None

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
