"""Sending: an event of this run, and the end of one that the main stage of its step has begun."""

from __future__ import annotations

from compass_action import delivery, event, report
from compass_action.ci.run import CiRun
from compass_action.ci.system import System
from compass_action.errors import SKIPPED
from compass_action.event import states
from compass_action.event.event import Events
from compass_action.event_types import EVENT_TYPES
from compass_action.inputs.table import Inputs
from compass_action.report import outcomes
from compass_action.report.report import Report
from compass_action.tracking import Tracked

from . import check, ending
from .call import Call, read
from .prepare import Prepared, announce, as_begun, prepare, read_begun

POST_TIMEOUT_MAX_SECONDS = 120
"""A cancelled job has five minutes for all its post steps together."""


def send(call: Call) -> int:
    """Report an event; returns the exit code. Raises InputError or EventError: nothing was sent."""
    call = as_begun(call)
    snapshot, inputs = read(call), call.inputs
    run = call.system.parse(snapshot, inputs)
    if run.withholds_secrets and not inputs.api_token and not inputs.dry_run:
        return _skip(call, run)
    prepared = prepare(call, inputs, run, snapshot)
    announce(call, prepared)
    if prepared.destination is None:
        return check.show_requests(call, prepared)
    return _deliver(call, inputs, prepared, _record(inputs, prepared.events, call.system))


def post(call: Call) -> int:
    """End what the main stage of this very step has begun; returns and raises as `send` does."""
    resumed = read_begun(call)
    if resumed is None:
        call.log.say("debug", "Nothing was begun by the main stage, so there is nothing to end.")
        return 0
    snapshot, inputs = read(call), call.inputs
    run = call.system.parse(snapshot, inputs)
    inputs = inputs._replace(
        state=None if states.is_unfinished(inputs.state) else inputs.state,  # else the job's own
        timeout=min(inputs.timeout, POST_TIMEOUT_MAX_SECONDS),
    )
    if run.withholds_secrets and not inputs.api_token and not inputs.dry_run:
        return _skip(call, run)
    prepared = prepare(call, inputs, run, snapshot, resumed)
    announce(call, prepared)
    if prepared.destination is None:
        return check.show_requests(call, prepared)
    return _deliver(call, inputs, prepared, None)


def _skip(call: Call, run: CiRun) -> int:
    text = f"{call.system.name} hands no secrets to {run.withholds_secrets}."
    call.log.say("notice", text, SKIPPED)
    return ending.leave(call, Report(outcomes.outputs("skipped", ())))


def _deliver(call: Call, inputs: Inputs, prepared: Prepared, record: Tracked | None) -> int:
    if prepared.destination is None:
        raise ValueError("there is nowhere to send to")
    if record:  # now: the process may not reach the end
        report.keep(record, call.system.speaker, call.env, call.log)
    receipts = delivery.deliver(
        prepared.payloads, prepared.destination, inputs.timeout, inputs.outbox, call.log.say
    )
    left = outcomes.report(
        outcomes.outcome(receipts), prepared.events.events, prepared.payloads, receipts, record
    )
    return ending.conclude(call, receipts, left)


def _record(inputs: Inputs, events: Events, system: System) -> Tracked | None:
    """Make the record for a later stage, of an event that is begun and not ended."""
    first = events.events[0]
    has_duration = EVENT_TYPES[first.event_type].has_duration
    begun = has_duration and first.part["state"] in states.UNFINISHED
    # Where a step has a stage at the job's end, the record is what makes that send; so it is kept
    # only if that is wanted.
    return event.track(events) if begun and (inputs.track or not system.state) else None
