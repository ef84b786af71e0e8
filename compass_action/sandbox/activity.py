"""What `GET /activity` answers: events in the order of their creation, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from compass_action.sandbox import rows
from compass_action.sandbox.answer import STAND_IN
from compass_action.sandbox.rows import Row, Wanted
from compass_action.sandbox.store import Store

PAGE = 200
MOST = 1_000
BYTES = 4 * 1024 * 1024
"""Of the requests in one answer. A page ends where there are more, and has one event at least."""


def activity(
    store: Store, requests: int, wanted: Wanted, after: int = 0, limit: int = PAGE
) -> dict[str, Any]:
    """One page. `next` is the path of the next one, or null; refusals are on the first alone."""
    found = rows.in_order(store, wanted, after, limit + 1 if limit >= 0 else limit)
    on_page, most = (found[:limit], BYTES) if limit >= 0 else (found, None)
    events: list[dict[str, Any]] = []
    not_shown: list[dict[str, Any]] = []
    last = after
    for row, counted in with_requests(store, on_page, most):
        (events if rows.is_shown(row) else not_shown).append(rows.as_json(store, row, counted))
        last = row.id
    more = bool(found) and last != found[-1].id
    asked = {name: value for name, value in wanted._asdict().items() if value}
    page = {"limit": limit, "after": last} if more else {}
    return {
        "stand_in": STAND_IN,
        "events": events,
        "not_shown": not_shown,
        "refused": [] if after else rows.refusals(store),
        "requests": requests,
        "next": f"/activity?{urlencode(asked | page)}" if more else None,
    }


def everything(store: Store, requests: int, component: str | None = None) -> dict[str, Any]:
    """All of it at once, for programs that run the sandbox inside themselves."""
    return activity(store, requests, Wanted(component), limit=-1)


def with_requests(
    store: Store, found: Iterable[Row], most: int | None = BYTES
) -> Iterator[tuple[Row, bytes]]:
    """Each event with the request that counts, as far as `most` bytes of these go, but one at least.

    A request is kept compressed, and may be a thousand times as long. None: all of them.
    """
    size = 0
    for row in found:
        body = rows.request(store, row.counted_id)
        if most is not None and 0 < size > most - len(body):
            return
        size += len(body)
        yield row, body
