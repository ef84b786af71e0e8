"""Validate an event against the JSON Schema of its type, and make the bytes that are sent.

There is no way to delete an event from Compass, so nothing leaves without passing here: only
`validate` makes a `Payload`, and `client.py` sends nothing else.

One file for each event type, named as the API names the type, describes the whole request;
`shared.json` holds the definitions they refer to. They are stricter than the published contract and
never laxer (a test compares them); where a rule is not the contract's, a `$comment` says whose it
is. Two rules go beyond what a schema can say: the times are in order (`formats.ORDER`), and 1.0 is
no integer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from compass_action.errors import EventError, Problem
from compass_action.event_types import EVENT_TYPES
from compass_action.text import advise

from .formats import is_date_time, is_url, read_disorder
from .plain import copy_plain
from .sentences import build_path, quote, read_problems

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

    from compass_action.event.event import Event

SHARED = "shared.json#/$defs/"


class Payload(NamedTuple):
    """A request that satisfies its schema, ready to be sent. Only `validate` makes one."""

    event_type: str
    component_id: str
    body: bytes
    """The exact bytes to send, also in a retry and a replay: compact JSON in UTF-8."""


def validate(event: Event) -> Payload:
    """Validate an event; raise EventError with everything that is wrong with it."""
    # What cannot be said in JSON is one problem, not also a null where a text belongs.
    faults: dict[tuple[object, ...], str] = {}
    request: Any = copy_plain(event.request(), faults)
    unsayable = {build_path(path): what for path, what in faults.items()}
    problems = [Problem(where, what) for where, what in unsayable.items()]
    problems += [
        problem
        for problem in _find_problems(event.event_type, request)
        if problem.where not in unsayable
    ]
    if problems:
        raise EventError(sorted(problems))
    body = json.dumps(request, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Payload(event.event_type, request["componentId"], body.encode())


def load_schema(event_type: str) -> dict[str, Any]:
    """Load the schema of a request of this type, the shared definitions put in their places."""
    if event_type not in EVENT_TYPES:
        raise EventError([Problem("$.event", _describe_unknown_type(event_type))])
    shared = _read_definitions()

    def put_in_place(value: dict[str, Any]) -> dict[str, Any]:
        reference = value.pop("$ref", None)
        return value if reference is None else shared[reference.removeprefix(SHARED)] | value

    schema: dict[str, Any] = json.loads(_read(event_type), object_hook=put_in_place)
    return schema


def _find_problems(event_type: str, request: Any) -> Iterator[Problem]:
    for error in _build_validator(event_type).iter_errors(request):
        yield from read_problems(error, event_type)
    event = request.get("event")
    body = event.get(event_type) if isinstance(event, dict) else None
    for path, first in read_disorder(event_type, body):
        yield Problem(
            build_path(["event", event_type, *path]),
            f"It is earlier than {first}. Write a later time, or leave it out.",
        )


@cache  # one command may send the same type of event for many components
def _build_validator(event_type: str) -> Validator:
    # jsonschema is imported here because it costs more than the rest of the program, and a command
    # that stops before this point (a wrong input, secrets withheld) should not pay for it.
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.validators import extend

    # JSON Schema takes 1.0 for an integer; a reader of int64 need not.
    types = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    formats = FormatChecker(formats=())
    formats.checks("date-time")(is_date_time)
    formats.checks("url")(is_url)
    build: Any = extend(Draft202012Validator, type_checker=types)  # type: ignore[no-untyped-call]
    validator: Validator = build(load_schema(event_type), format_checker=formats)
    return validator


def _describe_unknown_type(event_type: object) -> str:
    advice = advise(str(event_type), EVENT_TYPES, (), "compass-event help inputs")
    return f"{quote(event_type)} is not an event type. {advice}"


def _read_definitions() -> dict[str, Any]:
    definitions: dict[str, Any] = json.loads(_read("shared"))["$defs"]
    return definitions


def _read(name: str) -> str:
    # Not importlib.resources, whose import alone costs more than reading the file.
    return Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8")
