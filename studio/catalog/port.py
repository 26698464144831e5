"""A body in the words of another operation: field by field, by what each is for, with a line for what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import conditions, convert, convert_files, messages, paths
from .body import Extras
from .check import Problem
from .convert import Fit, Size
from .operation import Operation
from .port_pieces import FILES, Piece, has_flag, pieces, places
from .ported import Kind, Ported, PortLine
from .schema import Field
from .text import NOTHING, Text

TIED = {"callback", "task"}  # to the system that gave them
CALLBACK = "https://studio.invalid/callback/"  # stands in for the address that the studio sets when it sends

NO_ROLE = Text("No field here is for it.", "目标操作没有对应的字段。")
ONLY_WHEN = Text("Only used when {when}.", "仅当{when}时才起作用。")
TAKEN = Text("There is room for one only.", "只能放一个。")
ITS_TASK = Text("It names a task of the other system.", "它指向另一系统的任务。")
ITS_MODELS = Text("Each system has its own models.", "各系统的模型不同。")
LAST_ONLY = Text("Of its {count} entries only the last goes over.", "共 {count} 项，只带过去最后一项。")
BEHIND = Text("Written behind the words of the prompt.", "写在提示词文字之后。")
UNKNOWN = Text("A key that the catalog does not know.", "目录中没有这个键。")
STARTS = Text("A fresh form starts with it.", "新表单的初始值。")


@dataclass
class _Move:
    """Where the pieces went so far. `beside` are the values that conditions look at."""

    target: Operation
    beside: Mapping[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    lines: list[PortLine] = field(default_factory=list)
    refused: Mapping[str, Text] = field(default_factory=dict)  # paths that did not pass, and why

    def add(self, kind: Kind, piece: Piece, at: str = "", after: Any = None, note: Text = NOTHING) -> None:
        line = PortLine(
            kind, piece.field.at, at, piece.value, after, note, piece.usual and kind == "lost", piece.setting
        )
        self.lines.append(line)


def port(source: Operation, values: Mapping[str, Any], extras: Mapping[str, Any], target: Operation) -> Ported:
    """The values of `source` as `target` takes them. Never raises; what cannot go over has a line that says why."""
    if source.slug == target.slug:
        kept = extras if isinstance(extras, Extras) else Extras(extras)
        return Ported(dict(values), kept, [PortLine("mapped", at, at, each, each) for at, each in values.items()])
    known = next((each.flags for each in target.fields if each.flags), {})
    given = list(pieces(source, values, None if source.system == target.system else known))
    start = target.start()
    move = _moved(source, given, target, start, {})
    for _ in range(8):  # what is chosen decides what else may be chosen; what does not pass stays behind
        again = _moved(source, given, target, start | move.values, move.refused)
        again.refused = {**move.refused, **_refused(target, start, again)}
        settled = again.values == move.values and again.refused == move.refused
        move = again
        if settled:
            break
    made = _completed(target, start, move)
    lines = [*move.lines, *(PortLine("lost", at, before=each, note=UNKNOWN) for at, each in extras.items())]
    return Ported(made, Extras(), [*lines, *_defaults(made, move), *_missing(target, made)])


def _moved(
    source: Operation,
    given: Sequence[Piece],
    target: Operation,
    beside: Mapping[str, Any],
    refused: Mapping[str, Text],
) -> _Move:
    move = _Move(target, beside, refused=refused)
    flat = [each for piece in given for each in (piece, *piece.inside)]
    sides = {piece.field.role: piece for piece in flat if piece.field.role in {"width", "height"}}
    rank = {"model": 0, "prompt": 0, "ratio": 2 if len(sides) == 2 else 1}  # a size says more than a shape
    for piece in sorted(given, key=lambda each: rank.get(each.field.role, 1)):
        if _same_place(source, piece, move):
            continue
        for each in piece.inside or (piece,):
            _by_role(source, each, _shape(each, sides), move)
        if (count := max((each.last_of for each in piece.inside), default=1)) > 1:
            move.add("lost", piece, note=LAST_ONLY.fill(count=count))
    return move


def _same_place(source: Operation, piece: Piece, move: _Move) -> bool:
    """Within a system, a field that has the same place and name in the other operation means the same."""
    there = move.target.field(piece.field.at) if None not in piece.field.steps else None
    if source.system != move.target.system or there is None or there.label != piece.field.label:
        return False
    if there.at in move.refused or not move.target.applies(there, move.beside):
        return False
    choices = move.target.choices(there, move.beside)
    if convert.allowed(there, choices, piece.value) or (choices and not convert.listed(choices, piece.value)):
        return False
    move.values[there.at] = piece.value
    move.add("mapped", piece, there.at, piece.value)
    return True


def _shape(piece: Piece, sides: Mapping[str, Piece]) -> Size | None:
    """The width and height that a value tells, alone or together with its other side."""
    if piece.field.role == "ratio":
        return convert.shape(piece.field, piece.value)
    both = [convert.as_number(sides[role].value) if role in sides else None for role in ("width", "height")]
    if piece.field.role in sides and both[0] and both[1] and min(both[0], both[1]) > 0:
        return float(both[0]), float(both[1])
    return None


def _by_role(source: Operation, piece: Piece, shape: Size | None, move: _Move) -> None:
    """The first field of the same role that takes it; else a line that says why none did."""
    role = piece.field.role
    if not role or role in TIED:
        return move.add("lost", piece, note=ITS_TASK if role == "task" else NO_ROLE)
    if shape is not None and _to_sides(piece, shape, move):
        return None
    roles = {"ratio"} if role in {"width", "height"} and shape else {role}
    reason = NO_ROLE
    for there in places(move.target, roles):
        fitted = _fit(piece, shape, there, move)
        if isinstance(fitted, Fit) and _put(there, fitted.value, move):
            return move.add("converted" if fitted.note else "mapped", piece, there.at, fitted.value, fitted.note)
        reason = fitted if isinstance(fitted, Text) else TAKEN
    if role == "model" and source.system != move.target.system:
        return _its_model(piece, move)
    if reason is NO_ROLE and _into_prompt(piece, shape, move):
        return None
    return move.add("lost", piece, note=reason)


def _into_prompt(piece: Piece, shape: Size | None, move: _Move) -> bool:
    """A setting behind the words, where the prompt is the place for it."""
    prompt = next((each for each in move.target.fields if piece.field.role in each.flags), None)
    if prompt is None or prompt.at not in move.values:
        return False
    flag, words = prompt.flags[piece.field.role], move.values[prompt.at]
    value = convert.in_words(shape) if shape else conditions.word(piece.value)
    text = f"{words} {flag} {value}"
    if not value.strip() or has_flag(words, flag) or convert.allowed(prompt, (), text):
        return False
    move.values[prompt.at] = text
    move.add("converted", piece, prompt.at, f"{flag} {value}", BEHIND)
    return True


def _its_model(piece: Piece, move: _Move) -> None:
    """A model of another system is no loss where the target starts with one of its own."""
    own = next((each.at for each in move.target.fields if each.role == "model"), "")
    start = move.target.start()
    move.add("default" if own in start else "lost", piece, own if own in start else "", start.get(own), ITS_MODELS)


def _to_sides(piece: Piece, shape: Size, move: _Move) -> bool:
    """A shape into two fields of pixels, where there is no field for the ratio."""
    fields = {each.role: each for each in move.target.fields if each.role in {"width", "height", "ratio"}}
    if fields.keys() != {"width", "height"} or {each.at for each in fields.values()} & move.refused.keys():
        return False
    width, height = fields["width"], fields["height"]
    if not (move.target.applies(width, move.beside) and move.target.applies(height, move.beside)):
        return False
    start = [convert.as_number(move.target.start().get(each.at, each.default)) for each in (width, height)]
    usual = (float(start[0]), float(start[1])) if start[0] and start[1] else None
    pairs = [
        (across, up)
        for up in move.target.choices(height, move.beside)
        for across in move.target.choices(width, {**move.beside, height.at: up})
    ]
    made = convert.nearest_pair(pairs, shape, usual) if pairs else convert.pixels(width, height, shape, usual)
    if made is None:
        return False
    into = {width.at: made[0], height.at: made[1]}
    if any(not convert.same(move.values.get(at, value), value) for at, value in into.items()):
        move.add("lost", piece, note=TAKEN)
        return True
    move.values |= into
    for there, after in zip((width, height), made, strict=True):
        if piece.field.role in {"ratio", there.role}:
            exact = convert.same(after, piece.value)
            near = convert.distance(shape, (float(made[0]), float(made[1]))) > 0.01
            note = convert.NEAREST.fill(before=piece.value, after=f"{made[0]} × {made[1]}") if near else convert.WRITTEN
            move.add("mapped" if exact else "converted", piece, there.at, after, NOTHING if exact else note)
    return True


def _fit(piece: Piece, shape: Size | None, there: Field, move: _Move) -> Fit | Text:
    """The value as this field takes it, or why not."""
    if (slot := _slot(there)) in move.refused:
        return move.refused[slot]
    if not move.target.applies(there, move.beside):
        return ONLY_WHEN.fill(when=move.target.when(there))
    fitted = _converted(piece, shape, there, move)
    taken = there.at in move.values and there.type != "array"
    if taken and isinstance(fitted, Fit) and not convert.same(move.values[there.at], fitted.value):
        return TAKEN
    return fitted


def _converted(piece: Piece, shape: Size | None, there: Field, move: _Move) -> Fit | Text:
    choices = move.target.choices(there, move.beside)
    value = piece.value
    if there.role in FILES:
        place = move.target.field(_slot(there)) if there.steps[-1] is None else there
        return convert_files.several(place or there, choices, value, move.target, move.values.get(_slot(there)))
    if there.role == "ratio":
        if shape is None:
            return convert.UNREADABLE.fill(value=messages.short(value), what=convert.A_SIZE)
        return convert.ratio(there, choices, shape, value)
    if there.role == "duration":
        return convert.duration(there, choices, value, piece.field)
    if there.role in {"seed", "count"}:
        return convert.number(there, choices, value, bounded=there.role == "count")
    label = piece.field.choice_labels.get(conditions.word(value), NOTHING)
    return convert.text(there, choices, value, [label.en, label.zh])


def _slot(there: Field) -> str:
    """The path of the value that holds this field: of an item's member that of the list."""
    return paths.join(there.steps[: there.steps.index(None)]) if None in there.steps else there.at


def _put(there: Field, value: Any, move: _Move) -> bool:
    """Set the value; inside a list, in its last item, or in a new one made of what its members start with."""
    if None not in there.steps:
        move.values[there.at] = value
        return True
    cut, above = there.steps.index(None), _slot(there)
    inside = there.steps[cut + 1 :]
    if not inside:
        move.values[above] = value
        return True
    if len(inside) != 1 or inside[0] is None or move.target.field(above) is None:
        return False
    own = [each for each in move.target.fields if each.steps[: cut + 1] == there.steps[: cut + 1]]
    usual = {str(each.steps[-1]): own for each in own if (own := _own(each)) is not None}
    standing = move.values.get(above, move.target.start().get(above))
    items = list(standing) if isinstance(standing, list) else []
    if there.kinds:
        last = usual | {there.kinds.by: next(iter(there.kinds.roles))}
    else:
        last = items.pop() if items and isinstance(items[-1], dict) else usual
    move.values[above] = [*items, {**last, inside[0]: value}]
    return True


def _own(each: Field) -> Any:
    return each.default if each.start is None else each.start


def _refused(target: Operation, start: Mapping[str, Any], move: _Move) -> dict[str, Text]:
    """What went over and does not pass there, beside all that stands there now."""
    found: dict[str, Text] = {}
    for problem in _problems(target, {**start, **move.values}):
        if problem.rule == "applies":
            found |= {at: problem.message for at in move.values if f"{at}.".startswith(f"{problem.path}.")}
        elif problem.level == "error" and problem.rule != "required":
            at = problem.path if problem.path in move.values else paths.around(problem.path)
            found |= {at: problem.message} if at in move.values else {}
    return found


def _problems(target: Operation, values: Mapping[str, Any]) -> list[Problem]:
    given = {target.callback: CALLBACK} if target.callback else {}
    return target.body({**values, **given}).problems


def _completed(target: Operation, start: Mapping[str, Any], move: _Move) -> dict[str, Any]:
    """What went over, with what a fresh form has beside it, and what an object that now stands there must have."""
    made = dict(move.values)
    for each in target.fields:
        own = start.get(each.at, each.default if each.required == "yes" else None)
        stands = each.at in start or any(at.startswith(f"{paths.join(each.steps[:-1])}.") for at in move.values)
        if each.at not in made and own is not None and None not in each.steps and stands:
            made |= {each.at: own} if target.applies(each, {**start, **move.values}) else {}
    return made


def _defaults(made: Mapping[str, Any], move: _Move) -> Iterator[PortLine]:
    told = {line.target for line in move.lines}
    for at, value in made.items():
        if at not in move.values and at not in told and conditions.is_set(value):
            yield PortLine("default", target=at, after=value, note=STARTS)


def _missing(target: Operation, values: Mapping[str, Any]) -> Iterator[PortLine]:
    """What the other operation cannot do without, and nothing stood for."""
    for problem in _problems(target, values):
        if problem.level == "error":
            yield PortLine("missing", target=problem.path, note=problem.message)
