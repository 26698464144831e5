"""The language of code samples that a person chose last: the browser remembers it, as it does the colours."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from studio.composer.code import language

COOKIE = "code"
YEAR = 365 * 24 * 60 * 60  # seconds


def language_of(request: HttpRequest) -> str:
    """The name of the language asked for now, else of the one chosen last, else of the first."""
    asked = request.POST.get(COOKIE) or request.GET.get(COOKIE) or request.COOKIES.get(COOKIE, "")
    return language(asked).name


def remember_language(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    chosen = language_of(request)
    if (COOKIE in request.POST or COOKIE in request.GET) and chosen != request.COOKIES.get(COOKIE):
        response.set_cookie(COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    return response
