"""Replaying outboxes: sending, with the very same bytes, what could not be delivered before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from compass_action.connection.destination import Destination, find_destination
from compass_action.delivery import dispatch, outbox, retry
from compass_action.delivery.receipt import Receipt
from compass_action.errors import EventError, InputError, Problem, collect
from compass_action.event.event import Event
from compass_action.report import outcomes
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
    """How many lines cannot be sent, or shall not."""
    unread: int
    """How many lines were not looked at, for there is no time to send them. They stay, too."""


def replay(call: Call) -> int:
    """Send what is in the outbox files; what is delivered leaves them, the rest stays.

    Returns the exit code. Raises InputError with everything that is wrong, before anything is sent.
    """
    problems = list(call.problems)
    if not call.files:
        problems.append(Problem("replay", "no file is named. Write compass-event replay FILE."))
    destination = collect(problems, lambda: find_destination(call.inputs, call.env))
    url = destination.url if destination else ""
    contents: dict[str, Found] = {}
    room = retry.room(call.inputs.timeout)
    for path in dict.fromkeys(call.files):
        found = collect(problems, partial(_read, call, path, url, room))
        if found:
            contents[path] = found
            room -= len(found.ready)
    if problems or destination is None:
        raise InputError(problems)
    return _send(call, contents, destination)


def _read(call: Call, path: str, url: str, room: int) -> Found:
    """Read one outbox until there are so many requests as there is `room` for.

    What cannot be sent is told. Raises InputError if the file cannot be read.
    """
    try:
        lines = outbox.read_lines(path)
    except FileNotFoundError:
        raise InputError([Problem("replay", f"{quoted(path)} is not there.")]) from None
    except OSError as error:
        message = f"{quoted(path)} cannot be read ({type(error).__name__})."
        raise InputError([Problem("replay", message)]) from None
    wanted = call.inputs.component_id
    ready: list[outbox.Entry] = []
    left_out: Counter[str] = Counter()
    rest = iter(lines)
    while len(ready) < room and (line := next(rest, None)):
        entry = _checked(line, url)
        if isinstance(entry, str):
            left_out[entry] += 1
        elif not wanted or entry.payload.component_id in wanted:
            ready.append(entry)
    for why, number in left_out.items():
        hold, stay = ("holds", "It stays") if number == 1 else ("hold", "They stay")
        text = f"{_count(number, 'line')} of {path} {hold} {why}. {stay} in the file."
        call.log.say("warning", text)
    unread = sum(not wanted or _names(line, wanted) for line in rest)
    return Found(tuple(ready), left_out.total(), unread)


def _names(line: bytes, wanted: Sequence[str]) -> bool:
    entry = outbox.parse(line)
    return entry is not None and entry.payload.component_id in wanted


def _checked(line: bytes, url: str) -> outbox.Entry | str:
    """Pass a line that is a valid event for this endpoint, for an outbox comes from outside; else say
    what it is instead.
    """
    entry = outbox.parse(line)
    if entry is None:
        return "no request"
    if url and entry.url != url:
        return f"a request for {entry.url}, not for {url}"
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
        return "no valid event"


def _send(call: Call, contents: Mapping[str, Found], destination: Destination) -> int:
    entries = [(path, entry) for path, found in contents.items() for entry in found.ready]
    unread = sum(found.unread for found in contents.values())
    stay = sum(found.stay for found in contents.values()) + unread
    fails = call.inputs.on_error == "fail"
    if not entries:
        if not stay:  # else the warning has said so
            call.log.say("info", "nothing to replay")
        left = Report(outcomes.outputs("failed" if stay else "skipped", ()))
        return ending.leave(call, left) or int(fails and stay > 0)
    if unread:
        text = (
            f"{call.inputs.timeout} s of timeout have room for {_count(len(entries), 'request')}."
        )
        call.log.say("info", f"{text} {unread} more stay for the next replay.")
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
