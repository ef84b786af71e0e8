"""Where each value of an event comes from, found by trying. Pure.

Nothing in the program keeps book of that. Instead the event is built again and again, each time with
one input or variable changed: what changes with it comes from it. So the answer holds for every CI
system and every rule, also those that are added later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from compass_action import ci, event
from compass_action.errors import InputError, NothingToReport
from compass_action.event.environments import category
from compass_action.event.event import Event, Events
from compass_action.event_types import EVENT_TYPES, OUTCOMES
from compass_action.inputs.table import BY_NAME, Inputs
from compass_action.report.report import Value
from compass_action.snapshot import Snapshot

from .call import Call
from .prepare import read_all_records

CLOCK = "the clock"
RECORD = "the record of the begun event"
DEFAULT = "default"
SOURCES_MAX = 4
FIELDS = {"state": "state", "pipeline-id": "pipelineId", "sequence-number": "sequenceNumber"}
"""The fields that are missing where an input is."""


class Changed(NamedTuple):
    """One thing changed."""

    source: str
    inputs: Inputs
    snapshot: Snapshot


def trace(call: Call, snapshot: Snapshot, events: Events) -> tuple[Value, ...]:
    """List every value of the event with its source; components and the type come first."""
    first = events.events[0]
    found = _flatten(first.request()["event"][first.event_type])
    given = {row: call.given[row].source for row in call.given}
    derived = "an environment is known" if first.event_type == "deployment" else DEFAULT
    asked = given.get("event-type", derived) if call.inputs.event_type != "auto" else derived
    listed = [Value("event type", first.event_type, asked)]
    for one in events.events:
        source = _component_source(one.component_id, call, snapshot)
        listed.append(Value("componentId", one.component_id, source))
    cloud = given.get("cloud-id", "the component's ARI")
    listed.append(Value("cloudId", first.cloud_id, cloud))
    sources = _find_sources(call, snapshot, first, found)
    for path, value in found.items():
        source = ", ".join(sources[path][:SOURCES_MAX]) or DEFAULT
        if path.endswith("environment.category"):
            source = _category_source(str(value), found, call.inputs) or source
        listed.append(Value(_short(path, first.event_type), str(value), source))
    return tuple(listed)


def _short(path: str, event_type: str) -> str:
    return path.removeprefix(EVENT_TYPES[event_type].part + ".")


def _find_sources(
    call: Call, snapshot: Snapshot, first: Event, found: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Find, for each value, what it changes with."""
    sources: dict[str, list[str]] = {path: [] for path in found}
    ends = EVENT_TYPES[first.event_type].ends
    for changed in _changes(call, snapshot, first):
        other, missing = _build(call, changed, first.event_type)
        for path, value in found.items():
            names = path.split(".")
            if other is None:
                hit = missing in names
            elif path not in other and names[-1] in ends:
                hit = False  # it is left out where there is no start: that does not tell it
            else:
                hit = other.get(path) != value
            if hit and changed.source not in sources[path]:
                sources[path].append(changed.source)
    for path, names in sources.items():
        # What a person gave comes first; the clock only where there is nothing else.
        given = {found.source for found in call.given.values()}
        names.sort(key=lambda name: (name not in given, name == CLOCK))
        if len(names) > 1 and CLOCK in names:
            sources[path] = [name for name in names if name != CLOCK]
    return sources


def _changes(call: Call, snapshot: Snapshot, first: Event) -> Iterator[Changed]:
    inputs = call.inputs
    for name, (_, source, _) in call.given.items():
        row = BY_NAME[name]
        value = getattr(inputs, row.field)
        for other in _others(value, getattr(Inputs(), row.field)):
            yield Changed(source, inputs._replace(**{row.field: other}), snapshot)
    for variable, text in snapshot.env.items():
        if text and not variable.startswith(("COMPASS_", "INPUT_", "PLUGIN_")):
            env = {**snapshot.env, variable: _other_text(text)}
            yield Changed(variable, inputs, snapshot._replace(env=env))
    if snapshot.trigger:
        yield from _without_trigger(call, snapshot, first)
    if snapshot.records:
        yield Changed(RECORD, inputs, snapshot._replace(records=()))
    yield Changed(CLOCK, inputs, snapshot._replace(now=snapshot.now + timedelta(minutes=1)))


def _without_trigger(call: Call, snapshot: Snapshot, first: Event) -> Iterator[Changed]:
    """Take the payload away, and change the outcome in it. It stays an event of the same type and of the
    environment that the payload told, for with another one nothing could be compared.
    """
    source, inputs = call.system.trigger, call.inputs._replace(event_type=first.event_type)
    told = first.part.get("environment")
    bare = snapshot._replace(trigger={})
    if isinstance(told, Mapping) and not (inputs.environment or inputs.environment_id):
        name = str(told.get("displayName"))
        yield Changed(source, inputs._replace(environment=_other_text(name)), bare)
        inputs = inputs._replace(environment=name)
    yield Changed(source, inputs, bare)
    flipped = snapshot._replace(trigger=_with_other_outcome(snapshot.trigger))
    yield Changed(source, inputs, flipped)


def _with_other_outcome(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _with_other_outcome(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_with_other_outcome(held) for held in value]
    if isinstance(value, str) and value.replace("_", " ") in OUTCOMES:
        return "failure" if value == "success" else "success"
    return value


def _others(value: Any, default: Any) -> list[Any]:
    """Find other values of an input: nothing, and something that cannot be what is derived."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int):
        return [value + 1]
    if isinstance(value, datetime):
        return [value - timedelta(days=1)]
    if isinstance(value, str):
        return [_other_text(value), default]
    return [default]


def _other_text(text: str) -> str:
    return text + ("7" if text.isascii() and text.isdigit() else "x")


def _build(
    call: Call, changed: Changed, event_type: str
) -> tuple[dict[str, Any] | None, str | None]:
    """Build the changed event; where that fails, None and the field that then is missing."""
    other = call._replace(env=changed.snapshot.env, inputs=changed.inputs)
    try:
        run = call.system.parse(changed.snapshot, changed.inputs)
        events = event.build(
            changed.inputs,
            ci.with_given(run, changed.inputs),
            call.system,
            changed.snapshot,
            read_all_records(other, changed.snapshot),
        )
    except NothingToReport:
        return None, None
    except InputError as error:
        return None, _field(error.problems[0].where)
    except (ValueError, KeyError):  # an input changed to what no reader would let through
        return None, None
    first = events.events[0]
    if first.event_type != event_type:  # another event altogether tells nothing of this one
        return None, None
    return _flatten(first.request()["event"][event_type]), None


def _field(name: str) -> str | None:
    """Name the field of the event that an input fills."""
    return FIELDS.get(name)


def _flatten(value: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {path: value}
    found: dict[str, Any] = {}
    for key, held in value.items():
        found |= _flatten(held, f"{path}.{key}" if path else str(key))
    return found


def _component_source(ari: str, call: Call, snapshot: Snapshot) -> str:
    """Name the input, or the file and the line in it."""
    if "component-id" in call.given:
        return call.given["component-id"].source
    for file in snapshot.component_files.files:
        for number, line in enumerate((file.text or "").splitlines(), 1):
            if ari in line:
                return f"{file.path}:{number}"
    return DEFAULT


def _category_source(found: str, values: Mapping[str, Any], inputs: Inputs) -> str | None:
    """Name the word in the environment's name that decides, where nothing else was given."""
    if inputs.environment_category or inputs.environment_map:
        return None
    name = inputs.environment or next(
        (str(v) for path, v in values.items() if path.endswith("environment.displayName")), ""
    )
    if category(name, None, ()).name != found:
        return None  # the host's tier
    words = _words(name)
    deciding = [w for w in words if category(w, None, ()).name == found]
    without = [w for w in deciding if category(_without(words, w), None, ()).name != found]
    named = (without or deciding)[:1]
    return f'the word "{named[0]}" in the name' if named and found != "UNMAPPED" else None


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", name)


def _without(words: Sequence[str], word: str) -> str:
    return "-".join(w for w in words if w != word)
