"""The stages of one event: whatever the inputs become in between, it stays that event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from compass_action.event import track, tracked_of
from compass_action.event.event import Event, Events
from compass_action.tracking import Identity, Tracked, read_record
from tests.building import built, refused
from tests.recorded import NOW


def ended(recording: str, asked: dict[str, str], begun: Events) -> Event:
    """The end of an event, as a stage three minutes later makes it from the record."""
    record = read_record(track(begun).to_json())
    [event] = built(recording, asked, NOW + timedelta(minutes=3), resumed=record).events
    return event


@pytest.mark.parametrize(
    "changed",
    [
        {"properties": "pipeline:\n  pipelineId: other\nenvironment:\n  environmentId: other"},
        {"properties": '{"sequenceNumber": 7}'},
        {"environment": "staging", "environment-id": "staging"},
        {"event-type": "build"},
        {"external-event-source-id": "https://other.example"},
        {"pipeline-id": "other", "sequence-number": "7", "scope": "run"},
    ],
)
def test_no_input_of_the_later_stage_makes_it_another_event(changed: dict[str, str]) -> None:
    asked = {"environment": "production", "state": "in_progress"}
    events = built("github-push", asked)
    end = ended("github-push", asked | {"state": "success"} | changed, events)
    [begun] = events.events
    assert tracked_of(end).identity == tracked_of(begun).identity
    assert tracked_of(end).state == "SUCCESSFUL"
    assert end.body["externalEventSourceId"] == begun.body["externalEventSourceId"]
    assert end.part["startedAt"] == begun.part["startedAt"]


def test_an_update_sequence_number_given_to_both_stages_rises() -> None:
    """Otherwise Compass would ignore the outcome, without a word."""
    asked = {"update-sequence-number": "7"}
    begun = built("github-push", asked | {"state": "in_progress"})
    assert begun.events[0].body["updateSequenceNumber"] == 7
    assert ended("github-push", asked, begun).body["updateSequenceNumber"] == 8


def test_the_job_s_status_on_github_is_not_the_run_s() -> None:
    """The last job of a run has succeeded itself when it reports that another one has failed."""
    assert refused("github-push", {"scope": "run"})["state"].startswith(
        "it is not given, and GitHub"
    )


def test_two_custom_events_of_one_job_are_two_events() -> None:
    """They have no updates, so their names tell them apart."""
    named = [
        built("github-push", {"event-type": "custom", "display-name": name}).events[0].part["id"]
        for name in ("database migrated", "cache warmed")
    ]
    assert len(set(named)) == 2


def test_a_start_given_in_properties_counts_for_the_duration() -> None:
    found = built(
        "bitbucket-branch",
        {"state": "success", "properties": "startedAt: 2026-11-23T11:00:00Z"},
    )
    part = found.events[0].part
    assert (part["startedAt"], part["completedAt"]) == (
        "2026-11-23T11:00:00Z",
        "2026-11-23T12:00:00Z",
    )
    assert found.notices == ()


def test_the_record_of_an_event_names_it_and_keeps_its_start() -> None:
    environment = {"category": "PRODUCTION", "displayName": "Live", "environmentId": "live"}
    part = {
        "sequenceNumber": 96_002_000,
        "state": "IN_PROGRESS",
        "pipeline": {"pipelineId": "github.com/acme/shop/x", "displayName": "Shop"},
        "environment": environment,
        "startedAt": "2026-11-23T08:00:00.250Z",
    }
    body = {
        "updateSequenceNumber": 7,
        "externalEventSourceId": "https://github.com/acme/shop",
        "deploymentProperties": part,
    }
    events = Events(tuple(Event("deployment", "c", name, body) for name in ("one", "two")))
    assert track(events) == Tracked(
        identity=Identity("deployment", "github.com/acme/shop/x", "live", 96_002_000),
        state="IN_PROGRESS",
        update_sequence_number=7,
        components="21066d108d5319ec",
        component_ids=("one", "two"),
        started_at=datetime(2026, 11, 23, 8, 0, 0, 250_000, tzinfo=UTC),
        environment=environment,
        source_id="https://github.com/acme/shop",
    )
