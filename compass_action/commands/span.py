"""An event around something that takes time: begun while it runs, ended with its outcome."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from compass_action import event
from compass_action.ci.run import CiRun
from compass_action.delivery import dispatch, meanwhile, retry
from compass_action.delivery.failures import FAILURES
from compass_action.delivery.receipt import Receipt
from compass_action.errors import (
    CompassEventError,
    Interrupted,
    NothingToReport,
    Problem,
    Unanswered,
    whereabouts,
)
from compass_action.event_types import EVENT_TYPES
from compass_action.inputs.table import Inputs
from compass_action.report import outcomes
from compass_action.report.outcomes import Message
from compass_action.snapshot import Snapshot
from compass_action.tracking import Tracked

from . import check, ending
from .call import Call, read
from .prepare import Prepared, announce, prepare, unsent

BEGIN_SECONDS = 10
CANCELLED_SECONDS = 5
"""A host that cancels a job kills it seconds later."""


class Begun(NamedTuple):
    """What the end needs of the beginning."""

    run: CiRun
    snapshot: Snapshot
    prepared: Prepared | None
    """None where there is nothing to send."""
    tracked: Tracked | None
    unsent: str = ""
    """Why there is nothing to send."""
    unanswered: Unanswered | None = None
    """What Compass did not tell; the end asks again."""


class Reported(NamedTuple):
    """A beginning that is under way."""

    call: Call
    begun: meanwhile.Meanwhile[Begun]
    said: list[Message]
    """What there is to say of it, when the streams are free."""


def begin(call: Call, started: datetime) -> Reported:
    """Prepare the event, and report that it has begun, in a thread; returns at once."""
    inputs = call.inputs._replace(
        state="in_progress",
        started_at=call.inputs.started_at or started,
        completed_at=None,
        track=False,
    )
    call = call._replace(inputs=inputs, problems=(*call.problems, *_problems(call, inputs)))
    said: list[Message] = []
    if "state" in call.given and call.given["state"].source.startswith(("--", "INPUT_")):
        said.append(Message("notice", "state is not used: the command's outcome is the state."))

    def send(begun: Begun, over: threading.Event) -> None:
        try:
            _send(call, begun, over, said)
        except Exception as error:  # a fault of ours
            said.append(_unshown(FAILURES["fault"].headline, whereabouts(error)))

    return Reported(call, meanwhile.Meanwhile(lambda: _prepare(call), send), said)


def end(
    reported: Reported,
    code: int,
    at: datetime,
    hear: Callable[[], None],
    *,
    cancelled: bool,
) -> int:
    """Report the outcome of what ended `at` with the exit code `code`; returns the exit code.

    `hear` lets signals interrupt what is left to do: it is called before anything is waited for.
    """
    call = reported.call
    fails = call.inputs.on_error == "fail"
    try:
        begun = reported.begun.finish()
        for message in reported.said:
            call.log.say(*message)
        if begun.unsent:
            ending.skip(call, begun.unsent)
            return code
        at = max(at, call.inputs.started_at or at)  # the clock may step back
        inputs = call.inputs._replace(
            state="cancelled" if cancelled else str(code),
            completed_at=at,
            timeout=min(call.inputs.timeout, CANCELLED_SECONDS if cancelled else 3600),
        )
        prepared = prepare(call, inputs, begun.run, begun.snapshot._replace(now=at), begun.tracked)
    except NothingToReport as nothing:
        ending.skip(call, str(nothing))
        return code
    except CompassEventError as error:
        refused = ending.refuse(call, error)
        return code or (refused if fails else 0)
    try:
        lost = _report(call, inputs, begun, prepared, hear)
    except (Exception, Interrupted) as error:
        from . import fault

        ready, whom = prepared.payloads, prepared.destination
        lost = fault.keep(call._replace(inputs=inputs), error, ready, whom)
    return code or lost


def _report(
    call: Call, inputs: Inputs, begun: Begun, prepared: Prepared, hear: Callable[[], None]
) -> int:
    announce(call, prepared)
    if prepared.destination is None:
        if begun.prepared:
            check.show_requests(call, begun.prepared)
        return check.show_requests(call, prepared)
    receipts = _deliver(call, inputs, prepared, hear)
    left = outcomes.report(
        outcomes.outcome(receipts), prepared.events.events, prepared.payloads, receipts
    )
    return ending.conclude(call, receipts, left)


def _problems(call: Call, inputs: Inputs) -> Iterator[Problem]:
    """Find what would keep the two reports from being one event."""
    spans = [kind.name for kind in EVENT_TYPES.values() if kind.has_duration]
    if inputs.event_type not in ("auto", *spans):
        yield Problem("event-type", f"a command is a {' or '.join(spans)}. Leave event-type out.")
    yield from call.system.unfilled(inputs)


def _prepare(call: Call) -> Begun:
    snapshot = read(call)
    run = call.system.parse(snapshot, call.inputs)
    reason = unsent(call, call.inputs, run)
    if reason:
        return Begun(run, snapshot, None, None, reason)
    try:
        prepared = prepare(call, call.inputs, run, snapshot)
    except Unanswered as error:
        return Begun(run, snapshot, None, None, unanswered=error)
    return Begun(run, snapshot, prepared, event.track(prepared.events))


def _send(call: Call, begun: Begun, over: threading.Event, said: list[Message]) -> None:
    """Report that it has begun, unless it is over first; the outcome carries the start anyhow."""
    if begun.unanswered:
        said.append(_unshown(begun.unanswered.headline))
    if begun.prepared is None or begun.prepared.destination is None:
        return
    receipts = meanwhile.transmit(
        begun.prepared.payloads,
        begun.prepared.destination,
        min(BEGIN_SECONDS, call.inputs.timeout) + retry.pacing(len(begun.prepared.payloads)),
        lambda text: said.append(Message("debug", f"start: {text}")),
        over,
    )
    failed: Receipt | None = next((r for r in receipts if r.failure), None)
    if failed and failed.failure and not over.is_set():
        said.append(_unshown(failed.failure.headline, failed.detail))


def _unshown(*why: str) -> Message:
    reasons = ", ".join(filter(None, why))
    text = f"The start could not be reported while the command ran ({reasons}). "
    return Message("notice", text + "The outcome carries it.")


def _deliver(
    call: Call, inputs: Inputs, prepared: Prepared, hear: Callable[[], None]
) -> tuple[Receipt, ...]:
    if prepared.destination is None:
        raise ValueError("there is nowhere to send to")
    target = (prepared.payloads, prepared.destination)
    seconds = min(inputs.timeout, CANCELLED_SECONDS)
    hurried, call = inputs.state == "cancelled", call._replace(inputs=inputs)
    try:
        hear()  # a second signal may be waiting
        budget = ending.budget(call, len(prepared.payloads), hurried=hurried)
        return dispatch.deliver(*target, budget, inputs.outbox, call.log.say)
    except Interrupted:
        return dispatch.deliver(*target, seconds, inputs.outbox, call.log.say)
