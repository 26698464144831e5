"""The lines of the price list: what the team uses first, then what has a price, then the rest of the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from studio import catalog
from studio.languages import in_words
from studio.ledger.budgets import plain
from studio.ledger.forms import Posted, Typed
from studio.ledger.models import Price, Unit
from studio.ledger.rates import Rate, rates_of, units
from studio.ledger.terms import forget_sheet
from studio.teams.acts import What, note
from studio.teams.models import Team, User

LINES = 20  # on the page; a search finds the others
LATELY = 500  # tasks of the team among which its operations and what they cost are looked for


class Moved(Exception):
    """Somebody else changed prices since the page was opened on which others were typed: those of now, by operation."""

    def __init__(self, now: Mapping[str, Rate | None]) -> None:
        super().__init__()
        self.now = now

    def told(self, posted: Posted) -> Posted:
        """The page once more, which says so beside each; what is saved from it comes after that."""
        said = _("Somebody changed it to %(price)s meanwhile. Save once more to put yours in its place.")
        gone = _("Somebody took its price away meanwhile. Save once more to put yours in its place.")
        faults = {slug: said % {"price": rate.words} if rate else gone for slug, rate in self.now.items()}
        was = {slug: each for slug, each in posted.was.items() if slug not in self.now}
        return replace(posted, was=was, faults=faults)


@dataclass(frozen=True)
class Line:
    """`text` and `unit` are what stands in its fields, `was` what stood there before, `told` what the gateway took for
    the last one."""

    operation: catalog.Operation
    text: str
    unit: str
    was: Typed
    fault: str
    told: Decimal | None

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


def lines(team: Team, q: str, posted: Posted) -> tuple[list[Line], bool]:
    """Those of the page, and whether there are more. What was posted stands first, and none of it is left out."""
    typed, was, faults = posted.typed, posted.was, posted.faults
    rates, used = rates_of(Price.objects.filter(team=team)), lately(team)
    kept = {slug: Typed(plain(rate.points), rate.unit) for slug, rate in rates.items()}
    making = {each.slug: each for each in catalog.operations() if each.makes_something}
    order = [*faults, *typed, *(used if not q else ()), *(kept if not q else ()), *making]
    found = [making[slug] for slug in dict.fromkeys(order) if slug in making]
    found = [each for each in found if each.slug in typed or holds(each, q.lower().split())]
    made = []
    for each in found[: max(LINES, len(typed))]:
        now = kept.get(each.slug, Typed(""))
        stands, stood = (typed[each.slug], was.get(each.slug, now)) if each.slug in typed else (now, now)
        made.append(Line(each, *stands, stood, faults.get(each.slug, ""), used.get(each.slug)))
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
def keep(team: Team, rates: Mapping[str, Rate | None], was: Mapping[str, Rate | None], by: User) -> int:
    """Take over what was typed; how many prices are other ones now. Two at the same moment wait for each other at the
    team's row: each would insert what the other one does not see yet. Raises `Moved`, and takes over nothing, where one
    is not what it `was` for the person, nor what they typed."""
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    before = rates_of(Price.objects.filter(team=team))
    changed = {slug: rate for slug, rate in rates.items() if before.get(slug) != rate}
    if moved := {slug: before.get(slug) for slug in changed if slug in was and before.get(slug) != was[slug]}:
        raise Moved(moved)
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
