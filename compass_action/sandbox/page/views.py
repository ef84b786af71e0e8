"""What each page shows: the templates' variables."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from compass_action.sandbox import metrics, rows
from compass_action.sandbox.activity import BYTES
from compass_action.sandbox.answer import STAND_IN
from compass_action.sandbox.asked import Asked, find_problems, is_true, wanted_of
from compass_action.sandbox.guard import TOKEN
from compass_action.sandbox.page import charts, words
from compass_action.sandbox.problems import KINDS
from compass_action.sandbox.rows import Row, Wanted
from compass_action.sandbox.service import Service
from compass_action.sandbox.shape import is_under_way

PAGE = 50
"""Events on one page."""
LANES = 12
"""Components in the timeline, those with the newest events."""
IN_TIMELINE = 400
"""Events in it."""


def frame(service: Service, asked: Asked) -> dict[str, Any]:
    """What all pages show."""
    found = find_problems(service, ended=False)
    return {
        "path": asked.path,
        "stand_in": STAND_IN,
        "now": service.now(),
        "problem_count": sum(problem.times for problem in found),
        "problems": found,
        "labels": words.labels(rows.components(service.store), service.names),
        "revision": service.live.revision,
    }


def feed(service: Service, asked: Asked) -> dict[str, Any]:
    """The timeline and the list of events."""
    shown = frame(service, asked)
    wanted = wanted_of(asked.query)
    before = asked.query.get("before", "")
    start = int(before) if re.fullmatch(r"[0-9]{1,15}", before) else None
    found = rows.newest(service.store, wanted, start, PAGE + 1)
    listed, more = found[:PAGE], len(found) > PAGE
    asks = {name: value for name, value in wanted._asdict().items() if value}
    older = urlencode(asks | {"before": listed[-1].counted_id}) if more else None
    return shown | {
        "wanted": wanted,
        "asks": asks,
        "before": start,
        "events": [_event(row, shown["now"]) for row in listed],
        "older": older,
        "total": rows.count(service.store, Wanted()),
        "matching": rows.count(service.store, wanted),
        "timeline": _timeline(service, wanted, shown),
        "choices": {
            "type": [(one, words.TYPES[one]) for one in rows.values_of(service.store, "type")],
            "environment": [(one, one) for one in rows.values_of(service.store, "environment")],
            "state": [(one, words.state(one)) for one in rows.values_of(service.store, "state")],
        },
    }


def _event(row: Row, now: float) -> dict[str, Any]:
    same = row.category and row.environment and row.category.lower() == row.environment.lower()
    began = row.started if is_under_way(row.type, row.state) else None
    return {
        "row": row,
        "tone": words.tone(row.state),
        "category": row.category.lower() if row.category and not same else None,
        "took": words.span(row.started, row.completed),
        "since": words.duration(now - began) if began and began < now else "",
        "link": _web(row.url),
        "moment": row.completed or row.updated or row.received,
    }


def _web(url: str | None) -> str | None:
    """A link that may be followed: to the web alone, whatever the sender wrote."""
    return url if url and re.match(r"https?://", url, re.IGNORECASE) else None


def _timeline(service: Service, wanted: Wanted, shown: Mapping[str, Any]) -> dict[str, Any]:
    found = rows.newest(service.store, wanted, None, IN_TIMELINE)
    span = charts.span(found, shown["now"])
    lanes: dict[str, list[Row]] = {}
    for row in found:
        for component in row.component_ids:
            if wanted.component in (None, component):
                lanes.setdefault(component, []).append(row)
    return {
        "ticks": charts.ticks(span),
        "more": max(0, len(lanes) - LANES),
        "lanes": [
            {
                "component": component,
                "marks": charts.marks(its, span),
                "says": _says(its),
            }
            for component, its in list(lanes.items())[:LANES]
        ],
    }


def _says(found: list[Row]) -> str:
    counts = {"good": 0, "bad": 0, "busy": 0}
    for row in found:
        counts[words.tone(row.state)] = counts.get(words.tone(row.state), 0) + 1
    told = [f"{counts['good']} good", f"{counts['bad']} failed", f"{counts['busy']} in progress"]
    return f"{len(found)} event{'s' * (len(found) != 1)}: {', '.join(told)}"


def event(service: Service, asked: Asked) -> dict[str, Any] | None:
    """One event; None if there is none of this number."""
    row = rows.one(service.store, int(asked.path.rpartition("/")[2][:15]))
    if row is None:
        return None
    shown = frame(service, asked)
    changes = rows.history(service.store, row.id)
    room = BYTES
    for change in sorted(changes, key=lambda one: (one["id"] != row.counted_id, -one["id"])):
        kept = change["body_kept"] and room > 0
        body = rows.request(service.store, change["id"]) if kept else b""
        change["json"], room = pretty(body) if body else None, room - len(body)
    return shown | {
        "event": _event(row, shown["now"]),
        "row": row,
        "changes": changes[::-1],
        "problems": [one for one in shown["problems"] if one.event_id == row.id],
        "kinds": KINDS,
    }


def pretty(body: bytes) -> str:
    """A request's JSON on lines of its own; its values as they were sent."""
    return json.dumps(json.loads(body), indent=2, ensure_ascii=False)


def metrics_page(service: Service, asked: Asked) -> dict[str, Any]:
    """The five metrics of each component."""
    shown = frame(service, asked)
    component = asked.query.get("component") or None
    asked_for = [component] if component else shown["labels"]
    derived = metrics.of_components(service.store, shown["now"], asked_for)
    return shown | {
        "wanted": component,
        "components": [
            {
                "id": one,
                "metrics": [
                    {
                        "metric": metric,
                        "value": words.figure(metric.unit, metric.value),
                        "per_week": metric.unit == "per week" and metric.value is not None,
                        "previous": words.figure(metric.unit, metric.previous),
                        "trend": words.trend(
                            metric.value, metric.previous, more_is_better=metric.more_is_better
                        ),
                        "bars": charts.bars(metric),
                    }
                    for metric in its
                ],
            }
            for one, its in sorted(derived.items(), key=lambda pair: shown["labels"][pair[0]])
        ],
        "definitions": metrics.DEFINITIONS,
        "width": charts.WIDTH,
        "height": charts.HEIGHT,
    }


def problems_page(service: Service, asked: Asked) -> dict[str, Any]:
    """What is wrong, by kind."""
    shown, ended = frame(service, asked), is_true(asked, "ended")
    found = find_problems(service, ended=ended)
    by_kind = {kind: [one for one in found if one.kind == kind] for kind in KINDS}
    return shown | {
        "ended": ended,
        "minutes": service.unfinished_minutes,
        "by_kind": {kind: its for kind, its in by_kind.items() if its},
        "kinds": KINDS,
    }


def connect(service: Service, asked: Asked) -> dict[str, Any]:
    """How to point the hosts at this sandbox."""
    host = asked.headers.get("Host", "localhost")
    address = f"http://{host}"
    return frame(service, asked) | {"address": address, "token": TOKEN}
