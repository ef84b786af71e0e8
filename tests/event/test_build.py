"""Events: from a recorded run and inputs to the whole request.

A file `requests/<name>.json` is a test: the recording, the inputs, the time, what an earlier
stage has left behind, and the requests and notices that have to come out.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from compass_action.errors import EventError
from compass_action.event import build, track
from compass_action.event_types import EVENT_TYPES
from compass_action.inputs.values import read_time
from compass_action.schemas import validate
from compass_action.text import Secrets
from compass_action.tracking import read_record
from tests.building import ARI, built, part, refused
from tests.recorded import NOW, TESTS, interpret, read_json, snapshot

REQUESTS = sorted(TESTS.glob("event/requests/*.json"))


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.stem)
def test_a_recorded_run_becomes_this_request(path: Path) -> None:
    """The whole request of every component, and every notice; the schema takes it."""
    case = read_json(path)
    earlier = read_record(json.dumps(case.get("tracked")))
    found = built(
        case["ci"],
        case["inputs"],
        read_time(case["now"]),
        (earlier,) if earlier else (),
        earlier if case.get("post") else None,
    )
    assert [event.request() for event in found.events] == case["expected"]
    assert list(found.notices) == case["notices"]
    for event in found.events:
        assert json.loads(validate(event, Secrets()).body) == event.request()


def test_every_type_of_event_is_among_the_requests() -> None:
    kinds = {next(iter(request["event"])) for p in REQUESTS for request in read_json(p)["expected"]}
    assert kinds == set(EVENT_TYPES)


def test_the_end_of_a_tracked_job_updates_its_beginning() -> None:
    """Equal identity, the same start, a number that rises, also when the clock stepped back."""
    events = built("github-matrix", {"state": "in_progress"})
    [begun], record = events.events, track(events)
    earlier = NOW - timedelta(minutes=3)
    changed = {
        "state": "failure",
        "pipeline-id": "changed",
        "event-type": "deployment",
        "environment": "x",
    }
    [ended] = built("github-matrix", changed, earlier, resumed=record).events
    assert ended.event_type == "build"
    assert ended.part["pipeline"]["pipelineId"] == begun.part["pipeline"]["pipelineId"]
    assert ended.part["startedAt"] == begun.part["startedAt"] == "2026-11-23T12:00:00Z"
    assert ended.part["completedAt"] == "2026-11-23T12:00:00Z"
    assert ended.body["updateSequenceNumber"] == begun.body["updateSequenceNumber"] + 1


def test_the_record_of_another_event_lends_nothing() -> None:
    record = track(built("bitbucket-branch", {"state": "in_progress", "pipeline-id": "x"}))
    later = NOW + timedelta(minutes=3)
    found = built("bitbucket-branch", {"state": "success"}, later, (record,))
    assert found.events[0].part["startedAt"] == "2026-11-23T12:03:00Z"
    assert "completedAt" not in found.events[0].part
    assert "No start time" in found.notices[0]


@pytest.mark.parametrize("state", ["pending", "in_progress"])
def test_what_is_not_over_has_no_end(state: str) -> None:
    """Also if one was given: some senders write 1970 there."""
    given_end = {"environment": "prod", "completed-at": "2026-11-23T11:00:00Z", "state": state}
    assert "completedAt" not in part("github-push", given_end)
    incident = {"event-type": "incident", "completed-at": "2026-11-23T12:30:00Z",
                "properties": "state: open\nid: INC-7"}  # fmt: skip
    assert "endTime" not in part("github-push", incident)


def test_a_run_s_state_is_not_taken_from_one_of_its_jobs() -> None:
    """GitLab's CI_JOB_STATUS is the job's; in scope run the state has to be given."""
    assert part("gitlab-parallel-matrix", {})["state"] == "FAILED"
    problems = refused("gitlab-parallel-matrix", {"scope": "run"})
    assert problems["state"].startswith("it is not given, and GitLab does not say it.")
    assert (
        part("gitlab-branch", {"scope": "run", "state": "failed"})["startedAt"]
        == "2026-11-20T08:59:03Z"
    )


@pytest.mark.parametrize(
    "kind", ["incident", "vulnerability", "alert", "flag", "lifecycle", "pull-request"]
)
def test_github_s_job_status_is_no_state_of_another_type(kind: str) -> None:
    problems = refused("github-push", {"event-type": kind, "properties": "id: x"})
    assert problems["state"].startswith("it is not given. Use one of: ")


@pytest.mark.parametrize("kind", ["custom", "push"])
def test_a_type_without_a_state_overlooks_the_input(kind: str) -> None:
    assert not {"state", "status"} & set(part("github-push", {"event-type": kind}))


def test_the_host_s_environment_id_is_for_the_host_s_environment() -> None:
    """Another environment gets a slug of its own, and not the host's tier."""
    own = part("gitlab-environment", {})["environment"]
    assert (own["environmentId"], own["category"]) == ("production-eu-x7k2ab", "PRODUCTION")
    other = part("gitlab-environment", {"environment": "QA 2"})["environment"]
    assert other["environmentId"].startswith("qa-2-")
    assert other["category"] == "TESTING"
    asked = part("gitlab-environment", {"environment": "QA 2", "environment-id": "qa2"})[
        "environment"
    ]
    assert asked["environmentId"] == "qa2"


@pytest.mark.parametrize(
    ("tier", "expected"),
    [
        ("production", "PRODUCTION"),
        ("staging", "STAGING"),
        ("testing", "TESTING"),
        ("development", "DEVELOPMENT"),
        ("other", "UNMAPPED"),
    ],
)
def test_gitlab_s_tier_reaches_the_event(tier: str, expected: str) -> None:
    """The name alone says nothing, or something else."""
    taken = snapshot("gitlab-environment")
    for name in ("blue", "prod") if tier != "other" else ("blue",):
        env = {**taken.env, "CI_ENVIRONMENT_TIER": tier, "CI_ENVIRONMENT_NAME": name}
        told = taken._replace(env=env)
        inputs, system, run = interpret(told, {"component-id": ARI})
        [made] = build(inputs, run, system, told).events
        assert made.part["environment"]["category"] == expected


def test_a_job_that_stops_an_environment_deploys_nothing() -> None:
    assert built("gitlab-environment-stop", {}).events[0].event_type == "build"


def test_the_category_is_found_in_order() -> None:
    """The input, the map, the tier, the words; else UNMAPPED with a notice."""
    rules = {"environment-map": "production/*=staging"}
    assert part("gitlab-environment", rules)["environment"]["category"] == "STAGING"
    both = rules | {"environment-category": "testing"}
    assert part("gitlab-environment", both)["environment"]["category"] == "TESTING"
    unknown = built("bitbucket-branch", {"environment": "blue", "state": "success"})
    assert unknown.events[0].part["environment"]["category"] == "UNMAPPED"
    assert 'The environment "blue" has no known category' in unknown.notices[0]
    asked = {"environment": "blue", "state": "success", "environment-category": "unmapped"}
    assert built("bitbucket-branch", asked).notices == ()


def test_everything_that_is_missing_is_told_at_once() -> None:
    """A shell says nothing of itself."""
    assert set(refused("shell", {"environment": "prod"})) == {
        "pipeline-id", "sequence-number", "state", "external-event-source-id", "url",
    }  # fmt: skip
    assert set(refused("shell", {})) == {"pipeline-id", "state", "external-event-source-id", "url"}
    named = refused("shell", {"event-type": "incident", "component-id": "x"})
    assert set(named) == {
        "state", "component-id", "external-event-source-id", "url", "event-id",
    }  # fmt: skip


def test_two_components_are_two_events_that_differ_in_nothing_else() -> None:
    other = ARI.replace("e598e4", "e598e5")
    first, second = built("github-push", {"component-id": f"{ARI},{other}"}).events
    assert (first.component_id, second.component_id) == (ARI, other)
    sources = [event.body["externalEventSourceId"] for event in (first, second)]
    assert sources == [
        "https://github.com/acme/shop#c34578a8-98c2-43e3-8b47-ee9b4fe598e4",
        "https://github.com/acme/shop#c34578a8-98c2-43e3-8b47-ee9b4fe598e5",
    ]
    assert {**first.body, "externalEventSourceId": ""} == {
        **second.body,
        "externalEventSourceId": "",
    }


def test_a_long_description_is_cut_and_one_line() -> None:
    asked = {"description": "line\n" * 100, "display-name": "a\x07b"}
    [event] = built("github-push", asked).events
    assert len(str(event.body["description"])) <= 255
    assert str(event.body["description"]).endswith("…")
    assert event.body["displayName"] == "a b"
    validate(event, Secrets())


def test_no_credential_gets_into_any_request() -> None:
    """The recordings are full of them."""
    assert all("DECOY" not in path.read_text("utf-8") for path in REQUESTS)


def test_the_times_given_are_sent_as_they_are_in_utc() -> None:
    asked = {
        "started-at": "2026-11-20T10:00:00+01:00",
        "completed-at": "1795165143.25",
        "last-updated": "1795165143",
    }
    [event] = built("bitbucket-after-script", asked).events
    assert event.part["startedAt"] == "2026-11-20T09:00:00Z"
    assert event.part["completedAt"] == "2026-11-20T08:59:03.250Z"
    assert event.body["lastUpdated"] == "2026-11-20T08:59:03Z"
    with pytest.raises(EventError):  # the end lies before the start
        validate(event, Secrets())


def test_a_job_that_began_after_now_takes_no_time() -> None:
    """Hosts' clocks differ; an end before the start would be refused."""
    early = datetime(2026, 11, 20, 9, 1, 0, tzinfo=UTC)
    found = built("gitlab-branch", {}, early).events[0].part
    assert found["completedAt"] == found["startedAt"] == "2026-11-20T09:01:12Z"
