"""Verifying: whether an event counts. 202 says only that Compass has taken it in; whether it was
ignored, nobody says. So Compass is asked what it shows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from compass_action import report
from compass_action.connection.budget import Budget
from compass_action.connection.destination import Destination
from compass_action.delivery.receipt import Receipt
from compass_action.errors import NothingToReport, Unanswered
from compass_action.event.missing import OPEN_FOR_A_WHILE
from compass_action.event_types import EVENT_TYPES
from compass_action.lookup import events
from compass_action.lookup.asking import Failed, asker, broken
from compass_action.lookup.sought import Seen, Sought, sought_in
from compass_action.report import outcomes
from compass_action.report.log import Log
from compass_action.report.report import Report
from compass_action.report.report import Verdict as Shown
from compass_action.schemas import Payload

from . import ending
from .call import Call, read
from .prepare import announce, as_begun, prepare
from .unanswered import why

VERIFY_SECONDS = 30
COMPONENTS_MAX = 3
"""Each is asked for a few times, and Compass's rate limit is shared by all jobs of the account."""


class Sent(NamedTuple):
    """What was sent, and is now sought."""

    sought: Sought
    number: int | None
    """Its update sequence number; None where that of the report is not known."""
    state: str | None


class Verdict(NamedTuple):
    """What is to be thought of what Compass shows."""

    counts: bool | None
    """None: it could not be asked."""
    text: str
    is_final: bool = True
    """Waiting cannot change it."""


def verify(call: Call) -> int:
    """Ask whether the event of this run counts; returns the exit code. Raises InputError or EventError.

    With an `update-sequence-number` just that update is sought, else the event in its state.
    """
    call = as_begun(call)
    inputs = call.inputs._replace(dry_run=False)
    snapshot = read(call)
    if inputs.event_type in OPEN_FOR_A_WHILE and not inputs.started_at:
        # Any will do: what is sought is found by its id.
        inputs = inputs._replace(started_at=min(inputs.completed_at or snapshot.now, snapshot.now))
    run = call.system.parse(snapshot, inputs)
    try:
        prepared = prepare(call, inputs, run, snapshot)
    except NothingToReport as nothing:
        return ending.skip(call, str(nothing))
    except Unanswered as error:
        return ending.refuse_to_tell(call, error)
    # The end, and perhaps the start, is the moment of asking: how long it took is not known here.
    built = tuple(one._replace(start_is_known=False) for one in prepared.events.events)
    announce(call, prepared._replace(events=prepared.events._replace(events=built)))
    assert prepared.destination is not None  # noqa: S101 - no dry run
    budget = Budget(min(VERIFY_SECONDS, inputs.timeout))
    number = inputs.update_sequence_number
    sent = [
        one._replace(number=number) for payload in prepared.payloads if (one := sent_in(payload))
    ]
    verdicts = confirm(sent, prepared.destination, budget, call.log, bad="error")
    counts = bool(sent) and all(verdict.counts for verdict in verdicts)
    told = outcomes.outputs("accepted" if counts else "failed", built)
    report.note(Report(told, verdicts=verdicts), call.log)
    return 0 if counts else 1


def verify_sent(call: Call, receipts: Sequence[Receipt], whom: Destination, seconds: float) -> None:
    """Say of what was accepted whether it counts, in at most so many seconds."""
    accepted = [receipt.payload for receipt in receipts if receipt.accepted]
    try:
        sent = [one for payload in accepted if (one := sent_in(payload))]
        verdicts = confirm(sent, whom, Budget(min(VERIFY_SECONDS, seconds)), call.log)
    except Exception as error:  # what was accepted stays so
        call.log.say("warning", f"Whether it counts is not known: {broken(error).detail}.")
        return
    report.note((call.log.left or Report())._replace(verdicts=verdicts), call.log)


def sent_in(payload: Payload) -> Sent | None:
    """Read what is sought off the bytes that were sent; None for a type that Compass does not show."""
    request = json.loads(payload.body)
    sought = sought_in(request)
    if sought is None:
        return None
    kind, body = EVENT_TYPES[sought.event_type], request["event"][sought.event_type]
    return Sent(sought, body["updateSequenceNumber"], body[kind.part].get(kind.outcome or ""))


def confirm(
    sent: Sequence[Sent], whom: Destination, budget: Budget, log: Log, *, bad: str = "warning"
) -> tuple[Shown, ...]:
    """Ask for each, and say what Compass shows; `bad` is the level of what does not count."""
    if not sent:
        log.say("notice", "There is nothing to verify: Compass shows no events of this type.")
    verdicts = []
    for one in sent[:COMPONENTS_MAX]:
        told = events.wait_for_event(
            asker(budget), whom, one.sought, budget, partial(_is_final, one)
        ).value
        if isinstance(told, Failed):
            verdict = Verdict(None, f"Compass could not be asked: {why(told)}.")
        else:
            verdict = judge(one, told)
        about = (one.sought.component_id, one.sought.event_type)
        verdicts.append(Shown(*about, verdict.counts, verdict.text))
        log.say("success" if verdict.counts else bad, f"verify: {verdict.text}")
    if len(sent) > COMPONENTS_MAX:
        left = len(sent) - COMPONENTS_MAX
        log.say("notice", f"verify asks for {COMPONENTS_MAX} events at most; {left} were left out.")
    return tuple(verdicts)


def _is_final(sent: Sent, seen: Seen | None) -> bool:
    return judge(sent, seen).is_final


def judge(sent: Sent, seen: Seen | None) -> Verdict:
    """Judge what Compass shows of an event; None: nothing."""
    what = EVENT_TYPES[sent.sought.event_type].noun
    if seen is None:
        text = (
            f"Compass does not show the {what} yet. Look at the component's page in some minutes; if it "
            "is not there then, the event source may be detached."
        )
        return Verdict(False, text, is_final=False)
    ours, theirs = sent.number, seen.update_sequence_number
    if ours is not None and theirs is not None and theirs > ours:
        return Verdict(True, f"Compass shows a later update of the {what} ({theirs}).")
    if ours is not None and theirs is not None and theirs < ours:
        text = (
            f"Compass shows an older update of the {what} ({theirs}, {seen.state}), not this one "
            f"({ours}): it was ignored, or is not processed yet."
        )
        return Verdict(False, text, is_final=False)
    if sent.state and seen.state and seen.state != sent.state:
        text = (
            f"Compass shows the {what} as {seen.state}, not as {sent.state}: this update was ignored, "
            "because its update sequence number does not rise above that of another report."
        )
        return Verdict(False, text, is_final=ours is not None)
    return Verdict(
        True, f"Compass shows the {what}" + (f" as {seen.state}." if seen.state else ".")
    )
