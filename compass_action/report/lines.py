"""The lines of a good run, and what they share with the summary: names, links, durations. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from compass_action.event.event import Event
from compass_action.event_types import EVENT_TYPES

ATLASSIAN = ".atlassian.net"
LISTED_MAX = 3
"""More components than these are shown in a section of their own."""


def what(event: Event) -> str:
    """Say what is reported: type, state and name."""
    kind = EVENT_TYPES[event.event_type]
    state = str(event.part.get(kind.outcome, "")) if kind.outcome else ""
    title = event.body.get("displayName") or event.part.get("id", "")
    return " ".join(filter(None, (event.event_type, state, f'"{title}"')))


def where(events: Sequence[Event], address: str) -> str:
    """Say where it is, how long it took, for which component on which site."""
    first = events[0]
    pieces = [environment(first.part), duration(first)]
    site = host(address)
    if len(events) == 1:
        name = first.component_name or last_part(first.component_id)
        link = component_link(first.component_id, site)
        pieces.append(f"component {name}" + (f" {link}" if link else f" on {site}" if site else ""))
    else:
        pieces.append(f"{len(events)} components" + (f" on {site}" if site else ""))
    return ", ".join(filter(None, pieces))


def identity(event: Event) -> str:
    """Say by which ids Compass tells the event from others, for somebody who looks into it."""
    part = event.part
    found = {
        "pipeline": _at(part, "pipeline", "pipelineId"),
        "environment": _at(part, "environment", "environmentId"),
        "sequence number": part.get("sequenceNumber"),
        "id": part.get("id"),
        "update": event.body.get("updateSequenceNumber"),
    }
    return ", ".join(f"{name} {value}" for name, value in found.items() if value is not None)


def components(events: Sequence[Event], address: str) -> Iterator[str]:
    """List components by name, each with the link to its page."""
    for event in events:
        name = event.component_name or last_part(event.component_id)
        yield f"{name} {component_link(event.component_id, host(address))}".rstrip()


def environment(part: Mapping[str, Any]) -> str:
    """Name the environment with its category: `production (PRODUCTION)`."""
    name, category = (_at(part, "environment", key) for key in ("displayName", "category"))
    return f"environment {name} ({category})" if name else ""


def _at(part: Mapping[str, Any], name: str, key: str) -> Any:
    held = part.get(name)
    return held.get(key) if isinstance(held, Mapping) else None


def duration(event: Event) -> str:
    """Say how long it took: `took 2 min 1 s`; empty where start or end is not known."""
    kind = EVENT_TYPES[event.event_type]
    if not kind.starts or len(kind.ends) != 1 or not event.start_is_known:
        return ""
    try:
        began, ended = (
            datetime.fromisoformat(event.part[name]) for name in (kind.starts, kind.ends[0])
        )
    except (KeyError, ValueError, TypeError):
        return ""
    return f"took {span((ended - began).total_seconds())}"


def span(seconds: float) -> str:
    """Write a duration for people: `0.4 s`, `12 s`, `2 min 1 s`, `3 h 5 min`, `2 d 4 h`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, name, below, lesser in (
        (86_400, "d", 3_600, "h"),
        (3_600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // below
            return f"{whole // size} {name}" + (f" {rest} {lesser}" if rest else "")
    return f"{whole} s"


def host(address: str) -> str:
    """Take the host from an address."""
    return urlsplit(address).netloc if address else ""


def component_link(ari: str, site: str) -> str:
    """Make the address of a component's page; empty where the site is not Atlassian's."""
    return f"https://{site}/compass/component/{last_part(ari)}" if site.endswith(ATLASSIAN) else ""


def last_part(ari: str) -> str:
    """Take what tells a component from the others of its site."""
    return ari.rpartition("/")[2]
