"""Operations by their words, as the picker finds them: those that the team is offered."""

from __future__ import annotations

from studio import catalog
from studio.composer.picking import Card, cards, holds, words
from studio.tasks.figures import recent
from studio.teams.models import Connection, User


def offered() -> list[Card]:
    return cards(catalog.operations(), list(Connection.objects.all()))


def operations(question: str) -> list[Card]:
    """Those that hold all words. First those that are called so: their description may only mention it."""
    wanted = words(question)
    found = [card for card in offered() if holds(card.slug, wanted, all)] if wanted else []
    return sorted(found, key=lambda card: not all(word in card.title.casefold() for word in wanted))


def used_last(person: User, most: int) -> list[Card]:
    by_slug = {card.slug: card for card in offered()}
    return [by_slug[slug] for slug in recent(person.pk) if slug in by_slug][:most]
