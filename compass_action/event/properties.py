"""What the user lays over an event's own part. Pure."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

from compass_action.inputs.values import read_integer, read_score, read_time
from compass_action.text import timestamp

# The only properties of the contract that are no text or object; YAML hands them over as text.
NUMBERS: Mapping[str, Callable[[str], float]] = {
    "score": read_score,
    "sequenceNumber": read_integer,
}

NULLS = ("", "~", "null", "Null", "NULL")
"""What YAML has for null, which is read as a text; a time is never called so."""


def lay_over(
    below: Mapping[str, Any], above: Mapping[str, Any], times: Container[str] = ()
) -> dict[str, Any]:
    """Lay the user's properties over a part, mapping by mapping. What is null is not given.

    `times` are the properties that are points in time.
    """
    merged = dict(below)
    for key, value in above.items():
        if value is None or (key in times and value in NULLS):
            continue
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = lay_over(merged[key], value)
        elif key in times:
            merged[key] = _time(value)
        elif key in NUMBERS and isinstance(value, str):
            merged[key] = _number(key, value)
        else:
            merged[key] = value
    return merged


def _time(value: object) -> object:
    """Write a time of the properties as the API has it: they may count seconds or milliseconds."""
    try:
        return timestamp(read_time(str(value)))
    except ValueError:
        return value  # the schema says what is wrong with it


def _number(key: str, text: str) -> float | str:
    try:
        return NUMBERS[key](text)
    except ValueError:
        return text  # the schema says what is wrong with it, with its path
