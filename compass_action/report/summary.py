"""The step summary in Markdown: a heading, one table, and what failed below it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from .lines import component_link, last_part
from .report import Report, Row
from .safe import code

ROWS_MAX = 200
PROBLEMS_MAX = 20
NAMES_MAX = 3
UNFINISHED = ("IN_PROGRESS", "PENDING")
SIGNS: Mapping[str, str] = {
    "SUCCESSFUL": "✅", "FAILED": "❌", "ERROR": "❌", "TIMED_OUT": "⌛", "CANCELLED": "🚫",
    "ROLLED_BACK": "↩️", "OPEN": "🔴", "OPENED": "🔴", "RESOLVED": "🟢", "CLOSED": "🟢",
    "REMEDIATED": "🟢",
}  # fmt: skip
DONE = ("accepted", "dry-run")
RESULTS: Mapping[str, str] = {
    "accepted": "accepted", "dry-run": "not sent (dry run)", "spooled": "⚠️ kept in the outbox",
}  # fmt: skip
TABLE = (
    "| Component | State | Environment | Took | Compass |",
    "| --- | --- | --- | --- | --- |",
)


def render_summary(report: Report) -> str:
    """Write the summary of one event, or of what kept it from being sent.

    None of what has only begun: its end has one.
    """
    if report.problems:
        body = list(_problems(report))
    elif not report.rows or report.outputs.get("state") in UNFINISHED:
        return ""
    else:
        body = list(_table(report))
    # A blank line first: an earlier step of the job may have left its last line open.
    return "\n".join(["", *body, ""])


def _problems(report: Report) -> Iterator[str]:
    yield from (f"### ❌ Compass: {report.title}", "")
    yield from (f"- {code(problem)}" for problem in report.problems[:PROBLEMS_MAX])
    left = len(report.problems) - PROBLEMS_MAX
    if left > 0:
        yield f"- and {left} more"


def _table(report: Report) -> Iterator[str]:
    title = code(report.title) or "event"
    named = f"[{title}]({_link(report.url)})" if report.url else title
    kind = report.outputs.get("event-type", "")
    yield from (f"### Compass: {kind} {named}".replace(":  ", ": "), "", *TABLE)
    state = report.outputs.get("state", "")
    shown = " ".join(filter(None, (SIGNS.get(state, ""), code(state))))
    middle = (shown, code(report.facts.get("environment", "")), report.facts.get("duration", ""))
    for row in report.rows[:ROWS_MAX]:
        cells = (_component(row, report), *middle, _result(row))
        yield "| " + " | ".join(cells) + " |"
    left = len(report.rows) - ROWS_MAX
    if left > 0:
        yield f"| and {left} more | | | | |"
    reasons = list(_reasons(report))
    if reasons:
        yield from ("", *reasons)


def _component(row: Row, report: Report) -> str:
    """Name a component, with the link to its page where the site is known."""
    name = code(report.names.get(row.component_id) or last_part(row.component_id))
    link = component_link(row.component_id, report.facts.get("site", ""))
    return f"[{name}]({_link(link)})" if link else name


def _result(row: Row) -> str:
    """Say what became of it, in a word or two; the reasons stand below the table."""
    return RESULTS.get(row.outcome, "⚠️ lost")


def _reasons(report: Report) -> Iterator[str]:
    """Say what failed and what to do, once for all components that it is true of.

    In a cell such a sentence would squeeze the other columns, on a phone out of sight.
    """
    found: dict[str, list[str]] = {}
    for row in report.rows[:ROWS_MAX]:
        said = code(": ".join(filter(None, (row.headline, row.detail.rstrip(".")))))
        reason = ". ".join(filter(None, (said, row.hint)))
        if row.outcome not in DONE and reason:
            found.setdefault(reason, []).append(_component(row, report))
    for reason, names in found.items():
        more = len(names) - NAMES_MAX
        named = ", ".join(names[:NAMES_MAX]) + (f" and {more} more" if more > 0 else "")
        yield f"- {named}: {reason}"


def _link(url: str) -> str:
    """Encode what could end a Markdown link early, and what is no ASCII, as a browser would: among it
    are characters that turn the reading direction. The schema has let no blanks or quotes through.
    """
    return "".join(
        f"%{ord(c):02X}" if c in "()[]|<>\\`*_" else c if c.isascii() else quote(c) for c in url
    )
