"""The reference: what every operation takes and answers. Reads the catalog only, so every member may see it."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from studio import catalog
from studio.composer.picking import shelves
from studio.composer.reference_page import ReferencePage
from studio.composer.views import choose
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Connection


@require_GET
@team_page
def index(request: TeamRequest) -> HttpResponseBase:
    """Every operation by system, queries and switched-off ones too; `?q=` searches in both languages."""
    query = request.GET.get("q", "")[:100]
    context = {"shelves": shelves(list(Connection.objects.all()), query, every=True), "query": query}
    return render(request, "composer/_reference_list.html" if request.htmx else "composer/reference.html", context)


@require_GET
@team_page
def operation(request: TeamRequest, operation: str) -> HttpResponseBase:
    """One operation; its sample is called at the address of the connection that the composer would take."""
    try:
        found = catalog.get(operation)
    except KeyError as problem:
        raise Http404 from problem
    connections = list(Connection.objects.all())
    page = ReferencePage(found, connections, choose(connections, "", "", found))
    return render(request, "composer/reference_operation.html", {"page": page})


@require_GET
@team_page
def openapi(request: TeamRequest) -> HttpResponseBase:
    """All operations as one OpenAPI document, to be kept as a file."""
    text = catalog.dumps(catalog.openapi_document(), indent=2)
    headers = {"Content-Disposition": 'attachment; filename="openapi.json"'}
    return HttpResponse(f"{text}\n", content_type="application/json", headers=headers)
