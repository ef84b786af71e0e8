"""Validate an event against the JSON Schema of its type, and make the bytes that are sent.

There is no way to delete an event from Compass, so nothing leaves without passing here: only
`validate` makes a `Payload`, and `client.py` sends nothing else.

One file for each event type, named as the API names the type, describes the whole request;
`shared.json` holds the definitions they refer to. They are stricter than the published contract and
never laxer (a test compares them); where a rule is not the contract's, a `$comment` says whose it
is. Two rules go beyond what a schema can say: the times are in order (`formats.ORDER`), and 1.0 is
no integer. `verdict.py` says yes to a good event, cheaply; `explain.py` says what is wrong with a bad one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from compass_action.errors import EventError, Problem
from compass_action.event_types import EVENT_TYPES
from compass_action.text import Secrets, advise

from .formats import read_disorder
from .plain import copy_plain
from .verdict import satisfies

if TYPE_CHECKING:
    from compass_action.event.event import Event

SHARED = "shared.json#/$defs/"
LEAK = "the API token stands in the event. Take it out of the input it came from."


class Payload(NamedTuple):
    """A request that satisfies its schema and holds no secret, ready to be sent. Only `validate` makes
    one, so that holding it is the proof.
    """

    event_type: str
    component_id: str
    body: bytes
    """The exact bytes to send, also in a retry and a replay: compact JSON in UTF-8."""


def validate(event: Event, secrets: Secrets, body: bytes | None = None) -> Payload:
    """Validate an event; raise EventError with everything that is wrong with it.

    `secrets` are those that must not stand in it, by whichever way they got there. `body` are the
    bytes that the event was read from, which have no other reading; they are sent as they are.
    """
    event_type = event.event_type
    schema = load_schema(event_type)
    faults: dict[tuple[object, ...], str] = {}
    request: Any = copy_plain(event.request(), faults)
    disordered = any(read_disorder(event_type, request))
    if faults or disordered or not satisfies(request, schema):
        from .explain import find_problems  # it imports jsonschema

        raise EventError(find_problems(event_type, schema, request, faults))
    text = json.dumps(request, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if secrets.stand_in(text):
        raise EventError([Problem("$", LEAK)])
    return Payload(event_type, request["componentId"], text.encode() if body is None else body)


def find_faults(event_type: str, fields: Mapping[str, Any]) -> list[Problem]:
    """Find what is wrong with some fields of a type's own part, where the others cannot be had.

    That others are missing is no fault of theirs.
    """
    from .explain import find_problems
    from .sentences import MISSING

    part = EVENT_TYPES[event_type].part
    faults: dict[tuple[object, ...], str] = {}
    request: Any = copy_plain({"event": {event_type: {part: fields}}}, faults)
    found = find_problems(event_type, load_schema(event_type), request, faults)
    inside = f"$.event.{event_type}.{part}."
    return [p for p in found if p.where.startswith(inside) and not p.what.startswith(MISSING)]


@cache  # one command may send the same type of event for many components
def load_schema(event_type: str) -> Mapping[str, Any]:
    """Load the schema of a request of this type, the shared definitions put in their places."""
    if event_type not in EVENT_TYPES:
        from .sentences import quote  # for a refusal only

        advice = advise(str(event_type), EVENT_TYPES, (), "compass-event help inputs")
        message = f"{quote(event_type)} is not an event type. {advice}"
        raise EventError([Problem("$.event", message)])
    shared = _read_definitions()

    def put_in_place(value: dict[str, Any]) -> dict[str, Any]:
        reference = value.pop("$ref", None)
        return value if reference is None else shared[reference.removeprefix(SHARED)] | value

    schema: dict[str, Any] = json.loads(_read(event_type), object_hook=put_in_place)
    return schema


def _read_definitions() -> dict[str, Any]:
    definitions: dict[str, Any] = json.loads(_read("shared"))["$defs"]
    return definitions


def _read(name: str) -> str:
    # Not importlib.resources, whose import alone costs more than reading the file.
    return Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8")
