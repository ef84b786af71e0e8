"""An event's own part: its record, and its times. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from compass_action.text import timestamp

Fields = dict[str, Any]


class Part(NamedTuple):
    """A type's own part."""

    fields: Fields
    notices: tuple[str, ...] = ()
    """What the user should know about it."""
    start_is_known: bool = True
    """False: the time of the report stands in the place of a start that nobody knows."""


def with_times(fields: Fields, **times: datetime | None) -> Fields:
    """Add the times that are known, as the API has them."""
    return fields | {name: timestamp(moment) for name, moment in times.items() if moment}
