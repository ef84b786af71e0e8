"""Checking: what would be sent, where each value comes from, and what Compass says of it beforehand.
No event is sent.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from compass_action.connection import destination
from compass_action.errors import InputError, NothingToReport, Problem, Unanswered
from compass_action.report import outcomes
from compass_action.report.log import Log
from compass_action.report.report import Check, Value
from compass_action.schemas import Payload
from compass_action.text import without_commands, words

from . import ending, sources
from .call import Call, read
from .prepare import Prepared, announce, as_begun, prepare, site_address

VALUE_MAX_CHARS = 72
CREDENTIALS = ("site", "email", "api-token")
"""What a check does without."""


def check(call: Call) -> int:
    """Show the event of this run; returns the exit code. Raises InputError or EventError."""
    call = as_begun(call)
    snapshot = read(call)
    run = call.system.parse(snapshot, call.inputs)
    missing, wrong = _lacks(call)
    call = call._replace(problems=(*call.problems, *wrong))
    try:
        prepared = prepare(call, call.inputs._replace(dry_run=True), run, snapshot)
    except NothingToReport as nothing:
        return ending.skip(call, str(nothing))
    except Unanswered as error:
        return ending.refuse_to_tell(call, error)
    announce(call, prepared)
    checks: tuple[Check, ...] = ()
    if not (call.offline or call.inputs.dry_run):
        from . import checkup  # a dry run, which shows the request too, does without

        checks = checkup.run(call, prepared.events.events)
    values = sources.trace(call, snapshot, prepared.events)
    show_values(values, call.log)
    code = show_requests(call, prepared, values, checks)
    if any(check.level == "failed" for check in checks):
        code = code or 1
    if missing:
        call.log.say("notice", f"To send it, these inputs are missing: {words(missing)}.")
    call.log.say("success", f"valid; would be sent to {_address(call)}; not tried")
    return code


def _lacks(call: Call) -> tuple[list[str], Sequence[Problem]]:
    """List what sending needs and was not given; and all problems with it if something is wrong."""
    try:
        destination.find_destination(call.inputs, call.env)
    except InputError as error:
        names = [problem.where for problem in error.problems]
        absent = all(name in CREDENTIALS and name not in call.given for name in names)
        return (names, ()) if absent else ([], error.problems)
    return [], ()


def show_values(values: Sequence[Value], log: Log) -> None:
    """Show a table of values and their sources."""
    wide = max(len(value.name) for value in values)
    shown = [_short(value) for value in values]
    middle = max(map(len, shown))
    for value, text in zip(values, shown, strict=True):
        log.say("info", f"{value.name:<{wide}}  {text:<{middle}}  {value.source}")


def _short(value: Value) -> str:
    """Cut a value for the table; of an ARI its last part, for the rest is the same for a site."""
    text = " ".join(value.value.split())
    if value.name == "componentId":
        text = text.rpartition("/")[2]
    return text if len(text) <= VALUE_MAX_CHARS else text[: VALUE_MAX_CHARS - 1] + "…"


def show_requests(
    call: Call,
    prepared: Prepared,
    values: tuple[Value, ...] = (),
    checks: tuple[Check, ...] = (),
) -> int:
    """Show the requests readably, and leave the outputs behind; returns the exit code."""
    bodies = tuple(payload.body.decode() for payload in prepared.payloads)
    for payload in prepared.payloads:
        show_request(call, payload, _address(call))
    left = outcomes.report("dry-run", prepared.events.events, prepared.payloads)
    return ending.leave(call, left._replace(requests=bodies, values=values, checks=checks))


def show_request(call: Call, payload: Payload, address: str) -> None:
    """Show a request readably, without who sends it."""
    call.log.show(f"POST {address}")
    call.log.show("Authorization: Basic ***\nContent-Type: application/json\n")
    shown = json.dumps(json.loads(payload.body), indent=2, ensure_ascii=False)
    call.log.show(without_commands(shown))


def _address(call: Call) -> str:
    unknown = "https://SITE.atlassian.net/gateway/api" + destination.EVENTS_PATH
    return site_address(call.inputs) or unknown
