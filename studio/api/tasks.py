"""Tasks: listed, watched, cancelled; and what they made.

Annotations are read while the program starts, so they stand here as they are.
"""

from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Router
from ninja.params.functions import Path, Query

from studio.api import shapes
from studio.api.beginning import whole
from studio.api.calling import Call, reading, running
from studio.api.presets import BEFORE, SAFE, clean, good, number
from studio.api.problems import Problem
from studio.api.telling import address, of_task
from studio.assets.models import Asset, Keeping
from studio.files.serving import serve
from studio.paging import Place, page_of
from studio.tasks import lifecycle, live
from studio.tasks.context import last_event_id
from studio.tasks.listing import GROUPS, Filters, condition
from studio.tasks.models import Task
from studio.tasks.states import State

router = Router()
BYTES = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
IN_PARTS = {
    200: BYTES,
    206: {"description": "Partial Content", **BYTES},
    304: {"description": "Not Modified"},
    416: {"description": "Requested Range Not Satisfiable"},
}
HEAVY = ["values", "extras", "body_text", "results", "actions"]
NUMBER = Path(..., description=_("The task's `id`."))
STATE = _("A state, or `open`, `attention`, `failed` (refused ones too).")


@router.api_operation(
    SAFE,
    "/tasks",
    response=good(shapes.TaskPage),
    url_name="tasks",
    summary=_("List tasks"),
    description=_("The team's tasks, newest first, 50 a page."),
)
@reading
def tasks(
    request: Call,
    state: str = Query("", description=STATE),
    operation: str = Query("", description=_("Those of one operation.")),
    q: str = Query("", description=_("Words of the prompt.")),
    mine: bool = Query(False, description=_("Only those of the token's person.")),
    before: int | None = Query(None, ge=0, lt=2**63, description=BEFORE),
) -> Any:
    if state not in {*GROUPS, *State.values}:
        raise Problem(422, "invalid", gettext("There is no state “%(state)s”.") % {"state": state})
    who = "mine" if mine else "team"
    filters = Filters(request.auth.user, who, state, clean(operation)[:80], clean(q))
    rows = filters.tasks().filter(condition(state)).defer(*HEAVY).select_related("person")
    page = page_of(rows, None if before is None else Place(before))
    onward = None
    if page.older:
        said = {"state": state, "operation": filters.operation, "q": filters.q, "mine": mine or None}
        onward = address("v1:tasks", **said, before=page.older.text)
    return {"tasks": [of_task(task) for task in page.rows], "next": onward}


@router.api_operation(
    SAFE,
    "/tasks/{int:pk}",
    response=good(shapes.TaskShape),
    url_name="task",
    summary=_("Watch a task"),
    description=_("How far it is and what it made. Ask again every few seconds until `settled`, or follow the stream."),
)
@reading
def task(request: Call, pk: int = NUMBER) -> Any:
    return whole(number(pk))


@router.post(
    "/tasks/{int:pk}/cancel",
    response={**good(shapes.TaskShape), 409: shapes.Refusal},
    url_name="task-cancel",
    summary=_("Cancel a task"),
    description=_("Take back what was not sent yet. 409 after that: the gateway offers no cancelling."),
)
@running
def cancel(request: Call, pk: int = NUMBER) -> Any:
    row = Task.objects.filter(pk=number(pk)).first()
    if row is None:
        raise Http404
    lifecycle.cancel(row, request.auth.user)
    return whole(row.pk)


@router.api_operation(
    SAFE,
    "/tasks/{int:pk}/results/{int:n}",
    response=good(None),
    url_name="result",
    summary=_("Fetch a result"),
    description=_("The bytes of a kept result. Takes `Range` and `If-None-Match`."),
    openapi_extra={"responses": IN_PARTS},
)
@reading
def result(request: Call, pk: int = NUMBER, n: int = Path(..., description=_("The result's `number`."))) -> Any:
    asset = Asset.objects.filter(task=number(pk), number=number(n), keeping=Keeping.KEPT).first()
    if asset is None:
        raise Http404
    try:
        return serve(request, asset)
    except FileNotFoundError as fault:
        raise Http404 from fault


@router.api_operation(
    SAFE,
    "/watch",
    response=good(shapes.Watching),
    url_name="watch",
    summary=_("Follow all tasks"),
    description=_(
        "An address at which everything that happens to the team's tasks is told as it happens, as server-sent events: "
        '`data: {"task": 17, "kind": "heard", "state": "running", "progress": 40}`. '
        "Ask for the task when its state turns."
    ),
)
@reading
def watch(request: Call) -> Any:
    token, since = live.token(request.auth.user, request.auth.team), last_event_id(request.auth.team)
    query = urlencode({"token": token, "since": str(since)})
    return {"url": f"{settings.PUBLIC_URL.rstrip('/')}{live.PATH}?{query}", "seconds": live.LIFE}
