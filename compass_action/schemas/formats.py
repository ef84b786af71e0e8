"""The formats of the schemas, and the order of the times in an event. Pure.

`jsonschema` brings formats of its own, some of them only where further packages happen to be
installed; what an event may hold must not depend on that, so only these are in force. What a time,
an address and an id are, is written once: where the inputs are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from compass_action.event.components import CLOUD_ID, COMPONENT_ARI
from compass_action.event_types import EVENT_TYPES
from compass_action.inputs.values import RFC3339, read_time, read_url


def is_date_time(value: object) -> bool:
    """Tell whether a text is a date-time; what is no text is the `type` keyword's matter."""
    return not isinstance(value, str) or parse_date_time(value) is not None


def is_url(value: object) -> bool:
    """Tell whether a text is an absolute http or https URL with a host and without credentials."""
    try:
        return not isinstance(value, str) or bool(read_url(value))
    except ValueError:
        return False


def is_component_id(value: object) -> bool:
    """Tell whether a text has the form of a component's ARI."""
    return not isinstance(value, str) or bool(COMPONENT_ARI.fullmatch(value))


def is_cloud_id(value: object) -> bool:
    """Tell whether a text has the form of a cloud id."""
    return not isinstance(value, str) or bool(CLOUD_ID.fullmatch(value))


FORMATS: Mapping[str, Callable[[object], bool]] = {
    "date-time": is_date_time,
    "url": is_url,
    "component-id": is_component_id,
    "cloud-id": is_cloud_id,
}
"""The formats by the names that the schemas call them."""


def parse_date_time(value: object) -> datetime | None:
    """Parse an RFC 3339 date-time with an offset; None if it is none or names no real day.

    Stricter than what people may write: T and Z in capitals, as in Atlassian's guide.
    """
    if not isinstance(value, str) or not RFC3339.fullmatch(value) or {"t", "z", " "} & set(value):
        return None
    if value[-1] != "Z" and value[-3] != ":":
        return None
    try:
        return read_time(value)
    except ValueError:  # 30 February, or the year 0
        return None


def read_disorder(event_type: str, request: object) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find the times that lie before the first one: (path in the request, name of the first one).

    JSON Schema cannot compare two values. Only times that are well-formed are compared: the others
    are the schema's matter.
    """
    kind = EVENT_TYPES[event_type]
    place = ("event", event_type, kind.part)
    times = request
    for step in place:
        times = times.get(step) if isinstance(times, Mapping) else None
    if not isinstance(times, Mapping):
        return
    begun = parse_date_time(times.get(kind.starts))
    for name in kind.ends:
        ended = parse_date_time(times.get(name))
        if begun and ended and ended < begun:
            yield (*place, name), kind.starts
