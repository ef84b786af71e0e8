"""The step summary: a table in Markdown. Pure."""

from __future__ import annotations

from urllib.parse import quote

from .report import Report, Row
from .safe import code

ROWS_MAX = 200


def render_summary(report: Report) -> str:
    """Write a small table, one row for each component; all of them have the same event."""
    if not report.rows:
        return ""
    title = code(report.title) or "event"
    linked = f"[{title}]({_link(report.url)})" if report.url else title
    what = (report.outputs.get("event-type"), code(report.outputs.get("state", "")), linked)
    event = " ".join(filter(None, what))
    rows = [
        f"| {code(_short(row.component_id))} | {event} | {_result(row)} |"
        for row in report.rows[:ROWS_MAX]
    ]
    left = len(report.rows) - ROWS_MAX
    if left > 0:
        rows.append(f"| and {left} more | | |")
    # A blank line first: an earlier step of the job may have left its last line open.
    return "\n".join(["", "| Component | Event | Result |", "| --- | --- | --- |", *rows, ""])


def _short(component_id: str) -> str:
    """Take the last UUID of a component's ARI: the rest is the same for all components of a site."""
    return component_id.rpartition("/")[2]


def _result(row: Row) -> str:
    said = f"{row.headline}. {row.detail}".strip(". ")
    return ": ".join(filter(None, (row.outcome, code(said))))


def _link(url: str) -> str:
    """Encode what could end a Markdown link early, and what is no ASCII, as a browser would: among it
    are characters that turn the reading direction. The schema has let no blanks or quotes through.
    """
    return "".join(
        f"%{ord(c):02X}" if c in "()[]|<>\\`*_" else c if c.isascii() else quote(c) for c in url
    )
