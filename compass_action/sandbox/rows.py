"""Reading what is kept: events by what is asked for, page by page, and refusals."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from sqlite3 import Connection
from typing import Any, NamedTuple

from compass_action.sandbox.shape import NOT_SHOWN, TYPES, at
from compass_action.sandbox.store import Store


class Wanted(NamedTuple):
    """What events are asked for; None and "" for all."""

    component: str | None = None
    """Events whose source is attached to this component, whichever component they came for."""
    type: str | None = None
    environment: str | None = None
    state: str | None = None
    search: str = ""


class Row(NamedTuple):
    """An event as it stands. The fields of the type are None where it has none."""

    id: int
    type: str
    identity: dict[str, Any]
    source: str | None
    component_id: str | None
    """The component of the change that counts."""
    component_ids: tuple[str, ...]
    """The components on which it shows, at most 200 of them."""
    state: str | None
    name: str | None
    url: str | None
    environment: str | None
    category: str | None
    pipeline: str | None
    number: int | None
    started: int | None
    """Milliseconds since 1970, as the next three."""
    completed: int | None
    updated: int | None
    received: int
    """When the change that counts came."""
    changes: int
    """How many requests there were for it, of which the newest are kept."""
    counted_id: int


COLUMNS = """
    e.id, e.type, e.identity, s.external_id, c.component_id,
    (SELECT group_concat(a.component_id, ' ') FROM
        (SELECT component_id FROM attachment WHERE source_id = e.source_id LIMIT 200) a),
    e.state, e.name, e.url, e.environment, e.category, e.pipeline, e.number, e.started,
    e.completed, e.updated, c.received, e.changes, e.counted_id
"""
TABLES = "event e JOIN source s ON s.id = e.source_id JOIN change c ON c.id = e.counted_id"


def where(wanted: Wanted) -> tuple[str, list[object]]:
    """The condition for what is wanted, and its values."""
    conditions, values = ["1"], list[object]()
    if wanted.component:
        conditions.append(
            "e.source_id IN (SELECT source_id FROM attachment WHERE component_id = ?)"
        )
        values.append(wanted.component)
    for name in ("type", "environment", "state"):
        if value := getattr(wanted, name):
            conditions.append(f"e.{name} = ?")
            values.append(value)
    for word in wanted.search.casefold().split():
        conditions.append("instr(e.words, ?)")
        values.append(word)
    return " AND ".join(conditions), values


def in_order(store: Store, wanted: Wanted, after: int = 0, limit: int = -1) -> list[Row]:
    """Events in the order of their creation, from the one after `after` on."""
    condition, values = where(wanted)
    query = f"SELECT {COLUMNS} FROM {TABLES} WHERE {condition} AND e.id > ? ORDER BY e.id LIMIT ?"  # noqa: S608 - our own names
    with store.reading() as db:
        return [_row(found) for found in db.execute(query, (*values, after, limit))]


def newest(store: Store, wanted: Wanted, before: int | None, limit: int) -> list[Row]:
    """Events by their last change, newest first; `before` is the `counted_id` to go on from."""
    condition, values = where(wanted)
    bound = (1 << 62) if before is None else before
    query = (
        f"SELECT {COLUMNS} FROM {TABLES} WHERE {condition} AND e.counted_id < ? "  # noqa: S608 - our own names
        "ORDER BY e.counted_id DESC LIMIT ?"
    )
    with store.reading() as db:
        return [_row(found) for found in db.execute(query, (*values, bound, limit))]


def one(store: Store, event_id: int) -> Row | None:
    """The event of this number."""
    with store.reading() as db:
        query = f"SELECT {COLUMNS} FROM {TABLES} WHERE e.id = ?"  # noqa: S608 - our own names
        found = db.execute(query, (event_id,)).fetchone()
    return None if found is None else _row(found)


def count(store: Store, wanted: Wanted) -> int:
    """How many events there are of what is wanted."""
    condition, values = where(wanted)
    with store.reading() as db:
        query = f"SELECT count(*) FROM event e WHERE {condition}"  # noqa: S608 - our own names
        return int(db.execute(query, values).fetchone()[0])


def values_of(store: Store, column: str) -> list[str]:
    """The different values of a column: what can be filtered by."""
    with store.reading() as db:
        query = f"SELECT DISTINCT {column} FROM event WHERE {column} IS NOT NULL ORDER BY 1"  # noqa: S608 - our own names
        return [value for (value,) in db.execute(query)]


def components(store: Store) -> dict[str, str | None]:
    """Every component that has an event source, and the externalEventSourceId of one of them."""
    with store.reading() as db:
        query = (
            "SELECT a.component_id, max(s.external_id) FROM attachment a "
            "JOIN source s ON s.id = a.source_id GROUP BY 1 ORDER BY 1"
        )
        return dict(db.execute(query).fetchall())


def history(store: Store, event_id: int) -> list[dict[str, Any]]:
    """What came for an event and what became of it, oldest first, as JSON objects."""
    with store.reading() as db:
        return list(_changes(db, event_id))


def request(store: Store, change_id: int) -> bytes:
    """The bytes of the request of a change; of a repeat none are kept."""
    with store.reading() as db:
        found = db.execute("SELECT body FROM change WHERE id = ?", (change_id,)).fetchone()
    return b"" if found is None or found[0] is None else zlib.decompress(found[0])


def _changes(db: Connection, event_id: int) -> Iterator[dict[str, Any]]:
    query = (
        "SELECT id, verdict, why, concern, detail, state, number, component_id, received, body IS NOT NULL"
        " FROM change WHERE event_id = ? ORDER BY id"
    )
    for found in db.execute(query, (event_id,)).fetchall():
        change_id, verdict, why, concern, detail, state, number, component_id, received, kept = (
            found
        )
        yield {
            "id": change_id,
            "verdict": verdict,
            "why": why,
            "concern": concern,
            "detail": detail,
            "state": state,
            "update_sequence_number": number,
            "component_id": component_id,
            "received_at": time(received),
            "body_kept": bool(kept),
        }


def refusals(store: Store, limit: int = -1) -> list[dict[str, Any]]:
    """The newest refusals, oldest of them first, as JSON objects."""
    with store.reading() as db:
        found = db.execute(
            "SELECT id, received, status, harmless, complaints FROM refusal ORDER BY id DESC LIMIT ?",
            (limit,),
        ).fetchall()
    return [_refusal(*one) for one in reversed(found)]


def _refusal(
    number: int, received: int, status: int | None, harmless: int, text: str
) -> dict[str, Any]:
    complaints = json.loads(text)
    return {
        "id": number,
        "status": status,
        "types": [one["type"] for one in complaints if one["type"] is not None],
        "why": "; ".join(one["message"] for one in complaints),
        "complaints": complaints,
        "harmless": bool(harmless),
        "received": received,
        "received_at": time(received),
    }


def time(milliseconds: int) -> str:
    """A time as the sandbox writes it."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")


def as_json(store: Store, row: Row, counted: bytes) -> dict[str, Any]:
    """An event as `GET /activity` shows it; `counted` is the request that counts."""
    body = json.loads(counted)["event"][row.type]
    paths = TYPES[row.type]
    return {
        "id": row.id,
        "component_id": row.component_id,
        "component_ids": list(row.component_ids),
        "source": row.source,
        "type": row.type,
        "identity": row.identity,
        "state": row.state,
        "display_name": row.name,
        "url": row.url,
        "update_sequence_number": row.number,
        "started_at": at(body, paths.started_at),
        "completed_at": at(body, paths.completed_at),
        "environment": row.environment,
        "environment_category": row.category,
        "history": history(store, row.id),
        "event": body,
    }


def is_shown(row: Row) -> bool:
    """Whether the activity feed shows events of this type."""
    return row.type not in NOT_SHOWN


def _row(found: tuple[Any, ...]) -> Row:
    event_id, event_type, identity, source, component_id, component_ids, *rest = found
    attached = tuple((component_ids or "").split())
    return Row(event_id, event_type, json.loads(identity), source, component_id, attached, *rest)
