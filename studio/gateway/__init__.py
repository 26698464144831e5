"""THE WIRE: one client, one guard, one tree of errors. Knows no Django; may import the catalog."""

from studio.gateway.addresses import clean_base_url, is_private_host
from studio.gateway.answer import Answer, read_payload
from studio.gateway.client import Client
from studio.gateway.content import NO_CONTENT, Content, FilePart, json_content, multipart_content
from studio.gateway.errors import AnswerLost, Blocked, NotFetched, NotSent, WireError
from studio.gateway.fetch import Fetched, fetch, link_dies_at
from studio.gateway.guard import Guard
from studio.gateway.outcome import Outcome, classify
from studio.gateway.post import post

__all__ = [
    "NO_CONTENT",
    "Answer",
    "AnswerLost",
    "Blocked",
    "Client",
    "Content",
    "Fetched",
    "FilePart",
    "Guard",
    "NotFetched",
    "NotSent",
    "Outcome",
    "WireError",
    "classify",
    "clean_base_url",
    "fetch",
    "is_private_host",
    "json_content",
    "link_dies_at",
    "multipart_content",
    "post",
    "read_payload",
]
