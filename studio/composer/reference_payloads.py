"""A payload of the gateway as the reference shows it: its text, and what the studio reads in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.template.defaultfilters import floatformat
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from studio import catalog
from studio.composer.lines import painted
from studio.composer.reference_words import MAKES
from studio.languages import in_words
from studio.tasks.states import State


class Shown(NamedTuple):
    """A payload as text, and what the studio reads in it, line by line."""

    name: str
    title: str
    status: int
    code: SafeString
    state: str
    state_word: str
    reads: list[tuple[str, str]]
    source: str


def shown(operation: catalog.Operation, example: catalog.PayloadExample) -> Shown:
    report = operation.read(example.payload, example.kind, example.status)
    return Shown(
        name=f"{example.kind}-{example.name}",
        title=in_words(example.title),
        status=example.status,
        code=painted(example.payload),
        state=report.state or "",
        state_word=str(State(report.state).label) if report.state else _("says nothing of the state"),
        reads=list(reads(operation, example, report)),
        source=example.source,
    )


def reads(
    operation: catalog.Operation, example: catalog.PayloadExample, report: catalog.Report
) -> Iterator[tuple[str, str]]:
    """What a report says beside the state."""
    if report.gateway_ids:
        yield _("Task id"), ", ".join(report.gateway_ids)
    if report.progress is not None:
        yield _("Progress"), f"{report.progress} %"
    for result in report.results:
        kind = str(MAKES.get(result.kind, result.kind))
        yield f"{kind} ({result.role})" if result.role else kind, result.url or result.text or _("in the answer")
    if report.said:
        yield _("Error"), report.said
        meaning = catalog.explain(report.error, example.status, operation.system, report.code)
        if meaning:
            yield _("Which means"), in_words(meaning.cause)
    if report.cost is not None:
        back = f", {_('given back')}" if report.refunded else ""
        yield _("Cost"), _("%(cost)s points") % {"cost": floatformat(report.cost, "-2g")} + back
    if report.needs:
        yield _("Waits for"), report.needs
