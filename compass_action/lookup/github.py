"""What GitHub can be asked about a run: its REST API, with a token that the user hands over.

https://docs.github.com/en/rest/actions/workflow-jobs
https://docs.github.com/en/rest/actions/workflow-runs
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from compass_action.ci.reading import time
from compass_action.ci.run import CiRun

from .asking import Ask, Failed
from .json_values import at, rows, text
from .whom import NO_OUTCOMES, Host, ToldRun, Whom, api_request, still_running

PAGE_JOBS = 100
PAGES_MAX = 3
NO_START = Failed(None, "the answer has no start", absent=True)


def _ask(ask: Ask, whom: Whom, path: str) -> Any:
    """Ask for something below the repository: JSON, or `Failed`, with the permission that may lack."""
    env = whom.env
    headers = {
        "Authorization": f"Bearer {whom.token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    repository = quote(env.get("GITHUB_REPOSITORY", ""), safe="/")
    server = env.get("GITHUB_SERVER_URL")
    request = api_request(
        whom, env.get("GITHUB_API_URL"), server, f"/repos/{repository}{path}", headers
    )
    if isinstance(request, Failed):
        return request
    told = ask(request).value
    if isinstance(told, Failed) and told.status in (401, 403, 404):
        return told._replace(detail="the token needs the permission actions: read")
    return told


def find_job_start(ask: Ask, whom: Whom, run: CiRun) -> ToldRun | Failed:
    """Ask when this job began. Its id is its check run's."""
    if not run.job_id:  # GitHub Enterprise Server does not tell it
        return Failed(None, "this server does not tell a job's id")
    told = _ask(ask, whom, f"/actions/jobs/{quote(run.job_id, safe='')}")
    if isinstance(told, Failed):
        return told
    started = time(text(at(told, "started_at")))
    return ToldRun(job_started_at=started) if started else NO_START


def find_run_start(ask: Ask, whom: Whom, run: CiRun) -> ToldRun | Failed:
    """Ask when this attempt of the run began."""
    told = _ask(ask, whom, _attempt(run))
    if isinstance(told, Failed):
        return told
    started = time(text(at(told, "run_started_at")))
    return ToldRun(run_started_at=started) if started else NO_START


def _attempt(run: CiRun) -> str:
    return f"/actions/runs/{quote(run.run_id or '', safe='')}/attempts/{run.run_attempt or 1}"


def find_run(ask: Ask, whom: Whom, run: CiRun) -> ToldRun | Failed:
    """Ask when this attempt of the run began, and how its other jobs ended.

    Jobs that were not run again are among them, with the outcome they had. Whether a job was allowed
    to fail is not told, so that a failed one counts.
    """
    jobs: list[dict[str, Any]] = []
    for page in range(1, PAGES_MAX + 1):
        told = _ask(ask, whom, f"{_attempt(run)}/jobs?per_page={PAGE_JOBS}&page={page}")
        if isinstance(told, Failed):
            return told
        found, total = rows(at(told, "jobs")), at(told, "total_count")
        jobs += found
        if not isinstance(total, int) or len(jobs) >= total or not found:
            break
    else:
        return Failed(None, f"the run has more than {PAGE_JOBS * PAGES_MAX} jobs", absent=True)
    summed = _sum_up(jobs, run)
    if isinstance(summed, Failed):
        return summed
    began = find_run_start(ask, whom, run)
    started = None if isinstance(began, Failed) else began.run_started_at
    return ToldRun(run_started_at=started, run_status=summed)


def _sum_up(jobs: list[dict[str, Any]], run: CiRun) -> str | Failed:
    """Join the outcomes of all jobs but this one."""
    others = [job for job in jobs if run.job_id is None or text(job.get("id")) != run.job_id]
    unfinished = [job for job in others if job.get("status") != "completed"]
    if run.job_id is None and len(unfinished) == 1:  # it can only be this one
        others = [job for job in others if job not in unfinished]
        unfinished = []
    if unfinished:
        return still_running(len(unfinished), "run")
    outcomes = [text(job.get("conclusion")) for job in others]
    if not outcomes or None in outcomes:
        return NO_OUTCOMES
    return ", ".join(sorted({outcome for outcome in outcomes if outcome}))


HOST = Host(
    "host-token: ${{ github.token }}, and give the job the permission actions: read",
    find_run,
    find_run_start,
    find_job_start,
)
