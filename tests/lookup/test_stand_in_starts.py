"""What was reported without a start has none to read back: what stands in its place is no start."""

from __future__ import annotations

from typing import Any

import pytest

from compass_action.sandbox.graphql import Known
from tests.building import ARI
from tests.lookup.compass import Program, compass, program
from tests.lookup.stand_in import StandIn

__all__ = ["compass", "program"]

PIPELINE = {"pipelineId": "stand/1"}
ENVIRONMENT = {"environmentId": "qa", "displayName": "QA", "category": "TESTING"}
BUILD = ("--event-type", "build", "--pipeline-id", "stand/1")
DEPLOYMENT = ("--environment", "qa", "--pipeline-id", "stand/1", "--sequence-number", "7")
UNKNOWN = "Note: No start time, so Compass will show no duration."


def show(server: StandIn, kind: str, **part: Any) -> None:
    """Let Compass show one event, of half past nine."""
    fields = {"startedAt": "2026-11-25T09:30:00Z", "pipeline": PIPELINE, **part}
    body = {
        "displayName": "it",
        "lastUpdated": "2026-11-25T09:30:00Z",
        "externalEventSourceId": "https://github.com/acme/shop",
        "updateSequenceNumber": 1,
        f"{kind}Properties": fields,
    }
    server.catalog = server.catalog._replace(events=(Known(ARI, kind, body),))


def shown(server: StandIn, kind: str) -> dict[str, Any]:
    [event] = server.catalog.events
    return dict(event.body[f"{kind}Properties"])


def test_two_reports_without_a_start_make_no_duration(compass: StandIn, program: Program) -> None:
    first = program(*BUILD, "--state", "failed")
    assert UNKNOWN in first.said
    second = program(*BUILD, "--state", "success")
    assert second.code == 0
    assert UNKNOWN in second.said
    assert "as Compass shows it" not in second.said
    assert "took" not in second.said
    part = shown(compass, "build")
    assert part["state"] == "SUCCESSFUL"
    assert "completedAt" not in part


@pytest.mark.parametrize(
    "state",
    ["SUCCESSFUL", "FAILED", "CANCELLED", "ERROR", "TIMED_OUT", "UNKNOWN"],
)
def test_a_build_that_is_over_and_shows_no_end_shows_no_start(
    state: str, compass: StandIn, program: Program
) -> None:
    show(compass, "build", state=state)
    ran = program(*BUILD, "--state", "cancelled")
    assert UNKNOWN in ran.said
    part = shown(compass, "build")
    assert part["startedAt"] != "2026-11-25T09:30:00Z"
    assert "completedAt" not in part


def test_a_deployment_likewise(compass: StandIn, program: Program) -> None:
    show(compass, "deployment", state="FAILED", environment=ENVIRONMENT, sequenceNumber=7)
    assert program(*DEPLOYMENT, "--state", "success").code == 0
    part = shown(compass, "deployment")
    assert part["state"] == "SUCCESSFUL"
    assert "startedAt" not in part


def test_a_start_with_an_end_is_believed(compass: StandIn, program: Program) -> None:
    """As is one that still goes on (see `test_read_back`)."""
    show(compass, "build", state="FAILED", completedAt="2026-11-25T09:40:00Z")
    ran = program(*BUILD, "--state", "success")
    assert "The build began at 2026-11-25T09:30:00Z, as Compass shows it." in ran.said
    assert shown(compass, "build")["startedAt"] == "2026-11-25T09:30:00Z"


def test_a_start_that_lies_ahead_is_not_believed(compass: StandIn, program: Program) -> None:
    """Somebody's clock was wrong, or a report of it was."""
    show(compass, "build", state="IN_PROGRESS", startedAt="2126-11-25T09:30:00Z")
    ran = program(*BUILD, "--state", "success")
    assert ran.code == 0
    assert UNKNOWN in ran.said
