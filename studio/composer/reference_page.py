"""All that the reference page of an operation shows around its parameters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

from django.template.defaultfilters import floatformat
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from studio import catalog
from studio.composer.code import language
from studio.composer.lines import painted
from studio.composer.reference import Entry, reference
from studio.composer.reference_payloads import Shown, shown
from studio.composer.reference_words import AGAIN, CHARGED, MAKES, STATUS, TRANSPORTS
from studio.composer.samples import call, languages
from studio.languages import in_words
from studio.tasks.showing import usual
from studio.tasks.switches import is_offered, on_for
from studio.tasks.time_words import spelled_time
from studio.teams.models import Connection


class Trouble(NamedTuple):
    """A failure: by what it is known, what it means, and whether it costs."""

    known_by: list[str]
    statuses: list[int]
    cause: str
    fix: str
    charged: str
    again: str
    doubt: str


class Onward(NamedTuple):
    """What a result can be carried into."""

    label: str
    operation: catalog.Operation
    title: str
    sets: list[str]


class ReferencePage:
    """What the templates ask for; `connection` lends its address to the sample."""

    def __init__(
        self,
        operation: catalog.Operation,
        connections: Sequence[Connection],
        chosen: Connection | None,
        code: str = "",
    ) -> None:
        self.operation = operation
        self.languages = languages(operation)
        self.language = language(code, self.languages)
        self.connections = connections
        self.connection = chosen

    @property
    def title(self) -> str:
        return in_words(self.operation.title)

    @property
    def system(self) -> str:
        return in_words(self.operation.system_title)

    @property
    def status(self) -> tuple[str, str]:
        word, sentence = STATUS[self.operation.status]
        return str(word), str(sentence)

    @property
    def on(self) -> list[Connection]:
        """The connections that have it on; where they all have, that says nothing."""
        return [] if self.operation.enabled else on_for(self.operation, self.connections)

    @property
    def can_try(self) -> bool:
        return is_offered(self.operation, self.connections)

    @cached_property
    def parameters(self) -> list[Entry]:
        return reference(self.operation)

    @property
    def legend(self) -> list[tuple[str, str]]:
        """What the marks of the parameters mean, of those that are there."""
        meanings = {
            _("required"): _("the body is refused without it."),
            _("usually sent"): _("the gateway's page calls it required; most clients leave it out."),
        }
        return [(word, text) for word, text in meanings.items() if any(p.required == word for p in self.parameters)]

    @property
    def own_paths(self) -> list[tuple[str, str]]:
        """The connections that have this operation at another path."""
        paths = [(each.name, each.path_for(self.operation)) for each in self.connections]
        return [(name, path) for name, path in paths if path != self.operation.path]

    @property
    def shared(self) -> list[tuple[catalog.Operation, str]]:
        """The operations at the same address."""
        mine = (self.operation.method, self.operation.path)
        same = [
            each
            for each in catalog.operations()
            if (each.method, each.path) == mine and each.slug != self.operation.slug
        ]
        return [(each, in_words(each.title)) for each in same]

    @property
    def apart(self) -> list[str]:
        """By what of the body it is told apart from those."""
        return [self.mark(key, mark) for key, mark in self.operation.told_apart.items()]

    def mark(self, key: str, mark: bool | tuple[str, ...]) -> str:
        if isinstance(mark, bool):
            return (_("The body has %(key)s.") if mark else _("The body has no %(key)s.")) % {"key": key}
        words = ", ".join(each.removeprefix("!") for each in mark)
        said = _("%(key)s is not %(values)s.") if mark[0].startswith("!") else _("%(key)s is %(values)s.")
        return said % {"key": key, "values": words}

    @property
    def facts(self) -> list[tuple[str, str]]:
        found = self.operation
        prices = {"": _("not documented"), "unknown": _("not documented"), "free": _("free")}
        lines = [
            (_("Makes"), str(MAKES.get(found.makes, ""))),
            (_("Sent and answered"), str(TRANSPORTS[found.transport])),
            (_("Takes"), usual(found)),
            (_("Price"), prices.get(found.price, found.price)),
            (_("Results last"), self.lifetime),
            (_("In the gateway's list"), found.seed_row),
        ]
        return [(name, text) for name, text in lines if text]

    @property
    def lifetime(self) -> str:
        hours = self.operation.result_hours
        if hours is None:
            return ""
        if hours <= 1:
            return _("%(time)s at the gateway; the studio keeps a copy") % {"time": spelled_time(hours * 3600)}
        return _("%(hours)s hours at the gateway; the studio keeps a copy") % {"hours": floatformat(hours, "-1")}

    @cached_property
    def example(self) -> Any:
        """The body of the sample: the documents' own, else that of a fresh form; None for a call without a body."""
        if not self.operation.form.tree.children:
            return None
        if self.operation.example is not None:
            return self.operation.example
        return self.operation.body(self.operation.defaults()).body

    @property
    def example_code(self) -> SafeString:
        return painted(self.example)

    @property
    def code(self) -> str:
        values = {field.at: field.example for field in self.operation.fields if field.example is not None}
        return self.language.write(call(self.operation, self.connection, values, self.example))

    @property
    def answers(self) -> list[Shown]:
        return [*self.payloads("answer"), *(self.payloads("poll") if self.operation.is_query else [])]

    @property
    def callbacks(self) -> list[Shown]:
        return self.payloads("callback")

    @property
    def polls(self) -> list[Shown]:
        return [] if self.operation.is_query else self.payloads("poll")

    def payloads(self, kind: str) -> list[Shown]:
        return [shown(self.operation, each) for each in self.operation.payloads if each.kind == kind]

    @property
    def query(self) -> catalog.Operation | None:
        return catalog.get(self.operation.poll) if self.operation.poll else None

    @property
    def query_code(self) -> SafeString | None:
        """The body of the query, with the place of the task's id in it."""
        query = self.query
        body = query.body(self.operation.poll_values(["<id>"])).body if query else {}
        return painted(body) if body else None

    @property
    def asks(self) -> list[catalog.Operation]:
        """Of a query: the operations whose tasks it asks for."""
        return [each for each in catalog.operations() if each.poll == self.operation.slug]

    @property
    def every(self) -> str:
        if not self.operation.poll_every:
            return ""
        low, high = (floatformat(each, "-1") for each in self.operation.poll_every)
        return _("Clients ask every %(low)s to %(high)s seconds.") % {"low": low, "high": high}

    @property
    def patience(self) -> int:
        """After how many minutes a silent task may be called lost."""
        return round((self.operation.patience or 0) / 60)

    @property
    def failures(self) -> list[Trouble]:
        return [trouble(each) for each in catalog.failures(self.operation.system)]

    @property
    def follow_ups(self) -> list[Onward]:
        known = {each.slug: each for each in catalog.operations()}
        found = [(each, known[each.operation]) for each in self.operation.follow_ups]
        return [Onward(in_words(each.label), to, in_words(to.title), list(each.set)) for each, to in found]

    @property
    def siblings(self) -> list[catalog.Operation]:
        """The other operations of the system."""
        mine = self.operation
        return [each for each in catalog.operations() if each.system == mine.system and each.slug != mine.slug]


def trouble(failure: catalog.Failure) -> Trouble:
    told = failure.explanation
    general = [system.doubt for system in catalog.systems()]  # told once, with the sources
    return Trouble(
        list(failure.matches),
        sorted(failure.statuses),
        in_words(told.cause),
        in_words(told.fix),
        str(CHARGED[told.charged]),
        str(AGAIN[told.again]),
        in_words(failure.doubt) if failure.doubt not in general else "",
    )
