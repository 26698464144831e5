"""What was posted becomes a draft. The form is the operation's: no operation has code of its own."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _

from studio import catalog
from studio.composer import items
from studio.composer.boxes import ticks_of
from studio.composer.controls import OTHER, UNSET, NotReadable, parse, parse_json
from studio.composer.drafts import Draft
from studio.composer.holdings import item_of
from studio.composer.wishes import Wish
from studio.library.kept import Kept

# Names of the controls, each followed by the field's path.
VALUE, OTHER_VALUE, LITERAL, FATE, SHAPE = "v:", "o:", "j:", "fate:", "shape:"


def read(operation: catalog.Operation, post: QueryDict, held: Kept | None = None) -> Draft:
    """The draft that this form holds, with what `held` keeps fixed as it is kept, whatever was posted.

    Never raises: what cannot be read is kept as it was typed, with a sentence.
    """
    draft = Draft(operation, held=held)
    for field in operation.fields:
        if field.at != operation.callback and None not in field.steps:
            _read_field(draft, field, post)
        if (fate := post.get(FATE + field.at)) in {"keep", "omit"}:
            draft.fates[field.at] = fate
    _leave_out(draft, post)
    _read_extras(draft, post.get("extra", ""), post.get("order", ""))
    if "json" in post:
        draft.json_text = str(post["json"]).replace("\r\n", "\n")
        draft.json_fresh = draft.json_text == str(post.get("json-was", "")).replace("\r\n", "\n")
    draft.wish = Wish.read(post)
    draft.hold()
    return draft


def _read_field(draft: Draft, field: catalog.Field, post: QueryDict) -> None:
    literal = post.get(LITERAL + field.at)
    if literal is None and (item_of(draft.operation, field) or ticks_of(draft.operation, field)):
        if texts := [text for text in map(str, post.getlist(VALUE + field.at)) if text.strip()]:
            draft.values[field.at] = texts
        return
    if literal is None and (items.ITEM + field.at) in post:
        _read_items(draft, field, post)
        return
    text = post.get(VALUE + field.at)
    if text == OTHER:
        text = post.get(OTHER_VALUE + field.at, text)
    if literal is None and text is None:
        return
    try:
        value = parse(field, text or "") if literal is None else parse_json(literal)
    except NotReadable as problem:
        draft.typed[field.at] = (text or "") if literal is None else literal
        draft.wrong[field.at] = str(problem)
        draft.literal |= {field.at} if literal is not None else set()
        return
    if value is not UNSET:
        draft.values[field.at] = value


def _leave_out(draft: Draft, post: QueryDict) -> None:
    """An empty control of a required text says "" where the text is used. Beside other values it says nothing: only a
    body that held "" there still does, and its control holds that as JSON."""
    operation = draft.operation
    for field in operation.fields:
        said = draft.values.get(field.at) == "" and LITERAL + field.at not in post
        if said and field.empty and not operation.applies(field, draft.values):
            del draft.values[field.at]


def _read_items(draft: Draft, field: catalog.Field, post: QueryDict) -> None:
    try:
        value = items.read(draft.operation.slug, field, post)
    except items.NotReadableItems as problem:
        draft.typed[field.at], draft.wrong[field.at] = problem.as_typed, str(problem)
        draft.literal |= {field.at}
        return
    if value is not UNSET:
        draft.values[field.at] = value


def _read_extras(draft: Draft, text: str, order: str) -> None:
    packed: dict[str, object] = {"extras": text if text.strip() else "{}", "order": _order(order)}
    try:
        keys = parse_json(str(packed["extras"]))
        if not isinstance(keys, dict):
            raise NotReadable(_('Extra keys are written as one JSON object, for example {"seed": 7}.'))
        draft.extras = catalog.unpack(packed)
    except NotReadable as problem:
        draft.extra_text, draft.extra_wrong = text, str(problem)
        draft.extras = catalog.unpack({"extras": "{}", "order": packed["order"]})


def _order(text: str) -> object:
    """The remembered order of keys; a damaged one is forgotten, since it carries no value."""
    try:
        order = catalog.loads(text) if text else []
        catalog.unpack({"extras": "{}", "order": order})
    except ValueError:
        return []
    return order
