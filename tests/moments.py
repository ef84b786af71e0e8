"""Points in time, as the API writes them."""

from __future__ import annotations

from datetime import datetime


def in_order(*texts: str) -> bool:
    """Tell whether none of them lies before the one in front of it.

    They are not compared as texts: `…13Z`, which is `…13.000Z`, would come after `…13.004Z`.
    """
    found = [datetime.fromisoformat(text) for text in texts]
    return found == sorted(found)
