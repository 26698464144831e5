"""The API itself: its endpoints, its document, its errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.responses import NinjaJSONEncoder

from studio import catalog
from studio.api import presets, problems, tasks
from studio.api.calling import Bearer, by_token_alone

View = Callable[..., HttpResponseBase]
DESCRIPTION = _(
    "List presets, run one with values, watch its task, fetch what it made. Everything is asked with a token, which "
    "acts as the person who made it."
)


class Exactly(Parser):
    """Numbers stay as they were written."""

    def parse_body(self, request: HttpRequest) -> Any:
        return catalog.loads(request.body.decode())


class AsWritten(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:
        return catalog.dumps(data)


api = NinjaAPI(
    title="Prompt Studio",
    version="1",
    description=DESCRIPTION,
    servers=[{"url": settings.PUBLIC_URL}],
    auth=Bearer(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="v1",
    parser=Exactly(),
    renderer=AsWritten(),
)
api.add_router("", presets.router, tags=["presets"])
api.add_router("", tasks.router, tags=["tasks"])
problems.handle(api)


def urls() -> list[URLPattern]:
    """The endpoints, each by token alone. The address of the whole would only say that there is nothing."""
    found = [each for each in api.urls[0] if isinstance(each, URLPattern) and each.name != "api-root"]
    return [path_of(each) for each in found]


def path_of(each: URLPattern) -> URLPattern:
    return URLPattern(each.pattern, by_token_alone(cast(View, each.callback)), each.default_args, each.name)


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document, as JSON has it. Made once: that takes 160 ms, and anybody may ask for it."""
    text = json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), cls=NinjaJSONEncoder)
    found: dict[str, Any] = json.loads(text)
    for methods in found["paths"].values():
        methods.pop("head", None)  # what every address does that takes GET
        for each in methods.values():
            for status in ("429", "503"):
                each["responses"][status]["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return found


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """For whoever writes a program: it tells nothing of any team."""
    return HttpResponse(catalog.dumps(document(), indent=2) + "\n", content_type="application/json")


@by_token_alone
def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Never a page below /api/."""
    return problems.told(404, "not_found", "There is no such address. See /api/docs.")
