"""Replaying outboxes: sending, with the very same bytes, what could not be delivered before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import client, connection, interruption, outbox, outcomes
from .errors import EventError, InputError, Problem
from .events import Event
from .report import Log, Report
from .schemas import validate

if TYPE_CHECKING:
    from .inputs import Inputs
    from .snapshot import Snapshot


def replay(
    files: Sequence[str], asked: Inputs, snapshot: Snapshot, problems: Sequence[Problem], log: Log
) -> int:
    """Send what is in the outbox files; what is delivered leaves them, the rest stays.

    Returns the exit code. Raises InputError with everything that is wrong, before anything is sent.
    """
    problems = list(problems)
    if not files:
        problems.append(Problem("replay", "no file is named. Write compass-event replay FILE."))
    try:
        where = connection.open_to(asked, snapshot.env)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    contents: dict[str, list[outbox.Entry]] = {}
    for path in files:
        try:
            entries, damaged = outbox.read(path)
        except FileNotFoundError:
            log.say("notice", f"{path} is not there, so there is nothing to send.")
            continue
        except OSError as error:
            problems.append(Problem("replay", f"{path} cannot be read ({type(error).__name__})."))
            continue
        checked = (_checked(entry, where.url, path, log) for entry in entries)
        contents[path] = [entry for entry in checked if entry]
        if damaged:
            text = f"{path} has {len(damaged)} lines that are no requests. They stay in the file."
            log.say("warning", text)
    if problems:
        raise InputError(problems)
    return _send(contents, where, asked, snapshot, log)


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
    contents: dict[str, list[outbox.Entry]],
    where: connection.Connection,
    asked: Inputs,
    snapshot: Snapshot,
    log: Log,
) -> int:
    entries = [(path, entry) for path, found in contents.items() for entry in found]
    if not entries:
        log.say("info", "nothing to replay")
        log.save(Report(outcomes.outputs("skipped", ())), snapshot.env)
        return 0
    receipts = client.send(
        [entry.payload for _, entry in entries],
        where,
        asked.timeout,
        on_attempt=lambda text: log.say("debug", text),
        alone=True,
    )
    interruption.ignore()  # what was delivered has to leave the files
    sent = list(zip(entries, receipts, strict=True))
    for path in contents:
        delivered = [entry.line for (at, entry), receipt in sent if at == path and receipt.accepted]
        try:
            if delivered:
                outbox.remove(path, delivered)
        except OSError as error:
            text = f"What was delivered is still in {path} ({type(error).__name__}); "
            log.say("warning", text + "sending it again does no harm.")
    failed = [receipt for receipt in receipts if not receipt.accepted]
    level = "error" if asked.on_error == "fail" else "warning"
    for message in outcomes.closing(receipts, level, None, kept=", ".join(contents)):
        log.say(*message)
    summary = outcomes.outcome(receipts)
    log.save(Report(outcomes.outputs(summary, (), (), receipts)), snapshot.env)
    return 1 if failed and asked.on_error == "fail" else 0
