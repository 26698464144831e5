"""The cells of a batch whose price an owner has to approve: how many wait for one, and which of the others will."""

from __future__ import annotations

from functools import cached_property

from django.db.models import Q

from studio import catalog
from studio.batches.models import Batch, Cell
from studio.ledger.terms import Sheet, sheet_of
from studio.tasks.states import Approval, State
from studio.teams.models import Membership, Role

MOST_ASKED = 100  # tasks of one batch that wait for an owner at the same time; its cheaper cells pass them by
AWAITING = Q(task__state=State.HELD, task__approval=Approval.ASKED)


class Asking:
    """Of one batch, by the prices as they were some seconds ago: `begin` asks anew. Needs the team's scope."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch

    @cached_property
    def number(self) -> int:
        """How many of its tasks wait for an owner."""
        return Cell.objects.filter(AWAITING, batch=self.batch).count()

    @cached_property
    def sheet(self) -> Sheet:
        return sheet_of(self.batch.team_id)

    @cached_property
    def operation(self) -> catalog.Operation:
        return catalog.get(self.batch.operation)

    @cached_property
    def may_happen(self) -> bool:
        """Is there any price from which on its person has to ask?"""
        if self.sheet.approved_from is None:
            return False
        rows = Membership.objects.filter(team=self.batch.team_id, user=self.batch.person_id, role=Role.OWNER)
        return not rows.exists()

    def happens(self, cell: Cell) -> bool:
        """Will the cell's task wait for an owner?"""
        if not self.may_happen:
            return False
        cell.batch = self.batch
        values, _extras = cell.form(self.operation)
        terms = self.sheet.terms(self.batch.person_id, self.operation, values, is_owner=False)
        return terms.needs_approval
