"""The database behind the feed: SQLite, in memory or in a file.

In a file it is safe under `kill -9`: each request is one transaction, written before it is answered.
The tables are made by migrations, which a newer version appends to and never changes. One process at
a time has the file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

MIGRATIONS = (
    """
    CREATE TABLE source (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,  -- cloud id, externalEventSourceId and type, as JSON
        external_id TEXT,
        type TEXT NOT NULL
    );
    CREATE TABLE attachment (
        source_id INTEGER NOT NULL REFERENCES source ON DELETE CASCADE,
        component_id TEXT NOT NULL,
        PRIMARY KEY (source_id, component_id)
    ) WITHOUT ROWID;
    CREATE INDEX attachment_by_component ON attachment (component_id, source_id);
    CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        source_id INTEGER NOT NULL REFERENCES source,
        type TEXT NOT NULL,
        identity TEXT NOT NULL,  -- a JSON object
        counted_id INTEGER NOT NULL,  -- the change that counts: the last that was not ignored
        changes INTEGER NOT NULL,  -- how many came, of which the table of that name keeps some
        size INTEGER NOT NULL,
        words TEXT NOT NULL,  -- what a search looks through, case folded
        state TEXT, name TEXT, url TEXT, environment TEXT, category TEXT, pipeline TEXT,
        number INTEGER,
        started INTEGER, completed INTEGER, updated INTEGER,  -- in milliseconds since 1970
        UNIQUE (source_id, identity)
    );
    CREATE INDEX event_by_counted ON event (counted_id);
    CREATE TABLE change (
        id INTEGER PRIMARY KEY,
        event_id INTEGER NOT NULL REFERENCES event ON DELETE CASCADE,
        verdict TEXT NOT NULL,
        why TEXT NOT NULL,
        concern TEXT,
        detail TEXT NOT NULL,
        state TEXT,
        number INTEGER,
        component_id TEXT,
        received INTEGER NOT NULL,
        body BLOB  -- the request, compressed; NULL where the very same bytes had come before
    );
    CREATE INDEX change_by_event ON change (event_id, id);
    CREATE INDEX change_by_concern ON change (concern, id) WHERE concern IS NOT NULL;
    CREATE TABLE refusal (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        received INTEGER NOT NULL,
        status INTEGER,
        harmless INTEGER NOT NULL,  -- asked for by a fault, or somebody just looked around
        complaints TEXT NOT NULL  -- a JSON list of type, message, path
    );
    """,
)

LONGEST = 1_000
"""The characters of a text in a column."""


class StoreError(Exception):
    """The file cannot be used, and why."""


class Store:
    """Safe for threads: one connection, one lock."""

    def __init__(self, file: Path | None = None) -> None:
        """Open the file, or make it; None: keep everything in memory. Raises StoreError."""
        self._lock = RLock()
        try:
            self._connection = sqlite3.connect(
                ":memory:" if file is None else file,
                isolation_level=None,
                check_same_thread=False,
                timeout=1.0,
            )
            self._connection.executescript(
                "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
                "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -4000;"
            )
            self._migrate()
        except sqlite3.Error as error:
            raise StoreError(_reason(error)) from error

    def _migrate(self) -> None:
        [version] = self._connection.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise StoreError("a newer version of the sandbox made it")
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            self._connection.executescript(
                f"BEGIN EXCLUSIVE; {script}; PRAGMA user_version = {number}; COMMIT;"
            )

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for nobody else meanwhile."""
        with self._lock:
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The connection in a transaction, which an exception undoes."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk may have ended it already
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Write what is left to write, and let go of the file."""
        with self._lock:
            self._connection.close()


def insert(db: sqlite3.Connection, table: str, columns: dict[str, Any]) -> int:
    """Add a row; its id."""
    places = ", ".join("?" * len(columns))
    names = ", ".join(columns)
    row = db.execute(
        f"INSERT INTO {table} ({names}) VALUES ({places})",  # noqa: S608 - our own names
        tuple(columns.values()),
    )
    return row.lastrowid or 0


def storable(text: str | None) -> str | None:
    """A text for a column, which has as much of it as people look at; the request has all of it.

    JSON may hold half of a surrogate pair, which is no character and cannot be stored.
    """
    return None if text is None else text[:LONGEST].encode("utf-8", "replace").decode()


def _reason(error: sqlite3.Error) -> str:
    text = str(error)
    if "locked" in text:
        return "another sandbox has it open"
    if "not a database" in text or "already exists" in text:
        return "it is something else than a sandbox's store"
    return text
