"""What `GET /activity` answers: events in the order of their creation, page by page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from compass_action.sandbox import rows
from compass_action.sandbox.answer import STAND_IN
from compass_action.sandbox.rows import Wanted
from compass_action.sandbox.store import Store

PAGE = 200
MOST = 1_000


def activity(
    store: Store, requests: int, wanted: Wanted, after: int = 0, limit: int = PAGE
) -> dict[str, Any]:
    """One page. `next` is the path of the next one, or null; refusals are on the first alone."""
    found = rows.in_order(store, wanted, after, limit + 1 if limit >= 0 else limit)
    more = 0 <= limit < len(found)
    listed = found[:limit] if more else found
    asked = {name: value for name, value in wanted._asdict().items() if value}
    page = {"limit": limit, "after": listed[-1].id} if more else {}
    return {
        "stand_in": STAND_IN,
        "events": [rows.as_json(store, row) for row in listed if rows.is_shown(row)],
        "not_shown": [rows.as_json(store, row) for row in listed if not rows.is_shown(row)],
        "refused": [] if after else rows.refusals(store),
        "requests": requests,
        "next": f"/activity?{urlencode(asked | page)}" if more else None,
    }


def everything(store: Store, requests: int, component: str | None = None) -> dict[str, Any]:
    """All of it at once, for programs that run the sandbox inside themselves."""
    return activity(store, requests, Wanted(component), limit=-1)
