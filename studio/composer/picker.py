"""The page on which an operation is picked: search, filters with counts, and what the team knows of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, NamedTuple, Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio import catalog
from studio.composer.picking import Card, Shelf, by_kind, cards, holds, rank, words
from studio.composer.recipe_shelf import RecipeCard, recipes_shelf
from studio.composer.reference_words import MAKES
from studio.languages import in_words
from studio.ledger.models import Price
from studio.ledger.rates import Rate, rates_of
from studio.library.rights import seen_by
from studio.tasks.figures import DAYS, TRIES, Figures, figures, recent
from studio.tasks.switches import is_offered
from studio.tasks.time_words import spelled_time
from studio.teams.models import Connection, User

LATELY = 4  # operations on the shelf of what was used last
ENOUGH = 5  # tasks, below which a share of them is neither good nor bad
Facet = Literal["system", "kind"]


@dataclass(frozen=True)
class Chip:
    """A filter to choose."""

    label: str
    url: str
    current: bool
    count: int


class Fact(NamedTuple):
    """Something known of an operation in few words, and what it rests on. `look` is one of good, warn, bad or ""."""

    icon: str
    words: str
    about: str
    look: str = ""


class Known(NamedTuple):
    """A card with what the team knows of its operation."""

    card: Card
    facts: list[Fact]


@dataclass(frozen=True)
class Picker:
    """What the page's address asks for; unknown words ask for everything."""

    person: User
    connections: Sequence[Connection] = field(repr=False)
    q: str = ""
    system: str = ""
    kind: str = ""

    @classmethod
    def read(cls, query: QueryDict, person: User) -> Self:
        systems, kind = {system.slug for system in catalog.systems()}, query.get("kind", "")
        return cls(
            person=person,
            connections=list(Connection.objects.all()),
            q=query.get("q", "").strip()[:100],
            system=system if (system := query.get("system", "")) in systems else "",
            kind=kind if kind in MAKES else "",
        )

    @property
    def narrowed(self) -> bool:
        return bool(self.system or self.kind)

    def url(self, **change: str) -> str:
        """The query of this page with something changed; what is not said is not in it."""
        other = replace(self, **change)  # type: ignore[arg-type]
        said = {"q": other.q, "system": other.system, "kind": other.kind}
        return "?" + urlencode({name: value for name, value in said.items() if value})

    @cached_property
    def all(self) -> list[Card]:
        """Every operation that the team is offered."""
        return cards(catalog.operations(), self.connections)

    def found(self, **change: str) -> list[Card]:
        """The cards that hold all words and pass the filters, or others than those of this page."""
        asked = replace(self, **change)  # type: ignore[arg-type]
        return [each for each in self.all if fits(each, asked) and holds(each.slug, words(asked.q), all)]

    @cached_property
    def shelves(self) -> list[Shelf]:
        return by_kind(self.found())

    @cached_property
    def recipes(self) -> list[RecipeCard]:
        return recipes_shelf(self.connections, self.q, self.system, self.kind)

    @cached_property
    def near(self) -> list[Shelf]:
        """What holds some of the words, where nothing holds them all."""
        some = words(self.q)
        found = self.shelves or self.recipes
        return by_kind(each for each in self.all if not found and holds(each.slug, some, any))

    @cached_property
    def lately(self) -> list[Card]:
        """What was used last, on the page as it opens."""
        if self.narrowed or self.q:
            return []
        offered = {each.slug: each for each in self.all}
        used = [offered[slug] for slug in recent(self.person.pk) if slug in offered]
        return used[:LATELY] if len(self.all) > LATELY else []

    @cached_property
    def starters(self) -> list[Card]:
        """What is good to begin with, on the page as it opens for a team that has used nothing yet."""
        if self.narrowed or self.q or self.lately:
            return []
        return sorted((each for each in self.all if each.operation.starter), key=lambda card: rank(card.makes))

    def preset_count(self) -> int:
        return seen_by(self.person).filter(archived=False).count()

    @property
    def wider(self) -> str:
        """The address at which the filters are gone, where that finds something."""
        return self.url(system="", kind="") if self.narrowed and self.found(system="", kind="") else ""

    @cached_property
    def off(self) -> int:
        """How many operations no connection of the team offers."""
        return sum(each.makes_something and not is_offered(each, self.connections) for each in catalog.operations())

    def systems(self) -> list[Chip]:
        names = {system.slug: in_words(system.title) for system in catalog.systems()}
        return self.chips("system", names, [each.operation.system for each in self.found(system="")])

    def kinds(self) -> list[Chip]:
        names = {kind: str(name) for kind, name in MAKES.items()}
        return self.chips("kind", names, [each.makes for each in self.found(kind="")])

    def chips(self, facet: Facet, names: dict[str, str], found: list[str]) -> list[Chip]:
        """One for all and one for each value that something has beside the other filter, or that is chosen."""
        chosen = getattr(self, facet)
        some = [
            Chip(name, self.url(**{facet: value}), chosen == value, found.count(value))
            for value, name in names.items()
            if value in found or value == chosen
        ]
        everything = Chip(
            _("All systems") if facet == "system" else _("All kinds"), self.url(**{facet: ""}), not chosen, len(found)
        )
        return [everything, *some] if len(some) > 1 or chosen else []

    @cached_property
    def figures(self) -> dict[str, Figures]:
        return figures([each.slug for each in self.all])

    @cached_property
    def rates(self) -> dict[str, Rate]:
        """The team's own."""
        return rates_of(Price.objects.all())

    def known(self, shelf: Sequence[Card]) -> list[Known]:
        return [
            Known(card, facts(card.operation, self.figures[card.slug], self.rates.get(card.slug))) for card in shelf
        ]

    def known_lately(self) -> list[Known]:
        return self.known(self.lately)

    def known_starters(self) -> list[Known]:
        return self.known(self.starters)

    def known_shelves(self) -> list[tuple[str, list[Known]]]:
        return [(shelf.title, self.known(shelf.cards)) for shelf in self.shelves or self.near]


def fits(card: Card, asked: Picker) -> bool:
    return asked.system in {"", card.operation.system} and asked.kind in {"", card.makes}


def facts(operation: catalog.Operation, known: Figures, own: Rate | None = None) -> list[Fact]:
    """What it costs (`own`: as the team says), how long it takes and how often it works, as far as anybody knows."""
    return [fact for fact in (price(operation, own), duration(operation, known), *success(known)) if fact]


def price(operation: catalog.Operation, own: Rate | None) -> Fact | None:
    """The team's own price where there is one, else the catalog's."""
    if own is not None:
        return Fact("coins", own.words, _("As this team says."))
    told = operation.price
    if told in {"", "unknown"}:
        return None
    return Fact("coins", _("free") if told == "free" else told, _("As the catalog knows it."))


def duration(operation: catalog.Operation, known: Figures) -> Fact | None:
    """The team's own time where there is one, else the catalog's."""
    if known.seconds is not None:
        number = len(known.times)
        about = ngettext(
            "One task of this team took so long.", "The middle one of this team's last %(number)s successes.", number
        )
        return Fact("clock", _("about %(time)s") % {"time": spelled_time(known.seconds)}, about % {"number": number})
    if not operation.seconds:
        return None
    low, high = operation.seconds
    span = _("%(low)s to %(high)s") % {"low": spelled_time(low), "high": spelled_time(high)}
    return Fact("clock", span, _("As the catalog knows it; this team has no time of its own yet."))


def success(known: Figures) -> list[Fact | None]:
    """The share of what came to an end, and apart from it what nobody knows the end of."""
    rate, lost = known.rate, None
    if known.unknown:
        words = ngettext("%(number)s answer lost", "%(number)s answers lost", known.unknown) % {"number": known.unknown}
        lost = Fact("warning", words, _("Sent, and nobody knows what came of it. Not included in the rate."), "warn")
    if rate is None:
        return [lost]
    words = _("%(percent)s %% of %(number)s") % {"percent": percent(rate), "number": known.tried}
    about = _("So many of this team's tasks succeeded in the last %(days)s days, of the newest %(most)s at most.")
    look = "" if known.tried < ENOUGH or 0.6 <= rate < 0.9 else "good" if rate >= 0.9 else "bad"
    return [Fact("error" if look == "bad" else "check", words, about % {"days": DAYS, "most": TRIES}, look), lost]


def percent(rate: float) -> int:
    """Rounded, but all is only all, and none only none."""
    return min(99, max(1, round(rate * 100))) if 0 < rate < 1 else round(rate * 100)
