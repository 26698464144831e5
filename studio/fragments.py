"""Pages and what htmx swaps into them share addresses: what keeps a browser from showing one as the other, and both in
one language."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers

View = Callable[[HttpRequest], HttpResponseBase]


def kept_apart(get_response: View) -> View:
    """Middleware: a fragment is kept by nobody, and no page is taken for one. Back, in a browser that has thrown the
    page away, shows what it has kept for the address, whoever asked for it. Where htmx goes back it gets the page."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        is_htmx = "HTTP_HX_REQUEST" in request.META
        if "HTTP_HX_HISTORY_RESTORE_REQUEST" in request.META:
            request.META.pop("HTTP_HX_REQUEST", None)
        response = get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["HX-Request"])
            if is_htmx:
                patch_cache_control(response, no_store=True)
        return response

    return answer


class PageLanguage(LocaleMiddleware):
    """What a page asks for is in the language of that page, which says it in `X-Page-Language`; in another tab the
    person may have chosen another one since."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        language = request.META.get("HTTP_X_PAGE_LANGUAGE", "")
        if language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = language
