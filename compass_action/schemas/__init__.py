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
from compass_action.text import advise

from .formats import read_disorder
from .plain import copy_plain
from .verdict import satisfies

if TYPE_CHECKING:
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
    event_type = event.event_type
    schema = load_schema(event_type)
    faults: dict[tuple[object, ...], str] = {}
    request: Any = copy_plain(event.request(), faults)
    disordered = any(read_disorder(event_type, request))
    if faults or disordered or not satisfies(request, schema):
        from .explain import find_problems  # it imports jsonschema

        raise EventError(find_problems(event_type, schema, request, faults))
    body = json.dumps(request, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Payload(event_type, request["componentId"], body.encode())


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
