"""The file of `events`: one JSON object on each line, keyed by the names of inputs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from compass_action import snapshot
from compass_action.errors import InputError, Problem
from compass_action.inputs import given
from compass_action.inputs.given import Given
from compass_action.inputs.table import BY_NAME, Inputs
from compass_action.text import Secrets, nearest, quoted

from .call import Call

COMMON = ("connection", "behaviour", "runner")
"""The groups of inputs that hold for the whole file and stand in no line."""
NAMING = frozenset({"component-id", "component-slug", "component-map"})
"""What names components. A line with one of them names all of its own: nothing else is added."""


class Line(NamedTuple):
    """One line, read."""

    number: int
    inputs: Inputs
    names_components: bool


def read(call: Call, problems: list[Problem]) -> Iterator[Line]:
    """Read the lines that are well; what is wrong with the others is added to the problems.

    Raises InputError if there is no file that could be read.
    """
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
        shown = {name: call.secrets.hide_in(text) for name, text in arguments.items()}
        own, found, unread = given.parse(shown, {})
        leaks = list(_find_leaks(arguments, call.secrets)) if shown != arguments else []
        leaking = {problem.where for problem in leaks}
        told = [*wrong, *(p for p in unread if p.where not in leaking), *leaks]
        problems += [at(number, problem) for problem in told]
        if not told:
            laid = _lay_over(call.inputs, own, found)
            yield Line(number, laid, not NAMING.isdisjoint(found))


def _find_leaks(arguments: Mapping[str, str], secrets: Secrets) -> Iterator[Problem]:
    """Find the inputs of a line that hold a whole secret."""
    return given.find_leaks(given.parse(arguments, {})[1], secrets)


def at(number: int, problem: Problem) -> Problem:
    """Say in which line a problem is."""
    return Problem(f"line {number}" + (f", {problem.where}" if problem.where else ""), problem.what)


def _lay_over(common: Inputs, own: Inputs, found: Mapping[str, Given]) -> Inputs:
    """Lay what a line says over what holds for all."""
    names = NAMING if not NAMING.isdisjoint(found) else frozenset()
    fields = {BY_NAME[name].field for name in names | found.keys()}
    return common._replace(**{field: getattr(own, field) for field in fields})


def _read_line(line: str) -> tuple[dict[str, str], list[Problem]]:
    """Read the inputs of one line, and what is wrong with them."""
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        counted = Counter(key for key, _ in pairs)
        twice.extend(key for key, number in counted.items() if number > 1)
        return dict(pairs)

    try:
        record: Any = json.loads(line, object_pairs_hook=once)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        return {}, [Problem("", "it is not a JSON object. Write one object on each line.")]
    problems = [Problem(quoted(key), "it stands twice in one object.") for key in twice]
    arguments: dict[str, str] = {}
    spelt: dict[str, str] = {}
    for key, value in record.items():
        name = str(key).replace("_", "-").lower()
        if name not in BY_NAME:
            near = nearest(name, BY_NAME)
            what = "it is not the name of an input." + (f" Did you mean {near}?" if near else "")
            problems.append(Problem(quoted(str(key)), what))
        elif BY_NAME[name].group in COMMON or name == "component-file":
            what = "it applies to the whole file. Give it as an option or a variable."
            problems.append(Problem(name, what))
        elif value is not None and (text := _text(value).strip()):
            if arguments.get(name, text) != text:
                what = f"{quoted(spelt[name])} and {quoted(key)} have different values. Give one."
                problems.append(Problem(name, what))
            arguments[name], spelt[name] = text, key
    return arguments, problems


def _text(value: Any) -> str:
    """Write a JSON value as the text of an input."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    return json.dumps(value)
