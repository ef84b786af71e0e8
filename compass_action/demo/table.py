"""The activity feed as a table, and how it differs from what it must be. Pure."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from compass_action.sandbox import Metric, figure

WIDTH = 80
INDENT = "    "


def wrapped(said: str, components: Mapping[str, str]) -> Iterator[str]:
    """Lines of a program for a narrow terminal: without colours, ARIs by their components' names."""
    for ari_name, ari in components.items():
        said = said.replace(ari, f"ari:…/{ari_name}")
    for line in re.sub(r"\x1b\[[0-9;]*m", "", said).splitlines():
        if not line.startswith("::add-mask::"):
            further = INDENT + "  "
            yield from textwrap.wrap(
                line, WIDTH, initial_indent=INDENT, subsequent_indent=further
            ) or [""]


def feed(events: Sequence[Mapping[str, Any]], components: Mapping[str, str]) -> str:
    """Lay the events of a feed out in columns, in the order in which they were created."""
    names = {ari: name for name, ari in components.items()}
    headings = ("Component", "Event", "State", "Environment", "Took", "Name")
    rows = [
        (
            names.get(event["component_id"], event["component_id"]),
            event["type"],
            event["state"] or "",
            event["environment"] or "",
            _took(event),
            event["display_name"],
        )
        for event in events
    ]
    return _table([headings, *rows])


def metrics(derived: Mapping[str, Sequence[Metric]], components: Mapping[str, str]) -> str:
    """The five metrics of each component in columns."""
    headings = ["Component", "Deploys/week", "Deploy time", "Builds good", "Build time", "MTTR"]
    rows = [headings]
    for name, ari in components.items():
        rows.append([name, *(figure(metric.unit, metric.value) for metric in derived.get(ari, ()))])
    return _table([row + [""] * (len(headings) - len(row)) for row in rows])


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they have to be; the last one is cut where the line gets too long."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    widths[-1] = min(widths[-1], WIDTH - sum(widths[:-1]) - 2 * len(widths[:-1]))
    ruled = [rows[0], ["-" * width for width in widths], *rows[1:]]
    return "\n".join(
        "  ".join(
            (cell if len(cell) <= width else cell[: width - 1] + "…").ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in ruled
    )


def _took(event: Mapping[str, Any]) -> str:
    seconds = _seconds(event)
    return "" if seconds is None else figure("milliseconds", 1000 * seconds)


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
