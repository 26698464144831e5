"""A picture that came in: an address, or its bare base64 text, held to what the fact sheets allow."""

from __future__ import annotations

import base64
import binascii
import io
from urllib.parse import parse_qs, urlsplit

from PIL import Image

from studio.sandbox.film import from_token
from studio.sandbox.members import Refused, is_address

LARGEST = 10 * 1024 * 1024
SHORTEST_SIDE = 300
LONGEST_SIDE = 9999
FLATTEST = 2.5


def ratio_of(value: str, name: str) -> str:
    """Width to height, "" where this gateway would have to fetch it. Refuses what is no picture within the limits."""
    if value.startswith("data:"):
        raise Refused(f"{name} must be base64 without a data: prefix")
    if is_address(value):
        return _of_ours(value)
    width, height = _size(value, name)
    if min(width, height) < SHORTEST_SIDE:
        raise Refused(f"{name} is smaller than {SHORTEST_SIDE} pixels")
    if not 1 / FLATTEST <= width / height <= FLATTEST:
        raise Refused(f"{name} is flatter or taller than 1:{FLATTEST}")
    parts = -(-max(width, height) // LONGEST_SIDE)  # a ratio has four digits
    return f"{width // parts}:{height // parts}"


def _of_ours(address: str) -> str:
    """A picture that this gateway made says its ratio in its address."""
    try:
        return from_token(parse_qs(urlsplit(address).query).get("film", [""])[0]).ratio
    except ValueError:
        return ""


def _size(value: str, name: str) -> tuple[int, int]:
    try:
        content = base64.b64decode("".join(value.split()), validate=True)
    except binascii.Error:
        raise Refused(f"{name} is neither an address nor base64") from None
    if len(content) > LARGEST:
        raise Refused(f"{name} is larger than 10 MB")
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            return picture.size
    except (OSError, ValueError, Image.DecompressionBombError):
        raise Refused(f"{name} is no JPG or PNG") from None
