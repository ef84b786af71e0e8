"""What is asked of GitLab, letter for letter, and what each answer is read as."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from compass_action.ci.run import CiRun
from compass_action.connection.answer import Answer
from compass_action.lookup.asking import Failed
from compass_action.lookup.gitlab import find_run
from compass_action.lookup.whom import ToldRun, Whom
from compass_action.text import HIDDEN, Secrets
from tests.lookup.scripted import scripted

ENV = {
    "CI_API_V4_URL": "https://gitlab.com/api/v4",
    "CI_SERVER_URL": "https://gitlab.com",
    "CI_PROJECT_ID": "4/2",
    "CI_JOB_STAGE": ".post",
    "CI_JOB_TOKEN": "glcbt-token",
}
WHOM = Whom(ENV, "glcbt-token", Secrets())
OTHER = WHOM._replace(token="glpat-token")
RUN = CiRun("gitlab", run_id="90/1", job_id="7788")
JOBS = "https://gitlab.com/api/v4/projects/4%2F2/pipelines/90%2F1/jobs"
OURS = {"id": 7788, "stage": ".post", "status": "running"}


def job(number: int, status: Any, **more: Any) -> dict[str, Any]:
    return {"id": number, "stage": "test", "status": status, **more}


def moment(minute: int) -> datetime:
    return datetime(2026, 11, 25, 10, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("whom", "header"),
    [
        (WHOM, {"JOB-TOKEN": "glcbt-token"}),
        (WHOM._replace(env=ENV | {"CI_JOB_TOKEN": HIDDEN}), {"JOB-TOKEN": "glcbt-token"}),
        (OTHER, {"PRIVATE-TOKEN": "glpat-token"}),
        (OTHER._replace(env={**ENV, "CI_JOB_TOKEN": ""}), {"PRIVATE-TOKEN": "glpat-token"}),
    ],
)  # fmt: skip
def test_the_token_is_sent_as_what_it_is(whom: Whom, header: dict[str, str]) -> None:
    script = scripted([job(1, "success"), OURS])
    assert find_run(script.ask, whom, RUN) == ToldRun(run_status="success")
    [request] = script.asked
    assert request.headers == header
    assert request.url == f"{JOBS}?include_retried=false&per_page=100&page=1"
    assert request.body is None


@pytest.mark.parametrize(
    ("whom", "failed", "told"),
    [
        (
            WHOM,
            Failed(Answer(404, b"")),
            Failed(Answer(404, b""), "this server does not let a job's token read pipelines"),
        ),
        (OTHER, Failed(Answer(401, b"")), Failed(Answer(401, b""), "the token needs the scope read_api")),
        (WHOM, Failed(Answer(500, b"")), Failed(Answer(500, b""))),
        (WHOM, Failed(None, "the answer is too large"), Failed(None, "the answer is too large")),
    ],
)  # fmt: skip
def test_a_refusal_says_what_the_token_lacks(whom: Whom, failed: Failed, told: Failed) -> None:
    assert find_run(scripted(failed).ask, whom, RUN) == told


def test_without_an_address_nothing_is_asked() -> None:
    told = find_run(scripted().ask, WHOM._replace(env={}), RUN)
    assert told == Failed(None, "the run does not say where its API is")


def test_a_pipeline_that_is_not_told_is_not_another_one() -> None:
    script = scripted([])
    find_run(script.ask, WHOM, RUN._replace(run_id=None))
    assert script.asked[0].url.startswith(
        "https://gitlab.com/api/v4/projects/4%2F2/pipelines//jobs?"
    )


NOTHING = Failed(None, "the answer has no outcomes of other jobs", absent=True)


@pytest.mark.parametrize(
    ("jobs", "told"),
    [
        ([], NOTHING),
        ([OURS], NOTHING),
        ({"message": "odd"}, NOTHING),
        (["odd", job(1, "success")], ToldRun(run_status="success")),
        ([job(1, "success", stage=".post"), OURS], NOTHING),
        ([job(1, "failed"), job(2, "success"), job(3, "success")], ToldRun(run_status="failed, success")),
        ([job(1, "failed", allow_failure=True)], ToldRun(run_status="success")),
        ([job(1, "failed", allow_failure="yes")], ToldRun(run_status="failed")),
        ([job(1, "canceled", allow_failure=True), job(2, "success")], ToldRun(run_status="success")),
        ([job(1, "canceled", allow_failure=True), job(2, "failed")], ToldRun(run_status="failed, success")),
        ([job(1, "canceled", allow_failure=False)], ToldRun(run_status="canceled")),
        ([job(1, "manual", allow_failure=True)], ToldRun(run_status="manual")),
        (
            [job(1, "canceled"), job(2, "manual"), job(3, "skipped")],
            ToldRun(run_status="canceled, manual, skipped"),
        ),
        ([job(1, "created"), OURS], Failed(None, "another job of the pipeline has not ended", absent=True)),
        (
            [job(1, "running"), job(2, "pending"), job(3, "success")],
            Failed(None, "2 other jobs of the pipeline have not ended", absent=True),
        ),
        ([job(1, None)], Failed(None, "another job of the pipeline has not ended", absent=True)),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
def test_a_pipeline_is_summed_up_from_the_jobs_of_other_stages(
    jobs: Any, told: ToldRun | Failed
) -> None:
    assert find_run(scripted(jobs).ask, WHOM, RUN) == told


def test_without_a_stage_all_jobs_but_this_one_count() -> None:
    env = {name: value for name, value in ENV.items() if name != "CI_JOB_STAGE"}
    jobs = [job(1, "success", stage=".post"), {**OURS, "status": "failed"}]
    told = find_run(scripted(jobs).ask, WHOM._replace(env=env), RUN)
    assert told == ToldRun(run_status="success")


def test_a_pipeline_began_with_the_first_of_its_jobs() -> None:
    starts = ["2026-11-25T10:07:00Z", None, "2026-11-25T10:03:00Z", "soon", "2026-11-25T10:05:00Z"]
    jobs = [job(n, "success", started_at=at) for n, at in enumerate(starts)]
    told = find_run(scripted(jobs).ask, WHOM, RUN)
    assert told == ToldRun(run_started_at=moment(3), run_status="success")


@pytest.mark.parametrize("last", [0, 1, 99])
def test_a_page_that_is_not_full_is_the_last_one(last: int) -> None:
    full = [job(n, "success") for n in range(100)]
    script = scripted(full, full, [job(n, "failed") for n in range(last)])
    told = find_run(script.ask, WHOM, RUN)
    assert told == ToldRun(run_status="failed, success" if last else "success")
    assert [request.url[-1] for request in script.asked] == ["1", "2", "3"]


def test_more_than_three_pages_are_not_summed_up() -> None:
    full = [job(n, "success") for n in range(100)]
    told = find_run(scripted(full, full, full).ask, WHOM, RUN)
    assert told == Failed(None, "the pipeline has more than 300 jobs", absent=True)
