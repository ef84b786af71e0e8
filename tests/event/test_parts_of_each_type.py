"""The part of each type of event, whole, as facts that are made up lead to it."""

from __future__ import annotations

from typing import Any

import pytest

from compass_action.ci.run import CiRun
from compass_action.errors import InputError, NothingToReport
from compass_action.event.part import Part
from tests.event.deploy_job import (
    AT_ELEVEN,
    AT_NOON,
    AT_TEN,
    ELEVEN,
    LIVE,
    PATH,
    PIPELINE,
    RUN,
    TEN,
    part,
)

DERIVED = (
    "The {} was given the id of this run. To update it from another run, give it an id of its own: "
    "event-id."
)
FORGE = (
    "Atlassian documents pullRequest events as usable by Forge apps only; they do not appear in the "
    "activity feed."
)
FILLED_IN = (
    "No start was given, so the {} starts now, 2026-11-23T12:00:00Z. Give later reports the same "
    "started-at; without it they take the start that Compass shows."
)


def refused(event_type: str, asked: dict[str, Any], run: CiRun = RUN) -> list[str]:
    with pytest.raises(InputError) as raised:
        part(event_type, asked, run)
    return [str(problem) for problem in raised.value.problems]


DEFINED = PIPELINE | {"pipelineId": "gitlab.com/acme/shop/.gitlab-ci.yml/jobs/deploy"}
START = {"startedAt": "2026-11-23T10:00:00Z"}
END = {"completedAt": "2026-11-23T12:00:00Z"}


@pytest.mark.parametrize(
    ("event_type", "asked", "fields", "notices"),
    [
        ("build", {"state": "failed"},
         {"state": "FAILED", "pipeline": PIPELINE} | START | END, ()),
        ("build", {"state": "running", "pipeline_id": "p"},
         {"state": "IN_PROGRESS", "pipeline": PIPELINE | {"pipelineId": "p"}} | START, ()),
        ("build", {"state": "failed", "properties": {"pipeline": {"displayName": "X"}, "x": 1}},
         {"state": "FAILED", "pipeline": PIPELINE | {"displayName": "X"}, "x": 1} | START | END, ()),
        ("deployment", {"state": "failed", "environment": "Live"},
         {"sequenceNumber": 7, "state": "FAILED", "pipeline": DEFINED, "environment": LIVE} | START | END,
         ()),
        ("incident", {"state": "open", "event_id": "I", "started_at": TEN},
         {"state": "OPEN", "id": "I", "startTime": AT_TEN}, ()),
        ("incident", {"state": "open", "event_id": "I"},
         {"state": "OPEN", "id": "I", "startTime": AT_NOON}, (FILLED_IN.format("incident"),)),
        ("incident", {"state": "open"},
         {"state": "OPEN", "id": PATH, "startTime": AT_NOON},
         (DERIVED.format("incident"), FILLED_IN.format("incident"))),
        ("incident", {"state": "resolved", "event_id": "I", "started_at": TEN, "completed_at": ELEVEN},
         {"state": "RESOLVED", "id": "I", "startTime": AT_TEN, "endTime": AT_ELEVEN}, ()),
        ("incident", {"state": "deleted", "event_id": "I", "started_at": TEN},
         {"state": "DELETED", "id": "I", "startTime": AT_TEN}, ()),
        ("incident", {"state": "resolved", "event_id": "I", "properties": {"startTime": "odd"}},
         {"state": "RESOLVED", "id": "I", "startTime": "odd", "endTime": AT_NOON}, ()),
        ("vulnerability", {"state": "open", "event_id": "V", "severity": "high"},
         {"state": "OPEN", "id": "V", "vulnerabilityStartTime": AT_NOON, "severity": {"level": "HIGH"}},
         (FILLED_IN.format("vulnerability"),)),
        ("vulnerability", {"state": "fixed", "event_id": "V", "started_at": TEN, "severity": "low"},
         {"state": "REMEDIATED", "id": "V", "vulnerabilityStartTime": AT_TEN, "remediationTime": AT_NOON,
          "severity": {"level": "LOW"}}, ()),
        ("vulnerability", {"state": "declined", "event_id": "V", "started_at": TEN,
                           "properties": {"severity": "High"}},
         {"state": "DECLINED", "id": "V", "vulnerabilityStartTime": AT_TEN,
          "severity": {"level": "HIGH"}}, ()),
        ("alert", {"state": "opened", "event_id": "A", "completed_at": ELEVEN},
         {"id": "A", "status": "OPENED"}, ()),
        ("alert", {"state": "ack", "event_id": "A", "properties": {"status": "acknowledged"},
                   "started_at": TEN, "completed_at": ELEVEN},
         {"id": "A", "status": "ACKNOWLEDGED", "createdAt": AT_TEN, "acknowledgedAt": AT_ELEVEN}, ()),
        ("alert", {"state": "snoozed", "event_id": "A", "completed_at": ELEVEN},
         {"id": "A", "status": "SNOOZED", "snoozedAt": AT_ELEVEN}, ()),
        ("alert", {"state": "closed", "completed_at": ELEVEN, "severity": "P1"},
         {"id": PATH, "status": "CLOSED", "closedAt": AT_ELEVEN, "priority": "P1"},
         (DERIVED.format("alert"),)),
        ("flag", {"state": "on", "event_id": "F"}, {"id": "F", "status": "on"}, ()),
        ("flag", {"state": "on"}, {"id": PATH, "status": "on"}, (DERIVED.format("flag"),)),
        ("lifecycle", {"state": "production"}, {"id": f"{PATH}/production", "stage": "PRODUCTION"}, ()),
        ("lifecycle", {"state": "production", "event_id": "L"}, {"id": "L", "stage": "PRODUCTION"}, ()),
        ("custom", {}, {"id": PATH, "icon": "INFO"}, ()),
        ("custom", {"display_name": "warm"}, {"id": f"{PATH}/warm", "icon": "INFO"}, ()),
        ("custom", {"event_id": "C", "properties": {"icon": "ROCKET"}}, {"id": "C", "icon": "ROCKET"}, ()),
        ("custom", {"event_id": "C", "properties": {"id": "D"}}, {"id": "D", "icon": "INFO"}, ()),
        ("custom", {"event_id": "C", "properties": {"id": 42}}, {"id": "42", "icon": "INFO"}, ()),
        ("custom", {"event_id": "C", "properties": {"id": True}}, {"id": True, "icon": "INFO"}, ()),
        ("push", {"properties": {"id": 42, "branchName": "b"}}, {"id": "42", "branchName": "b"}, ()),
        ("pullRequest", {"state": "merged", "event_id": "31",
                         "properties": {"pullRequestUrl": "https://x.example/31"}},
         {"id": "31", "repoUrl": "https://gitlab.com/acme/shop", "status": "MERGED",
          "pullRequestUrl": "https://x.example/31"}, (FORGE,)),
    ],
)  # fmt: skip
def test_a_part_is_whole(
    event_type: str, asked: dict[str, Any], fields: dict[str, Any], notices: tuple[str, ...]
) -> None:
    assert part(event_type, asked) == Part(fields, notices)


PUSHED = RUN._replace(
    commit="8e1f", branch="main", actor="ada", author_name="Ada", author_email="a@b.c"
)


@pytest.mark.parametrize(
    ("run", "asked", "fields"),
    [
        (PUSHED, {},
         {"id": "8e1f", "branchName": "main", "author": {"name": "Ada", "email": "a@b.c"}}),
        (PUSHED._replace(author_name=None, author_email=None), {"event_id": "P"},
         {"id": "P", "branchName": "main", "author": {"name": "ada"}}),
        (PUSHED._replace(author_name=None, actor=None, tag="v1"), {},
         {"id": "8e1f", "branchName": "main", "author": {"email": "a@b.c"}}),
        (PUSHED._replace(author_name=None, author_email=None, actor="7f3a1c20-5b6d-4e8f-9a0b-1c2d3e4f5a6b"),
         {}, {"id": "8e1f", "branchName": "main"}),
    ],
)  # fmt: skip
def test_a_push_has_commit_branch_and_author(
    run: CiRun, asked: dict[str, Any], fields: dict[str, Any]
) -> None:
    assert part("push", asked, run) == Part(fields)


def test_a_push_of_a_tag_is_no_event() -> None:
    with pytest.raises(NothingToReport) as raised:
        part("push", {}, RUN._replace(tag="v1"))
    assert str(raised.value) == (
        "A push of a tag has no branch, and Compass shows pushes to branches."
    )


def test_a_pull_request_is_the_host_s() -> None:
    run = RUN._replace(
        pull_request="31", pull_request_url="https://x.example/31", pull_request_status="opened"
    )
    assert part("pullRequest", {}, run).fields == {
        "id": "31",
        "repoUrl": "https://gitlab.com/acme/shop",
        "pullRequestUrl": "https://x.example/31",
        "status": "CREATED",
    }


NO_ID = "event-id: it is not given. Give the id that the {} has where it comes from, such as 42."
NO_SEVERITY = "severity: it is not given. Use one of: CRITICAL, HIGH, MEDIUM, LOW."
NO_START = (
    "started-at: it is not given. {} needs the start of the report that opened it: the started-at of "
    "that report, or what the tool says that raised it."
)


@pytest.mark.parametrize(
    ("event_type", "asked", "told"),
    [
        ("incident", {"state": "resolved", "event_id": "I"},
         [NO_START.format("An incident that is resolved")]),
        ("vulnerability", {"state": "declined", "event_id": "V"},
         [NO_START.format("A vulnerability that is declined"), NO_SEVERITY]),
        ("incident", {"state": "deleted", "event_id": "I", "properties": {"startTime": "~"}},
         [NO_START.format("An incident that is deleted")]),
        ("incident", {"state": "qqqq", "properties": {"id": []}},
         ['state: "qqqq" is not an incident state. Use one of: open, resolved, deleted.',
          NO_ID.format("incident")]),
        ("flag", {"state": "on"}, [NO_ID.format("flag")]),
        ("custom", {}, ["event-id: it is not given. Give an id of its own, such as migration-12."]),
        ("lifecycle", {"state": "production"},
         ["event-id: it is not given. Give an id of its own, such as shop-2026."]),
        ("lifecycle", {"state": "qqqq"},
         ['state: "qqqq" is not a lifecycle stage. Use one of: pre-release, production, deprecation, '
          "end-of-life.",
          "event-id: it is not given. Give an id of its own, such as shop-2026."]),
        ("alert", {"state": "qqqq", "severity": "xyz"},
         ['state: "qqqq" is not an alert status. Use one of: opened, acknowledged, snoozed, closed.',
          NO_ID.format("alert"),
          'severity: "xyz" is not a severity of alert events. Use one of: P1, P2, P3, P4 … '
          "(compass-event help alert has them all)."]),
        ("flag", {}, [
            "state: it is not given. Use one of: on, off, created, archived … (compass-event help flag has "
            "them all).",
            NO_ID.format("flag")]),
        ("incident", {"state": "resolved"}, [NO_ID.format("incident")]),  # with it, Compass is asked
        ("vulnerability", {"state": "open", "event_id": "V"}, [NO_SEVERITY]),
        ("vulnerability", {"state": "open", "event_id": "V", "properties": {"score": 7.5}}, [NO_SEVERITY]),
        ("vulnerability", {"state": "qqqq", "event_id": "V"},
         ['state: "qqqq" is not a vulnerability state. Use one of: open, remediated, declined.',
          NO_SEVERITY]),
        ("push", {}, [
            "event-id: it is not given. Give the hash of the commit.",
            "ref: it is not given. Give the branch that was pushed to, such as main."]),
        ("push", {"properties": {"branchName": "main"}},
         ["event-id: it is not given. Give the hash of the commit."]),
        ("push", {"event_id": "8e1f", "properties": {"branchName": None}},
         ["ref: it is not given. Give the branch that was pushed to, such as main."]),
        ("pullRequest", {}, [
            "state: it is not given. Use one of: created, in-review, merged, rejected.",
            "event-id: it is not given. Give the number of the pull request.",
            "properties: repoUrl is not given. Write the address of the repository there.",
            "properties: pullRequestUrl is not given. Write the address of the pull request there."]),
        ("pullRequest", {"state": "open", "event_id": "3", "properties": {"pullRequestUrl": "x"}},
         ["properties: repoUrl is not given. Write the address of the repository there."]),
    ],
)  # fmt: skip
def test_all_that_a_part_lacks_is_told(
    event_type: str, asked: dict[str, Any], told: list[str]
) -> None:
    assert refused(event_type, asked, CiRun("unknown")) == told


@pytest.mark.parametrize("event_type", ["build", "deployment"])
def test_identity_and_state_are_told_together(event_type: str) -> None:
    asked = {"environment": "live", "sequence_number": 1}
    found = [told.partition(":")[0] for told in refused(event_type, asked, CiRun("unknown"))]
    assert found == ["pipeline-id", "state"]


@pytest.mark.parametrize(
    ("event_type", "state"),
    [
        ("deployment", "failed"), ("build", "failed"), ("incident", "open"), ("flag", "on"),
        ("alert", "open"), ("lifecycle", "production"), ("custom", ""), ("push", ""),
        ("pullRequest", "open"), ("vulnerability", "open"),
    ],
)  # fmt: skip
def test_a_type_is_made_by_its_own_function(event_type: str, state: str) -> None:
    """None takes another one's fields."""
    asked = {"state": state or None, "environment": "live", "event_id": "7", "severity": "high"}
    found = part(event_type, asked, PUSHED._replace(pull_request_url="https://x.example/7")).fields
    assert ("id" in found) is (event_type not in ("build", "deployment"))
    assert ("pipeline" in found) is (event_type in ("build", "deployment"))
    assert ("environment" in found) is (event_type == "deployment")
    assert ("branchName" in found) is (event_type == "push")
    assert ("repoUrl" in found) is (event_type == "pullRequest")
