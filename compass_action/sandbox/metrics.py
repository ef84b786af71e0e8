"""The five metrics that Compass derives from events, for each component. Pure, but for `samples`.

What Atlassian documents: deployment frequency counts successful deployments of 28 days, by the week;
deployment time is the mean of the last 25, build time of the last 10, MTTR (from an incident's start
to its end) of the last 10; the build success rate looks at completed builds, succeeded or failed. The
rest is our assumption, and said with each metric.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from statistics import fmean
from typing import NamedTuple

from compass_action.sandbox.store import Store

DAY = 24 * 60 * 60 * 1000
WINDOW_DAYS = 28


class Sample(NamedTuple):
    """One ended build, deployment or incident on a component. Times are milliseconds since 1970."""

    component_id: str
    event_id: int
    type: str
    state: str
    started: int | None
    completed: int | None
    at: int
    """When it ended, or was last updated where it does not say."""


class Point(NamedTuple):
    """One mark of the metric's chart, in order of time."""

    label: str
    value: float
    event_id: int | None = None


class Metric(NamedTuple):
    """One metric of one component."""

    key: str
    title: str
    unit: str
    """`per week`, `milliseconds` or `percent`."""
    value: float | None
    """None without an event to derive it from. A frequency is 0 where events came, and none counts."""
    previous: float | None
    """The same for the span before, to see the trend."""
    more_is_better: bool
    points: tuple[Point, ...]
    event_ids: tuple[int, ...]
    """The events it came from, newest first."""
    documented: str
    assumed: str


class Definition(NamedTuple):
    """How a metric is derived: the events, and how the value is computed of them."""

    key: str
    title: str
    unit: str
    more_is_better: bool
    type: str
    states: frozenset[str]
    last: int | None
    """How many events count; None: those of the last 28 days."""
    documented: str
    assumed: str


DEFINITIONS = (
    Definition(
        "deployment-frequency",
        "Deployment frequency",
        "per week",
        True,
        "deployment",
        frozenset({"SUCCESSFUL"}),
        None,
        "Successful deployments of the last 28 days, by the week.",
        "All environments count, not production alone; each deployment when it was completed.",
    ),
    Definition(
        "deployment-time",
        "Deployment time",
        "milliseconds",
        False,
        "deployment",
        frozenset({"SUCCESSFUL"}),
        25,
        "The mean duration of the last 25 deployments.",
        "Successful ones that have a start and an end; all environments count.",
    ),
    Definition(
        "build-success-rate",
        "Build success rate",
        "percent",
        True,
        "build",
        frozenset({"SUCCESSFUL", "FAILED"}),
        None,
        "Of the completed builds, succeeded or failed, the share that succeeded.",
        "Over the last 28 days; cancelled builds and errors do not count.",
    ),
    Definition(
        "build-time",
        "Build time",
        "milliseconds",
        False,
        "build",
        frozenset({"SUCCESSFUL", "FAILED"}),
        10,
        "The mean duration of the last 10 builds.",
        "Succeeded and failed ones that have a start and an end.",
    ),
    Definition(
        "mttr",
        "Mean time to recover",
        "milliseconds",
        False,
        "incident",
        frozenset({"RESOLVED"}),
        10,
        "From start to end, the mean of the last 10 incidents.",
        "Resolved ones alone.",
    ),
)


def of_components(
    store: Store, now: float, components: Iterable[str]
) -> dict[str, tuple[Metric, ...]]:
    """The metrics of each of these components that has something to derive them from.

    One after another, so that never all events are in memory.
    """
    return {key: its for one in components for key, its in derive(samples(store, one), now).items()}


def samples(store: Store, component: str) -> list[Sample]:
    """All of a component that a metric may be derived from, in order of time.

    An event counts on every component on which it shows.
    """
    query = (
        "SELECT a.component_id, e.id, e.type, e.state, e.started, e.completed, "
        "coalesce(e.completed, e.updated) FROM event e JOIN attachment a ON a.source_id = e.source_id "
        "WHERE a.component_id = ? AND e.type IN ('build', 'deployment', 'incident') "
        "ORDER BY 7, e.id"
    )
    with store.reading() as db:
        return [Sample(*row) for row in db.execute(query, (component,))]


def derive(found: Iterable[Sample], now: float) -> dict[str, tuple[Metric, ...]]:
    """Component → its metrics, at a time in milliseconds since 1970."""
    by_component: dict[str, list[Sample]] = {}
    for sample in found:
        by_component.setdefault(sample.component_id, []).append(sample)
    return {
        component: tuple(_metric(one, its, now) for one in DEFINITIONS)
        for component, its in by_component.items()
    }


def _metric(definition: Definition, found: Sequence[Sample], now: float) -> Metric:
    of_type = [one for one in found if one.type == definition.type]
    own = [one for one in of_type if one.state in definition.states]
    since = now - WINDOW_DAYS * DAY
    if definition.last is None:
        before = [one for one in own if since - WINDOW_DAYS * DAY < one.at <= since]
        own = [one for one in own if since < one.at <= now + DAY]
    else:
        own = [one for one in own if _duration(one) is not None]
        before = own[-2 * definition.last : -definition.last]
        own = own[-definition.last :]
    value = VALUES[definition.unit]
    return Metric(
        definition.key,
        definition.title,
        definition.unit,
        value(own, bool(of_type)),
        value(before, any(one.at <= since for one in of_type)),
        definition.more_is_better,
        tuple(POINTS[definition.unit](own, now)),
        tuple(one.event_id for one in reversed(own)),
        definition.documented,
        definition.assumed,
    )


def _duration(sample: Sample) -> int | None:
    if sample.started is None or sample.completed is None or sample.completed < sample.started:
        return None
    return sample.completed - sample.started


def _per_week(found: Sequence[Sample], begun: bool) -> float | None:
    return len(found) / (WINDOW_DAYS / 7) if begun else None


def _mean(found: Sequence[Sample], _begun: bool) -> float | None:
    return fmean([_duration(one) or 0 for one in found]) if found else None


def _share(found: Sequence[Sample], _begun: bool) -> float | None:
    return 100 * fmean([one.state == "SUCCESSFUL" for one in found]) if found else None


def _daily(found: Sequence[Sample], now: float) -> Iterable[Point]:
    days = [0] * WINDOW_DAYS
    for one in found:
        age = int(max(0, now - one.at) // DAY)
        days[WINDOW_DAYS - 1 - age] += 1
    for age, count in zip(range(WINDOW_DAYS - 1, -1, -1), days, strict=True):
        yield Point(AGES.get(age, f"{age} days ago"), count)


def _durations(found: Sequence[Sample], _now: float) -> Iterable[Point]:
    return [Point(one.state, _duration(one) or 0, one.event_id) for one in found]


def _outcomes(found: Sequence[Sample], _now: float) -> Iterable[Point]:
    return [Point(one.state, one.state == "SUCCESSFUL", one.event_id) for one in found[-40:]]


AGES = {0: "the last 24 hours", 1: "1 day ago"}
VALUES: dict[str, Callable[[Sequence[Sample], bool], float | None]] = {
    "per week": _per_week,
    "milliseconds": _mean,
    "percent": _share,
}
"""Unit → the value of what counts; the second argument: there were events of this type by then."""
POINTS: dict[str, Callable[[Sequence[Sample], float], Iterable[Point]]] = {
    "per week": _daily,
    "milliseconds": _durations,
    "percent": _outcomes,
}


def as_json(metric: Metric) -> dict[str, object]:
    """A metric as `GET /metrics.json` shows it."""
    document = metric._asdict()
    document["points"] = [point._asdict() for point in metric.points]
    return document
