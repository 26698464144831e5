"""The catalog as lines for a terminal and as plain JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from studio.catalog import Built, Field, Operation, Problem, Report, Text
from studio.catalog.exclusive import beside
from studio.catalog.schema import Conditions

REQUIRED = {"yes": "required", "seed": "required by the page, left out by clients", "no": "optional"}
LIMITS = (
    *("minimum", "maximum", "multiple_of", "min_length", "max_length", "min_items", "max_items"),
    *("pattern", "format", "empty", "nullable", "digits"),
)
SAID = ("gateway_ids", "state", "progress", "error", "code", "cost", "refunded", "eta", "needs")


def line(operation: Operation) -> str:
    words = f"{operation.slug:<28} {operation.method:<5} {operation.path:<36} {operation.makes:<6} {operation.title}"
    return words if operation.enabled else f"{words}  (not enabled)"


def brief(operation: Operation) -> dict[str, Any]:
    return {
        "operation": operation.slug,
        "system": operation.system,
        "title": both(operation.title),
        "method": operation.method,
        "path": operation.path,
        "makes": operation.makes,
        "query": operation.is_query,
        "enabled": operation.enabled,
        "offered": operation.offered,
        "status": operation.status,
    }


def facts(operation: Operation) -> dict[str, Any]:
    """All that the catalog says of an operation, with the source and the doubt of each field."""
    return brief(operation) | {
        "description": both(operation.description),
        "seed_row": operation.seed_row,
        "makes_count": operation.makes_count,
        "transport": operation.transport,
        "callback": operation.callback,
        "poll": operation.poll,
        "poll_every": operation.poll_every,
        "seconds": operation.seconds,
        "patience": operation.patience,
        "result_hours": operation.result_hours,
        "price": operation.price,
        "source": operation.source,
        "doubt": both(operation.doubt),
        "fields": [field_facts(operation, field) for field in operation.fields],
        "exclusive": [[list(entry) for entry in group] for group in operation.form.exclusive],
        "follow_ups": [
            {"operation": f.operation, "label": both(f.label), "set": list(f.set)} for f in operation.follow_ups
        ],
        "example": operation.example,
        "schema": operation.schema(),
    }


def field_facts(operation: Operation, field: Field) -> dict[str, Any]:
    return {
        "at": field.at,
        "in": field.place,
        "types": list(field.types),
        "required": field.required,
        "required_when": conditions(field.required_when),
        "choices": list(field.choices),
        "narrower": [{"when": conditions(n.when), "choices": list(n.choices)} for n in field.narrower],
        "shorter": [{"when": conditions(s.when), "max_length": s.max_length} for s in field.shorter],
        "counted": [
            {"of": conditions(c.of), "when": conditions(c.when), "least": c.least, "most": c.most, "says": both(c.says)}
            for c in field.counted
        ],
        "open": field.open,
        **{name: getattr(field, name) for name in LIMITS},
        "default": field.default,
        "role": field.role,
        "applies": conditions(field.applies),
        "otherwise": field.otherwise,
        "label": both(field.label),
        "help": both(field.help),
        "source": field.source,
        "doubt": both(field.doubt),
    }


def conditions(wanted: Conditions) -> dict[str, list[Any]]:
    return {at: list(values) for at, values in wanted.items()}


def both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def sheet(operation: Operation) -> str:
    """One operation on a terminal."""
    head = [
        f"{operation.slug}: {operation.title} ({operation.title.zh})",
        f"  {operation.description}",
        f"  {operation.method} {operation.path}, {operation.status}; makes {operation.makes}; {operation.transport}",
        f"  price: {operation.price or 'unknown'}",
        f"  query: {operation.poll or 'none'}; callback: {operation.callback or 'none'}",
        f"  source: {operation.source}",
        *([f"  doubt: {operation.doubt}"] if operation.doubt else []),
    ]
    return "\n".join([*head, *(each for field in operation.fields for each in _field_lines(operation, field))])


def _field_lines(operation: Operation, field: Field) -> Iterator[str]:
    choices = [*map(str, field.choices), *(["other"] if field.open else [])]
    rules = [" or ".join(field.types), REQUIRED[field.required]]
    rules += [f"in the {field.place}"] if field.place != "body" else []
    rules += [f"one of {', '.join(choices)}"] if choices else []
    rules += _span(field.minimum, field.maximum, "")
    rules += _span(field.min_length, field.max_length, " characters")
    rules += _span(field.min_items, field.max_items, " entries")
    rules += [f"a multiple of {field.multiple_of}"] if field.multiple_of else []
    rules += ["left out when empty"] if field.omit_empty != "no" else []
    rules += [f"default {field.default}"] if field.default is not None else []
    rules += [f"only when {when}"] if (when := operation.when(field)) else []
    rules += [f"required when {when}"] if (when := operation.missed_when(field)) else []
    rules += [f"not beside {', '.join(map(str, others))}"] if (others := beside(operation.form, field.at)) else []
    yield ""
    yield f"  {field.at}: {field.label} ({field.label.zh})"
    yield f"    {'; '.join(rules)}"
    yield f"    {field.help}"
    yield f"    source: {field.source}"
    if field.doubt:
        yield f"    doubt: {field.doubt}"


def _span(low: float | None, high: float | None, of: str) -> list[str]:
    if low is None and high is None:
        return []
    if low is None or high is None:
        return [f"at most {high:g}{of}" if low is None else f"at least {low:g}{of}"]
    return [f"{low:g} to {high:g}{of}"]


def problem(found: Problem) -> dict[str, Any]:
    return {"path": found.path, "rule": found.rule, "level": found.level, "message": both(found.message)}


def problem_line(found: Problem) -> str:
    return f"{found.level}: {found.path or 'body'} [{found.rule}] {found.message}"


def built(found: Built) -> dict[str, Any]:
    """A body with its trace and its problems."""
    trace = [{"at": t.at, "why": t.why, "kept": t.kept, "fate": t.fate, "note": both(t.note)} for t in found.trace]
    return {"body": found.body, "trace": trace, "problems": [problem(each) for each in found.problems]}


def report_lines(report: Report) -> str:
    """What a report says, a line each; what it does not say is left out."""
    plain = report.plain()
    lines = [f"{name}: {_words(plain[name])}" for name in SAID if plain[name] not in (None, "", [])]
    for result in report.results:
        found = ("result:", result.kind, result.role, result.url or result.text or result.json or "(data)")
        lines.append(" ".join(filter(None, found)))
    lines += [f"action: {action.operation} ({action.label})" for action in report.actions]
    return "\n".join(lines) or "It says nothing new."


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
