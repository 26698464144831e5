"""The syntax of an axis: `a, b, c`, `1-10(2)`, `1-10[4]`, `||` or lines where the values hold commas."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal, localcontext
from typing import Any

from django.utils.translation import gettext as _

from studio import catalog
from studio.batches.planning.points import MOST_CELLS, Axis, NotPlanned, Point, short
from studio.composer.controls import UNSET, NotReadable, parse
from studio.languages import in_words, same

_NUMBER = r"(-?\d{1,15}(?:\.\d{1,10})?)"
RANGE = re.compile(
    rf"{_NUMBER}\s*[-–~]\s*{_NUMBER}\s*(?:\(\s*([+-]?\d{{1,15}}(?:\.\d{{1,10}})?)\s*\)|\[\s*(\d{{1,9}})\s*\])?"
)
ON, OFF = catalog.Text("on", "开"), catalog.Text("off", "关")
FINEST = 6  # digits behind the point of numbers that are spread evenly
SWITCH = {
    **dict.fromkeys(("true", "on", "yes", "1", "是", "开", "真"), "true"),
    **dict.fromkeys(("false", "off", "no", "0", "否", "关", "假"), "false"),
}


def axis(field: catalog.Field, text: str) -> Axis:
    """The values of one field. Each stands once. Raises `NotPlanned`."""
    label = in_words(field.label) or field.at
    points: dict[str, Point] = {}
    for piece in typed(field, text):
        value = value_of(field, piece)
        points.setdefault(catalog.dumps(value), Point(heading(field, value, piece), {field.at: value}))
    if not points:
        raise NotPlanned(_("%(field)s: write at least one value, like a, b, c.") % {"field": label})
    return Axis(field.label if field.label else same(field.at), tuple(points.values()))


def swaps(field: catalog.Field, text: str) -> Axis:
    """Search and replace in the prompt: the first is searched for and stands for itself. Raises `NotPlanned`."""
    words = list(dict.fromkeys(words_of(text)))
    if len(words) < 2:
        raise NotPlanned(
            _("Search and replace: write what is searched for and at least one other, like fog, rain, snow.")
        )
    searched, label = short(words[0]), field.label
    title = catalog.Text(f"{label.en} · “{searched}”", f"{label.zh} · “{searched}”")
    return Axis(title, tuple(Point(same(short(word)), swap=(words[0], word)) for word in words))


def words(blank: str, text: str) -> Axis:
    """What stands in the place of a `{{variable}}` of the prompt. Raises `NotPlanned`."""
    found = list(dict.fromkeys(words_of(text)))
    if not found:
        raise NotPlanned(_("%(field)s: write at least one value, like a, b, c.") % {"field": blank})
    return Axis(same(blank), tuple(Point(same(short(word)), words={blank.strip("{}"): word}) for word in found))


def words_of(text: str) -> list[str]:
    """Parts in which no commas are expected, so that they are Chinese ones where there are no others."""
    return pieces(text, "," if "," in text else "，、")


def pieces(text: str, commas: str = ",") -> list[str]:
    """The parts of an axis's text, without spaces around them: between `||`, else line by line, else between commas."""
    if "||" in text:
        parts = text.split("||")
    elif len(lines := [line for line in text.splitlines() if line.strip()]) > 1:
        parts = lines
    else:
        parts = re.split(f"[{commas}]", text) if commas else [text]
    return [part.strip() for part in parts if part.strip()]


def typed(field: catalog.Field, text: str) -> Iterator[str]:
    """Each value as it would be typed into the form; ranges of numbers one by one."""
    if field.type in {"object", "array", "json"}:  # commas belong to the value
        yield from pieces(text, "")
    elif field.type in {"integer", "number"}:
        for piece in pieces(unicodedata.normalize("NFKC", text).replace("−", "-"), ",、"):
            yield from spread(piece, whole=field.type == "integer") if RANGE.fullmatch(piece) else (piece,)
    else:
        yield from words_of(text) if field.choices else pieces(text)


def spread(piece: str, *, whole: bool) -> Iterator[str]:
    """The numbers of `1-10`, `1-10(2)` and `1-10[4]`, upwards or downwards. Raises `NotPlanned`."""
    found = RANGE.fullmatch(piece)
    if found is None:
        raise NotPlanned(
            _("“%(text)s” is not a range of numbers. Write it like 1-10, 1-10(2) or 1-10[4].") % {"text": piece}
        )
    with localcontext(prec=60):
        first, last = Decimal(found[1]), Decimal(found[2])
        if found[4] is not None:
            yield from even(first, last, int(found[4]), piece, whole=whole)
            return
        step = abs(Decimal(found[3])) if found[3] else Decimal(1)
        if not step:
            raise NotPlanned(_("“%(text)s”: a step of 0 leads nowhere.") % {"text": piece})
        number = int(abs(last - first) // step) + 1
        bound(number, piece)
        way = step if last >= first else -step
        yield from (plain(first + way * place) for place in range(number))


def even(first: Decimal, last: Decimal, number: int, piece: str, *, whole: bool) -> Iterator[str]:
    """So many numbers at even distances, both ends among them."""
    if not number:
        raise NotPlanned(_("“%(text)s”: write in the brackets how many numbers there are.") % {"text": piece})
    bound(number, piece)
    for place in range(number):
        value = first + (last - first) * place / (number - 1) if number > 1 else first
        yield plain(round(value, 0 if whole else FINEST))


def bound(number: int, piece: str) -> None:
    if number > MOST_CELLS:
        raise NotPlanned(
            _("“%(text)s” makes %(number)s values; a batch has at most %(most)s cells.")
            % {"text": piece, "number": number, "most": MOST_CELLS}
        )


def plain(number: Decimal) -> str:
    """Without an exponent, and without zeros that say nothing."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def value_of(field: catalog.Field, text: str) -> Any:
    """The value of one piece; a choice may be named by its label, too. Raises `NotPlanned`."""
    if field.type == "boolean":
        text = SWITCH.get(text.lower(), text)
    try:
        value = parse(field, named(field, text))
    except NotReadable as problem:
        raise NotPlanned(f"{in_words(field.label) or field.at}: {problem}") from problem
    return "" if value is UNSET else value


def named(field: catalog.Field, text: str) -> str:
    """The choice that this is the label of, else the text itself."""
    if any(text == str(choice) for choice in field.choices):
        return text
    for choice, label in field.choice_labels.items():
        if text.lower() in {label.en.lower(), label.zh.lower()}:
            return choice
    return text


def heading(field: catalog.Field, value: Any, typed: str) -> catalog.Text:
    if isinstance(value, bool):
        return ON if value else OFF
    label = field.choice_labels.get(str(value))
    return catalog.Text(short(label.en), short(label.zh)) if label else same(short(typed))
