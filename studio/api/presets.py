"""Presets and operations: found, looked at, run.

Annotations are read while the program starts, so they stand here as they are.
"""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Router, Schema, Status
from ninja.params.functions import Body, Header, Path, Query

from studio import catalog
from studio.api import shapes
from studio.api.beginning import begun, run_operation, run_preset
from studio.api.calling import Call, reading, running
from studio.api.problems import Problem
from studio.api.telling import address, of_operation, of_preset, whole_preset
from studio.composer.finding import found_or_404
from studio.languages import in_words
from studio.library.listing import Filters
from studio.library.rights import found
from studio.paging import Place
from studio.tasks.switches import offered

router = Router()
KEY = Header(
    "",
    alias="Idempotency-Key",
    description=_("Of your choice: the same key with the same body is the same task, once."),
)
SAFE = ["GET", "HEAD"]
BEFORE = _("Where a page begins. `next` is the whole address of the next page: ask for it as it is.")
BODY = Body(..., description=_("The body as the gateway takes it."))
BEGUN = {200: shapes.TaskShape, 201: shapes.TaskShape, 202: shapes.TaskShape}
REFUSED = dict.fromkeys((401, 403, 404, 422, 429, 500, 503), shapes.Refusal)
UNFIT = dict.fromkeys((400, 409, 413), shapes.Refusal)  # of what begins something with a body


def good(shape: type[Schema] | None) -> dict[int, Any]:
    """What may come of a call: this, or a refusal."""
    return {200: shape, **REFUSED}


@router.api_operation(
    SAFE,
    "/presets",
    response=good(shapes.PresetPage),
    url_name="presets",
    summary=_("Find presets"),
    description=_("The presets that the token's person sees, the last changed first, 50 a page."),
)
@reading
def presets(
    request: Call,
    q: str = Query("", description=_("Words of the name or the description.")),
    operation: str = Query("", description=_("Those of one operation, or of one system.")),
    before: str = Query("", description=BEFORE),
) -> Any:
    place = Place.parse(before, timed=True)
    if before and place is None:
        told = gettext("No page begins at “%(before)s”. Ask for the whole address in `next`.")
        raise Problem(422, "invalid", told % {"before": clean(before)})
    filters = Filters(person=request.auth.user, q=clean(q), what=clean(operation)[:80], place=place)
    page = filters.page()
    onward = None
    if page.older:
        onward = address("v1:presets", q=filters.q, operation=filters.what, before=page.older.text)
    return {"presets": [of_preset(row) for row in page.rows], "next": onward}


@router.api_operation(
    SAFE,
    "/presets/{int:pk}",
    response=good(shapes.PresetShape),
    url_name="preset",
    summary=_("Look at a preset"),
    description=_("One preset with its fields: what it holds fast, what it suggests, what it waits for."),
)
@reading
def preset(request: Call, pk: int = Path(..., description=_("The preset's `id`."))) -> Any:
    return whole_preset(found(request.auth.user, number(pk)))


@router.post(
    "/presets/{int:pk}/run",
    response={**BEGUN, **REFUSED, **UNFIT},
    url_name="preset-run",
    summary=_("Run a preset"),
    description=_(
        "Begin a task of its newest version. 201: it is on its way. 202: it is held, `waits_for` says for whom. "
        "200: it was begun before with this `Idempotency-Key`."
    ),
)
@running
def preset_run(
    request: Call, given: shapes.PresetRun, pk: int = Path(..., description=_("The preset's `id`.")), key: str = KEY
) -> Any:
    row = found(request.auth.user, number(pk))
    task, status = begun(request, key, lambda nonce: run_preset(request.auth, row, given, nonce))
    return Status(status, task)


@router.api_operation(
    SAFE,
    "/operations",
    response=good(shapes.OperationList),
    url_name="operations",
    summary=_("List operations"),
    description=_("What this team's connections can make."),
)
@reading
def operations(request: Call) -> Any:
    return {"operations": [of_operation(each) for each in offered()]}


@router.api_operation(
    SAFE,
    "/operations/{name}",
    response=good(shapes.OperationShape),
    url_name="operation",
    summary=_("Look at an operation"),
    description=_("One operation, with the JSON Schema of its body."),
)
@reading
def operation(request: Call, name: str) -> Any:
    row = found_or_404(catalog.get, name)
    return {**of_operation(row), "description": in_words(row.description), "body": row.schema()}


@router.post(
    "/operations/{name}/run",
    response={**BEGUN, **REFUSED, **UNFIT},
    url_name="operation-run",
    summary=_("Run an operation"),
    description=_("Begin a task with a whole body of your own. The callback's address is the studio's."),
)
@running
def operation_run(
    request: Call,
    name: str,
    body: dict[str, Any] = BODY,
    connection: str = Query("", description=_("The name of a connection.")),
    private: bool | None = Query(None, description=_("Only for you to see; else as you ran it last in the studio.")),
    key: str = KEY,
) -> Any:
    row = found_or_404(catalog.get, name)
    if not row.makes_something:
        raise Http404
    task, status = begun(request, key, lambda nonce: run_operation(request.auth, row, body, connection, private, nonce))
    return Status(status, task)


def clean(text: str) -> str:
    return text.replace("\0", "").strip()[:200]


def number(pk: int) -> int:
    """One that a database can look for. Raises Http404."""
    if pk >= 2**63:
        raise Http404
    return pk
