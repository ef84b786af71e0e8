"""Sending many events from a file of JSON lines, each an object keyed by the names of inputs."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import timedelta

from compass_action import report
from compass_action.connection.budget import Budget
from compass_action.connection.destination import Destination, find_destination
from compass_action.delivery import dispatch
from compass_action.errors import (
    CompassEventError,
    InputError,
    Interrupted,
    NothingToReport,
    Problem,
    Unanswered,
    collect,
)
from compass_action.event.event import Events
from compass_action.report import outcomes
from compass_action.report.log import Log
from compass_action.report.report import Report
from compass_action.schemas import Payload
from compass_action.snapshot import Snapshot

from . import check, ending, event_file, shared
from .call import Call, read
from .event_file import Line
from .prepare import Prepared, prepare
from .shared import Shared

TOLD_MAX = 20
OF_COMPONENTS = ("component-", "cloud-id", "site")
"""How the inputs begin that are to blame where no component is found."""

Notes = dict[str, list[int]]
"""What is to be said, and the lines that it is about."""


def events(call: Call) -> int:
    """Report every line of the file; returns the exit code.

    Raises InputError with what is wrong in any line, else Unanswered if Compass did not tell what one
    needs, before the first one is sent.
    """
    problems = [*call.problems, *_untrackable(call)]
    lines = collect(problems, lambda: list(event_file.read(call, problems))) or []
    taken, common = read(call), shared.share(call.inputs.timeout / 2, len(lines))
    named = any(line.names_components for line in lines)
    ready: list[Prepared] = []
    nothing: list[str] = []
    unanswered: list[Unanswered] = []
    notes: Notes = {}
    for index, line in enumerate(lines):
        # A moment for each, so that several lines about one thing are updates in their order.
        later = taken._replace(now=taken.now + timedelta(milliseconds=index))
        try:
            ready.append(_prepare(call, line, later, common, notes))
        except NothingToReport as reason:
            nothing.append(f"Line {line.number} is skipped. {reason}")
        except CompassEventError as error:
            found = [problem for problem in error.problems if problem not in call.problems]
            told = [_place(line, problem, named=named) for problem in found]
            if isinstance(error, Unanswered):
                unanswered.append(Unanswered(told, error.headline, error.hint, error.lost))
            else:
                problems += told
    destination = None
    if not call.inputs.dry_run:
        destination = collect(problems, lambda: find_destination(call.inputs, call.env))
    _refuse(call, problems, unanswered, notes)
    for text in nothing:
        call.log.say("notice", text)
    if not ready:
        call.log.say("info", "The file has no events.")
        return ending.leave(call, Report(outcomes.outputs("skipped", ())))
    _say(call, notes, len(lines))
    payloads = [payload for one in ready for payload in one.payloads]
    if destination is None:
        everything = Events(tuple(e for one in ready for e in one.events.events))
        return check.show_requests(call, Prepared(everything, tuple(payloads), None))
    try:
        return _deliver(call, payloads, destination, sum(one.spent for one in ready))
    except (Exception, Interrupted) as error:
        from . import fault

        return fault.keep(call, error, payloads, destination)


def _untrackable(call: Call) -> Sequence[Problem]:
    """Refuse to track a file; what is set for a whole pipeline is none of its business."""
    given = call.given.get("track")
    if call.inputs.track and given and given.source.startswith(("--", "INPUT_")):
        return [Problem("track", "a job is tracked, not a file of events. Leave it out.")]
    return []


def _prepare(call: Call, line: Line, taken: Snapshot, common: Shared, notes: Notes) -> Prepared:
    """Prepare the events of a line as one event is, in a log that is heard with the line's number."""
    aside = Log(report.SPEAKERS[call.system.speaker], stream=io.StringIO())
    aside.hide(call.secrets)
    inputs = line.inputs._replace(dry_run=True)  # where they go is the same for all
    try:
        run = call.system.parse(taken, inputs)
        ready = prepare(call._replace(log=aside), inputs, run, taken, shared=common)
    finally:
        _note(notes, line, [said.text for said in aside.said])
    _note(notes, line, ready.events.notices)
    shared.remember(common, ready.events)
    return ready


def _note(notes: Notes, line: Line, texts: Sequence[str]) -> None:
    for text in dict.fromkeys(texts):
        notes.setdefault(text, []).append(line.number)


def _place(line: Line, problem: Problem, *, named: bool) -> Problem:
    """Say in which line a problem is, unless it is that of the component that all lines have."""
    whole = not named and problem.where.startswith(OF_COMPONENTS)
    return problem if whole else event_file.at(line.number, problem)


def _refuse(
    call: Call, problems: Sequence[Problem], unanswered: Sequence[Unanswered], notes: Notes
) -> None:
    """Raise what is wrong, if anything is."""
    if not problems and not unanswered:
        return
    _say(call, notes, 0)
    if problems:
        raise InputError(_some([*problems, *(p for one in unanswered for p in one.problems)]))
    first = unanswered[0]
    told = [problem for one in unanswered for problem in one.problems]
    raise Unanswered(_some(told), first.headline, first.hint, first.lost)


def _some(problems: Sequence[Problem]) -> list[Problem]:
    """Name the first problems: a file may have thousands of the same kind."""
    found = list(dict.fromkeys(problems))
    left = len(found) - TOLD_MAX
    more = [Problem("more", f"{left} other problems like these.")] if left > 0 else []
    return found[:TOLD_MAX] + more


def _say(call: Call, notes: Mapping[str, Sequence[int]], lines: int) -> None:
    """Say the first notes, each once, with the lines that it is about if it is not about all."""
    for text, numbers in list(notes.items())[:TOLD_MAX]:
        more = f" and {len(numbers) - 1} more" if len(numbers) > 1 else ""
        where = "" if 1 < len(numbers) == lines else f"Line {numbers[0]}{more}: "
        call.log.say("notice", f"{where}{text}")
    if len(notes) > TOLD_MAX:
        call.log.say("notice", f"{len(notes) - TOLD_MAX} other notes like these.")


def _deliver(
    call: Call, payloads: Sequence[Payload], destination: Destination, spent: float
) -> int:
    seconds = max(ending.budget(call, len(payloads), "events") - spent, 1)
    budget = Budget(seconds)
    receipts = dispatch.deliver(payloads, destination, seconds, call.inputs.outbox, call.log.say)
    left = Report(
        outcomes.outputs(outcomes.outcome(receipts), (), (), receipts),
        rows=tuple(map(outcomes.row, receipts)),
        title=f"{len(payloads)} events",
    )
    code = ending.conclude(call, receipts, left)
    if call.inputs.verify:
        from .verify import verify_sent

        verify_sent(call, receipts, destination, budget.left)
    return code
