"""Sending: an event of this run, and the end of one that the main stage of its step has begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compass_action import ci, event, report
from compass_action.ci.run import CiRun
from compass_action.connection.destination import Destination
from compass_action.delivery import dispatch, retry
from compass_action.errors import (
    CompassEventError,
    InputError,
    Interrupted,
    NothingToReport,
    Problem,
    Unanswered,
)
from compass_action.event import identity, states
from compass_action.event.event import Events
from compass_action.event_types import EVENT_TYPES
from compass_action.inputs.table import Inputs
from compass_action.report import outcomes
from compass_action.report.report import Kept
from compass_action.tracking import Tracked, read_record

from . import check, ending
from .call import Call, read
from .prepare import Prepared, announce, as_begun, prepare, unsent

if TYPE_CHECKING:
    from compass_action.connection.budget import Budget

POST_TIMEOUT_MAX_SECONDS = 120
"""A cancelled job has five minutes for all its post steps together."""
BEGIN_TIMEOUT_MAX_SECONDS = 10
"""The job waits for it, and the outcome carries the start all the same."""


def send(call: Call) -> int:
    """Report an event; returns the exit code. Raises InputError or EventError: nothing was sent."""
    call = as_begun(call)
    if call.inputs.track:
        # Whatever becomes of it: else the stage at the job's end might hear of something from a step in
        # between, whose variable has the same name.
        report.keep(Kept(ends_job=True), call.system.speaker, call.env, call.log)
    return _report(call, call.inputs, None)


def post(call: Call) -> int:
    """End what the main stage of this very step has begun; returns the exit code.

    It fails a job that has itself succeeded only where the user wants that.
    """
    # Where the step was to begin nothing, somebody else has set the variable.
    resumed = read_record(call.env.get(call.system.state)) if call.inputs.track else None
    if resumed is None:
        call.log.say("debug", "Nothing was begun by the main stage, so there is nothing to end.")
        return 0
    inputs = call.inputs._replace(
        track=False,
        # What the state was when the job began is not how it ended: then it is the job's own.
        state=None if states.is_unfinished(call.inputs.state) else call.inputs.state,
        timeout=min(call.inputs.timeout, POST_TIMEOUT_MAX_SECONDS),
    )
    try:
        return _report(call, inputs, resumed)
    except CompassEventError as error:
        return ending.refuse(call, error, softened=inputs.on_error != "fail")


def _report(call: Call, inputs: Inputs, resumed: Tracked | None) -> int:
    snapshot = read(call)
    run = call.system.parse(snapshot, inputs)
    for remark in run.remarks:
        call.log.say("debug", remark)
    reason = unsent(call, inputs, run)
    if reason:
        return ending.skip(call, reason)
    if resumed and not call.problems:
        _refuse_planted(call, resumed, run)
    try:
        prepared = prepare(call, inputs, run, snapshot, resumed)
    except NothingToReport as nothing:
        return ending.skip(call, str(nothing))
    except Unanswered as error:
        # The end of a tracked job would have nothing to go by.
        begins = _begins(inputs, run) and not inputs.track
        return ending.lose_begin(call, error) if begins else ending.refuse(call, error)
    try:
        return _send(call, inputs, run, prepared, resumed)
    except (Exception, Interrupted) as error:
        from . import fault

        ready, whom = prepared.payloads, prepared.destination
        begins = _is_begun(prepared.events)
        return fault.keep(call._replace(inputs=inputs), error, ready, whom, begins=begins)


def _refuse_planted(call: Call, record: Tracked, run: CiRun) -> None:
    """Refuse a record that an earlier step seems to have planted. Raises InputError."""
    from compass_action.event.resuming import contradictions

    run = ci.with_given(run, call.inputs)
    named = list(contradictions(record, call.inputs, run, call.system))
    if named:
        what = (
            f"what it says was begun has another {' and '.join(named)} than this job, so nothing was "
            "sent. If you change the input while the job runs, give it one value for the whole job. If "
            "you do not, an earlier step has planted this variable."
        )
        raise InputError([Problem(call.system.state, what)])


def _send(
    call: Call, inputs: Inputs, run: CiRun, prepared: Prepared, resumed: Tracked | None
) -> int:
    announce(call, prepared)
    if prepared.destination is None:
        return check.show_requests(call, prepared)
    record = None if resumed else _record(prepared.events)
    ended = _ended(prepared.events) if inputs.record else None
    kept = Kept(record, ended, ends_job=inputs.track, note=run.note)
    # Now, for the process may not reach the end.
    report.keep(kept, call.system.speaker, call.env, call.log, inputs.record)
    return _deliver(call, inputs, prepared, prepared.destination, record)


def _deliver(
    call: Call,
    inputs: Inputs,
    prepared: Prepared,
    destination: Destination,
    record: Tracked | None,
) -> int:
    begins = _is_begun(prepared.events)
    number, outbox = len(prepared.payloads), inputs.outbox
    hurried = inputs.job_status == "cancelled"
    call = call._replace(inputs=inputs)
    seconds = ending.budget(call, number, begins=begins, hurried=hurried)
    seconds = max(seconds - prepared.spent, 1)
    if begins:
        seconds, outbox = min(seconds, BEGIN_TIMEOUT_MAX_SECONDS + retry.pacing(number)), None
    budget = _verifying(seconds) if inputs.verify else None
    receipts = dispatch.deliver(prepared.payloads, destination, seconds, outbox, call.log.say)
    left = outcomes.report(
        outcomes.outcome(receipts), prepared.events.events, prepared.payloads, receipts, record
    )
    if begins:
        remembered = bool(inputs.record or inputs.track or call.system.records(call.env))
        code = ending.conclude_begin(call, receipts, left, remembered=remembered)
    else:
        code = ending.conclude(call, receipts, left)
    if budget:
        from .verify import verify_sent

        verify_sent(call, receipts, destination, budget.left)
    return code


def _verifying(seconds: float) -> Budget:
    from compass_action.connection.budget import Budget  # a run that asks nothing does without

    return Budget(seconds)


def _begins(inputs: Inputs, run: CiRun) -> bool:
    """Tell the report that something has begun, of which there are no events yet."""
    has_duration = EVENT_TYPES[identity.find_event_type(inputs, run)].has_duration
    return has_duration and states.is_unfinished(inputs.state or run.status)


def _is_begun(events: Events) -> bool:
    first = events.events[0]
    has_duration = EVENT_TYPES[first.event_type].has_duration
    return has_duration and first.part["state"] in states.UNFINISHED


def _ended(events: Events) -> Tracked | None:
    """Make what the record of an event that is over would be."""
    has_duration = EVENT_TYPES[events.events[0].event_type].has_duration
    return event.track(events) if has_duration and not _is_begun(events) else None


def _record(events: Events) -> Tracked | None:
    """Make the record for a later stage, of an event that is begun and not ended."""
    return event.track(events) if _is_begun(events) else None
