"""Which events Compass shows: one is sought by its identity in its event source, else on its component."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from compass_action.connection.budget import Budget
from compass_action.connection.destination import Destination
from compass_action.event_types import EVENT_TYPES
from compass_action.inputs.values import read_time

from .asking import Ask, Failed, Told, unbroken
from .compass import ask_compass, refused
from .json_values import at, rows, text
from .sought import Seen, Sought, identity_of, whole

PAGES_MAX = 3
PAGE_EVENTS = 50
UNTOLD = Failed(None, "Compass does not tell its events")


@unbroken
def find_event(ask: Ask, destination: Destination, sought: Sought, pages: int = PAGES_MAX) -> Told:
    """Ask for an event: `Seen`, None if Compass does not show it, or `Failed`.

    So many pages are looked through. A source that Compass does not know by its id is no failure: then
    the component is asked.
    """
    kind = sought.event_type.upper()
    named: dict[str, Any] = {"cloudId": sought.cloud_id, "eventType": kind}
    named["source"] = sought.source_id
    path = ("compass", "eventSource")
    told = _page_through(ask, destination, "EventsOfSource", named, path, sought, pages)
    if not isinstance(told.value, Failed) or told.value.answer is not None:
        return told
    own: dict[str, Any] = {"id": sought.component_id, "query": {"eventTypes": [kind]}}
    return _page_through(
        ask, destination, "EventsOfComponent", own, ("compass", "component"), sought, pages
    )


def _page_through(
    ask: Ask,
    destination: Destination,
    name: str,
    variables: Mapping[str, Any],
    path: tuple[str, str],
    sought: Sought,
    pages: int,
) -> Told:
    query = {"first": PAGE_EVENTS, **variables.get("query", {})}
    for _ in range(pages):
        told = ask_compass(ask, destination, name, {**variables, "query": query})
        if isinstance(told.value, Failed):
            return told
        owner = at(told.value, *path)
        found = at(owner, "events")
        if not isinstance(at(found, "nodes"), list):
            return told._replace(value=refused(told, found or owner, UNTOLD))
        for node in rows(at(found, "nodes")):
            part = node.get(EVENT_TYPES[sought.event_type].part)
            if part is not None and identity_of(sought.event_type, part) == sought.identity:
                return told._replace(value=_seen(sought.event_type, node, part))
        cursor = text(at(found, "pageInfo", "endCursor"))
        if at(found, "pageInfo", "hasNextPage") is not True or not cursor:
            break
        query = {**query, "after": cursor}
    return told._replace(value=None)


def _seen(event_type: str, node: Mapping[str, Any], part: Any) -> Seen:
    kind = EVENT_TYPES[event_type]
    return Seen(
        whole(node.get("updateSequenceNumber")),
        text(at(part, kind.outcome)) if kind.outcome else None,
        _time(at(part, kind.starts)) if kind.starts else None,
        _texts(at(part, "severity"), ("label", "level")),
        _texts(at(part, "environment"), ("environmentId", "displayName", "category")),
        _time(at(part, kind.ends[0])) if kind.has_duration else None,
    )


def _time(value: Any) -> datetime | None:
    try:
        return read_time(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _texts(value: Any, names: tuple[str, ...]) -> dict[str, str] | None:
    found = {name: said for name in names if (said := text(at(value, name)))}
    return found or None


WAITS_SECONDS = (1.0, 4.0, 8.0, 12.0)
"""Before each time that Compass is asked for an event that was just sent: a few requests a minute."""


def wait_for_event(
    ask: Ask,
    destination: Destination,
    sought: Sought,
    budget: Budget,
    is_enough: Callable[[Seen | None], bool],
) -> Told:
    """Ask until what is seen is enough, or the budget is spent; the last that was told counts."""
    told = Told(None)
    for seconds in WAITS_SECONDS:
        if not budget.wait(seconds):
            break
        told = find_event(ask, destination, sought)
        if isinstance(told.value, Failed) or is_enough(told.value):
            break
    return told
