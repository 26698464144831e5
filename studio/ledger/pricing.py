"""The lines of the price list: what the team uses first, then what has a price, then the rest of the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import get_language

from studio import catalog
from studio.ledger.budgets import plain
from studio.ledger.models import Price
from studio.ledger.terms import forget_sheet
from studio.teams.acts import What, note
from studio.teams.models import Team, User

LINES = 20  # on the page; a search finds the others
LATELY = 500  # tasks of the team among which its operations and what they cost are looked for


@dataclass(frozen=True)
class Line:
    """`text` is what stands in the field, `told` what the gateway took for the last one."""

    operation: catalog.Operation
    text: str = ""
    fault: str = ""
    told: Decimal | None = None

    @property
    def title(self) -> str:
        return self.operation.title.get(get_language() or "en")

    @property
    def system(self) -> str:
        return self.operation.system_title.get(get_language() or "en")

    @property
    def catalogs(self) -> str:
        return "" if self.operation.price == "unknown" else self.operation.price


def lines(team: Team, q: str, typed: Mapping[str, str], faults: Mapping[str, str]) -> tuple[list[Line], bool]:
    """Those of the page, and whether there are more. `typed` is what a person wrote by operation, `faults` what is
    wrong with it: those stand first, and none of them is left out."""
    prices, used = prices_of(team), lately(team)
    making = {each.slug: each for each in catalog.operations() if each.makes_something}
    order = [*faults, *typed, *(used if not q else ()), *(prices if not q else ()), *making]
    found = [making[slug] for slug in dict.fromkeys(order) if slug in making]
    found = [each for each in found if each.slug in typed or holds(each, q.lower().split())]
    made = [
        Line(
            each,
            typed.get(each.slug, plain(prices[each.slug]) if each.slug in prices else ""),
            faults.get(each.slug, ""),
            used.get(each.slug),
        )
        for each in found[: max(LINES, len(typed))]
    ]
    return made, len(found) > len(made)


def prices_of(team: Team) -> dict[str, Decimal]:
    return dict(Price.objects.filter(team=team).order_by("operation").values_list("operation", "points"))


def lately(team: Team) -> dict[str, Decimal | None]:
    """The operations that the team used, the last one first, with what the gateway told of the newest that cost."""
    used: dict[str, Decimal | None] = {}
    for operation, cost in team.tasks.counted().order_by("-id").values_list("operation", "cost")[:LATELY]:
        used[operation] = used[operation] if used.get(operation) is not None else cost
    return used


def holds(operation: catalog.Operation, words: list[str]) -> bool:
    texts = (operation.title, operation.system_title)
    said = " ".join([operation.slug, *(word for text in texts for word in (text.en, text.zh))]).lower()
    return all(word in said for word in words)


@transaction.atomic
def keep(team: Team, prices: Mapping[str, Decimal | None], by: User) -> int:
    """Take over what was typed; how many prices are other ones now."""
    before = prices_of(team)
    changed = {slug: points for slug, points in prices.items() if before.get(slug) != points}
    Price.objects.filter(team=team, operation__in=changed).delete()
    Price.objects.bulk_create(
        Price(team=team, operation=slug, points=points) for slug, points in changed.items() if points is not None
    )
    for slug, points in changed.items():
        after = plain(points) if points is not None else None
        note(What.PRICES_CHANGED, team, by, slug, before=plain(before[slug]) if slug in before else None, after=after)
    transaction.on_commit(lambda: forget_sheet(team.pk))
    return len(changed)
