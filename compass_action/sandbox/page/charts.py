"""Where the marks of the charts lie, for the templates to draw as SVG. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from compass_action.sandbox.metrics import Metric
from compass_action.sandbox.page import words
from compass_action.sandbox.rows import Row

WIDTH, HEIGHT = 240, 56
LANE = 1000
"""The width of a component's lane in the timeline, in its own units."""
SHAPES = {"build": "circle", "deployment": "square", "incident": "triangle"}
"""Event type → shape of its mark; a diamond for the others."""
LEVELS = (50, 27, 73)
CLOSE = 10
"""Marks nearer than that would overlap."""
DAY = 86_400_000


class Bar(NamedTuple):
    """A bar of a metric's chart."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    title: str


class Mark(NamedTuple):
    """An event in the timeline."""

    x: float
    y: int
    """Percent of the lane's height."""
    from_x: float
    """Where it began; the same as x where that is not known."""
    shape: str
    tone: str
    title: str
    event_id: int


class Tick(NamedTuple):
    """A time below the timeline."""

    x: float
    text: str


def bars(metric: Metric) -> list[Bar]:
    """The chart of a metric: a bar for each day or event."""
    points = metric.points
    if not points:
        return []
    most = max(point.value for point in points) or 1
    step = WIDTH / max(len(points), 10)
    drawn = []
    for number, point in enumerate(points):
        share = 1.0 if metric.unit == "percent" else point.value / most
        height = max(share * (HEIGHT - 4), 2)
        text = "" if metric.unit == "percent" else words.figure(metric.unit, point.value)
        title = f"{words.state(point.label)}: {text}" if text else words.state(point.label)
        tone = _tone(metric, point.label, point.value)
        drawn.append(
            Bar(
                round(number * step, 1),
                round(HEIGHT - height, 1),
                round(step * 0.75, 1),
                round(height, 1),
                tone,
                title,
            )
        )
    return drawn


def _tone(metric: Metric, label: str, value: float) -> str:
    if metric.unit == "percent":
        return words.tone(label)
    return "busy" if value else "plain"


class Span(NamedTuple):
    """The time that a timeline shows, in milliseconds since 1970."""

    begin: float
    end: float

    def x(self, moment: float) -> float:
        """Where a moment lies in a lane."""
        inside = min(max(moment, self.begin), self.end)
        return round(12 + (inside - self.begin) / (self.end - self.begin) * (LANE - 24), 1)


def span(rows: Sequence[Row], now: float) -> Span:
    """The span from the first of these events until now, a little wider; a minute at least.

    A clock that is a little ahead widens it, a moment in the far future does not.
    """
    moments = [moment for row in rows for moment in (row.started, _moment(row)) if moment]
    begin = min([now, *moments])
    end = min(max([now, *moments]), now + DAY)
    begin = max(begin, end - 60 * DAY)
    return Span(begin - max(60_000, (end - begin) * 0.02), end + 1)


def marks(rows: Iterable[Row], shown: Span) -> list[Mark]:
    """The marks of one component's events, in order of time; those that would overlap are stacked."""
    drawn: list[Mark] = []
    level = 0
    for row in sorted(rows, key=_moment):
        x = shown.x(_moment(row))
        level = (level + 1) % len(LEVELS) if drawn and x - drawn[-1].x < CLOSE else 0
        drawn.append(
            Mark(
                x,
                LEVELS[level],
                shown.x(row.started if row.started is not None else _moment(row)),
                SHAPES.get(row.type, "diamond"),
                words.tone(row.state),
                f"{words.TYPES[row.type]} {row.name or ''}: {words.state(row.state)}",
                row.id,
            )
        )
    return drawn


def _moment(row: Row) -> int:
    return row.completed or row.updated or row.received


def ticks(shown: Span, count: int = 5) -> list[Tick]:
    """Times, evenly spread."""
    form = "%H:%M" if shown.end - shown.begin < 2 * DAY else "%d %b"
    moments = [shown.begin + (shown.end - shown.begin) * (n + 0.5) / count for n in range(count)]
    return [
        Tick(shown.x(moment), f"{datetime.fromtimestamp(moment / 1000, UTC):{form}}")
        for moment in moments
    ]
