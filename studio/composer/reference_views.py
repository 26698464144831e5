"""The reference: what every operation takes and answers. Reads the catalog only, so every member may see it."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from studio import catalog
from studio.composer.choosing import choose
from studio.composer.code_choice import language_of, remember_language
from studio.composer.finding import found_or_404
from studio.composer.picking import folded, shelves, words
from studio.composer.reference_page import ReferencePage
from studio.languages import in_words
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Connection


@require_safe
@team_page
def index(request: TeamRequest) -> HttpResponseBase:
    """Every operation by system, queries and switched-off ones too; `?q=` searches in both languages."""
    query = request.GET.get("q", "")[:100]
    found = shelves(list(Connection.objects.all()), query, every=True)
    context = {"shelves": found, "guides": guides(query), "query": query}
    return render(request, "composer/_reference_list.html" if request.htmx else "composer/reference.html", context)


def guides(query: str) -> list[tuple[catalog.Guide, str]]:
    """The pages that are no operation and hold all words of the query, each with the title of its system."""
    wanted = words(query)
    told = [(guide, system.title) for system in catalog.systems() for guide in system.guides]
    texts = [folded(" ".join([g.name, g.seed_row, g.title.en, g.title.zh, title.en, title.zh])) for g, title in told]
    found = zip(told, texts, strict=True)
    return [(guide, in_words(title)) for (guide, title), text in found if all(word in text for word in wanted)]


@require_safe
@team_page
def operation(request: TeamRequest, operation: str) -> HttpResponseBase:
    """One operation; its sample is called at the address of the connection that the composer would take."""
    found = found_or_404(catalog.get, operation)
    connections = list(Connection.objects.all())
    page = ReferencePage(found, connections, choose(connections, "", "", found), language_of(request))
    return remember_language(request, render(request, "composer/reference_operation.html", {"page": page}))


@require_safe
@team_page
def guide(request: TeamRequest, name: str) -> HttpResponseBase:
    """A page of documentation that is no operation."""
    found = found_or_404(catalog.guide, name)
    system = next(each for each in catalog.systems() if each.slug == found.system)
    failures = [(failure, sorted(failure.statuses)) for failure in catalog.failures(found.system)]
    context = {"guide": found, "system": system, "failures": failures}
    return render(request, "composer/guide.html", context)


@require_safe
@team_page
def openapi(request: TeamRequest) -> HttpResponseBase:
    """All operations as one OpenAPI document, to be kept as a file."""
    text = catalog.dumps(catalog.openapi_document(), indent=2)
    headers = {"Content-Disposition": 'attachment; filename="openapi.json"'}
    return HttpResponse(f"{text}\n", content_type="application/json", headers=headers)
