"""By which words a batch is found."""

from __future__ import annotations

from studio import catalog
from studio.batches.models import Batch
from studio.search import index
from studio.search.models import Entry, Kind


def texts(batch: Batch) -> list[str]:
    """Its name, and the system's in both languages."""
    if (operation := catalog.find(batch.operation)) is None:
        return [batch.name, batch.operation]
    return [batch.name, operation.system_title.en, operation.system_title.zh]


def enter(batch: Batch) -> None:
    """Call it once, in the transaction that makes the batch: what it is found by never changes."""
    index.put(batch.team_id, Kind.BATCH, batch.pk, texts(batch), is_new=True)


def entry(batch: Batch) -> Entry:
    """For who makes many at once."""
    return index.entry(batch.team_id, Kind.BATCH, batch.pk, texts(batch))
