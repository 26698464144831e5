"""The search page, and what the palette shows while somebody types."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from studio.finding.asked import Asked, question
from studio.finding.palette import sections
from studio.search.words import terms
from studio.teams.access import TeamRequest, team_page


@require_safe
@team_page
def search(request: TeamRequest) -> HttpResponse:
    """`?q=` what to find; `?in=` one of prompts, presets, tasks, batches, results; `?before=` pages."""
    asked = Asked.read(request.GET, request.user, request.team)
    return render(request, "finding/_found.html" if request.htmx else "finding/search.html", {"asked": asked})


@require_safe
@team_page
def palette(request: TeamRequest) -> HttpResponse:
    """`?q=` what stands in the palette."""
    asked = question(request.GET)
    context = {"sections": sections(request, asked), "terms": terms(asked)}
    return render(request, "finding/_options.html", context)
