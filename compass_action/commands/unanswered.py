"""Look-ups that told nothing: why, and whether Compass or the inputs are to blame. Pure.

A Compass that cannot be asked fails a delivery; it makes no input wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from compass_action.connection.answer import Answer
from compass_action.delivery import answers
from compass_action.delivery.failures import FAILURES, Failure
from compass_action.errors import Problem, Unanswered
from compass_action.lookup.asking import NO_TIME, TOO_LARGE, Failed
from compass_action.lookup.compass import NOT_COMPASS

from .known import Known

OWN: Mapping[Failed, str] = {NO_TIME: "budget", TOO_LARGE: "unexpected", NOT_COMPASS: "unexpected"}
"""The failures that no answer and no exception stands for, by key of `FAILURES`."""
OF_AN_EVENT = ("invalid", "not-found", "sources")
"""Failures that say something of an event: an answer to a question does not mean them."""

COMPONENT = (
    "The event is lost: without its component, outbox cannot keep it either. Give component-id, and "
    "nothing has to be looked up."
)
OF_THE_REPORT = {
    ("started-at",): (
        "The event is lost: without its start, outbox cannot keep it either. Give started-at, and "
        "nothing has to be looked up."
    ),
    ("severity",): (
        "The event is lost: without its severity, outbox cannot keep it either. Give severity, and "
        "nothing has to be looked up."
    ),
    ("started-at", "severity"): (
        "The event is lost: without its start and severity, outbox cannot keep it either. Give "
        "started-at and severity, and nothing has to be looked up."
    ),
}
"""What it costs that an earlier report could not be asked for, by the inputs that were needed of it."""


class Missed(NamedTuple):
    """Something that was looked up and is not known."""

    problem: Problem
    failed: Failed | None = None
    """None: Compass has told all there is to know."""


def why(failed: Failed) -> str:
    """Word why a look-up told nothing; foreign text, on one line."""
    if isinstance(failed.answer, Answer):
        status = failed.answer.status
        # What accepts an event says nothing of it, but answers no question.
        said = answers.read(status, failed.answer.body)[1] or f"HTTP {status}"
    elif failed.answer is not None:
        said = answers.read_exception(failed.answer)[1]
    else:
        said = ""
    return ", ".join(filter(None, (said, failed.detail)))


def untold(who: str, what: str, failed: Failed) -> str:
    """Say that somebody told nothing, and whether he could be asked at all."""
    how = "does not tell" if failed.absent else "could not be asked"
    return f"{who} {how} {what}: {why(failed)}."


def find_failure(failed: Failed) -> Failure | None:
    """Find which failure of a delivery it is; None if Compass has answered, and there is no such thing."""
    if failed.absent:
        return None
    if failed.is_ours:
        return FAILURES["fault"]
    if isinstance(failed.answer, Answer):
        found = answers.read(failed.answer.status, failed.answer.body)[0]
    elif failed.answer is not None:
        found = answers.read_exception(failed.answer)[0]
    elif failed.code:
        found = answers.read(failed.code, b"")[0]
    else:
        found = FAILURES[OWN.get(failed, "server")]
    return FAILURES["unexpected"] if found is None or found.key in OF_AN_EVENT else found


def note(known: Known, missed: Sequence[Missed], lost: str) -> Known:
    """Note what is not known; `lost` says what that costs where Compass could not be asked."""
    if not missed:
        return known
    problems = (*known.problems, *(one.problem for one in missed))
    failures = [find_failure(one.failed) if one.failed else None for one in missed]
    blameless = all(failures) and bool(known.unanswered) == bool(known.problems)
    first = failures[0] if blameless else None
    unanswered = Unanswered(problems, first.headline, first.hint, lost) if first else None
    return known._replace(problems=problems, unanswered=unanswered)
