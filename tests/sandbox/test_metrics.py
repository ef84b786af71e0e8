"""The five derived metrics, as far as Atlassian documents them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from compass_action.sandbox import Sandbox, running_sandbox
from compass_action.sandbox.metrics import DAY, Metric, Sample, derive
from tests.sandbox.sending import changed, post, sample

NOW = 1_795_600_000_000
MINUTE = 60_000
FREQUENCY = "deployment-frequency"


def ended(kind: str, state: str, at: float, minutes: float | None = 1.0, number: int = 1) -> Sample:
    moment = round(at)
    started = None if minutes is None else moment - round(minutes * MINUTE)
    return Sample("c", number, kind, state, started, moment, moment)


def of(found: list[Sample], key: str) -> Metric:
    [metric] = [one for one in derive(found, NOW)["c"] if one.key == key]
    return metric


def test_deployment_frequency_counts_the_successful_ones_of_28_days_by_the_week() -> None:
    found = [ended("deployment", "SUCCESSFUL", NOW - day * DAY) for day in (0, 1, 5, 27, 29, 40)]
    found += [ended("deployment", "FAILED", NOW), ended("build", "SUCCESSFUL", NOW)]
    metric = of(found, FREQUENCY)
    assert (metric.value, metric.previous) == (1.0, 0.5)
    assert [point.value for point in metric.points[-6:]] == [1, 0, 0, 0, 1, 1]
    assert len(metric.points) == 28


@pytest.mark.parametrize(
    ("came", "value", "previous"),
    [
        ([("FAILED", 1), ("CANCELLED", 3)], 0, None),
        ([("IN_PROGRESS", 0)], 0, None),
        ([("SUCCESSFUL", 40)], 0, 0.25),
        ([("SUCCESSFUL", 90)], 0, 0),
        ([("FAILED", 40), ("SUCCESSFUL", 2)], 0.25, 0),
        ([("SUCCESSFUL", 2)], 0.25, None),
    ],
)
def test_a_component_that_deploys_no_more_has_a_frequency_of_0(
    came: list[tuple[str, int]], value: float, previous: float | None
) -> None:
    """Only before the first event of a deployment there is none."""
    metric = of([ended("deployment", state, NOW - days * DAY) for state, days in came], FREQUENCY)
    assert (metric.value, metric.previous) == (value, previous)


def test_a_share_of_nothing_is_none_though_there_were_builds_before() -> None:
    metric = of([ended("build", "FAILED", NOW - 40 * DAY)], "build-success-rate")
    assert (metric.value, metric.previous) == (None, 0)


def test_the_days_of_the_chart_are_told_as_people_count_them() -> None:
    metric = of([ended("deployment", "SUCCESSFUL", NOW - 1.2 * DAY)], FREQUENCY)
    told = [(point.label, point.value) for point in metric.points[-3:]]
    assert told == [("2 days ago", 0), ("1 day ago", 1), ("the last 24 hours", 0)]


def test_deployment_time_is_the_mean_of_the_last_25() -> None:
    found = [ended("deployment", "SUCCESSFUL", NOW - DAY + n, minutes=100) for n in range(30)]
    found += [ended("deployment", "SUCCESSFUL", NOW + n, minutes=2, number=n) for n in range(25)]
    metric = of(found, "deployment-time")
    assert (metric.value, metric.previous) == (2 * MINUTE, 100 * MINUTE)
    assert metric.event_ids == tuple(range(24, -1, -1))


@pytest.mark.parametrize(
    ("states", "rate"),
    [
        (["SUCCESSFUL", "FAILED"], 50.0),
        (["SUCCESSFUL"] * 3 + ["FAILED"], 75.0),
        (["SUCCESSFUL", "CANCELLED", "ERROR", "TIMED_OUT", "UNKNOWN", "IN_PROGRESS"], 100.0),
        (["FAILED"], 0.0),
        (["CANCELLED"], None),
    ],
)
def test_the_build_success_rate_looks_at_succeeded_and_failed_builds(
    states: list[str], rate: float | None
) -> None:
    found = [ended("build", state, NOW - number) for number, state in enumerate(states)]
    assert of(found, "build-success-rate").value == rate


def test_build_time_is_the_mean_of_the_last_10_that_have_a_duration() -> None:
    found = [ended("build", "SUCCESSFUL", NOW - DAY, minutes=50)]
    found += [ended("build", state, NOW, minutes=4) for state in ["SUCCESSFUL", "FAILED"] * 5]
    found += [ended("build", "SUCCESSFUL", NOW, minutes=None)] * 5
    found += [ended("build", "SUCCESSFUL", NOW, minutes=-1)]  # ends before it starts
    assert of(found, "build-time").value == 4 * MINUTE


def test_mttr_is_the_mean_of_the_last_10_resolved_incidents() -> None:
    found = [ended("incident", "RESOLVED", NOW, minutes=n) for n in (10, 20, 60)]
    found.append(ended("incident", "OPEN", NOW, minutes=500))
    assert of(found, "mttr").value == 30 * MINUTE


def test_without_an_event_there_is_no_value() -> None:
    values = [metric.value for metric in derive([ended("push", "", NOW)], NOW)["c"]]
    assert values == [None] * 5


def test_every_metric_says_what_is_documented_and_what_is_assumed() -> None:
    for metric in derive([ended("build", "FAILED", NOW)], NOW)["c"]:
        assert metric.documented.endswith(".")
        assert metric.assumed.endswith(".")


def send(sandbox: Sandbox, began: datetime, minutes: int, **changes: Any) -> None:
    part = "event.build.buildProperties"
    times = {"startedAt": began, "completedAt": began + timedelta(minutes=minutes)}
    given: dict[str, Any] = {f"{part}.{name}": at.isoformat() for name, at in times.items()}
    post(sandbox, changed("build-full", given | {f"{part}.state": "SUCCESSFUL"} | changes))


def test_metrics_are_served_for_each_component() -> None:
    """An event counts wherever it shows."""
    began = datetime.now(UTC) - timedelta(hours=1)
    shop = sample("build-full")["componentId"]
    cart = shop[:-1] + "0"
    pipeline = "event.build.buildProperties.pipeline.pipelineId"
    with running_sandbox() as sandbox:
        send(sandbox, began, 4)
        send(sandbox, began, 8, componentId=cart, **{pipeline: "another"})
        url = f"{sandbox.url}/metrics.json"
        components = requests.get(url, timeout=10).json()["components"]
        assert {one["component_id"] for one in components} == {shop, cart}
        for one in components:
            by_key = {metric["key"]: metric for metric in one["metrics"]}
            assert by_key["build-time"]["value"] == 6 * MINUTE
            assert sorted(by_key["build-time"]["event_ids"]) == [1, 2]
        [only] = requests.get(url, params={"component": shop}, timeout=10).json()["components"]
        assert only["component_id"] == shop
