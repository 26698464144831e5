"""News: a report in the words of this room. Nothing in it is more than the rows can hold or pages should show."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from studio import catalog
from studio.gateway import Answer
from studio.tasks.masking import without_secrets
from studio.tasks.states import State
from studio.teams.models import Connection

MEANS = {
    "queued": State.ACCEPTED,
    "running": State.RUNNING,
    "succeeded": State.SUCCEEDED,
    "failed": State.FAILED,
    "cancelled": State.CANCELLED,
}
LONGEST_ID = 200
ABSURD, CENT = Decimal(10**9), Decimal("0.0001")


@dataclass(frozen=True)
class News:
    """A report in the words of this room."""

    state: State | None = None
    progress: int | None = None
    gateway_ids: tuple[str, ...] = ()
    results: list[dict[str, Any]] = field(default_factory=list)
    actions: list[Any] = field(default_factory=list)
    needs: str = ""
    error: str = ""
    cost: Decimal | None = None
    refunded: bool = False


def news_of(report: catalog.Report) -> News:
    plain = report.plain()
    return News(
        state=MEANS.get(report.state or ""),
        progress=report.progress,
        gateway_ids=tuple(text[:LONGEST_ID] for text in report.gateway_ids),
        results=plain["results"],
        actions=plain["actions"],
        needs=report.needs,
        error=report.said,
        cost=fitting(report.cost),
        refunded=bool(report.refunded),
    )


def fitting(cost: Decimal | None) -> Decimal | None:
    """As the column holds it. An absurd figure is no reason to lose the rest of the news."""
    return None if cost is None or abs(cost) >= ABSURD else cost.quantize(CENT)


def without_key(answer: Answer, connection: Connection) -> Answer:
    """The same answer, should the gateway repeat our key or a callback address in it: from here on its words are kept
    and shown."""
    key = connection.key
    body = without_secrets(answer.body, key)
    headers = {name: value.replace(key, "***") if key else value for name, value in answer.headers.items()}
    if body == answer.body and headers == answer.headers:
        return answer
    return Answer.read(answer.status, headers, body, answer.seconds)
