"""What a person writes is kept in their browser until the studio has it (`static/js/drafts.js`)."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse

POSTED, COOKIE = "draft", "taken"
NAME = re.compile(r"[\w.:-]{1,120}", re.ASCII)


def taken(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Tells the browser in a cookie that its draft, by the name that the form was posted with, is saved. A script there
    forgets the draft and the cookie: neither a refusal nor a sign-in page in between says that it may."""
    name = request.POST.get(POSTED, "")
    if NAME.fullmatch(name):
        answer.set_cookie(COOKIE, name, max_age=60 * 60, samesite="Lax", secure=request.is_secure())
    return answer
