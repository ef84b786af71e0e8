"""Sending many events from a file of JSON lines, each an object keyed by the names of inputs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from compass_action import ci, event, snapshot
from compass_action.connection.destination import find_destination
from compass_action.delivery import dispatch
from compass_action.errors import EventError, InputError, NothingToReport, Problem, collect
from compass_action.event.event import Events
from compass_action.inputs import given
from compass_action.inputs.table import BY_NAME, Inputs
from compass_action.report import outcomes
from compass_action.report.report import Report
from compass_action.schemas import Payload, validate
from compass_action.snapshot import Snapshot
from compass_action.text import nearest, quoted

from . import check, ending
from .call import Call, read
from .prepare import Prepared, read_all_records

COMMON = ("connection", "behaviour", "runner")
"""The groups of inputs that hold for the whole file and stand in no line."""
PROBLEMS_MAX = 20


class Line(NamedTuple):
    """One line, read."""

    number: int
    inputs: Inputs


def events(call: Call) -> int:
    """Report every line of the file; returns the exit code.

    Raises InputError with what is wrong in any line, before the first one is sent.
    """
    problems = list(call.problems)
    lines = collect(problems, lambda: list(_read_file(call, problems))) or []
    taken = read(call)
    built: list[tuple[Line, Events]] = []
    nothing: list[str] = []
    for index, line in enumerate(lines):
        # A moment for each, so that several lines about one thing are updates in their order.
        later = taken._replace(now=taken.now + timedelta(milliseconds=index))
        try:
            found = collect(problems, lambda line=line, later=later: _build(call, line, later))  # type: ignore[misc]
        except NothingToReport as reason:
            nothing.append(f"Line {line.number} is skipped. {reason}")
            continue
        if found:
            built.append((line, found))
    destination = None
    if not call.inputs.dry_run:
        destination = collect(problems, lambda: find_destination(call.inputs, call.env))
    payloads = [p for line, found in built for p in _validate(line, found, problems)]
    if problems:
        raise InputError(_some(problems))
    for text in nothing:
        call.log.say("notice", text)
    if not payloads:
        call.log.say("info", "The file has no events.")
        return ending.leave(call, Report(outcomes.outputs("skipped", ())))
    all_events = Events(tuple(e for _, found in built for e in found.events))
    for notice in dict.fromkeys(n for _, found in built for n in found.notices):
        call.log.say("notice", notice)
    if destination is None:
        return check.show_requests(call, Prepared(all_events, tuple(payloads), None))
    seconds = ending.budget(call, len(payloads), "events")
    outbox = call.inputs.outbox
    receipts = dispatch.deliver(payloads, destination, seconds, outbox, call.log.say)
    left = Report(
        outcomes.outputs(outcomes.outcome(receipts), (), (), receipts),
        rows=tuple(map(outcomes.row, receipts)),
        title=f"{len(payloads)} events",
    )
    return ending.conclude(call, receipts, left)


def _read_file(call: Call, problems: list[Problem]) -> Iterator[Line]:
    if len(call.files) != 1:
        what = "one file is needed. Write compass-event events FILE, or - for standard input."
        raise InputError([Problem("events", what)])
    [path] = call.files
    try:
        text = snapshot.read_lines_of(path)
    except ValueError as error:
        raise InputError([Problem(path, str(error))]) from None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        arguments, wrong = _read_line(line)
        own, found, unread = given.parse(arguments, {})
        told = [*wrong, *unread]
        problems += [_at(number, problem) for problem in told]
        if not told:
            fields = {BY_NAME[name].field for name in found}
            values = {field: getattr(own, field) for field in fields}
            yield Line(number, call.inputs._replace(**values))


def _read_line(line: str) -> tuple[dict[str, str], list[Problem]]:
    """Read the inputs of one line, and what is wrong with them."""
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        return {}, [Problem("", "it is not a JSON object. Write one object on each line.")]
    arguments, problems = {}, []
    for key, value in record.items():
        name = str(key).replace("_", "-").lower()
        if name not in BY_NAME:
            near = nearest(name, BY_NAME)
            what = "it is not the name of an input." + (f" Did you mean {near}?" if near else "")
            problems.append(Problem(quoted(str(key)), what))
        elif BY_NAME[name].group in COMMON or name == "component-file":
            what = "it applies to the whole file. Give it as an option or a variable."
            problems.append(Problem(name, what))
        elif value is not None:
            arguments[name] = _text(value)
    return arguments, problems


def _text(value: Any) -> str:
    """Write a JSON value as the text of an input."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    return json.dumps(value)


def _build(call: Call, line: Line, taken: Snapshot) -> Events:
    try:
        run = ci.with_given(call.system.parse(taken, line.inputs), line.inputs)
        records = read_all_records(call, taken)
        return event.build(line.inputs, run, call.system, taken, records)
    except InputError as error:
        raise InputError(_at(line.number, problem) for problem in error.problems) from None


def _validate(line: Line, found: Events, problems: list[Problem]) -> list[Payload]:
    payloads = []
    for one in found.events:
        try:
            payloads.append(validate(one))
        except EventError as error:
            problems += [_at(line.number, problem) for problem in error.problems]
    return payloads


def _at(number: int, problem: Problem) -> Problem:
    return Problem(f"line {number}" + (f", {problem.where}" if problem.where else ""), problem.what)


def _some(problems: list[Problem]) -> list[Problem]:
    """Name the first problems: a file may have thousands of the same kind."""
    left = len(problems) - PROBLEMS_MAX
    more = [Problem("more", f"{left} other problems like these.")] if left > 0 else []
    return problems[:PROBLEMS_MAX] + more
