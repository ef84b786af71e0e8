"""What GitLab can be asked about a pipeline: its REST API, with the job's token where the server
allows it (newer than 18.0), or with a project's access token.

https://docs.gitlab.com/api/jobs/#list-pipeline-jobs
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from compass_action.ci.reading import time
from compass_action.ci.run import CiRun
from compass_action.text import HIDDEN

from .asking import Ask, Failed
from .json_values import rows, text
from .whom import NO_OUTCOMES, Host, ToldRun, Whom, api_request, still_running

PAGE_JOBS = 100
PAGES_MAX = 3
ENDED = ("success", "failed", "canceled", "skipped", "manual")
FORGIVEN = ("failed", "canceled")
"""What counts as a success, with warnings, in a job that is allowed to fail, as in GitLab's own status of
the pipeline."""


def _ask(ask: Ask, whom: Whom, path: str) -> Any:
    env = whom.env
    # The job's own token, which is hidden in the environment like every other place.
    own = env.get("CI_JOB_TOKEN") in (whom.token, HIDDEN)
    headers = {"JOB-TOKEN" if own else "PRIVATE-TOKEN": whom.token}
    request = api_request(whom, env.get("CI_API_V4_URL"), env.get("CI_SERVER_URL"), path, headers)
    if isinstance(request, Failed):
        return request
    told = ask(request).value
    if isinstance(told, Failed) and told.status in (401, 403, 404):
        why = "this server does not let a job's token read pipelines" if own else ""
        return told._replace(detail=why or "the token needs the scope read_api")
    return told


def find_run(ask: Ask, whom: Whom, run: CiRun) -> ToldRun | Failed:
    """Ask how the pipeline's other jobs ended: the latest try of each, and when the first one began.

    Jobs of this job's own stage run beside it, and do not count; a job that is allowed to fail has
    not failed, nor cancelled anything.
    """
    project = quote(whom.env.get("CI_PROJECT_ID", ""), safe="")
    path = f"/projects/{project}/pipelines/{quote(run.run_id or '', safe='')}/jobs"
    jobs: list[dict[str, Any]] = []
    for page in range(1, PAGES_MAX + 1):
        told = _ask(ask, whom, f"{path}?include_retried=false&per_page={PAGE_JOBS}&page={page}")
        if isinstance(told, Failed):
            return told
        found = rows(told)
        jobs += found
        if len(found) < PAGE_JOBS:
            break
    else:
        many = f"the pipeline has more than {PAGE_JOBS * PAGES_MAX} jobs"
        return Failed(None, many, absent=True)
    stage = whom.env.get("CI_JOB_STAGE")
    others = [
        job
        for job in jobs
        if text(job.get("id")) != run.job_id and (not stage or job.get("stage") != stage)
    ]
    unfinished = [job for job in others if job.get("status") not in ENDED]
    if unfinished:
        return still_running(len(unfinished), "pipeline")
    if not others:
        return NO_OUTCOMES
    started = [moment for job in others if (moment := time(text(job.get("started_at"))))]
    outcomes = ", ".join(sorted(set(map(_outcome, others))))
    return ToldRun(run_started_at=min(started, default=None), run_status=outcomes)


def _outcome(job: dict[str, Any]) -> str:
    if job.get("status") in FORGIVEN and job.get("allow_failure") is True:
        return "success"
    return str(job.get("status"))


HOST = Host("host-token: $CI_JOB_TOKEN, or a token with the scope read_api", find_run)
