"""What is wrong with what the senders sent, in sentences: for the page, for CI, for the exit code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, islice
from sqlite3 import Connection
from typing import NamedTuple

from compass_action.sandbox.rows import refusals, time
from compass_action.sandbox.store import Store

MOST = 200
"""Of each kind, the newest."""
UNFINISHED_MINUTES = 60


class Kind(NamedTuple):
    """A kind of problem: its heading, and what to do."""

    title: str
    hint: str


KINDS = {
    "rejected": Kind(
        "Request rejected",
        "Compass would have refused it too. The path names the field to mend.",
    ),
    "limit": Kind(
        "Over the rate limit",
        "A user may send 100 requests a minute. Spread them, or use more than one account.",
    ),
    "collision": Kind(
        "One component's event overwrote another's",
        "They share a source and an identity. Give each component an externalEventSourceId of its own.",
    ),
    "overwritten": Kind(
        "An outcome was overwritten",
        "A re-run must be an event of its own: put the run's attempt and job into the identity.",
    ),
    "start-moved": Kind(
        "A start was moved",
        "Send the same start with every update, or the duration is false.",
    ),
    "ignored": Kind(
        "An update was ignored",
        "updateSequenceNumber must rise with each update; milliseconds since 1970 do.",
    ),
    "shared-source": Kind(
        "Events show on components they do not belong to",
        "A source shows wherever it is attached. Give each component an externalEventSourceId of its own.",
    ),
    "two-sources": Kind(
        "Two event sources for one repository",
        "A branch, version or run does not belong into externalEventSourceId; a component may have few.",
    ),
    "no-duration": Kind(
        "No duration",
        "Without a start and an end after it, build time and deployment time leave the event out.",
    ),
    "unfinished": Kind(
        "Still in progress",
        "The job may have ended without a word. Report its end also when it fails or is cancelled.",
    ),
}


class Problem(NamedTuple):
    """One of them."""

    kind: str
    says: str
    at: int
    """Milliseconds since 1970."""
    event_id: int | None = None
    component_ids: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    """Places in the rejected body."""
    times: int = 1


def find(store: Store, now: float, *, ended: bool, minutes: int) -> list[Problem]:
    """All problems, by kind, the newest of each kind first.

    now      milliseconds since 1970
    ended    all jobs have ended, so whatever is in progress stays so
    minutes  after so many something in progress is a problem, where not all have ended
    """
    latest = now if ended else now - minutes * 60_000
    return [
        *_refused(store),
        *_of_concern(store),
        *_shared_sources(store),
        *islice(_two_sources(store), MOST),
        *_without_duration(store),
        *_unfinished(store, latest),
    ]


def as_json(problem: Problem) -> dict[str, object]:
    """A problem as `GET /problems` shows it."""
    kind = KINDS[problem.kind]
    return problem._asdict() | {"title": kind.title, "hint": kind.hint, "at": time(problem.at)}


def _refused(store: Store) -> Iterator[Problem]:
    """Equal refusals are one problem."""
    found: dict[str, Problem] = {}
    for one in refusals(store):
        if one["harmless"]:
            continue
        says = f"HTTP {one['status']}: {one['why']}"
        times = found[says].times + 1 if says in found else 1
        paths = tuple(dict.fromkeys(c["path"] for c in one["complaints"] if c["path"]))
        kind = "limit" if one["status"] == 429 else "rejected"
        found.pop(says, None)
        found[says] = Problem(kind, says, one["received"], paths=paths, times=times)
    newest_first = reversed(list(found.values()))
    yield from sorted(newest_first, key=lambda problem: problem.kind, reverse=True)


def _of_concern(store: Store) -> Iterator[Problem]:
    with store.reading() as db:
        found = db.execute(
            "SELECT c.concern, c.detail, c.received, e.id, e.name, c.component_id FROM change c"
            " JOIN event e ON e.id = c.event_id WHERE c.concern IS NOT NULL"
            " ORDER BY c.id DESC LIMIT ?",
            (MOST,),
        ).fetchall()
    for concern, detail, received, event_id, name, component in sorted(
        found, key=lambda row: str(row[0])
    ):
        says = f"{name}: {detail}"
        yield Problem(concern, says, received, event_id, (component,) if component else ())


def _shared_sources(store: Store) -> Iterator[Problem]:
    with store.reading() as db:
        found = db.execute(
            "SELECT s.id, s.external_id, s.type, group_concat(a.component_id) FROM source s"
            " JOIN attachment a ON a.source_id = s.id GROUP BY s.id HAVING count(*) > 1"
            " ORDER BY s.id DESC LIMIT ?",
            (MOST,),
        ).fetchall()
        events = {row[0]: _events_of(db, row[0]) for row in found}
    for number, source, kind, components in found:
        count, last, received = events[number]
        ids = tuple(components.split(","))
        says = (
            f"What the source {source} sends ({count} {kind} event{'s' * (count != 1)}) shows on all of "
            f"its {len(ids)} components, whichever it was sent for"
        )
        yield Problem("shared-source", says, received, last, ids)


def _events_of(db: Connection, source: int) -> tuple[int, int | None, int]:
    """How many events a source has, the newest of them, and when that came."""
    count, last, received = db.execute(
        "SELECT count(*), max(e.id), ifnull(max(c.received), 0) FROM event e"
        " JOIN change c ON c.id = e.counted_id WHERE e.source_id = ?",
        (source,),
    ).fetchone()
    return count, last, received


def _two_sources(store: Store) -> Iterator[Problem]:
    with store.reading() as db:
        found = db.execute(
            "SELECT a.component_id, s.type, s.external_id, s.id FROM attachment a"
            " JOIN source s ON s.id = a.source_id WHERE s.external_id IS NOT NULL"
            " ORDER BY a.component_id, s.type, s.id"
        ).fetchall()
    by_component: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for component, kind, source, number in found:
        by_component.setdefault((component, kind), []).append((source, number))
    for (component, kind), sources in by_component.items():
        for (first, _), (second, number) in combinations(sources[:20], 2):
            if is_one_repository(first, second):
                with store.reading() as db:
                    received = _events_of(db, number)[2]
                says = f"The {kind} events of one component come from {first} and from {second}"
                yield Problem("two-sources", says, received, None, (component,))


def is_one_repository(first: str, second: str) -> bool:
    """Whether two externalEventSourceIds name one repository: equal, or one below the other."""
    shorter, longer = sorted((repository(first), repository(second)), key=len)
    return longer == shorter or longer.startswith(f"{shorter}/")


def repository(source: str) -> str:
    """An externalEventSourceId without what does not tell repositories apart."""
    text = re.sub(r"^[a-z+]+://(?:[^/@]*@)?", "", source.lower())
    return re.sub(r"[?#].*$", "", text).removesuffix("/").removesuffix(".git")


def _without_duration(store: Store) -> Iterator[Problem]:
    with store.reading() as db:
        found = db.execute(
            "SELECT e.id, e.name, e.type, e.state, e.started, e.completed, c.received, c.component_id"
            " FROM event e JOIN change c ON c.id = e.counted_id WHERE e.type IN ('build', 'deployment')"
            " AND e.state NOT IN ('PENDING', 'IN_PROGRESS')"
            " AND (e.started IS NULL OR e.completed IS NULL OR e.completed < e.started)"
            " ORDER BY c.id DESC LIMIT ?",
            (MOST,),
        ).fetchall()
    for event_id, name, kind, state, started, completed, received, component in found:
        lacks = "start" if started is None else "end" if completed is None else None
        why = f"has no {lacks}" if lacks else "ends before it starts"
        says = f"{name}: the {kind} is {state} and {why}"
        yield Problem("no-duration", says, received, event_id, (component,) if component else ())


def _unfinished(store: Store, latest: float) -> Iterator[Problem]:
    with store.reading() as db:
        found = db.execute(
            "SELECT e.id, e.name, e.type, e.state, c.received, c.component_id FROM event e"
            " JOIN change c ON c.id = e.counted_id WHERE e.type IN ('build', 'deployment')"
            " AND e.state IN ('PENDING', 'IN_PROGRESS') AND c.received <= ? ORDER BY c.id DESC LIMIT ?",
            (latest, MOST),
        ).fetchall()
    for event_id, name, kind, state, received, component in found:
        says = (
            f"{name}: the {kind} has been {state} since {time(received)[:16].replace('T', ' ')} UTC"
        )
        yield Problem("unfinished", says, received, event_id, (component,) if component else ())
