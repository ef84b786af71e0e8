"""What GitLab is asked about a pipeline, as its REST documentation has the answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from compass_action.ci.run import CiRun
from compass_action.lookup import gitlab
from compass_action.lookup.asking import Failed
from compass_action.lookup.whom import ToldRun
from tests.lookup.compass import Program, compass, program
from tests.lookup.hosts import TOKEN, tell
from tests.lookup.stand_in import Fault, StandIn, standing_in

__all__ = ["compass", "program"]

RUN = CiRun("gitlab", run_id="901", job_id="7788")
JOBS = "/api/v4/projects/42/pipelines/901/jobs?include_retried=false&per_page=100&page="
OURS = {"id": 7788, "stage": ".post", "status": "running"}


def job(number: int, status: str, **more: Any) -> dict[str, Any]:
    started = f"2026-11-25T10:0{number}:00.000Z"
    return {"id": number, "stage": "test", "status": status, "started_at": started, **more}


@pytest.fixture
def api() -> Iterator[StandIn]:
    with standing_in(rest={f"{JOBS}1": [job(2, "success"), job(1, "success"), OURS]}) as server:
        yield server


def env(api: StandIn) -> dict[str, str]:
    return {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": f"{api.url}/api/v4",
        "CI_SERVER_URL": api.url,
        "CI_PROJECT_ID": "42",
        "CI_PROJECT_URL": "https://gitlab.example/acme/shop",
        "CI_PIPELINE_ID": "901",
        "CI_JOB_ID": "7788",
        "CI_JOB_NAME": "report",
        "CI_JOB_STAGE": ".post",
        "CI_JOB_TOKEN": TOKEN,
    }


def test_a_pipeline_is_summed_up_with_its_first_start(api: StandIn) -> None:
    told = tell(gitlab.find_run, env(api), RUN)
    started = datetime(2026, 11, 25, 10, 1, tzinfo=UTC)
    assert told == ToldRun(run_started_at=started, run_status="success")
    [asked] = api.asked
    assert asked.headers["JOB-TOKEN"] == TOKEN


def test_another_token_is_sent_as_what_it_is(api: StandIn) -> None:
    tell(gitlab.find_run, env(api) | {"CI_JOB_TOKEN": "another"}, RUN)
    assert api.asked[0].headers["PRIVATE-TOKEN"] == TOKEN
    assert "JOB-TOKEN" not in api.asked[0].headers


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        ([job(1, "failed"), job(2, "success")], "failed, success"),
        ([job(1, "failed", allow_failure=True), job(2, "success")], "success"),
        ([job(1, "failed", allow_failure=False)], "failed"),
        ([job(1, "canceled", allow_failure=True), job(2, "success")], "success"),
        ([job(1, "canceled"), job(2, "skipped")], "canceled, skipped"),
        ([job(1, "success"), job(2, "manual")], "manual, success"),
    ],
)
def test_every_outcome_counts(api: StandIn, jobs: list[dict[str, Any]], expected: str) -> None:
    api.rest[f"{JOBS}1"] = [*jobs, OURS]
    told = tell(gitlab.find_run, env(api), RUN)
    assert isinstance(told, ToldRun)
    assert told.run_status == expected


def test_jobs_beside_this_one_do_not_count(api: StandIn) -> None:
    beside = {"id": 5, "stage": ".post", "status": "created"}
    api.rest[f"{JOBS}1"] = [job(1, "success"), beside, OURS]
    told = tell(gitlab.find_run, env(api), RUN)
    assert isinstance(told, ToldRun)
    assert told.run_status == "success"


def test_a_pipeline_that_goes_on_has_no_outcome(api: StandIn) -> None:
    api.rest[f"{JOBS}1"] = [job(1, "success"), job(2, "running"), OURS]
    told = tell(gitlab.find_run, env(api), RUN)
    assert told == Failed(None, "another job of the pipeline has not ended", absent=True)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_an_older_server_does_not_let_the_jobs_token_in(status: int, api: StandIn) -> None:
    api.fault = lambda asked: Fault(status)
    told = tell(gitlab.find_run, env(api), RUN)
    assert isinstance(told, Failed)
    assert told.detail == "this server does not let a job's token read pipelines"
    other = tell(gitlab.find_run, env(api) | {"CI_JOB_TOKEN": "another"}, RUN)
    assert isinstance(other, Failed)
    assert other.detail == "the token needs the scope read_api"


def test_the_token_goes_to_the_servers_own_api_alone(api: StandIn) -> None:
    around = env(api) | {"CI_SERVER_URL": "https://gitlab.example"}
    told = tell(gitlab.find_run, around, RUN)
    assert isinstance(told, Failed)
    assert "is not that of gitlab.example, so it gets no token" in told.detail
    assert api.asked == []


def test_a_last_job_reports_the_whole_pipeline(
    api: StandIn, compass: StandIn, program: Program
) -> None:
    """The job's own token, which is hidden wherever else it stands."""
    api.rest[f"{JOBS}1"] = [job(1, "failed"), OURS]
    ran = program(**env(api), COMPASS_SCOPE="run", COMPASS_HOST_TOKEN=TOKEN)
    assert ran.code == 0, ran.said
    assert TOKEN not in ran.said
    assert api.asked[0].headers["JOB-TOKEN"] == TOKEN
    [event] = compass.catalog.events
    assert event.body["buildProperties"]["state"] == "FAILED"


def test_a_pipeline_that_goes_on_is_not_called_one_that_could_not_be_asked(
    api: StandIn, compass: StandIn, program: Program
) -> None:
    api.rest[f"{JOBS}1"] = [job(1, "running"), job(2, "pending"), OURS]
    ran = program(**env(api), COMPASS_SCOPE="run", COMPASS_HOST_TOKEN=TOKEN)
    assert ran.code == 2
    assert (
        "Note: GitLab does not tell how the run ended: 2 other jobs of the pipeline have not ended."
    ) in ran.said


def test_where_it_cannot_be_asked_the_state_has_to_be_given(
    api: StandIn, compass: StandIn, program: Program
) -> None:
    api.fault = lambda asked: Fault(404)
    ran = program(**env(api), COMPASS_SCOPE="run", COMPASS_HOST_TOKEN=TOKEN)
    assert ran.code == 2
    assert "GitLab could not be asked how the run ended: HTTP 404, this server does not" in ran.said
    given = program(**env(api), COMPASS_SCOPE="run", COMPASS_STATE="success")
    assert given.code == 0
