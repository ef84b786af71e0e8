"""Taking events in: which event is it, what becomes of it, and what is forgotten for it.

What is kept is bounded: the newest `keep` events, LIMIT bytes of them, CHANGES updates of each, and
REFUSALS refusals. The oldest go first.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from compass_action.sandbox.columns import LENGTHS, columns_of, compressed, length_of
from compass_action.sandbox.contract import Accepted, Complaint
from compass_action.sandbox.judging import CREATED, REPEATED, Version, judge
from compass_action.sandbox.shape import Shown, milliseconds, show
from compass_action.sandbox.sources import Sources
from compass_action.sandbox.store import Store, StoreError, insert, storable

KEEP = 20_000
LIMIT = 64 * 1024 * 1024
CHANGES = 100
REFUSALS = 1_000
COMPLAINTS = 20
"""Of one refusal, each with texts of at most COMPLAINT characters."""
COMPLAINT = 300
OVERHEAD = 600
"""Bytes that an event takes beside its body and words, about."""


class Feed:
    """Safe for threads."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        *,
        keep: int = KEEP,
        limit: int = LIMIT,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """`changed` is called after each change of what is kept."""
        self._store = store
        self._now = now
        self._keep = keep
        self._limit = limit
        self._changed = changed
        self._sources = Sources()
        with store.reading() as db:
            self._count, self._size = _count(db)
            self._last = {table: _last(db, table) for table in ("event", "change")}

    def take(self, event: Accepted, raw: bytes) -> bool:
        """Take in one event; False if its event source does not exist and nothing creates it.

        With componentId, Compass creates the event source and attaches it to the component. Without
        it the source must exist. Raises StoreError if the file cannot be written.
        """
        shown = show(event)
        try:
            with self._store.writing() as db:
                found = self._sources.find(db, event, shown.source)
                if found is None:
                    return False
                source, grown = found
                self._apply(db, source, event, shown, raw, grown)
                if self._count > self._keep or self._size > self._limit:
                    self._forget(db)
        except (
            sqlite3.Error
        ) as error:  # a full disk: what was noted beside the database is not true
            self._sources.forget()
            with self._store.reading() as db:
                self._count, self._size = _count(db)
            raise StoreError(str(error)) from error
        self._changed()
        return True

    def refuse(
        self, status: int | None, complaints: Collection[Complaint], *, harmless: bool = False
    ) -> None:
        """Keep a refusal.

        status    None: there was no answer at all
        harmless  a fault asked for it, or nobody meant to send an event
        """
        listed = json.dumps([_shortened(one) for one in list(complaints)[:COMPLAINTS]])
        with suppress(sqlite3.Error), self._store.writing() as db:  # the answer tells it anyway
            db.execute(
                "INSERT INTO refusal (received, status, harmless, complaints) VALUES (?, ?, ?, ?)",
                (self._milliseconds(), status, harmless, listed),
            )
            # Of each sort by itself: what does no harm pushes no problem out.
            db.execute(
                "DELETE FROM refusal WHERE harmless = ?1 AND id <= (SELECT id FROM refusal "
                "WHERE harmless = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                (harmless, REFUSALS),
            )
        self._changed()

    def clear(self) -> None:
        """Forget events, event sources and refusals."""
        with self._store.writing() as db:
            for table in ("change", "event", "attachment", "source", "refusal"):
                db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            self._count = self._size = 0
            self._sources.forget()
        self._changed()

    def _milliseconds(self) -> int:
        return round(self._now().timestamp() * 1000)

    def _next(self, table: str) -> int:
        self._last[table] += 1
        return self._last[table]

    def _apply(
        self,
        db: sqlite3.Connection,
        source: int,
        event: Accepted,
        shown: Shown,
        raw: bytes,
        more: int,
    ) -> None:
        """`more`: bytes that its source has grown by, which are counted as the event's."""
        received, change_id = self._milliseconds(), self._next("change")
        identity = json.dumps(shown.identity)
        known = db.execute(
            f"SELECT e.id, e.number, c.component_id, e.state, e.url, e.started, e.changes, {LENGTHS} "  # noqa: S608 - our own names
            "FROM event e JOIN change c ON c.id = e.counted_id WHERE e.source_id = ? AND e.identity = ?",
            (source, identity),
        ).fetchone()
        version = Version(
            shown.update_sequence_number,
            event.component_id,
            storable(shown.state),
            storable(shown.url),
            milliseconds(shown.started_at),
        )
        body: bytes | None = compressed(raw)
        columns = columns_of(event, shown)
        if known is None:
            size = len(body or b"") + len(identity) + length_of(columns) + OVERHEAD + more
            given: dict[str, Any] = {
                "source_id": source,
                "identity": identity,
                "size": size,
            }
            given |= {"id": self._next("event"), "counted_id": change_id, "changes": 1}
            event_id = insert(db, "event", columns | given)
            self._count += 1
            self._size += size
            verdict = CREATED
        else:
            event_id, changes, length = known[0], known[6], known[7]
            verdict = judge(event.event_type, Version(*known[1:6]), version)
            if verdict.verdict == "ignored" and _came_before(db, event_id, version.number, body):
                verdict, body = REPEATED, None
            more += len(body or b"") - (_forget_change(db, event_id) if changes >= CHANGES else 0)
            more += length_of(columns) - length if verdict.verdict == "overwritten" else 0
            grown = "UPDATE event SET changes = changes + 1, size = size + ? WHERE id = ?"
            db.execute(grown, (more, event_id))
            self._size += more
        change = _Change(change_id, event_id, *verdict, version.state, *version[:2], received, body)
        insert(db, "change", change._asdict())
        if verdict.verdict == "overwritten":
            columns |= {"counted_id": change_id}
            places = ", ".join(f"{name} = ?" for name in columns)
            db.execute(f"UPDATE event SET {places} WHERE id = ?", (*columns.values(), event_id))  # noqa: S608 - our own names

    def _forget(self, db: sqlite3.Connection) -> None:
        """Let the oldest hundredth go, and more where that is not enough."""
        while self._count > self._keep or self._size > self._limit:
            some = max(1, self._count // 100)
            db.execute(
                "DELETE FROM event WHERE id IN (SELECT id FROM event ORDER BY counted_id LIMIT ?)",
                (some,),
            )
            self._count, self._size = _count(db)
        db.execute("DELETE FROM source WHERE id NOT IN (SELECT source_id FROM event)")
        self._sources.forget()


class _Change(NamedTuple):
    id: int
    event_id: int
    verdict: str
    why: str
    concern: str | None
    detail: str
    state: str | None
    number: int | None
    component_id: str | None
    received: int
    body: bytes | None


def _shortened(complaint: Complaint) -> dict[str, str | None]:
    return {name: text and text[:COMPLAINT] for name, text in complaint._asdict().items()}


def _came_before(
    db: sqlite3.Connection, event_id: int, number: int | None, body: bytes | None
) -> bool:
    found = db.execute(
        "SELECT 1 FROM change WHERE event_id = ? AND number = ? AND body = ?",
        (event_id, number, body),
    )
    return found.fetchone() is not None


def _forget_change(db: sqlite3.Connection, event_id: int) -> int:
    """Let the oldest change go, but neither the first nor the one that counts: the bytes it had."""
    found = db.execute(
        "SELECT c.id, ifnull(length(c.body), 0) FROM change c JOIN event e ON e.id = c.event_id"
        " WHERE e.id = ? AND c.verdict != 'created' AND c.id != e.counted_id ORDER BY c.id LIMIT 1",
        (event_id,),
    ).fetchone()
    if found is None:
        return 0
    db.execute("DELETE FROM change WHERE id = ?", found[:1])
    return int(found[1])


def _count(db: sqlite3.Connection) -> tuple[int, int]:
    [count, size] = db.execute("SELECT count(*), ifnull(sum(size), 0) FROM event").fetchone()
    return count, size


def _last(db: sqlite3.Connection, table: str) -> int:
    query = f"SELECT ifnull(max(id), 0) FROM {table}"  # noqa: S608 - our own names
    return int(db.execute(query).fetchone()[0])
