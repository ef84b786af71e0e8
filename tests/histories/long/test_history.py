"""A long history, sent through the whole program: the feed must hold exactly what happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from random import Random
from typing import Any

import pytest

from compass_action.main import main
from compass_action.sandbox import Sandbox, running_sandbox
from tests.histories import Report, write
from tests.histories.deliveries import Surroundings
from tests.moments import in_order

RUNS = 500
REPOSITORIES = 15


def long_history() -> list[Report]:
    """The same history every time."""
    return write(Random(20261146), RUNS, REPOSITORIES)  # noqa: S311 - not for secrets


class Clock(datetime):
    """The clock of the machine that is just played."""

    shown: datetime

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """What the machine's clock shows."""
        return cls.shown


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None) as running:
        yield running


def test_the_feed_holds_exactly_what_happened(
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """500 runs on six hosts, with re-runs, matrices, calls, parallel steps, environments with
    awkward names, tracked jobs whose clock stepped back: no collision, no ignored update.
    """
    monkeypatch.setattr("compass_action.snapshot.datetime", Clock)
    history = long_history()
    surroundings = Surroundings(tmp_path, sandbox.url)
    for report in history:
        Clock.shown = report.at
        code = main(report.arguments, surroundings.env(report))
        assert code == 0, capsys.readouterr().out
        surroundings.end(report)
        capsys.readouterr()

    feed = sandbox.feed()
    assert feed["refused"] == []
    assert feed["requests"] == sum(len(report.components) for report in history)
    assert sorted(map(told, feed["events"])) == sorted(truth(history))


def told(row: dict[str, Any]) -> tuple[str, ...]:
    """What the feed shows of one event; the description holds the serial of the thing."""
    event = row["event"]
    properties = event[f"{row['type']}Properties"]
    updates = " ".join(f"{update['verdict']} {update['state']}" for update in row["history"])
    finished = row["completed_at"]
    assert finished is None or row["started_at"] is None or in_order(row["started_at"], finished)
    return (
        event["description"],
        row["component_id"],
        row["type"],
        properties["state"],
        row["environment"] or "",
        event["externalEventSourceId"],
        updates,
        row["started_at"] if event["displayName"] == "start known" else "",
    )


def truth(history: list[Report]) -> Iterator[tuple[str, ...]]:
    """What the feed has to show: one event for each thing and component, with all its updates."""
    things: defaultdict[tuple[int, tuple[str, ...]], list[Report]] = defaultdict(list)
    for report in history:
        things[report.thing.serial, report.components].append(report)
    for reports in things.values():
        thing, last = reports[0].thing, reports[-1]
        verdicts = ["created"] + ["overwritten"] * (len(reports) - 1)
        for component in last.components:
            yield (
                f"thing {thing.serial}",
                component,
                thing.kind,
                last.state,
                thing.environment or "",
                thing.repository.source(component),
                " ".join(f"{v} {r.state}" for v, r in zip(verdicts, reports, strict=True)),
                f"{last.begun:%FT%TZ}" if last.begun else "",
            )


def test_the_history_has_everything_in_it() -> None:
    """So that the test above cannot pass because nothing happened."""
    history = long_history()
    things = {report.thing.serial: report.thing for report in history}.values()
    reruns = [thing for thing in things if thing.reruns is not None]
    assert {r.repository.host.system for r in reruns} == {"github", "bitbucket", "gitlab"}
    assert len({thing.repository.host for thing in things}) == 6
    assert len({thing.environment for thing in things}) > 9
    begun: dict[int, datetime] = {}
    stepped_back = [r for r in history if r.at < begun.setdefault(r.thing.serial, r.at)]
    called = [r for r in history if "shared.yml" in r.env.get("INPUT_WORKFLOW-REF", "")]
    legs = [r for r in history if int(r.env.get("INPUT_JOB-TOTAL", "1")) > 1]
    parallel = [r for r in history if "BITBUCKET_PARALLEL_STEP" in r.env]
    stages = [
        r for r in history if r.thing.repository.pipelines[0].scope == "stage" and r.stage > 1
    ]
    given_id = [r for r in history if r.env.get("INPUT_PIPELINE-ID")]
    partly = [r for r in history if r.components != r.thing.repository.components]
    assert min(map(len, (stepped_back, called, legs, parallel))) > 25
    assert min(map(len, (stages, given_id, partly))) > 8
    scopes = {r.env.get("INPUT_SCOPE") or r.env.get("COMPASS_SCOPE") for r in history}
    assert scopes == {"job", "run"}
