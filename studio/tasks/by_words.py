"""By which words a task, and with it what came of it, is found; and how it is called."""

from __future__ import annotations

import re

from studio import catalog
from studio.numbers import number_in
from studio.search import index
from studio.search.models import Entry, Kind
from studio.search.words import folded
from studio.tasks.models import Task
from studio.teams import statements
from studio.teams.scope import team_in_scope

NUMBERED = re.compile(r"(?:#|task|任务)?\s*#?([0-9]+)")
SHORTEST = 8  # characters of a gateway's id that is looked for
# As the index of gateway ids has them: by connection, and only the newest attempt of each. A condition on the attempt's
# team would be taken for the better way in, and lead through all that the team ever sent.
BOUND = """
    SELECT task_id FROM tasks_attempt
    WHERE gateway_id = %s AND NOT (gateway_id = '') AND continued_by_id IS NULL
    AND connection_id IN (SELECT id FROM teams_connection WHERE team_id = %s)
"""


def texts(task: Task) -> list[str]:
    """Its prompt, and the system's name in both languages: "midjourney cat"."""
    if (operation := catalog.find(task.operation)) is None:
        return [task.prompt, task.operation]
    return [task.prompt, operation.system_title.en, operation.system_title.zh]


def enter(task: Task) -> None:
    """Call it once, in the transaction that makes the task: what it is found by never changes."""
    index.put(task.team_id, Kind.TASK, task.pk, texts(task), is_new=True)


def entry(task: Task) -> Entry:
    """For who makes many at once."""
    return index.entry(task.team_id, Kind.TASK, task.pk, texts(task))


def called_so(question: str) -> list[int]:
    """The ids of the team's tasks that somebody means who types "611", "#611", "Task 611" or the gateway's id of one.
    Of those the person may not see all; needs the team's scope."""
    question = question.strip()
    numbered = NUMBERED.fullmatch(folded(question))
    number = number_in(numbered[1]) if numbered else None
    found = [] if number is None else [number]
    if len(question) < SHORTEST or question.split() != [question]:
        return found
    called = statements.rows(BOUND, question, team_in_scope("tasks by the gateway's id"))
    return found + [task for (task,) in called]
