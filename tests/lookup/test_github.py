"""What GitHub is asked about a run, as its REST documentation has the answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from compass_action.ci.run import CiRun
from compass_action.lookup import github
from compass_action.lookup.asking import Failed
from compass_action.lookup.whom import ToldRun
from tests.lookup.compass import Program, compass, program
from tests.lookup.hosts import TOKEN, tell
from tests.lookup.stand_in import Fault, StandIn, standing_in

__all__ = ["compass", "program"]

RUN = CiRun("github", run_id="9001", run_attempt=2, job_id="33")
JOBS = "/repos/acme/shop/actions/runs/9001/attempts/2/jobs?per_page=100&page="
JOB = "/repos/acme/shop/actions/jobs/33"
ATTEMPT = "/repos/acme/shop/actions/runs/9001/attempts/2"
OURS = {"id": 33, "name": "report", "status": "in_progress", "conclusion": None}


def job(number: int, conclusion: str | None, status: str = "completed") -> dict[str, Any]:
    return {"id": number, "name": f"job {number}", "status": status, "conclusion": conclusion}


def page(*jobs: dict[str, Any]) -> dict[str, Any]:
    return {"total_count": len(jobs), "jobs": list(jobs)}


@pytest.fixture
def api() -> Iterator[StandIn]:
    rest = {
        JOB: {"id": 33, "status": "in_progress", "started_at": "2026-11-25T10:00:05Z"},
        ATTEMPT: {"id": 9001, "run_started_at": "2026-11-25T10:00:00Z"},
        f"{JOBS}1": page(job(31, "success"), OURS),
    }
    with standing_in(rest=rest) as server:
        yield server


def env(api: StandIn) -> dict[str, str]:
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": api.url,
        "GITHUB_SERVER_URL": api.url,
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_RUN_ID": "9001",
        "GITHUB_RUN_NUMBER": "12",
        "GITHUB_RUN_ATTEMPT": "2",
        "GITHUB_JOB": "report",
    }


def test_a_job_tells_when_it_began(api: StandIn) -> None:
    told = tell(github.find_job_start, env(api), RUN)
    assert told == ToldRun(job_started_at=datetime(2026, 11, 25, 10, 0, 5, tzinfo=UTC))
    [asked] = api.asked
    assert (asked.method, asked.path) == ("GET", JOB)
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_run_is_summed_up_without_the_job_that_asks(api: StandIn) -> None:
    told = tell(github.find_run, env(api), RUN)
    started = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
    assert told == ToldRun(run_started_at=started, run_status="success")


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        ([job(1, "success"), job(2, "failure")], "failure, success"),
        ([job(1, "success"), job(2, "skipped")], "skipped, success"),
        ([job(1, "cancelled"), job(2, "timed_out")], "cancelled, timed_out"),
        ([job(1, "skipped")], "skipped"),
    ],
)
def test_every_outcome_counts(api: StandIn, jobs: list[dict[str, Any]], expected: str) -> None:
    """Those of jobs that were not run again too, which stand in the list with what they had."""
    api.rest[f"{JOBS}1"] = page(*jobs, OURS)
    told = tell(github.find_run, env(api), RUN)
    assert isinstance(told, ToldRun)
    assert told.run_status == expected


def test_a_run_that_goes_on_has_no_outcome(api: StandIn) -> None:
    api.rest[f"{JOBS}1"] = page(job(1, "success"), job(2, None, "in_progress"), OURS)
    told = tell(github.find_run, env(api), RUN)
    assert told == Failed(None, "another job of the run has not ended", absent=True)


def test_where_the_server_does_not_tell_our_job_the_one_that_runs_is_it(api: StandIn) -> None:
    """GitHub Enterprise Server tells no check run."""
    told = tell(github.find_run, env(api), RUN._replace(job_id=None))
    assert isinstance(told, ToldRun)
    assert told.run_status == "success"


def test_a_run_of_one_job_has_no_other_outcome(api: StandIn) -> None:
    api.rest[f"{JOBS}1"] = page(OURS)
    assert isinstance(tell(github.find_run, env(api), RUN), Failed)


def test_all_pages_are_read(api: StandIn) -> None:
    first = [job(100 + n, "success") for n in range(100)]
    api.rest[f"{JOBS}1"] = {"total_count": 102, "jobs": first}
    api.rest[f"{JOBS}2"] = {"total_count": 102, "jobs": [job(7, "failure"), OURS]}
    told = tell(github.find_run, env(api), RUN)
    assert isinstance(told, ToldRun)
    assert told.run_status == "failure, success"


def test_a_run_of_more_than_three_pages_is_not_summed_up(api: StandIn) -> None:
    for number in (1, 2, 3):
        full = [job(number * 1000 + n, "success") for n in range(100)]
        api.rest[f"{JOBS}{number}"] = {"total_count": 400, "jobs": full}
    told = tell(github.find_run, env(api), RUN)
    assert told == Failed(None, "the run has more than 300 jobs", absent=True)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_names_the_permission(status: int, api: StandIn) -> None:
    api.fault = lambda asked: Fault(status)
    told = tell(github.find_job_start, env(api), RUN)
    assert isinstance(told, Failed)
    assert told.status == status
    assert told.detail == "the token needs the permission actions: read"


@pytest.mark.parametrize(
    ("api_url", "server", "why"),
    [
        ("https://evil.example/api/v3", "https://github.com", "is not that of github.com"),
        ("https://api.github.com.evil.example", "https://github.com", "is not that of github.com"),
        ("https://github.com@evil.example", "https://github.com", "does not say where its API is"),
        ("http://api.github.com", "https://github.com", "not at an https address"),
        ("", "https://github.com", "does not say where its API is"),
    ],
)
def test_the_token_goes_to_the_servers_own_api_alone(
    api_url: str, server: str, why: str, api: StandIn
) -> None:
    around = env(api) | {"GITHUB_API_URL": api_url, "GITHUB_SERVER_URL": server}
    told = tell(github.find_job_start, around, RUN)
    assert isinstance(told, Failed)
    assert why in told.detail
    assert api.asked == []


def test_a_redirect_is_not_followed(api: StandIn) -> None:
    with standing_in() as elsewhere:
        api.fault = lambda asked: Fault(302, b"", {"Location": f"{elsewhere.url}{JOB}"})
        assert isinstance(tell(github.find_job_start, env(api), RUN), Failed)
        assert elsewhere.asked == []


BUILD = {"COMPASS_STATE": "success", "INPUT_CHECK-RUN-ID": "33"}


def test_a_build_reported_once_has_its_duration(
    api: StandIn, compass: StandIn, program: Program
) -> None:
    ran = program(**env(api), **BUILD, **{"INPUT_HOST-TOKEN": TOKEN})
    assert ran.code == 0
    assert TOKEN not in ran.said
    [event] = compass.catalog.events
    part = event.body["buildProperties"]
    assert part["startedAt"] == "2026-11-25T10:00:05Z"
    assert part["completedAt"]
    assert compass.operations == []


def test_without_a_token_nothing_is_asked_and_the_line_names_it(
    api: StandIn, compass: StandIn, program: Program
) -> None:
    ran = program(**env(api), **BUILD)
    assert ran.code == 0
    assert api.asked == []
    assert (
        "GitHub knows when the job began. To have it asked, set host-token: ${{ github.token }}, and "
        "give the job the permission actions: read."
    ) in ran.said


def test_a_known_start_asks_nothing(api: StandIn, program: Program) -> None:
    started = {"COMPASS_STARTED_AT": "2026-11-25T10:00:00Z"}
    ran = program(**env(api), **BUILD, **started, **{"INPUT_HOST-TOKEN": TOKEN})
    assert ran.code == 0
    assert api.asked == []


def test_the_host_cannot_be_asked(api: StandIn, compass: StandIn, program: Program) -> None:
    api.fault = lambda asked: Fault(403)
    ran = program(**env(api), **BUILD, **{"INPUT_HOST-TOKEN": TOKEN})
    assert ran.code == 0
    assert (
        "GitHub could not be asked when the job began: HTTP 403, the token needs the permission "
        "actions: read."
    ) in ran.said
    assert len(compass.catalog.events) == 1


@pytest.mark.parametrize(
    ("conclusion", "state"), [("success", "SUCCESSFUL"), ("failure", "FAILED")]
)
def test_a_last_job_reports_the_whole_run(
    conclusion: str, state: str, api: StandIn, compass: StandIn, program: Program
) -> None:
    api.rest[f"{JOBS}1"] = page(job(31, conclusion), OURS)
    asked = {"INPUT_CHECK-RUN-ID": "33", "INPUT_HOST-TOKEN": TOKEN, "COMPASS_SCOPE": "run"}
    ran = program(**env(api), **asked)
    assert ran.code == 0, ran.said
    [event] = compass.catalog.events
    part = event.body["buildProperties"]
    assert (part["state"], part["startedAt"]) == (state, "2026-11-25T10:00:00Z")


def test_a_run_whose_outcome_cannot_be_told_needs_the_state(
    api: StandIn, compass: StandIn, program: Program
) -> None:
    api.rest[f"{JOBS}1"] = page(job(31, None, "queued"), OURS)
    asked = {"INPUT_CHECK-RUN-ID": "33", "INPUT_HOST-TOKEN": TOKEN, "COMPASS_SCOPE": "run"}
    ran = program(**env(api), **asked)
    assert ran.code == 2
    ongoing = "Note: GitHub does not tell how the run ended: another job of the run has not ended."
    assert ongoing in ran.said
    assert "state: it is not given" in ran.said
    assert compass.catalog.events == ()


def test_with_a_given_state_only_the_start_is_asked(
    api: StandIn, compass: StandIn, program: Program
) -> None:
    asked = {"INPUT_HOST-TOKEN": TOKEN, "COMPASS_SCOPE": "run", "COMPASS_STATE": "cancelled"}
    assert program(**env(api), **asked).code == 0
    assert [one.path for one in api.asked] == [ATTEMPT]
    [event] = compass.catalog.events
    assert event.body["buildProperties"]["startedAt"] == "2026-11-25T10:00:00Z"
