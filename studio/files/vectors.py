"""Embeddings: vectors out of a JSON value, and what a page shows of them. Plain Python, bounded by `MOST`."""

from __future__ import annotations

import base64
import binascii
import math
import sys
from array import array
from collections.abc import Sequence
from itertools import pairwise
from operator import mul
from typing import Any

MOST = 200  # vectors that are looked at
NUMBERS = 6  # first numbers of each that a table shows
COMPARED = 12  # inputs in the table of similarities
STRIPES = 96  # of the strip that shows one vector
LEAST_DIMENSIONS = 8  # less is a list of points, a colour, a size
TURNS = 60  # of the power iteration
Vector = Sequence[float]


def found_in(value: object) -> list[Vector]:
    """The vectors of an answer: `{"data": [...]}`, its list of `{"embedding": ...}`, or bare lists of numbers.

    An embedding is a list of numbers, or base64 of little-endian float32. Empty where the value is anything else.
    """
    items = value.get("data") if isinstance(value, dict) else value
    if not isinstance(items, list) or not items:
        return []
    if all(is_number(item) for item in items):
        items = [items]
    vectors = [vector(item.get("embedding") if isinstance(item, dict) else item) for item in items]
    size = len(vectors[0])
    fit = size >= LEAST_DIMENSIONS and all(len(each) == size for each in vectors)
    return vectors if fit and all(math.isfinite(number) for each in vectors for number in each) else []


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def vector(value: object) -> Vector:
    """One embedding; empty where it is none."""
    if isinstance(value, str):
        return unpacked(value)
    if not isinstance(value, list) or not all(is_number(number) for number in value):
        return []
    try:
        return [float(number) for number in value]
    except OverflowError:
        return []


def unpacked(text: str) -> Vector:
    found = array("f")
    try:
        found.frombytes(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return []
    if sys.byteorder == "big":
        found.byteswap()
    return found.tolist()


def about(vectors: Sequence[Vector]) -> dict[str, Any]:
    """What a page shows, as plain JSON: how many, how long, the first numbers of each, likeness and places."""
    seen = vectors[:MOST]
    return {
        "count": len(vectors),
        "dimensions": len(vectors[0]),
        "rows": [[round(norm(each), 6), [short(number) for number in each[:NUMBERS]]] for each in seen],
        "places": places(seen) if len(seen) > 2 else [],
        "likeness": likeness(seen[:COMPARED]) if len(seen) > 1 else [],
        "strip": strip(seen[0]) if len(seen) == 1 else [],
    }


def short(number: float) -> float:
    return float(f"{number:.6g}")


def dot(one: Vector, other: Vector) -> float:
    return float(sum(map(mul, one, other)))


def norm(one: Vector) -> float:
    return math.sqrt(dot(one, one))


def likeness(vectors: Sequence[Vector]) -> list[list[float]]:
    """The cosine similarity of each to each, -1 to 1; 0 beside a vector that is nothing but zeros."""
    unit = [[number / (norm(each) or 1.0) for number in each] for each in vectors]
    return [[round(max(-1.0, min(1.0, dot(one, other))), 4) for other in unit] for one in unit]


def strip(one: Vector) -> list[int]:
    """A vector as up to `STRIPES` numbers, -100 to 100: the strongest of each share, against the strongest of all."""
    count = min(STRIPES, len(one))
    edges = [len(one) * at // count for at in range(count + 1)]
    shares = [max(one[first:last], key=abs) for first, last in pairwise(edges)]
    top = max(map(abs, shares)) or 1.0
    return [round(100 * number / top) for number in shares]


def places(vectors: Sequence[Vector]) -> list[list[int]]:
    """Each vector as a point, both coordinates -100 to 100: its first two principal components, by one scale."""
    axes = principal(vectors)
    top = max((abs(number) for axis in axes for number in axis), default=0.0) or 1.0
    return [[round(100 * x / top), round(100 * y / top)] for x, y in zip(*axes, strict=True)]


def principal(vectors: Sequence[Vector], count: int = 2) -> list[list[float]]:
    """The coordinates of all vectors along their first principal axes, strongest first.

    By power iteration on the matrix of inner products of the centred vectors, which is small where the vectors are
    long. The sign of an axis is chosen so that its largest coordinate is positive: the same input, the same picture.
    """
    products = inner_products(centred(vectors))
    axes: list[list[float]] = []
    for number in range(count):
        direction, strength = strongest(products, number)
        axis = [math.sqrt(strength) * part for part in direction]
        sign = -1.0 if max(axis, key=abs) < 0 else 1.0
        axes.append([sign * part for part in axis])
        products = [
            [value - strength * direction[row] * direction[column] for column, value in enumerate(line)]
            for row, line in enumerate(products)
        ]
    return axes


def centred(vectors: Sequence[Vector]) -> list[list[float]]:
    middle = [sum(column) / len(vectors) for column in zip(*vectors, strict=True)]
    return [[number - mean for number, mean in zip(each, middle, strict=True)] for each in vectors]


def inner_products(vectors: Sequence[Vector]) -> list[list[float]]:
    half = [[dot(one, other) for other in vectors[: row + 1]] for row, one in enumerate(vectors)]
    return [[half[max(row, column)][min(row, column)] for column in range(len(vectors))] for row in range(len(vectors))]


def strongest(products: Sequence[Vector], number: int) -> tuple[list[float], float]:
    """The unit eigenvector of the largest eigenvalue of a positive matrix, and that value."""
    one = [1.0 + math.sin((number + 1) * (at + 1)) for at in range(len(products))]
    value = 0.0
    for _ in range(TURNS):
        turned = [dot(line, one) for line in products]
        value = norm(turned)
        if value < 1e-12:
            return [0.0] * len(one), 0.0
        one = [part / value for part in turned]
    return one, value
