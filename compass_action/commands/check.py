"""Checking: what would be sent, where each value comes from, and what Compass says of it beforehand.
No event is sent.
"""

from __future__ import annotations

from collections.abc import Mapping

from compass_action.connection import destination
from compass_action.errors import InputError, NothingToReport
from compass_action.inputs.given import Given
from compass_action.inputs.table import BY_NAME
from compass_action.report import outcomes
from compass_action.report.log import Log

from . import ending
from .call import Call, read
from .prepare import Prepared, announce, as_begun, prepare


def check(call: Call) -> int:
    """Show the event of this run; returns the exit code. Raises InputError or EventError."""
    call = as_begun(call)
    snapshot = read(call)
    run = call.system.parse(snapshot, call.inputs)
    try:
        prepared = prepare(call, call.inputs, run, snapshot)
    except NothingToReport as nothing:
        return ending.skip(call, str(nothing))
    announce(call, prepared)
    code = 0
    if not (call.offline or call.inputs.dry_run):
        from . import checkup  # a dry run, which shows the request too, does without

        code = checkup.run(call, prepared.events.events)
    show_values(call.given, call.log)
    return show_requests(call, prepared) or code


def show_values(given: Mapping[str, Given], log: Log) -> None:
    """Show the values that were given with their sources; secrets hidden."""
    for name, found in given.items():
        shown = "***" if BY_NAME[name].type.is_secret else " ".join(found.text.split())
        log.say("info", f"{name}: {shown}  ({found.source})")


def show_requests(call: Call, prepared: Prepared) -> int:
    """Show the exact requests, and leave the outputs behind; returns the exit code."""
    try:
        url = destination.endpoint(call.inputs)
    except InputError:  # a dry run does without site
        url = "https://SITE.atlassian.net/gateway/api" + destination.EVENTS_PATH
    for payload in prepared.payloads:
        call.log.show(f"POST {url}\nAuthorization: Basic ***\nContent-Type: application/json\n")
        call.log.show(payload.body.decode())
    left = outcomes.report("dry-run", prepared.events.events, prepared.payloads)
    return ending.leave(call, left)
