"""The part of each type of event, whole, as facts that are made up lead to it."""

from __future__ import annotations

from typing import Any

import pytest

from compass_action.ci.run import CiRun
from compass_action.errors import InputError, NothingToReport
from compass_action.event.parts import Part
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
    "No start was given, so the {} starts now, 2026-11-23T12:00:00Z. Every later report of it needs the "
    "same started-at, which is an output of this one; without it the start moves."
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
        ("vulnerability", {"state": "fixed", "event_id": "V", "started_at": TEN},
         {"state": "REMEDIATED", "id": "V", "vulnerabilityStartTime": AT_TEN, "remediationTime": AT_NOON},
         ()),
        ("vulnerability", {"state": "declined", "event_id": "V", "started_at": TEN},
         {"state": "DECLINED", "id": "V", "vulnerabilityStartTime": AT_TEN}, ()),
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
        ("push", {"properties": {"id": 42}}, {"id": "42"}, ()),
        ("pullRequest", {"state": "merged", "event_id": "31"},
         {"id": "31", "repoUrl": "https://gitlab.com/acme/shop", "status": "MERGED"}, (FORGE,)),
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
        (RUN, {}, {}),
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
NO_START = (
    "started-at: it is not given. {} needs the start of the report that opened it: the output started-at "
    "of that report, or what the tool says that raised it."
)


@pytest.mark.parametrize(
    ("event_type", "asked", "told"),
    [
        ("incident", {"state": "resolved", "event_id": "I"},
         [NO_START.format("An incident that is resolved")]),
        ("vulnerability", {"state": "declined", "event_id": "V"},
         [NO_START.format("A vulnerability that is declined")]),
        ("incident", {"state": "deleted", "event_id": "I", "properties": {"startTime": "~"}},
         [NO_START.format("An incident that is deleted")]),
        ("incident", {"state": "qqqq", "properties": {"id": []}},
         ['state: "qqqq" is not an incident state. Use one of: open, resolved, deleted.',
          NO_ID.format("incident")]),
        ("flag", {"state": "on"}, [NO_ID.format("flag")]),
        ("custom", {}, [NO_ID.format("custom")]),
        ("lifecycle", {"state": "production"}, [NO_ID.format("lifecycle")]),
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
    asked = {"state": state or None, "environment": "live", "event_id": "7"}
    found = part(event_type, asked, PUSHED).fields
    assert ("id" in found) is (event_type not in ("build", "deployment"))
    assert ("pipeline" in found) is (event_type in ("build", "deployment"))
    assert ("environment" in found) is (event_type == "deployment")
    assert ("branchName" in found) is (event_type == "push")
    assert ("repoUrl" in found) is (event_type == "pullRequest")
