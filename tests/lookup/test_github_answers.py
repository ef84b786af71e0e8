"""What is asked of GitHub, letter for letter, and what each answer is read as."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from compass_action.ci.run import CiRun
from compass_action.connection.answer import Answer
from compass_action.lookup.asking import Failed
from compass_action.lookup.github import find_job_start, find_run, find_run_start
from compass_action.lookup.whom import ToldRun, Whom
from compass_action.text import Secrets
from tests.lookup.scripted import scripted

ENV = {
    "GITHUB_API_URL": "https://api.github.com",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/shop web",
}
WHOM = Whom(ENV, "ghs_token", Secrets())
RUN = CiRun("github", run_id="9/1", run_attempt=2, job_id="3/3")
REPOSITORY = "https://api.github.com/repos/acme/shop%20web"
ATTEMPT = f"{REPOSITORY}/actions/runs/9%2F1/attempts/2"
MOMENT = datetime(2026, 11, 25, 10, 0, 5, tzinfo=UTC)
NO_START = Failed(None, "the answer has no start", absent=True)
MISSING = Failed(Answer(403, b""), "the token needs the permission actions: read")


def test_a_job_is_asked_for_by_its_check_run() -> None:
    script = scripted({"started_at": "2026-11-25T10:00:05Z"})
    assert find_job_start(script.ask, WHOM, RUN) == ToldRun(job_started_at=MOMENT)
    [request] = script.asked
    assert request.url == f"{REPOSITORY}/actions/jobs/3%2F3"
    assert request.body is None
    assert request.headers == {
        "Authorization": "Bearer ghs_token",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }


@pytest.mark.parametrize(
    ("run", "path"),
    [
        (RUN, "/actions/runs/9%2F1/attempts/2"),
        (RUN._replace(run_attempt=None), "/actions/runs/9%2F1/attempts/1"),
        (RUN._replace(run_id=None), "/actions/runs//attempts/2"),
    ],
)
def test_a_run_is_asked_for_by_its_attempt(run: CiRun, path: str) -> None:
    script = scripted({"run_started_at": "2026-11-25T10:00:05Z", "started_at": "x"})
    assert find_run_start(script.ask, WHOM, run) == ToldRun(run_started_at=MOMENT)
    assert script.asked[0].url == REPOSITORY + path


@pytest.mark.parametrize("answer", [{}, {"started_at": "soon", "run_started_at": "soon"}, [], None])
@pytest.mark.parametrize("find", [find_job_start, find_run_start])
def test_an_answer_without_a_start_is_a_failure(find: Any, answer: Any) -> None:
    assert find(scripted(answer).ask, WHOM, RUN) == NO_START


@pytest.mark.parametrize("find", [find_job_start, find_run_start, find_run])
@pytest.mark.parametrize(
    ("failed", "told"),
    [
        (Failed(Answer(403, b"")), MISSING),
        (Failed(Answer(500, b"")), Failed(Answer(500, b""))),
        (Failed(None, "the answer is too large"), Failed(None, "the answer is too large")),
    ],
)
def test_a_failure_is_handed_on(find: Any, failed: Failed, told: Failed) -> None:
    assert find(scripted(failed).ask, WHOM, RUN) == told


def test_without_the_job_s_id_nothing_is_asked() -> None:
    told = find_job_start(scripted().ask, WHOM, RUN._replace(job_id=None))
    assert told == Failed(None, "this server does not tell a job's id")


@pytest.mark.parametrize("find", [find_job_start, find_run_start, find_run])
def test_without_an_address_nothing_is_asked(find: Any) -> None:
    told = find(scripted().ask, WHOM._replace(env={}), RUN)
    assert told == Failed(None, "the run does not say where its API is")


def job(number: Any, conclusion: str | None, status: str = "completed") -> dict[str, Any]:
    return {"id": number, "status": status, "conclusion": conclusion}


OURS = job("3/3", None, "in_progress")
START = {"run_started_at": "2026-11-25T10:00:05Z"}


def listed(*jobs: Any, total: Any = ...) -> dict[str, Any]:
    return {"jobs": list(jobs), "total_count": len(jobs) if total is ... else total}


NOTHING = Failed(None, "the answer has no outcomes of other jobs", absent=True)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (listed(job(1, "success"), OURS), ToldRun(None, MOMENT, "success")),
        (
            listed(job(1, "success"), job(2, "failure"), job(4, "success"), OURS),
            ToldRun(None, MOMENT, "failure, success"),
        ),
        (listed(job(1, "success"), "odd", OURS, total="many"), ToldRun(None, MOMENT, "success")),
        (listed(job(1, "success"), OURS, total=1), ToldRun(None, MOMENT, "success")),
        (listed(OURS), NOTHING),
        (listed(), NOTHING),
        ({}, NOTHING),
        (listed(job(1, None), job(2, "success"), OURS), NOTHING),
        (listed(job(1, ""), OURS), NOTHING),
        (
            listed(job(1, None, "queued"), OURS),
            Failed(None, "another job of the run has not ended", absent=True),
        ),
        (
            listed(job(1, None, "queued"), job(2, None, "in_progress"), OURS),
            Failed(None, "2 other jobs of the run have not ended", absent=True),
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_run_is_summed_up_from_its_other_jobs(answer: Any, told: ToldRun | Failed) -> None:
    script = scripted(answer, START)
    assert find_run(script.ask, WHOM, RUN) == told
    urls = [f"{ATTEMPT}/jobs?per_page=100&page=1", ATTEMPT]
    assert [request.url for request in script.asked] == urls[: 1 if isinstance(told, Failed) else 2]


@pytest.mark.parametrize(
    ("jobs", "told"),
    [
        ([job(1, "success"), OURS], ToldRun(None, MOMENT, "success")),
        ([job(1, "success"), job(2, "failure")], ToldRun(None, MOMENT, "failure, success")),
        ([OURS], NOTHING),
        (
            [job(1, "success"), OURS, job(2, None, "queued")],
            Failed(None, "2 other jobs of the run have not ended", absent=True),
        ),
    ],
)
def test_where_our_job_is_not_told_the_one_that_runs_is_it(
    jobs: list[Any], told: ToldRun | Failed
) -> None:
    run = RUN._replace(job_id=None)
    assert find_run(scripted(listed(*jobs), START).ask, WHOM, run) == told


def test_a_run_whose_start_is_not_told_still_has_its_outcome() -> None:
    script = scripted(listed(job(1, "success"), OURS), {})
    assert find_run(script.ask, WHOM, RUN) == ToldRun(None, None, "success")


def test_pages_are_turned_until_all_jobs_are_there() -> None:
    first, second = (listed(job(n, "success"), total=3) for n in (1, 2))
    script = scripted(first, second, listed(OURS, total=3), START)
    assert find_run(script.ask, WHOM, RUN) == ToldRun(None, MOMENT, "success")
    assert [request.url[-1] for request in script.asked[:3]] == ["1", "2", "3"]


def test_an_empty_page_is_the_last_one() -> None:
    script = scripted(listed(job(1, "success"), OURS, total=9), listed(total=9), START)
    assert find_run(script.ask, WHOM, RUN) == ToldRun(None, MOMENT, "success")


def test_more_than_three_pages_are_not_summed_up() -> None:
    script = scripted(*(listed(job(n, "success"), total=9) for n in range(3)))
    told = find_run(script.ask, WHOM, RUN)
    assert told == Failed(None, "the run has more than 300 jobs", absent=True)
