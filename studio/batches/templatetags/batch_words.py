"""Small words for batches."""

from __future__ import annotations

from django import template

from studio import catalog
from studio.batches import places
from studio.batches.models import Cell
from studio.languages import in_words
from studio.tasks.line import Place
from studio.tasks.models import Task

register = template.Library()


@register.filter
def label_with_path(field: catalog.Field) -> str:
    """How a field stands in a list of all fields: as the form writes it, and where that is not its path, this too."""
    label = in_words(field.label) or field.at
    return f"{label} ({field.at})" if label.lower() != field.at.lower() else label


@register.simple_tag
def cell_of(task: int) -> Cell | None:
    """The cell that a task was begun for; None for a task of no batch."""
    return Cell.objects.select_related("batch").filter(task_id=task).first()


@register.simple_tag
def place_of(task: Task) -> Place | None:
    """Where a task stands in line, in turn with cells that are no tasks yet; None for one that does not wait."""
    return places.place_of(task)
