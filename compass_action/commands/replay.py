"""Replaying outboxes: sending, with the very same bytes, what could not be delivered before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from compass_action.connection.destination import Destination, find_destination
from compass_action.delivery import dispatch, outbox
from compass_action.delivery.receipt import Receipt
from compass_action.errors import EventError, InputError, Problem, collect
from compass_action.event.event import Event
from compass_action.report import outcomes
from compass_action.report.log import Log
from compass_action.report.report import Report
from compass_action.schemas import validate
from compass_action.text import quoted

from . import ending
from .call import Call


class Found(NamedTuple):
    """What an outbox holds."""

    ready: tuple[outbox.Entry, ...]
    """Requests that can be sent."""
    stay: int
    """How many lines cannot, or shall not."""


def replay(call: Call) -> int:
    """Send what is in the outbox files; what is delivered leaves them, the rest stays.

    Returns the exit code. Raises InputError with everything that is wrong, before anything is sent.
    """
    problems = list(call.problems)
    if not call.files:
        problems.append(Problem("replay", "no file is named. Write compass-event replay FILE."))
    destination = collect(problems, lambda: find_destination(call.inputs, call.env))
    url = destination.url if destination else ""
    contents = {path: collect(problems, partial(_read, call, path, url)) for path in call.files}
    if problems or destination is None:
        raise InputError(problems)
    return _send(call, {path: found for path, found in contents.items() if found}, destination)


def _read(call: Call, path: str, url: str) -> Found:
    """Read one outbox; what cannot be sent is told. Raises InputError if it cannot be read."""
    try:
        entries, damaged = outbox.read(path)
    except FileNotFoundError:
        raise InputError([Problem("replay", f"{quoted(path)} is not there.")]) from None
    except OSError as error:
        message = f"{quoted(path)} cannot be read ({type(error).__name__})."
        raise InputError([Problem("replay", message)]) from None
    wanted = call.inputs.component_id
    ready, skipped = [], 0
    for entry in entries:
        checked = _checked(entry, url, path, call.log)
        if checked and wanted and checked.payload.component_id not in wanted:
            skipped += 1
        elif checked:
            ready.append(checked)
    if damaged:
        text = f"{path} has {_count(len(damaged), 'line')} that are no requests. They stay."
        call.log.say("warning", text)
    return Found(tuple(ready), len(entries) - len(ready) - skipped + len(damaged))


def _checked(entry: outbox.Entry, url: str, path: str, log: Log) -> outbox.Entry | None:
    """Pass a line that is a valid event for this endpoint: an outbox comes from outside."""
    if url and entry.url != url:
        log.say("warning", f"A request in {path} is for {entry.url}, not for {url}. It stays.")
        return None
    try:
        request = outbox.read_json_once(entry.payload.body)
        ((kind, body),) = request.pop("event").items()
        event = Event(kind, request.pop("cloudId"), request.pop("componentId"), body)
        if request:
            raise ValueError("more than an event")
        # Named by what it says, not by what its line says. Since its bytes have one reading alone,
        # they are sent as they are: a replay sends what the first attempt sent.
        return entry._replace(payload=validate(event)._replace(body=entry.payload.body))
    except (EventError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        log.say("warning", f"A line of {path} is not a valid event. It stays in the file.")
        return None


def _send(call: Call, contents: Mapping[str, Found], destination: Destination) -> int:
    entries = [(path, entry) for path, found in contents.items() for entry in found.ready]
    stay = sum(found.stay for found in contents.values())
    fails = call.inputs.on_error == "fail"
    if not entries:
        call.log.say("info", "nothing to replay")
        left = Report(outcomes.outputs("failed" if stay else "skipped", ()))
        return ending.leave(call, left) or int(fails and stay > 0)
    receipts = dispatch.transmit(
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
    accepted = sum(receipt.accepted for receipt in receipts)
    stay += len(receipts) - accepted
    call.log.say("info", _summary(receipts, stay))
    outcome = "accepted" if not stay else "partial" if accepted else "failed"
    left = Report(
        outcomes.outputs(outcome, (), (), receipts), rows=tuple(map(outcomes.row, receipts))
    )
    code = ending.conclude(call, receipts, left, kept=", ".join(contents))
    if call.inputs.verify:
        from .verify import VERIFY_SECONDS, verify_sent

        verify_sent(call, receipts, destination, VERIFY_SECONDS)
    return code or int(fails and stay > 0)


def _summary(receipts: Sequence[Receipt], stay: int) -> str:
    """Count: `delivered 3 events of 1 component, 2 stay`."""
    delivered = [receipt.payload.component_id for receipt in receipts if receipt.accepted]
    of = f" of {_count(len(set(delivered)), 'component')}" if delivered else ""
    stays = f", {stay} stay{'s' if stay == 1 else ''}" if stay else ""
    return f"delivered {_count(len(delivered), 'event')}{of}{stays}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
