"""The activity feed as a table, and how it differs from what it must be. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

HEADINGS = ("Component", "Event", "State", "Environment", "Took", "Requests", "Name")


def table(events: Sequence[Mapping[str, Any]], components: Mapping[str, str]) -> str:
    """Lay the events of a feed out in columns, in the order in which they were created."""
    names = {ari: name for name, ari in components.items()}
    rows: list[tuple[str, ...]] = [HEADINGS]
    rows += [
        (
            names.get(event["component_id"], event["component_id"]),
            event["type"],
            event["state"] or "",
            event["environment"] or "",
            _took(event),
            str(len(event["history"])),
            event["display_name"],
        )
        for event in events
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    rows.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _took(event: Mapping[str, Any]) -> str:
    seconds = _seconds(event)
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f} min {rest:.0f} s" if minutes else f"{rest:.1f} s"


def _seconds(event: Mapping[str, Any]) -> float | None:
    """Compute the duration as Compass does for its metrics: from start to completion."""
    if not event["started_at"] or not event["completed_at"]:
        return None
    ended, started = (datetime.fromisoformat(event[key]) for key in ("completed_at", "started_at"))
    return (ended - started).total_seconds()


def mismatches(
    feed: Mapping[str, Any], expected: Sequence[Mapping[str, Any]], components: Mapping[str, str]
) -> Iterator[str]:
    """Say in sentences where the feed is not what it must be."""
    names = {ari: name for name, ari in components.items()}
    for refused in feed["refused"]:
        yield f"a request was refused with HTTP {refused['status']}: {refused['why']}"
    if len(feed["events"]) != len(expected):
        yield f"there are {len(feed['events'])} events, and there must be {len(expected)}."
    for event, wanted in zip(feed["events"], expected, strict=False):
        found = {
            "type": event["type"],
            "state": event["state"],
            "component": names.get(event["component_id"]),
            "environment": event["environment"],
            "requests": len(event["history"]),
            "timed": _seconds(event) is not None,
            "id": event["identity"]["pipelineId"],
        }
        for key, value in found.items():
            if key in wanted and wanted[key] != value:
                yield f'{key} of "{event["display_name"]}" is {value}, and must be {wanted[key]}.'
        if any(change["verdict"] == "ignored" for change in event["history"]):
            yield f'an update of "{event["display_name"]}" was ignored.'
