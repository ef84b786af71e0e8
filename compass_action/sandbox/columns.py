"""What the tables hold of an event. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

from compass_action.sandbox.contract import Accepted
from compass_action.sandbox.shape import Shown, milliseconds
from compass_action.sandbox.store import storable

WORDS = 300
"""The characters of an event that a search looks through."""
TEXTS = ("state", "name", "url", "environment", "category", "pipeline")
LENGTHS = " + ".join(f"ifnull(length(e.{name}), 0)" for name in ("words", *TEXTS))
"""What `length_of` counts, in SQL."""


def length_of(columns: Mapping[str, Any]) -> int:
    """The characters of the texts of an event's columns."""
    return sum(len(columns[name] or "") for name in ("words", *TEXTS))


def compressed(raw: bytes) -> bytes:
    """A request for keeping, with a small window, for zlib takes its time to clear the usual one."""
    machine = zlib.compressobj(1, zlib.DEFLATED, 11, 3)
    return machine.compress(raw) + machine.flush()


def columns_of(event: Accepted, shown: Shown) -> dict[str, Any]:
    """The columns of the table `event` that each update writes anew."""
    texts = [*map(str, shown.identity.values()), shown.name, shown.state, shown.environment]
    texts += [shown.category, shown.pipeline, shown.source, shown.url, shown.description]
    words = " ".join(text for text in texts if text).casefold()[:WORDS]
    return {
        "type": event.event_type,
        "words": storable(words),
        **{name: storable(getattr(shown, name)) for name in TEXTS},
        "number": shown.update_sequence_number,
        "started": milliseconds(shown.started_at),
        "completed": milliseconds(shown.completed_at),
        "updated": milliseconds(shown.last_updated),
    }
