"""Prices, budgets and acts of a demonstration."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from studio.ledger.models import Budget, Price, Threshold
from studio.ledger.terms import forget_sheet
from studio.management.demo.people import Crew
from studio.management.demo.story import Story
from studio.teams.acts import Act, What

# What, about what ("run" and "person" stand for one of each), and more.
ACTS: list[tuple[What, str, dict[str, Any]]] = [
    (What.CONNECTION_MADE, "Main gateway", {}),
    (What.KEY_CHANGED, "Main gateway", {}),
    (What.CONNECTION_CHANGED, "Main gateway", {"fields": ["per_minute", "concurrency"]}),
    (What.INVITED, "lucia@demo.localhost", {"role": "viewer"}),
    (What.ROLE_CHANGED, "person", {"before": "viewer", "after": "member"}),
    (What.PRICES_CHANGED, "run", {"before": "100", "after": "120"}),
    (What.PRICES_CHANGED, "run", {"after": "18"}),
    (What.BUDGET_CHANGED, "person", {"points": "40000"}),
    (What.THRESHOLD_CHANGED, "", {"points": "200"}),
    (What.LINK_MADE, "Night line · night", {"days": 30}),
    (What.LINK_REVOKED, "Night line · night", {}),
    (What.AUDIENCE_CHANGED, "春茶 · product", {"before": "team", "after": "chosen", "number": 2}),
    (What.APPROVED, "run", {"points": "240"}),
    (What.FENCE_LIFTED, "", {}),
]


def money(story: Story, crew: Crew) -> None:
    """What a month may cost, where nobody has said anything of it yet. Needs the team's scope."""
    for run in story.runs:
        points = Decimal(str(run.points))
        Price.objects.get_or_create(team=crew.team, operation=run.operation.slug, defaults={"points": points})
    Threshold.objects.get_or_create(team=crew.team, defaults={"points": Decimal(500)})
    for person, most in ((None, 120_000), *((each, 45_000) for each in crew.workers[1:])):
        Budget.objects.get_or_create(team=crew.team, person=person, defaults={"points": Decimal(most)})
    forget_sheet(crew.team.pk)


def acts(story: Story, crew: Crew, count: int) -> None:
    """So many lines for the owners' page, oldest first."""
    rows = []
    for number in range(count):
        what, about, detail = story.chance.choice(ACTS)
        person = None if what == What.FENCE_LIFTED else story.chance.choice(crew.owners)
        one = {"run": story.run().operation.slug, "person": str(story.chance.choice(crew.people))}
        about = one.get(about, about)
        at = story.now - timedelta(days=45 * (1 - number / count), minutes=story.chance.uniform(0, 50))
        by = str(person) if person else ""
        rows.append(Act(team=crew.team, at=at, person=person, by=by, what=what, about=about, detail=detail))
    Act.objects.bulk_create(sorted(rows, key=lambda row: row.at))
