"""The studio's Django half called without a network: the time that a request takes on the server."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from studio.management.bench import rows
from studio.teams.models import User
from studio.wsgi import application

CSRF = "c" * 32


@dataclass(frozen=True)
class Answer:
    seconds: float
    cpu: float  # seconds of a core that it took, whoever else the machine works for
    status: int
    text: str


class Visitor:
    """A browser in which somebody is signed in."""

    def __init__(self, user: User) -> None:
        self.pages = application
        cookies = {settings.SESSION_COOKIE_NAME: rows.session_of(user), settings.CSRF_COOKIE_NAME: CSRF}
        web = urlsplit(settings.PUBLIC_URL)
        self.common = {
            "SERVER_NAME": str(web.hostname),
            "SERVER_PORT": str(web.port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": web.netloc,
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "HTTP_ACCEPT_LANGUAGE": "en",
            "wsgi.url_scheme": "http",
        }

    def get(self, address: str) -> Answer:
        path, _, query = address.partition("?")
        return self.ask("GET", path, query)

    def post(self, path: str, form: list[tuple[str, str]]) -> Answer:
        """As htmx posts a form."""
        body = urlencode([("csrfmiddlewaretoken", CSRF), *form]).encode()
        return self.ask("POST", path, "", body)

    def ask(self, method: str, path: str, query: str, body: bytes = b"") -> Answer:
        environ = self.common | {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
        }
        if method == "POST":
            environ["HTTP_HX_REQUEST"] = "true"
        said: list[str] = []

        def start(status: str, _headers: object, _fault: object = None, /) -> Callable[[bytes], object]:
            said.append(status)
            return bytes

        began, spent = time.perf_counter(), time.thread_time()
        response = self.pages(environ, start)
        whole = b"".join(response)
        seconds, cpu = time.perf_counter() - began, time.thread_time() - spent
        getattr(response, "close", bool)()
        answer = Answer(seconds, cpu, int(said[0][:3]), whole.decode())
        if answer.status != 200:
            raise RuntimeError(f"{path} answers {said[0]}: {answer.text[:200]}")
        return answer
