"""What goes into the index, in the transaction that writes the row itself; and what is found in it, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection, transaction

from studio.search.models import Entry, Kind
from studio.search.words import Term, words
from studio.teams import statements

# The name of a team and a kind stands among the words of each entry. No other word holds two underscores.
SHELF = "_{team}_{kind}"
# FTS5 walks through its own lists from the newest on, and stops at the limit.
FIND_IN_SQLITE = """
    SELECT e.id, e."of" FROM search_words w CROSS JOIN search_entry e ON e.id = w.rowid
    WHERE w.search_words MATCH %s AND w.rowid < %s AND e.team_id = %s AND e.kind = %s ORDER BY w.rowid DESC LIMIT %s
"""
# PostgreSQL's own index gives all that fit, and the newest of them only then; and its planner knows nothing of how many
# words have a beginning. So the newest entries are read first. What is not common among them is not common at all.
# They are read from the index of this team and kind: a range of kinds, which holds one, leaves no other. From the
# primary key PostgreSQL would read everybody's newest until there are enough of a team that has fallen silent.
AMONG_THE_NEWEST = """
    SELECT id, "of" FROM (
        SELECT id, "of", words FROM search_entry
        WHERE team_id = %s AND kind BETWEEN %s AND %s AND id < %s ORDER BY kind, id DESC LIMIT %s
    ) newest WHERE words @@ %s::tsquery ORDER BY id DESC LIMIT %s
"""
AMONG_ALL = """
    WITH found AS MATERIALIZED (
        SELECT id, "of" FROM search_entry WHERE words @@ %s::tsquery AND id < %s AND team_id = %s AND kind = %s
    ) SELECT id, "of" FROM found ORDER BY id DESC LIMIT %s
"""
NEWEST = 500  # entries, and twenty times as many as are asked for
NO_END = 2**62


class Hit(NamedTuple):
    """An entry, by which a list is paged, and the row that it stands for."""

    entry: int
    of: int


def put(team_id: int, kind: Kind, of: int, texts: Iterable[str], *, is_new: bool = False) -> None:
    """From now on the row is found by these texts and no others. Call it in the transaction that writes the row, and
    in the team's scope. What `is_new` has no entry yet."""
    with transaction.atomic(savepoint=False):
        if not is_new:
            take_out(team_id, kind, of)
        row = entry(team_id, kind, of, texts)
        statements.insert(row)
        if connection.vendor != "postgresql":
            told("INSERT INTO search_words (rowid, words) VALUES (%s, %s)", [row.pk, row.words])


def put_many(entries: list[Entry]) -> None:
    """Entries of what has none, of any teams."""
    with transaction.atomic():
        made = Entry.objects.bulk_create(entries)
        if made and connection.vendor != "postgresql":
            places = ", ".join(["%s"] * len(made))
            sql = f"INSERT INTO search_words (rowid, words) SELECT id, words FROM search_entry WHERE id IN ({places})"  # noqa: S608
            told(sql, [row.pk for row in made])


def empty() -> None:
    """Nothing is found any more."""
    with transaction.atomic():
        Entry.objects.all().delete()
        if connection.vendor != "postgresql":
            told("INSERT INTO search_words (search_words) VALUES (%s)", ["delete-all"])


def entry(team_id: int, kind: Kind, of: int, texts: Iterable[str]) -> Entry:
    """Not in the database yet."""
    return Entry(team_id=team_id, kind=kind, of=of, words=" ".join([shelf(team_id, kind), *words(texts)]))


def take_out(team_id: int, kind: Kind, of: int) -> None:
    """FTS5 keeps no text of its own: it is told which words it loses."""
    rows = Entry.objects.filter(team_id=team_id, kind=kind, of=of)
    if connection.vendor != "postgresql":
        for row in rows:
            sql = "INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', %s, %s)"
            told(sql, [row.pk, row.words])
    rows.delete()


def told(sql: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def shelf(team_id: int, kind: Kind) -> str:
    return SHELF.format(team=team_id, kind=kind)


def find(team_id: int, kind: Kind, asked: list[Term], limit: int, before: int | None = None) -> list[Hit]:
    """The newest entries of this kind that hold all that is asked for, older than `before`. Nothing asked finds
    nothing."""
    if not asked:
        return []
    end, ours = before or NO_END, shelf(team_id, kind)
    if connection.vendor != "postgresql":
        return hits(FIND_IN_SQLITE, [as_match(ours, asked), end, team_id, kind, limit])
    what = as_tsquery(ours, asked)
    found = hits(AMONG_THE_NEWEST, [team_id, kind, kind, end, max(NEWEST, 20 * limit), what, limit])
    return found if len(found) == limit else hits(AMONG_ALL, [what, end, team_id, kind, limit])


def hits(sql: str, values: list[Any]) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Hit(*row) for row in cursor.fetchall()]


def as_match(shelf: str, asked: list[Term]) -> str:
    """In FTS5's words. Quotes make a phrase, a star beyond them a beginning."""
    return " AND ".join([f'"{shelf}"', *(f'"{" ".join(term.words)}"{"*" if term.begins else ""}' for term in asked)])


def as_tsquery(shelf: str, asked: list[Term]) -> str:
    found = [f"'{shelf}'"]
    for term in asked:
        phrase = " <-> ".join(f"'{word}'" for word in term.words)
        found.append(f"({phrase})" if len(term.words) > 1 else f"{phrase}{':*' if term.begins else ''}")
    return " & ".join(found)
