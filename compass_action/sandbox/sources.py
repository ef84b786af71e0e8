"""The event sources: which one an event goes into, and the components it is attached to."""

from __future__ import annotations

import json
from sqlite3 import Connection

from compass_action.sandbox.contract import Accepted
from compass_action.sandbox.shape import NOT_SHOWN
from compass_action.sandbox.store import insert, storable

ATTACHMENT = 400
"""Bytes that a source or one more component of it takes beside its key, about."""


class Sources:
    """Remembers what it found, so that most events ask the database nothing."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._attached: set[tuple[int, str]] = set()

    def find(
        self, db: Connection, event: Accepted, external_id: str | None
    ) -> tuple[int, int] | None:
        """The event source, and the bytes that are kept for it from now on; None without one.

        It is made, and attached to the component, where a component is named.
        """
        grown = 0
        component, has_source = event.component_id, event.event_type not in NOT_SHOWN
        own = None if has_source else component
        key = json.dumps([event.cloud_id, external_id, event.event_type, own])
        source = self._known.get(key)
        if source is None:
            found = db.execute("SELECT id FROM source WHERE key = ?", (key,)).fetchone()
            if found is None and component is None and has_source:
                return None
            made = {"key": key, "external_id": storable(external_id), "type": event.event_type}
            source = self._known[key] = found[0] if found else insert(db, "source", made)
            grown = 0 if found else len(key) + ATTACHMENT
        if component is None or (source, component) in self._attached:
            return source, grown
        row = (source, component)
        added = db.execute("INSERT OR IGNORE INTO attachment VALUES (?, ?)", row).rowcount
        self._attached.add((source, component))
        return source, grown + ATTACHMENT * added

    def forget(self) -> None:
        """Ask the database again: something was deleted or undone."""
        self._known.clear()
        self._attached.clear()
