"""The stages of one event: whatever the inputs become in between, it stays that event."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from compass_action.events import Event, identifying_outputs

from compass_action import outcomes, snapshot
from compass_action.main import main
from compass_action.sandbox import running_sandbox
from compass_action.tracking import Tracked
from tests.building import ARI, built, refused
from tests.recorded import NOW


def ended(recording: str, asked: dict[str, str], begun: Event) -> Event:
    record = Tracked.from_json(outcomes.track(begun, [ARI]).to_json())
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
    [begun] = built("github-push", asked).events
    end = ended("github-push", asked | {"state": "success"} | changed, begun)
    identity = identifying_outputs(begun.event_type, begun.part) | {"state": "SUCCESSFUL"}
    assert identifying_outputs(end.event_type, end.part) == identity
    assert end.body["externalEventSourceId"] == begun.body["externalEventSourceId"]
    assert end.part["startedAt"] == begun.part["startedAt"]


def test_an_update_sequence_number_given_to_both_stages_rises() -> None:
    """Otherwise Compass would ignore the outcome, without a word."""
    asked = {"update-sequence-number": "7"}
    [begun] = built("github-push", asked | {"state": "in_progress"}).events
    assert begun.body["updateSequenceNumber"] == 7
    assert ended("github-push", asked, begun).body["updateSequenceNumber"] == 8


def test_the_job_s_status_on_github_is_not_the_run_s() -> None:
    """The last job of a run has succeeded itself when it reports that another one has failed."""
    assert refused("github-push", {"scope": "run"})["state"].startswith(
        "it is not given, and github"
    )


def test_a_gitlab_job_s_script_tells_its_after_script_what_it_began(tmp_path: Path) -> None:
    """By the dotenv file in the checkout: the two are shells of their own."""
    with running_sandbox() as sandbox:
        env = {
            "GITLAB_CI": "true",
            "CI_PROJECT_URL": "https://gitlab.com/acme/search",
            "CI_PROJECT_DIR": str(tmp_path),
            "CI_PIPELINE_ID": "901",
            "CI_JOB_ID": "7788",
            "COMPASS_COMPONENT_ID": ARI,
            "COMPASS_EMAIL": "a@acme.example",
            "COMPASS_API_TOKEN": "correct-horse-battery",
            "COMPASS_API_URL": sandbox.url,
            "COMPASS_UPDATE_SEQUENCE_NUMBER": "5",
        }
        assert main([], env | {"CI_JOB_STATUS": "running"}) == 0
        assert main([], env | {"CI_JOB_STATUS": "success"}) == 0
        [event] = sandbox.feed()["events"]
    assert [change["verdict"] for change in event["history"]] == ["created", "overwritten"]
    assert event["started_at"] < event["completed_at"]


def test_one_damaged_record_hides_no_other(tmp_path: Path) -> None:
    [begun] = built("bitbucket-branch", {"state": "in_progress"}).events
    (tmp_path / "compass-event-0000000000000000.json").write_bytes(b"\xff" * 40_000)
    record = outcomes.track(begun, [ARI]).to_json()
    (tmp_path / "compass-event-1111111111111111.json").write_text(record)
    found = snapshot.read({}, {"BITBUCKET_PIPE_SHARED_STORAGE_DIR": str(tmp_path)}).tracked
    assert [json.loads(one.to_json()) for one in found] == [json.loads(record)]


def test_post_ends_nothing_that_another_step_began(tmp_path: Path) -> None:
    """The post stage is for its own step: a record in the pipes' storage is no business of its."""
    [begun] = built("bitbucket-branch", {"state": "in_progress"}).events
    record = outcomes.track(begun, [ARI]).to_json()
    (tmp_path / "compass-event-1111111111111111.json").write_text(record)
    with running_sandbox() as sandbox:
        env = {
            "BITBUCKET_BUILD_NUMBER": "1",
            "BITBUCKET_PIPE_SHARED_STORAGE_DIR": str(tmp_path),
            "COMPASS_API_URL": sandbox.url,
            "COMPASS_EMAIL": "a@acme.example",
            "COMPASS_API_TOKEN": "correct-horse-battery",
        }
        assert main(["post"], env) == 0
        assert sandbox.requests == []


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
