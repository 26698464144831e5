"""Uploads, the team's own look at them, and the addresses at which gateways fetch them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from studio.files import spooling
from studio.files.addresses import verify
from studio.files.models import File, Origin
from studio.files.serving import serve
from studio.files.taking import NotTaken, from_stream, keep, most_bytes, takes_of, too_large
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Role
from studio.teams.scope import across_teams

CHUNK = 256 * 1024


@require_POST
@team_page(role=Role.MEMBER)
def add(request: TeamRequest) -> HttpResponseBase:
    """The request's body is the file as it is, `X-File-Name` its name, quoted as an address is; `?takes=` are the
    kinds, with commas. A fragment with the file comes back; 422 with a sentence for what cannot be used.

    Not the parts of a form: those would be read, and written to the disk, before anything is asked. Where the event
    loop carries the file to the disk, this is asked twice (`spooling`).
    """
    takes = takes_of(request.GET.get("takes", ""))
    most = most_bytes(takes)
    length = request.META.get("CONTENT_LENGTH") or ""
    try:
        if length.isdigit() and int(length) > most:
            raise NotTaken(too_large(most))
        if spooling.is_asked(request.META):
            return HttpResponse(headers={spooling.HEADER: spooling.order(request.user.pk, most)})
        file = brought(request, takes)
    except NotTaken as fault:
        return render(request, "files/_not_taken.html", {"sentence": str(fault)}, status=422)
    except OSError:
        return render(request, "files/_not_taken.html", {"sentence": why_not(spooling.NO_ROOM, most)}, status=422)
    return render(request, "files/_taken.html", {"file": file})


def brought(request: TeamRequest, takes: list[str]) -> File:
    """The file of this request. Raises `NotTaken`."""
    name, came = unquote(request.headers.get("X-File-Name", "")), spooling.came(request.META)
    if came is None:
        return from_stream(request.team, request.user, chunks(request), name, takes)
    if came.why:
        raise NotTaken(why_not(came.why, most_bytes(takes)))
    with open(came.path, "r+b") as file:
        return keep(request.team, request.user, file, name, takes, Origin.UPLOAD)


def why_not(why: str, most: int) -> str:
    if why == spooling.LONG:
        return too_large(most)
    if why == spooling.CROWDED:
        return _("Several of your files are on their way already. Wait until one of them is here.")
    if why == spooling.LATE:
        return _("The file did not come within half an hour. Try again with a faster connection, or a smaller file.")
    return _("The file did not arrive whole, or the studio's disk is full. Try again.")


def chunks(request: HttpRequest) -> Iterator[bytes]:
    while chunk := request.read(CHUNK):
        yield chunk


@require_safe
@team_page
def file(request: TeamRequest, public_id: str, name: str) -> HttpResponseBase:
    """`?download` gives the file to keep instead of to look at. The name is only for people."""
    found = get_object_or_404(File, public_id=public_id)
    try:
        return serve(request, found)
    except FileNotFoundError as fault:
        raise Http404("The file is not in the media folder.") from fault


@require_safe
def incoming(request: HttpRequest, public_id: str, signature: str, name: str) -> HttpResponseBase:
    """For whom an operation gave the signed address to; all else is answered by one fixed 404."""
    if verify(public_id, signature):
        with across_teams():
            found = File.objects.filter(public_id=public_id).first()
        if found:
            try:
                return serve(request, found)
            except FileNotFoundError:
                pass
    return HttpResponse("Not found", status=404, content_type="text/plain")
