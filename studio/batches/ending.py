"""The end of a batch: no cell waits and no task of it is on its way. Whoever made it is told, once for each time."""

from __future__ import annotations

import logging

from django.db import transaction

from studio.batches.models import Batch, Cell, CellState
from studio.notices.models import Awaited, What
from studio.notices.telling import News, tell

logger = logging.getLogger(__name__)


def await_end(batch: Batch) -> None:
    """From now on somebody waits for its end: it began, or goes on after it had ended."""
    Awaited.objects.get_or_create(batch=batch, defaults={"team_id": batch.team_id})


def tell_ends() -> None:
    """For every batch that has ended meanwhile. One that fails does not keep the others waiting."""
    for row in Awaited.objects.select_related("batch").order_by("pk"):
        try:
            if not goes_on(row.batch):
                end(row)
        except Exception:
            logger.exception("nobody was told of the end of batch %s", row.batch_id)


def goes_on(batch: Batch) -> bool:
    cells = Cell.objects.filter(batch=batch).order_by()
    return (
        cells.filter(state=CellState.WAITING).exists()
        or cells.filter(task__isnull=False, task__finished_at=None).exists()
    )


@transaction.atomic
def end(row: Awaited) -> None:
    """Two at the same moment: only one takes the row away."""
    taken, _ = Awaited.objects.filter(pk=row.pk).delete()
    if taken and not row.batch.is_cancelled:
        tell(News(row.team_id, What.ENDED, ("batch", row.batch_id)), [row.batch.person_id])
