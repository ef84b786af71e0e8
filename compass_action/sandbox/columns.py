"""What the tables hold of an event. Pure."""

from __future__ import annotations

import zlib
from typing import Any

from compass_action.sandbox.contract import Accepted
from compass_action.sandbox.shape import Shown, milliseconds
from compass_action.sandbox.store import storable

WORDS = 300
"""The characters of an event that a search looks through."""


def compressed(raw: bytes) -> bytes:
    """A request for keeping, with a small window, for zlib takes its time to clear the usual one."""
    machine = zlib.compressobj(1, zlib.DEFLATED, 11, 3)
    return machine.compress(raw) + machine.flush()


def columns_of(event: Accepted, shown: Shown) -> dict[str, Any]:
    """The columns of the table `event` that each update writes anew."""
    texts = [*map(str, shown.identity.values()), shown.name, shown.state, shown.environment]
    texts += [shown.category, shown.pipeline, shown.source, shown.url, shown.description]
    words = " ".join(text for text in texts if text).casefold()[:WORDS]
    kept = ("state", "name", "url", "environment", "category", "pipeline")
    return {
        "type": event.event_type,
        "words": storable(words),
        **{name: storable(getattr(shown, name)) for name in kept},
        "number": shown.update_sequence_number,
        "started": milliseconds(shown.started_at),
        "completed": milliseconds(shown.completed_at),
        "updated": milliseconds(shown.last_updated),
    }
