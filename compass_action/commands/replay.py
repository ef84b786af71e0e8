"""Replaying outboxes: sending, with the very same bytes, what could not be delivered before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from compass_action import delivery
from compass_action.connection.destination import Destination, find_destination
from compass_action.delivery import outbox
from compass_action.errors import EventError, InputError, Problem, collect
from compass_action.event.event import Event
from compass_action.report import outcomes
from compass_action.report.log import Log
from compass_action.report.report import Report
from compass_action.schemas import validate

from . import ending
from .call import Call


def replay(call: Call) -> int:
    """Send what is in the outbox files; what is delivered leaves them, the rest stays.

    Returns the exit code. Raises InputError with everything that is wrong, before anything is sent.
    """
    problems = list(call.problems)
    if not call.files:
        problems.append(Problem("replay", "no file is named. Write compass-event replay FILE."))
    destination = collect(problems, lambda: find_destination(call.inputs, call.env))
    if destination is None:
        raise InputError(problems)
    contents: dict[str, list[outbox.Entry]] = {}
    for path in call.files:
        try:
            entries, damaged = outbox.read(path)
        except FileNotFoundError:
            call.log.say("notice", f"{path} is not there, so there is nothing to send.")
            continue
        except OSError as error:
            problems.append(Problem("replay", f"{path} cannot be read ({type(error).__name__})."))
            continue
        checked = (_checked(entry, destination.url, path, call.log) for entry in entries)
        contents[path] = [entry for entry in checked if entry]
        if damaged:
            text = f"{path} has {len(damaged)} lines that are no requests. They stay in the file."
            call.log.say("warning", text)
    if problems:
        raise InputError(problems)
    return _send(call, contents, destination)


def _checked(entry: outbox.Entry, url: str, path: str, log: Log) -> outbox.Entry | None:
    """Pass a line that is a valid event for this endpoint: an outbox comes from outside."""
    if entry.url != url:
        log.say("warning", f"A request in {path} is for {entry.url}, not for {url}. It stays.")
        return None
    try:
        request: Any = json.loads(entry.payload.body)
        ((kind, body),) = request.pop("event").items()
        event = Event(kind, request.pop("cloudId"), request.pop("componentId"), body)
        if request:
            raise ValueError("more than an event")
        # Named by what it says, not by what its line says; sent as it is.
        return entry._replace(payload=validate(event)._replace(body=entry.payload.body))
    except (EventError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        log.say("warning", f"A line of {path} is not a valid event. It stays in the file.")
        return None


def _send(
    call: Call, contents: Mapping[str, Sequence[outbox.Entry]], destination: Destination
) -> int:
    entries = [(path, entry) for path, found in contents.items() for entry in found]
    if not entries:
        call.log.say("info", "nothing to replay")
        return ending.leave(call, Report(outcomes.outputs("skipped", ())))
    receipts = delivery.transmit(
        [entry.payload for _, entry in entries],
        destination,
        call.inputs.timeout,
        call.log.say,
        alone=True,
    )
    sent = list(zip(entries, receipts, strict=True))
    for path in contents:
        delivered = [entry.line for (at, entry), receipt in sent if at == path and receipt.accepted]
        try:
            if delivered:
                outbox.remove(path, delivered)
        except OSError as error:
            text = f"What was delivered is still in {path} ({type(error).__name__}); "
            call.log.say("warning", text + "sending it again does no harm.")
    left = Report(
        outcomes.outputs(outcomes.outcome(receipts), (), (), receipts),
        rows=tuple(map(outcomes.row, receipts)),
    )
    return ending.conclude(call, receipts, left, kept=", ".join(contents))
