"""What is wrong, put where it can be mended: at the field, at the tray of extra keys, or beside the Run button."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext

from studio import catalog
from studio.composer.drafts import Draft
from studio.composer.units import Unit
from studio.composer.words import mark
from studio.files.filling import references_in
from studio.files.marking import HIDDEN
from studio.languages import in_words


class Reason(NamedTuple):
    """Why Run cannot, and the element where it is mended ("" where the page has none), or another page.

    `missing`: nothing is wrong yet, it is only not filled in.
    """

    text: str
    target: str = ""
    url: str = ""
    missing: bool = False


@dataclass
class Notes:
    """Sentences by field, and the reasons that stop a run, in the order of the page."""

    errors: dict[str, list[str]] = field(default_factory=dict)
    warnings: dict[str, list[str]] = field(default_factory=dict)
    tray: list[str] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


def notes(draft: Draft, built: catalog.Built, shown: list[Unit], *, asked: bool) -> Notes:
    """All that the page says is wrong, written into the rows too.

    What is merely missing is said at its field only after a person `asked` to run.
    """
    found = Notes()
    homes = {row.at: row for unit in shown for row in unit.rows}
    for at, sentence in draft.wrong.items():
        found.errors.setdefault(at, []).append(sentence)
    for at in _hidden(draft):
        _hide(found, _home(at, homes.keys()))
    for problem in built.problems:
        _sort(found, problem, homes.keys(), draft, asked)
    for at, row in homes.items():
        row.errors, row.warnings = found.errors.get(at, []), found.warnings.get(at, [])
    wrong = [(row, draft.wrong[row.at]) for row in homes.values() if row.at in draft.wrong]
    found.reasons[:0] = [Reason(f"{row.label}: {sentence}", row.id) for row, sentence in wrong]
    if draft.extra_wrong:
        found.reasons.append(Reason(draft.extra_wrong, "extra"))
    if draft.json_wrong:
        found.reasons.append(Reason(draft.json_wrong, "json"))
    return found


def _hidden(draft: Draft) -> list[str]:
    """The paths where a file stands that somebody else keeps to themselves."""
    ids = {public_id for public_id, file in draft.files.items() if file.is_hidden}
    return [at for at, value in draft.values.items() if ids and ids & set(references_in(value))]


def _hide(found: Notes, at: str) -> None:
    sentence = gettext(HIDDEN)
    found.errors.setdefault(at, []).append(sentence)
    found.reasons.append(Reason(sentence, f"c-{mark(at)}" if at else "json-button"))


def _sort(found: Notes, problem: catalog.Problem, homes: object, draft: Draft, asked: bool) -> None:
    at = _home(problem.path, homes)
    sentence = in_words(problem.message)
    if at in draft.wrong:
        return  # it is there, but cannot be read; that is said already
    if problem.rule == "unknown":
        found.tray.append(sentence)
    elif problem.level == "warning":
        if at and problem.rule not in {"applies", "required"}:
            found.warnings.setdefault(at, []).append(sentence)
    else:
        missing = problem.rule == "required" and not asked
        found.reasons.append(Reason(sentence, f"c-{mark(at)}" if at else "json-button", missing=missing))
        if at and not missing:
            found.errors.setdefault(at, []).append(sentence)


def _home(path: str, homes: object) -> str:
    """The field on the page that holds this path; "" where none does."""
    while path and path not in homes:  # type: ignore[operator]
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return path
