"""Times that have not come: what is given is refused by its name, what a machine tells is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from compass_action.ci.run import CiRun
from compass_action.errors import InputError
from compass_action.inputs.table import Inputs
from tests.building import ARI
from tests.event.failed_job import built

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LIMIT = NOON + timedelta(minutes=5)
RUN = CiRun("gitlab", "https://gitlab.com/acme/shop", run_id="9", job_id="7", job="test")
GIVEN = Inputs(component_id=(ARI,), url="https://ci.acme.example/7")
BUILD = GIVEN._replace(event_type="build", state="failed", pipeline_id="p")
INCIDENT = GIVEN._replace(event_type="incident", state="resolved", event_id="INC-7")
ALERT = GIVEN._replace(event_type="alert", state="closed", event_id="A-7")
VULNERABILITY = GIVEN._replace(
    event_type="vulnerability", state="fixed", event_id="CVE-7", severity="high"
)
AHEAD = "2026-11-23T12:05:01Z lies ahead. Write a time that has come."


def told(inputs: Inputs) -> list[str]:
    with pytest.raises(InputError) as raised:
        built(inputs, RUN)
    return [str(problem) for problem in raised.value.problems]


def part(inputs: Inputs, run: CiRun = RUN) -> dict[str, Any]:
    [event] = built(inputs, run).events
    return dict(event.part)


@pytest.mark.parametrize("inputs", [BUILD, INCIDENT, ALERT, VULNERABILITY])
def test_a_start_or_an_end_that_has_not_come_is_refused_by_its_name(inputs: Inputs) -> None:
    """And by nothing else: no end is invented from it."""
    started = inputs._replace(started_at=LIMIT + SECOND)
    if inputs is ALERT:  # else nothing asks for its end
        started = started._replace(completed_at=NOON)
    assert told(started) == [f"started-at: {AHEAD}"]
    ended = inputs._replace(started_at=NOON - SECOND, completed_at=LIMIT + SECOND)
    assert told(ended) == [f"completed-at: {AHEAD}"]
    both = inputs._replace(started_at=LIMIT + SECOND, completed_at=LIMIT + SECOND)
    assert told(both) == [f"started-at: {AHEAD}", f"completed-at: {AHEAD}"]


@pytest.mark.parametrize(
    ("inputs", "names"),
    [
        (BUILD, ["startedAt", "completedAt"]),
        (INCIDENT, ["startTime", "endTime"]),
        (ALERT, ["createdAt", "acknowledgedAt", "snoozedAt", "closedAt"]),
        (VULNERABILITY, ["vulnerabilityStartTime", "remediationTime"]),
    ],
)
def test_so_are_those_in_properties(inputs: Inputs, names: list[str]) -> None:
    properties = dict.fromkeys(names, "2026-11-23T13:05:01+01:00")
    assert told(inputs._replace(properties=properties)) == [
        f"properties: {name}: {AHEAD}" for name in names
    ]


def test_clocks_may_differ_by_five_minutes() -> None:
    """What began ahead ends no earlier than it began."""
    for inputs, start, end in (
        (BUILD, "startedAt", "completedAt"),
        (INCIDENT, "startTime", "endTime"),
        (VULNERABILITY, "vulnerabilityStartTime", "remediationTime"),
    ):
        found = part(inputs._replace(started_at=LIMIT))
        assert (found[start], found[end]) == ("2026-11-23T12:05:00Z", "2026-11-23T12:05:00Z")


def test_what_an_event_does_not_use_may_lie_ahead() -> None:
    """Alertmanager names an end of what still fires; a push has no start."""
    ahead = LIMIT + timedelta(days=9)
    firing = INCIDENT._replace(state="open", started_at=NOON, completed_at=ahead)
    assert "endTime" not in part(firing)
    running = BUILD._replace(state="running", started_at=NOON, completed_at=ahead)
    assert "completedAt" not in part(running)
    custom = GIVEN._replace(event_type="custom", event_id="c", started_at=ahead, completed_at=ahead)
    assert part(custom)["id"] == "c"


@pytest.mark.parametrize(
    ("state", "expected"),
    [("failed", "2026-11-23T12:00:00Z"), ("running", "2026-11-23T12:00:00Z")],
)
def test_a_host_whose_clock_is_ahead_fails_no_run(state: str, expected: str) -> None:
    """Its start is as good as none: no duration is made from it."""
    run = RUN._replace(job_started_at=LIMIT + SECOND)
    found = part(BUILD._replace(state=state), run)
    assert (found["startedAt"], "completedAt" in found) == (expected, False)
    deployment = BUILD._replace(event_type="deployment", environment="qa", sequence_number=7)
    assert "startedAt" not in part(deployment, run)
