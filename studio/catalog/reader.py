"""Payload to report: the same for every system, by what its `read` tables say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jmespath

from . import payload as payloads
from . import progress, storable
from .conditions import word
from .follow_ups import actions
from .report import PARTIAL, Heard, Kind, Report, Result
from .schema import FollowUp, Reading, ResultRule

_FALLBACKS = tuple(  # the texts that one-api reads from the answers it passes on, in its order, and four more
    jmespath.compile(at)
    for at in (
        "error.message",
        "message",
        "msg",
        "err",
        "error_msg",
        "header.message",
        "response.error.message",
        "description",
        "detail",
        "error",
        "errors",
    )
)
_CODES = tuple(jmespath.compile(at) for at in ("error.code", "code", "error.type", "name"))
_ERROR = jmespath.compile("error")
_NOTHING: Mapping[str, Any] = {}
_AMISS = {"failed", "cancelled"}
NO_JSON = "The gateway answered with a page or text instead of JSON ({status})."
NO_ANSWER = "The gateway answered with nothing ({status})."
NO_RESULT = "The answer holds no result."
BROKEN_OFF = "The answer broke off before its end."


@dataclass(frozen=True, slots=True)
class Reader:
    """How one operation's payloads are read: by kind, and with the follow-ups they offer."""

    readings: Mapping[str, Reading]
    synchronous: bool  # the answer is the result
    is_query: bool  # a refused answer says nothing of the task it asks for
    follow_ups: Sequence[FollowUp] = ()

    def read(
        self,
        payload: object,
        kind: Kind,
        status: int,
        asked: Mapping[str, Any] = _NOTHING,
        gateway_ids: Sequence[str] = (),
    ) -> Report:
        """What a payload says; nothing in it is more than any database can keep."""
        return self._read(payload, kind, status, asked, gateway_ids).storable()

    def _read(
        self, payload: object, kind: Kind, status: int, asked: Mapping[str, Any], gateway_ids: Sequence[str]
    ) -> Report:
        if kind == "answer" and self.is_query:
            kind = "poll"  # what it answers is what a poll hears
        reading = self.readings.get(kind, Reading())
        value = payloads.parsed(payload, form=kind == "callback")
        if reading.ended and isinstance(value, str) and value.lstrip().startswith(payloads.STREAM_STARTS):
            value = payloads.Events()  # it broke off before its first event
        if isinstance(value, payloads.Events):
            return self._stream(reading, value, kind, status, asked)
        return self._whole(reading, value, kind, status, asked, gateway_ids)

    @property
    def hears(self) -> bool:
        return bool(self.readings.get("answer", Reading()).heard)

    def heard(self, payload: str | bytes) -> Heard:
        """What has come in the beginning of an event stream, whose last line may be cut."""
        text = payload.decode("utf-8-sig", "ignore") if isinstance(payload, bytes) else payload
        value = payloads.parsed(text, form=False)
        if not isinstance(value, payloads.Events):
            return Heard()
        reading = self.readings.get("answer", Reading())
        return Heard(storable.text(_heard(reading, value)), progress.percent(reading, list(value)))

    def _stream(
        self, reading: Reading, events: payloads.Events, kind: Kind, status: int, asked: Mapping[str, Any]
    ) -> Report:
        """An event stream: whole, ended by an error, or broken off. What came before the end is kept as `partial`; a
        result that was found whole among its words is one all the same."""
        value = list(events)
        error = payloads.first(reading.stopped, value) if reading.stopped else events.error
        broke_off = bool(reading.ended) and not payloads.first(reading.ended, value)
        partial = [Result("text", text=text, role=PARTIAL)] if (text := _heard(reading, value)) else []
        partial += _results([rule for rule in reading.results if rule.role == PARTIAL], value, "failed")
        if not (error or broke_off) and status < 400:
            told = self._whole(reading, value, kind, status, asked)
            if told.state not in _AMISS:
                return told
            unsaid = [result for result in partial if not result.text or result.text not in told.error]
            return replace(told, results=[*told.results, *unsaid])
        found = replace(reading, results=tuple(rule for rule in reading.results if rule.finds))
        if status < 400 and found.results:
            told = self._accepted(found, value, kind, asked, ())
            if told.state == "succeeded" and told.results:
                return replace(told, results=[*told.results, *partial])
        if error or status >= 400:
            told = self._refusal(reading, error or {}, kind, status)
            return replace(told, results=partial, refused=not (partial or _ids(reading, value)))
        return Report(error=BROKEN_OFF, results=partial)

    def _whole(
        self,
        reading: Reading,
        value: object,
        kind: Kind,
        status: int,
        asked: Mapping[str, Any],
        known: Sequence[str] = (),
    ) -> Report:
        if not isinstance(value, dict | list) or (value in ({}, []) and status >= 400):
            return self._unstructured(reading, value, kind, status)
        refused = _is_refused(reading, value, status)
        if refused:
            return self._refusal(reading, value, kind, status)
        return self._accepted(reading, value, kind, asked, known)

    def _unstructured(self, reading: Reading, value: object, kind: Kind, status: int) -> Report:
        """Bytes, text, HTML or nothing at all."""
        if status < 400 and reading.binary and isinstance(value, bytes) and value:
            return Report(state="succeeded", results=[Result(reading.binary, data=value)])
        page = isinstance(value, str) and value.lstrip()[:1] == "<"
        if status < 400 and reading.plain and isinstance(value, str) and value.strip() and not page:
            return Report(state="succeeded", results=[Result(reading.plain, text=value)])
        words = payloads.status_words(status)
        if status >= 400:
            short = isinstance(value, str) and not page and 0 < len(value.strip()) <= 300
            return Report(state=self._failed(kind), error=payloads.clean(str(value)) if short else words, refused=True)
        error = (NO_ANSWER if value in (None, "", b"") else NO_JSON).format(status=words)
        # An accepted call with an unreadable answer may have been charged: only a synchronous one has failed for sure.
        return Report(state="failed" if self.synchronous and not self.is_query else None, error=error)

    def _failed(self, kind: Kind) -> str | None:
        return "failed" if kind == "answer" else None

    def _refusal(self, reading: Reading, value: object, kind: Kind, status: int) -> Report:
        error = payloads.sentence(_text(reading.refusal, value)) or payloads.sentence(_text(_FALLBACKS, value))
        state = self._failed(kind)
        told = _state(reading, value)
        if kind != "answer" and status < 400 and told in _AMISS:
            state = told  # its own word for it is about the task, even in the clothes of an error
            error = payloads.sentence(_text(reading.error, value)) or error
        return Report(
            gateway_ids=() if kind == "answer" else _ids(reading, value),
            state=state,
            error=error or payloads.status_words(status),
            code=_code(value),
            refused=True,
            **_money(reading, value),
        )

    def _accepted(
        self, reading: Reading, value: object, kind: Kind, asked: Mapping[str, Any], known: Sequence[str]
    ) -> Report:
        gateway_ids = _ids(reading, value)
        state = _state(reading, value)
        done = "succeeded" if self.synchronous and not self.is_query else ""
        results = list(_results(reading.results, value, state or done))
        error, code = "", ""
        if state is None and kind == "answer":
            state, error = _silent(reading, value, gateway_ids, results)
        if state == "failed":
            error = payloads.sentence(_text(reading.error, value)) or error
            code = payloads.clean(word(payloads.first(reading.error_code, value)))[:100]
        seconds = payloads.number(payloads.first(reading.eta, value))
        needs = _needs(reading, value, asked)
        return Report(
            gateway_ids=gateway_ids,
            state=state,
            progress=progress.percent(reading, value),
            results=results if state != "failed" else [],
            error=error,
            code=code,
            bare=bool(payloads.first(reading.bare, value)),
            eta=seconds if seconds is not None and 0 <= seconds < 1e9 else None,
            needs=needs,
            actions=list(actions(self.follow_ups, value, asked, gateway_ids or known, state, needs)),
            **_money(reading, value),
        )


def _is_refused(reading: Reading, value: object, status: int) -> bool:
    if status >= 400:
        return True
    error = payloads.find(_ERROR, value)
    if isinstance(error, dict) and error:
        return True
    code = payloads.first(reading.code, value)
    if reading.accepted and code is not None:
        return word(code).strip().lower() not in reading.accepted
    said_nothing = _state(reading, value) is None and not _ids(reading, value)
    return bool(error.strip() if isinstance(error, str) else error) and said_nothing


def _text(expressions: Sequence[Any], value: object) -> object:
    """The first finding that makes a sentence."""
    findings = (payloads.find(each, value) for each in expressions)
    return next((found for found in findings if payloads.sentence(found)), None)


def _code(value: object) -> str:
    words = (payloads.find(each, value) for each in _CODES)
    return next((payloads.clean(word(each))[:100] for each in words if word(each).strip()), "")


def _ids(reading: Reading, value: object) -> tuple[str, ...]:
    found = (payloads.ids(payloads.find(each, value), reading.separator) for each in reading.gateway_id)
    return next((ids for ids in found if ids), ())


def _state(reading: Reading, value: object) -> str | None:
    """The state of the first word that is not empty; of an empty word, if that is all there is."""
    words = [payloads.find(each, value) for each in reading.state]
    told = [word(each).strip().lower() for each in words if isinstance(each, str | int | float) and each is not False]
    full = next((each for each in told if each), None)
    if full is not None:
        return reading.states.get(full, reading.unknown)
    return reading.states.get("") if told else None


def _silent(reading: Reading, value: object, ids: Sequence[str], results: Sequence[Result]) -> tuple[str | None, str]:
    """The state of an accepted answer that has no word for it."""
    if reading.silent == "answered":
        return "succeeded", ""
    if reading.silent == "result":
        said = payloads.sentence(_text((*reading.error, *_FALLBACKS), value))
        return ("succeeded", "") if any(not r.role for r in results) else ("failed", said or NO_RESULT)
    return ("queued", "") if ids else (None, "")


def _heard(reading: Reading, value: object) -> str:
    found = payloads.first(reading.heard, list(value) if isinstance(value, list) else value)
    return found if isinstance(found, str) and found.strip() else ""


def _results(rules: Sequence[ResultRule], value: object, state: str) -> Iterator[Result]:
    """Every result once: the first rule that names it decides its kind and role."""
    seen: set[str] = set()
    for rule in rules:
        if state not in rule.when:
            continue
        found = payloads.first(rule.at, value)
        for text in _texts(rule, found):
            key = text.strip() if rule.form == "url" else text
            if key in seen or (result := _result(rule, key)) is None:
                continue
            seen.add(key)
            yield result


def _texts(rule: ResultRule, found: object) -> list[str]:
    if rule.form in {"json", "packed"}:
        return payloads.whole(found) if rule.form == "json" else payloads.unpacked(found)
    texts = payloads.joined(found, data=rule.form == "data") if rule.joined else payloads.flat(found)
    return [match[1] for text in texts for match in re.finditer(rule.finds, text) if match[1]] if rule.finds else texts


def _result(rule: ResultRule, text: str) -> Result | None:
    if rule.form == "text":
        return Result(rule.kind, text=text, role=rule.role)
    if rule.form in {"json", "packed"}:
        return Result(rule.kind, json=text, role=rule.role)
    if rule.form == "data" or text[:5].lower() == "data:":
        return Result(rule.kind, data=text, role=rule.role)
    if text.lower().startswith(("http://", "https://")):
        return Result(rule.kind, url=payloads.clean(text), role=rule.role) if len(text) <= 2000 else None
    return None


def _needs(reading: Reading, value: object, asked: Mapping[str, Any]) -> str:
    """The input that the task waits for; what it was asked for is `asked` in the expressions."""
    ground = value | {"asked": dict(asked)} if isinstance(value, dict) else value
    return next((need.name for need in reading.needs if payloads.find(need.when, ground)), "")


def _money(reading: Reading, value: object) -> dict[str, Any]:
    found = (payloads.find(each, value) for each in reading.refunded)
    flags = (payloads.yes_or_no(each) for each in found)
    amounts = (payloads.money(payloads.find(each, value)) for each in reading.cost)
    return {
        "cost": next((amount for amount in amounts if amount is not None), None),
        "refunded": next((flag for flag in flags if flag is not None), None),
    }
