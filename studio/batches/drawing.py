"""All that the plan page shows: the cells, what they cost, who ran the same before, and why it cannot run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, NamedTuple

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import localize
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext as _

from studio import catalog
from studio.batches.asking import Asked, Places, axes_of, places, repeats_of
from studio.batches.minigrid import Minigrid
from studio.batches.naming import first_names
from studio.batches.planning.cells import Box, Cell, Maker, Plan, plan, refuse_too_many
from studio.batches.planning.points import Axis, NotPlanned, of_prompts
from studio.catalog import paths
from studio.catalog.files import PREFIX
from studio.composer.notes import Reason
from studio.composer.prompting import Prompted
from studio.composer.running import rehearsed, standing
from studio.composer.screen import Screen
from studio.files.marking import HIDDEN, holds_hidden
from studio.languages import in_both, in_words
from studio.ledger.budgets import shortage, spelled
from studio.ledger.terms import Terms
from studio.library import patterns
from studio.tasks import beginning
from studio.tasks.address import planned_url
from studio.tasks.models import Task
from studio.tasks.states import State
from studio.teams.models import Membership

NAMED_TWINS = 5
LIKE = 20  # tasks from whose cost the price is told, where the catalog knows none
DEAD = [State.FAILED, State.REFUSED, State.CANCELLED]


class Why(NamedTuple):
    """A reason that leaves cells out, or warns about them, and how many."""

    text: str
    number: int


class Drawing:
    """The plan of a posted page. `plan` is None where it cannot be made; `problem` says why then."""

    def __init__(self, screen: Screen, asked: Asked, membership: Membership) -> None:
        self.screen, self.asked = screen, asked
        self.operation: catalog.Operation = screen.operation
        self.where: Places = places(screen.draft)
        self.plan: Plan | None = None
        self.problem = ""
        self.drawn_axis: Axis | None = None  # of the texts that the form's patterns make
        axes, repeat = axes_of(asked, self.where), repeats_of(asked)
        self.prompted = prompted_beside(screen.prompted, axes)
        self.box = self.box_of(self.prompted)
        self.values: dict[str, Any] = screen.draft.values
        if self.prompted:
            self.values = self.values | self.prompted.resolved
        self.differs = bool(axes) or repeat > 1
        try:
            self.drawn_axis = next(self.texts(axes), None)
            axes = [self.drawn_axis, *axes] if self.drawn_axis else axes
            self.differs = self.differs or bool(axes)
            self.plan = plan(axes, self.box, self.maker(), repeat)
        except NotPlanned as fault:
            self.problem = str(fault)
        self.twins: dict[str, Task] = twins(self.plan.runs) if self.plan else {}
        if asked.skip_twins and self.plan:
            self.leave_out_twins(self.plan)
        self.reasons = self.why_not(membership)

    def box_of(self, prompted: Prompted | None) -> Box:
        if prompted is None or prompted.next is None:
            return Box(self.where.prompt)
        at, lacking = self.where.prompt, frozenset(prompted.lacking)
        written = {part.spot.path: patterns.Pattern(part.reading.text, part.spot.at == at) for part in prompted.taken}
        return Box(at, prompted.tree, prompted.next.choices, lacking, prompted.put, written)

    def texts(self, others: Sequence[Axis]) -> Iterator[Axis]:
        """The texts of the patterns that are not left out, where there are several. Each is called by what stays the
        same along the other axes: the variables that those fill stay open in its name."""
        prompted = self.prompted
        if prompted is None or prompted.number < 2:
            return
        refuse_too_many(prompted.number)
        filled = {name for axis in others for point in axis.points for name in point.words}
        label = partial(prompted.label, left_open=filled)
        yield of_prompts(in_both(lambda: prompted.title), prompted.chosen(), prompted.put, label)

    @property
    def pattern(self) -> dict[str, Any]:
        """What the cells' texts are drawn from, as `Task.pattern` has it; empty where they are not."""
        said = self.prompted.record() if self.prompted else {}
        return {name: said[name] for name in ("texts", "seed") if name in said}

    def maker(self) -> Maker:
        draft, connection = self.screen.draft, self.screen.connection

        def build(values: Mapping[str, Any], extras: catalog.Extras) -> catalog.Built:
            filled = dict(values)
            if self.operation.callback:
                filled[self.operation.callback] = planned_url()
            return self.operation.body(filled, extras, {**self.screen.profile, **draft.own_fates})

        def sign(values: Mapping[str, Any], text: str) -> str:
            return beginning.digest(self.operation, connection, values, text) if connection else text

        own = {each.path: each.rule for each in self.screen.built.problems if each.level == "warning"}
        return Maker(self.put, build, sign, own)

    def put(self, changed: Mapping[str, Any]) -> tuple[dict[str, Any], catalog.Extras]:
        """The values and extras of the form with those of a cell in it."""
        return self.operation.put(self.values, self.screen.draft.extras, changed)

    def leave_out_twins(self, made: Plan) -> None:
        before = in_both(lambda: _("It was run before."))
        for cell in made.runs:
            if cell.digest in self.twins:
                cell.why = before

    def why_not(self, membership: Membership) -> list[Reason]:
        """What stops the batch."""
        found = standing(self.operation, self.screen.connection, membership, gone=self.screen.gone)
        asked = self.asked
        wrong = [*(axis.wrong for axis in asked.axes), asked.csv_wrong, asked.repeat_wrong, self.problem]
        found += [Reason(sentence) for sentence in wrong if sentence]
        found += [each for each in self.prompted.reasons if not each.missing] if self.prompted else []
        if self.holds_hidden(membership):
            found.append(Reason(gettext(HIDDEN)))
        if len(found) == 0 and not self.differs:
            found.append(Reason(_("Nothing differs yet: write values on an axis, bring rows, or repeat.")))
        elif self.plan and not self.plan.runs:
            found.append(Reason(_("The rules leave every cell out.")))
        elif self.screen.money.has_budget:
            found += [Reason(in_words(each)) for each in dict.fromkeys(money.refused for money in self.money) if each]
            short = shortage(membership.team, membership.user, [each.price for each in self.money])
            found += [Reason(short)] if short else []
        return found

    def holds_hidden(self, membership: Membership) -> bool:
        """Does a file of somebody else's stand in a cell, which its person keeps to themselves?"""
        with_files = [cell for cell in self.plan.runs if PREFIX in cell.body_text] if self.plan else []
        return holds_hidden([self.put(cell.changed)[0] for cell in with_files], membership.user)

    @property
    def example(self) -> str:
        """A field whose name may stand in the first line of a CSV, beside the prompt."""
        return next((at for at, each in self.where.fields.items() if each.choices), "seed")

    @property
    def number(self) -> int:
        return len(self.plan.runs) if self.plan else 0

    @property
    def sum(self) -> str:
        """How the number of cells comes about: `3 × 2 × 4`."""
        sizes = [len(axis.points) for axis in self.plan.axes] if self.plan else []
        return " × ".join(map(str, sizes)) if len(sizes) > 1 else ""

    @property
    def excluded(self) -> list[Why]:
        return counted(in_words(cell.why) for cell in self.plan.excluded) if self.plan else []

    @property
    def hints(self) -> list[Why]:
        return counted(in_words(cell.hint) for cell in self.plan.runs) if self.plan else []

    @cached_property
    def money(self) -> list[Terms]:
        """The terms of each cell that runs: they may differ in what is paid for."""
        found: dict[str, Terms] = {}
        for text in {cell.body_text for cell in self.plan.runs} if self.plan else ():
            found[text] = self.screen.terms(self.operation.values(catalog.loads(text))[0])
        return [found[cell.body_text] for cell in self.plan.runs] if self.plan else []

    @property
    def price(self) -> str:
        where = self.screen.connection
        if where and where.is_sandbox:
            return rehearsed()
        return price(self.operation, [each.price for each in self.money])

    @property
    def label(self) -> str:
        """What Run will do: how many, where, and for how much where that is known."""
        where = self.screen.connection
        label = ngettext("Run %(number)s cell", "Run %(number)s cells", self.number) % {"number": intcomma(self.number)}
        if where:
            label = _("%(what)s on %(connection)s") % {"what": label, "connection": where.name}
        known = any(each.price is not None for each in self.money)
        told = self.price if self.number and where and (where.is_sandbox or known) else ""
        return " · ".join(filter(None, [label, told]))

    @property
    def first_names(self) -> list[str]:
        return first_names(self.plan) if self.plan else []

    @property
    def unnamed(self) -> int:
        return self.number - len(self.first_names)

    @property
    def approval(self) -> str:
        asked = sum(each.needs_approval for each in self.money)
        if asked and asked == self.number:
            return _("Each of them waits for an owner's approval before it is sent.")
        some = ngettext(
            "%(number)s of them waits for an owner's approval before it is sent.",
            "%(number)s of them wait for an owner's approval before they are sent.",
            asked,
        )
        return some % {"number": localize(asked)} if asked else ""

    @property
    def named_twins(self) -> list[Task]:
        return list(self.twins.values())[:NAMED_TWINS]

    @property
    def minigrid(self) -> Minigrid | None:
        return Minigrid(self.plan) if self.plan and len(self.plan.cells) > 1 else None


def prompted_beside(prompted: Prompted | None, axes: Sequence[Axis]) -> Prompted | None:
    """A pattern counts for nothing where an axis brings the whole text."""
    brought = {at for axis in axes for point in axis.points for at in point.values}
    parts = prompted.parts if prompted else ()
    within = {part.spot.at for part in parts if any(paths.is_within(part.spot.at, at) for at in brought)}
    return prompted.without(within) if prompted and within else prompted


def counted(sentences: Any) -> list[Why]:
    return [Why(text, count) for text, count in Counter(text for text in sentences if text).most_common(5)]


def twins(cells: Sequence[Cell]) -> dict[str, Task]:
    """The newest task that asked exactly the same, by digest; what failed or was taken back is none."""
    wanted = {cell.digest for cell in cells}
    rows = Task.objects.filter(digest__in=wanted).exclude(state__in=DEAD).select_related("person")
    slim = rows.only("digest", "created_at", "state", "person__first_name", "person__email", "team_id")
    found: dict[str, Task] = {}
    for task in slim.order_by("-id"):
        found.setdefault(task.digest, task)
    return found


def price(operation: catalog.Operation, prices: Sequence[Decimal | None]) -> str:
    """What tasks of these prices cost together, as far as anybody knows; where all are None, as the catalog says, else
    as the team's last ones did."""
    known = [points for points in prices if points is not None]
    if known:
        points, unknown = sum(known), len(prices) - len(known)
        said = _("about %(points)s points") % {"points": spelled(Decimal(points))} if points else _("free")
        if not unknown:
            return said
        more = ngettext("%(number)s more has no known price", "%(number)s more have no known price", unknown)
        return _("%(price)s, %(more)s") % {"price": said, "more": more % {"number": localize(unknown)}}
    number = len(prices)
    if operation.price not in {"", "unknown"}:
        return f"{number} × {operation.price}"
    costs = (
        Task.objects.filter(operation=operation.slug, cost__gt=0, counted_at__isnull=False)
        .order_by("-id")
        .values_list("cost", flat=True)
    )
    last: list[Decimal] = [cost for cost in costs[:LIKE] if cost is not None]
    if not last:
        return _("The price is not known: the catalog names none, and this team has paid for none yet.")
    average = sum(last) / len(last)
    return _("about %(points)s points, as your last ones cost") % {"points": localize(round(number * average))}
