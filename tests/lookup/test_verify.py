"""Whether an event counts: what Compass shows of it, in all forms."""

from __future__ import annotations

import json
from typing import Any

import pytest

from compass_action.lookup import events
from compass_action.sandbox.graphql import Known
from tests.building import ARI
from tests.lookup.compass import BUILD, Program, compass, program
from tests.lookup.stand_in import Fault, StandIn

__all__ = ["compass", "program"]


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compass is asked as often, only sooner."""
    monkeypatch.setattr(events, "WAITS_SECONDS", (0.01, 0.01, 0.01, 0.01))


def shown(state: str, number: int) -> Known:
    """The build as Compass shows it."""
    part: dict[str, Any] = {
        "state": state,
        "startedAt": "2026-11-25T10:00:00Z",
        "pipeline": {"pipelineId": "b/7"},
    }
    if state != "IN_PROGRESS":
        part["completedAt"] = "2026-11-25T10:07:00Z"
    body: dict[str, Any] = {
        "displayName": "it",
        "lastUpdated": "2026-11-25T10:00:00Z",
        "externalEventSourceId": "https://github.com/acme/shop",
        "updateSequenceNumber": number,
        "buildProperties": part,
    }
    return Known(ARI, "build", body)


def test_it_counts(compass: StandIn, program: Program) -> None:
    ran = program(*BUILD, "--verify")
    assert ran.code == 0
    assert "verify: Compass shows the build as SUCCESSFUL." in ran.said
    assert compass.operations == ["EventsOfSource"]


def test_a_later_update_has_come(compass: StandIn, program: Program) -> None:
    compass.catalog = compass.catalog._replace(events=(shown("FAILED", 2_000),))
    ran = program("verify", *BUILD, "--update-sequence-number", "1000")
    assert ran.code == 0
    assert "verify: Compass shows a later update of the build (2000)." in ran.said


def test_an_older_update_still_stands(compass: StandIn, program: Program) -> None:
    compass.catalog = compass.catalog._replace(events=(shown("IN_PROGRESS", 500),))
    ran = program("verify", *BUILD, "--update-sequence-number", "1000")
    assert ran.code == 1
    assert (
        "verify: Compass shows an older update of the build (500, IN_PROGRESS), not this one (1000): it "
        "was ignored, or is not processed yet."
    ) in ran.said
    assert len(compass.operations) == 4


def test_another_state_of_the_same_number(compass: StandIn, program: Program) -> None:
    compass.catalog = compass.catalog._replace(events=(shown("FAILED", 1_000),))
    ran = program("verify", *BUILD, "--update-sequence-number", "1000")
    assert ran.code == 1
    assert (
        "verify: Compass shows the build as FAILED, not as SUCCESSFUL: this update was ignored, because "
        "its update sequence number does not rise above that of another report."
    ) in ran.said
    assert len(compass.operations) == 1


def test_it_does_not_show(compass: StandIn, program: Program) -> None:
    """It is asked for a few times, and no more."""
    compass.takes = False
    ran = program(*BUILD, "--verify")
    assert ran.code == 0
    assert "Warning: verify: Compass does not show the build yet." in ran.said
    assert compass.operations == ["EventsOfSource", "EventsOfComponent"] * 4


def test_the_command_fails_where_it_does_not_show(compass: StandIn, program: Program) -> None:
    ran = program("verify", *BUILD)
    assert ran.code == 1
    assert "Error: verify: Compass does not show the build yet." in ran.said
    assert compass.catalog.events == ()


def test_the_start_of_a_build_is_looked_up_as_ever(compass: StandIn, program: Program) -> None:
    compass.catalog = compass.catalog._replace(events=(shown("SUCCESSFUL", 5),))
    ran = program("verify", *BUILD[:6])
    assert ran.code == 0
    assert "The build began at 2026-11-25T10:00:00Z, as Compass shows it." in ran.said


def test_without_a_number_the_state_is_compared(compass: StandIn, program: Program) -> None:
    compass.catalog = compass.catalog._replace(events=(shown("SUCCESSFUL", 5),))
    assert program("verify", *BUILD).code == 0
    compass.catalog = compass.catalog._replace(events=(shown("IN_PROGRESS", 5),))
    assert program("verify", *BUILD).code == 1


def test_a_number_that_is_a_text_is_a_number(compass: StandIn, program: Program) -> None:
    """GraphQL has no whole numbers of 64 bits; some servers write them as texts."""
    event = shown("SUCCESSFUL", 0)
    compass.catalog = compass.catalog._replace(
        events=(event._replace(body={**event.body, "updateSequenceNumber": "2000"}),)
    )
    ran = program("verify", *BUILD, "--update-sequence-number", "1000")
    assert "a later update of the build (2000)" in ran.said


def test_that_compass_cannot_be_asked_is_said(compass: StandIn, program: Program) -> None:
    compass.fault = lambda asked: Fault(403) if asked.path == "/graphql" else None
    sent = program(*BUILD, "--verify")
    assert sent.code == 0
    assert "Warning: verify: Compass could not be asked: HTTP 403." in sent.said
    assert program("verify", *BUILD).code == 1


def test_an_incident_is_sought_by_its_id_without_a_start(
    compass: StandIn, program: Program
) -> None:
    incident = ("--event-type", "incident", "--properties", "id: 7")
    assert program(*incident, "--state", "open").code == 0
    assert program("verify", *incident, "--state", "open").code == 0
    assert program("verify", *incident, "--state", "resolved").code == 1


@pytest.mark.parametrize(
    ("kind", "state", "properties"),
    [
        ("flag", "on", "id: f"),
        ("alert", "opened", "id: a"),
        ("lifecycle", "production", "id: l"),
        ("custom", "", "id: c"),
        ("push", "", "{id: 5fd1a2b, branchName: main}"),
        ("vulnerability", "open", "{id: v, severity: {level: HIGH}}"),
    ],
)
def test_every_type_that_compass_shows_is_found(
    kind: str, state: str, properties: str, compass: StandIn, program: Program
) -> None:
    given = (
        "--event-type",
        kind,
        "--properties",
        properties,
        "--started-at",
        "2026-11-25T10:00:00Z",
    )
    stated = ("--state", state) if state else ()
    ran = program(*given, *stated, "--verify")
    assert ran.code == 0, ran.said
    assert f"verify: Compass shows the {kind}" in ran.said


def test_a_replay_is_verified_too(compass: StandIn, program: Program) -> None:
    compass.fault = lambda asked: Fault(503) if asked.path != "/graphql" else None
    assert program(*BUILD, "--outbox", "kept.jsonl", "--timeout", "1").code == 0
    compass.fault = lambda asked: None
    ran = program("replay", "kept.jsonl", "--verify")
    assert ran.code == 0
    assert "verify: Compass shows the build as SUCCESSFUL." in ran.said
    assert (program.folder / "kept.jsonl").read_text() == ""


def test_no_more_than_three_events_are_asked_for(compass: StandIn, program: Program) -> None:
    """Compass's rate limit is shared by all jobs of the account."""
    ids = [ARI[:-1] + digit for digit in "45678"]
    ran = program(*BUILD, "--verify", COMPASS_COMPONENT_ID=",".join(ids))
    assert ran.code == 0
    assert len(compass.operations) == 3
    assert "verify asks for 3 events at most; 2 were left out." in ran.said


def test_what_is_verified_was_sent(compass: StandIn, program: Program) -> None:
    program(*BUILD, "--verify")
    [event, question] = compass.asked
    sent = json.loads(event.body)["event"]["build"]
    asked = json.loads(question.body)["variables"]
    assert asked["source"] == sent["externalEventSourceId"]
    assert asked["eventType"] == "BUILD"
