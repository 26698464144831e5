"""The studio's doors, and two more in the same server that do as little as can be: the floors of what it does."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from studio.urls import urlpatterns as studio

TABLE = "CREATE TABLE IF NOT EXISTS bench_floor (id {number} PRIMARY KEY, body {bytes} NOT NULL)"
KINDS = {
    "sqlite": {"number": "integer", "bytes": "blob"},
    "postgresql": {"number": "bigint GENERATED ALWAYS AS IDENTITY", "bytes": "bytea"},
}


def make_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(TABLE.format(**KINDS[connection.vendor]))


@csrf_exempt
def insert(request: HttpRequest) -> HttpResponse:
    """Keep what is posted, in one INSERT that is committed when this returns."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_floor (body) VALUES (%s)", [request.body])
    return HttpResponse("ok", content_type="text/plain")


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [path("bench/insert/", insert), path("bench/nothing/", nothing), *studio]
