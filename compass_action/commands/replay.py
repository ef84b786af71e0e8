"""Replaying outboxes: sending, with the very same bytes, what could not be delivered before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from compass_action.connection.destination import Destination, find_destination
from compass_action.delivery import dispatch, outbox, retry
from compass_action.delivery.receipt import Receipt
from compass_action.errors import EventError, InputError, Problem, collect
from compass_action.event.components import AUTO
from compass_action.event.event import Event
from compass_action.inputs.table import Inputs
from compass_action.inputs.values import split_url
from compass_action.report import outcomes
from compass_action.report.report import Report
from compass_action.schemas import Payload, validate
from compass_action.text import Secrets, quoted, words

from . import check, ending
from .call import Call
from .prepare import site_address


class Ready(NamedTuple):
    """A line that can be sent."""

    payload: Payload
    url: str
    line: bytes
    """As it stands in the file."""


class Unfit(NamedTuple):
    """What a line is that cannot be sent, or shall not."""

    holds: str
    such_as: str = ""


class Found(NamedTuple):
    """What an outbox holds."""

    ready: tuple[Ready, ...]
    stay: int
    """How many lines cannot be sent, or shall not."""
    unread: int
    """How many lines were not looked at, for there is no time to send them. They stay, too."""


NO_REQUEST = Unfit("no request")
NO_EVENT = Unfit("no valid event")
WITH_TOKEN = Unfit("an event with a token in it, or a part of one")


def replay(call: Call) -> int:
    """Send what is in the outbox files; what is delivered leaves them, the rest stays.

    Returns the exit code. Raises InputError with everything that is wrong, before anything is sent.
    """
    problems = list(call.problems)
    if not call.files:
        problems.append(Problem("replay", "no file is named. Write compass-event replay FILE."))
    destination = None
    if not call.inputs.dry_run:
        destination = collect(problems, lambda: find_destination(call.inputs, call.env))
    url = destination.url if destination else site_address(call.inputs)
    contents: dict[str, Found] = {}
    room = retry.room(call.inputs.timeout)
    for path in dict.fromkeys(call.files):
        found = collect(problems, partial(_read, call, path, url, room))
        if found:
            contents[path] = found
            room -= len(found.ready)
    if problems:
        raise InputError(problems)
    return _send(call, contents, destination)


def _read(call: Call, path: str, url: str, room: int) -> Found:
    """Read one outbox until there are so many requests as there is `room` for.

    What stays is told. Raises InputError if the file cannot be read.
    """
    try:
        lines = outbox.read_lines(path)
    except FileNotFoundError:
        raise InputError([Problem("replay", f"{quoted(path)} is not there.")]) from None
    except OSError as error:
        message = f"{quoted(path)} cannot be read ({type(error).__name__})."
        raise InputError([Problem("replay", message)]) from None
    wanted = _wanted(call.inputs)
    ready: list[Ready] = []
    unfit: dict[str, tuple[str, list[int]]] = {}
    others, unread = 0, 0
    for number, line in lines:
        if len(ready) >= room:
            named = outbox.parse(line) if wanted else None
            others += named is not None and named.request.component_id not in wanted
            unread += not wanted or (named is not None and named.request.component_id in wanted)
        elif isinstance(found := _check(line, url, call.secrets), Unfit):
            unfit.setdefault(found.holds, (found.such_as, []))[1].append(number)
        elif wanted and found.payload.component_id not in wanted:
            others += 1
        else:
            ready.append(found)
    for holds, (such_as, numbers) in unfit.items():
        call.log.say("warning", _left(path, holds, such_as, numbers))
    if others:
        text = "of another component" if others == 1 else "of other components"
        text = f"{_count(others, 'line')} of {path} {'is' if others == 1 else 'are'} {text}"
        call.log.say("notice", f"{text} than component-id names, and stay{'s' * (others == 1)}.")
    return Found(tuple(ready), sum(len(numbers) for _, numbers in unfit.values()), unread)


def _wanted(inputs: Inputs) -> Sequence[str]:
    """Name the components that alone are sent; none for all. The word for any component names none."""
    return [ari for ari in inputs.component_id or () if ari.lower() != AUTO]


def _left(path: str, holds: str, such_as: str, numbers: Sequence[int]) -> str:
    """Say which lines stay because of what they hold, and never show a line."""
    if len(numbers) == 1:
        example = f" ({such_as})" if such_as else ""
        return f"Line {numbers[0]} of {path} holds {holds}{example}. It stays in the file."
    example = f" (such as {such_as})" if such_as else ""
    named = f"{len(numbers)} lines of {path} ({words(map(str, numbers))})"
    return f"{named} hold {holds}{example}. They stay in the file."


def _check(line: bytes, url: str, secrets: Secrets) -> Ready | Unfit:
    """Pass a line that is a valid event for this endpoint, for an outbox comes from outside; else say
    what it is instead. Without an endpoint any is passed that is an address.
    """
    entry = outbox.parse(line)
    if entry is None or (not url and split_url(entry.url) is None):
        return NO_REQUEST
    if url and entry.url != url:
        return Unfit(f"a request for another address than {url}", quoted(entry.url))
    try:
        request = outbox.read_json_once(entry.request.body)
        text = json.dumps(request, ensure_ascii=False)
        # What else comes in is stripped of secrets, but these bytes are sent as they are or not at all.
        if secrets.hide_in(text) != text:
            return WITH_TOKEN
        ((kind, body),) = request.pop("event").items()
        event = Event(kind, request.pop("cloudId"), request.pop("componentId"), body)
        if request:
            raise ValueError("more than an event")
        # Named by what it says, not by what its line says. Since its bytes have one reading alone,
        # they are sent as they are: a replay sends what the first attempt sent.
        return Ready(validate(event, secrets, entry.request.body), entry.url, line)
    except (EventError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return NO_EVENT


def _send(call: Call, contents: Mapping[str, Found], destination: Destination | None) -> int:
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
    if destination is None:
        return _show(call, [entry for _, entry in entries]) or int(fails and stay > 0)
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


def _show(call: Call, entries: Sequence[Ready]) -> int:
    """Show what would be sent; the files stay as they are."""
    payloads = [entry.payload for entry in entries]
    for entry in entries:
        check.show_request(call, entry.payload, entry.url)
    call.log.say(
        "info", f"{_count(len(entries), 'event')} would be sent; the outbox stays as it is"
    )
    bodies = tuple(payload.body.decode() for payload in payloads)
    return ending.leave(call, Report(outcomes.outputs("dry-run", (), payloads), requests=bodies))


def _summary(receipts: Sequence[Receipt], stay: int) -> str:
    """Count: `delivered 3 events of 1 component, 2 stay`."""
    delivered = [receipt.payload.component_id for receipt in receipts if receipt.accepted]
    of = f" of {_count(len(set(delivered)), 'component')}" if delivered else ""
    stays = f", {stay} stay{'s' if stay == 1 else ''}" if stay else ""
    return f"delivered {_count(len(delivered), 'event')}{of}{stays}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
