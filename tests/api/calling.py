"""Programs for tests: a client that brings a token."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from studio.api.models import Scope
from studio.api.tokens import issue
from studio.teams.models import Team, User
from studio.teams.scope import scope


@dataclass
class Program:
    """What a program sees: the status and the JSON of each answer. `last` is the whole answer."""

    secret: str
    last: Any = None

    def ask(self, way: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        path = path if path.startswith("/") else f"/api/v1/{path}"
        data = "" if body is None else body if isinstance(body, str) else json.dumps(body)
        given = {"Authorization": f"Bearer {self.secret}"} | headers
        self.last = Client().generic(way, path, data, content_type="application/json", headers=given)
        assert self.last["Content-Type"].startswith("application/json"), "never a page"
        return self.last.status_code, self.last.json()

    def get(self, path: str, **headers: str) -> tuple[int, Any]:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        return self.ask("POST", path, body, **headers)


def program(team: Team, person: User, may: str = Scope.RUN, days: int = 30) -> Program:
    with scope(team):
        return Program(issue(team, person, "script", may, days)[1])
