"""Which of four things became of a paid call that was answered.

Sources: RFC 9110 for the statuses; what the gateway's family documents and was seen to do for the codes in the body.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from studio.gateway.answer import Answer

if TYPE_CHECKING:
    from studio.catalog import Report

# The status leaves open whether the task was made: timeout, conflict, too early, the client closed first.
OPEN_STATUSES = frozenset({408, 409, 425, 499})
# "No channel serves this model": decided before anything is passed on, so nothing was accepted.
NO_CHANNEL = ("model_not_found", "无可用渠道", "no available channel")


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REFUSED_RETRY = "refused_retry"  # refused now; the same body may be sent again later, in a new attempt
    UNKNOWN = "unknown"  # may have been accepted and charged


def classify(answer: Answer, report: Report, *, at_once: bool = False, by_handshake: bool = False) -> Outcome:
    """What a whole answer to a paid call means for the attempt; `report` is the catalog's reading of it, `at_once` says
    that the answer of such a call is all that ever comes, `by_handshake` that a body only follows a yes."""
    status = answer.status
    if 200 <= status < 300:
        return classify_success(report, at_once)
    open_ = Outcome.REFUSED if by_handshake else Outcome.UNKNOWN
    if status in OPEN_STATUSES:
        return open_
    if status == 429:
        return Outcome.REFUSED if answer.is_out_of_money else Outcome.REFUSED_RETRY
    if 300 <= status < 500 or status == 501:
        return Outcome.REFUSED
    if status == 503 and any(word in answer.error_words for word in NO_CHANNEL):
        return Outcome.REFUSED_RETRY
    return open_


def classify_success(report: Report, at_once: bool) -> Outcome:
    if report.is_partial:
        return Outcome.ACCEPTED if report.state else Outcome.UNKNOWN
    if report.gateway_id or report.results:
        return Outcome.ACCEPTED
    if report.state == "succeeded" and at_once:  # of a new name for a file nothing is kept
        return Outcome.ACCEPTED
    if report.state == "failed":  # what was tried and came to nothing (a filtered picture) may have been charged
        return Outcome.REFUSED if report.refused else Outcome.ACCEPTED
    return Outcome.UNKNOWN
