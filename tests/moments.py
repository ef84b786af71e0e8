"""Points in time, as the API writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def in_order(*texts: str) -> bool:
    """Tell whether none of them lies before the one in front of it.

    They are not compared as texts: `…13Z`, which is `…13.000Z`, would come after `…13.004Z`.
    """
    found = [datetime.fromisoformat(text) for text in texts]
    return found == sorted(found)


def seconds(event: Mapping[str, Any]) -> float:
    """How long an event of the feed took, as Compass computes it."""
    started, completed = (
        datetime.fromisoformat(event[f"{end}_at"]) for end in ("started", "completed")
    )
    return (completed - started).total_seconds()
