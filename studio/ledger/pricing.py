"""The lines of the price list: what the team uses first, then what has a price, then the rest of the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from studio import catalog
from studio.languages import in_words
from studio.ledger.budgets import plain
from studio.ledger.forms import Typed
from studio.ledger.models import Price, Unit
from studio.ledger.rates import Rate, rates_of, units
from studio.ledger.terms import forget_sheet
from studio.teams.acts import What, note
from studio.teams.models import Team, User

LINES = 20  # on the page; a search finds the others
LATELY = 500  # tasks of the team among which its operations and what they cost are looked for


@dataclass(frozen=True)
class Line:
    """`text` and `unit` are what stands in its fields, `told` what the gateway took for the last one."""

    operation: catalog.Operation
    text: str = ""
    unit: str = Unit.REQUEST
    fault: str = ""
    told: Decimal | None = None

    @property
    def title(self) -> str:
        return in_words(self.operation.title)

    @property
    def system(self) -> str:
        return in_words(self.operation.system_title)

    @property
    def units(self) -> list[Unit]:
        """What its price may be for each of."""
        return units(self.operation)

    @property
    def catalogs(self) -> str:
        return "" if self.operation.price == "unknown" else self.operation.price


def lines(team: Team, q: str, typed: Mapping[str, Typed], faults: Mapping[str, str]) -> tuple[list[Line], bool]:
    """Those of the page, and whether there are more. `typed` is what a person wrote by operation, `faults` what is
    wrong with it: those stand first, and none of them is left out."""
    rates, used = rates_of(Price.objects.filter(team=team)), lately(team)
    kept = {slug: Typed(plain(rate.points), rate.unit) for slug, rate in rates.items()}
    making = {each.slug: each for each in catalog.operations() if each.makes_something}
    order = [*faults, *typed, *(used if not q else ()), *(kept if not q else ()), *making]
    found = [making[slug] for slug in dict.fromkeys(order) if slug in making]
    found = [each for each in found if each.slug in typed or holds(each, q.lower().split())]
    made = [
        Line(
            each,
            *typed.get(each.slug, kept.get(each.slug, Typed(""))),
            faults.get(each.slug, ""),
            used.get(each.slug),
        )
        for each in found[: max(LINES, len(typed))]
    ]
    return made, len(found) > len(made)


def lately(team: Team) -> dict[str, Decimal | None]:
    """The operations that the team used, the last one first, with what the gateway told of the newest that cost."""
    used: dict[str, Decimal | None] = {}
    for operation, cost in (
        team.tasks.counted().exclude(counted_at=None).order_by("-id").values_list("operation", "cost")[:LATELY]
    ):
        used[operation] = used[operation] if used.get(operation) is not None else cost
    return used


def holds(operation: catalog.Operation, words: list[str]) -> bool:
    texts = (operation.title, operation.system_title)
    said = " ".join([operation.slug, *(word for text in texts for word in (text.en, text.zh))]).lower()
    return all(word in said for word in words)


@transaction.atomic
def keep(team: Team, rates: Mapping[str, Rate | None], by: User) -> int:
    """Take over what was typed; how many prices are other ones now. Two at the same moment wait for each other at the
    team's row: each would insert what the other one does not see yet."""
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    before = rates_of(Price.objects.filter(team=team))
    changed = {slug: rate for slug, rate in rates.items() if before.get(slug) != rate}
    Price.objects.filter(team=team, operation__in=changed).delete()
    Price.objects.bulk_create(
        Price(team=team, operation=slug, points=rate.points, unit=rate.unit)
        for slug, rate in changed.items()
        if rate is not None
    )
    for slug, rate in changed.items():
        note(What.PRICES_CHANGED, team, by, slug, before=noted(before.get(slug)), after=noted(rate))
    transaction.on_commit(lambda: forget_sheet(team.pk))
    return len(changed)


def noted(rate: Rate | None) -> str | list[str] | None:
    """On the owners' page of acts: "120", or 0.5 and "second"."""
    if rate is None:
        return None
    return plain(rate.points) if rate.unit == Unit.REQUEST else [plain(rate.points), rate.unit]
