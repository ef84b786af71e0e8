"""The environments of jobs, as the hosts set them. Only what tells one job from another is here.

https://docs.github.com/en/actions/reference/workflows-and-actions/variables
https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
https://docs.gitlab.com/ci/variables/predefined_variables/
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from tests.histories.truth import Host, Job, Pipeline, Repository

HOSTS = (
    Host("github", "https://github.com", check_runs=True, workflow_refs=True),
    Host("github", "https://acme.ghe.example", check_runs=True),
    Host("github", "https://github.acme.example:8443"),
    Host("bitbucket", "https://bitbucket.org"),
    Host("gitlab", "https://gitlab.com"),
    Host("gitlab", "https://ci.acme.example/gitlab"),
)
COMMIT = "6f1c1a2b3d4e5f60718293a4b5c6d7e8f9012345"

# How each host words an outcome, and what Compass calls it for a build and for a deployment.
OUTCOMES = {
    "github": {
        "success": ("SUCCESSFUL", "SUCCESSFUL"),
        "failure": ("FAILED", "FAILED"),
        "cancelled": ("CANCELLED", "CANCELLED"),
    },
    "bitbucket": {
        "0": ("SUCCESSFUL", "SUCCESSFUL"),
        "127": ("FAILED", "FAILED"),
        "124": ("TIMED_OUT", "FAILED"),
    },
    "gitlab": {
        "success": ("SUCCESSFUL", "SUCCESSFUL"),
        "failed": ("FAILED", "FAILED"),
        "canceled": ("CANCELLED", "CANCELLED"),
    },
}
RUNNING = {"github": "in_progress", "bitbucket": "running", "gitlab": "running"}


@dataclass(frozen=True)
class Execution:
    """One execution of one leg of one job."""

    repository: Repository
    pipeline: Pipeline
    job: Job
    run_id: int
    run_number: int
    attempt: int
    """Of the run on GitHub, of the step alone on Bitbucket."""
    leg: int
    job_id: int
    """The check run's, the step's or the job's id."""
    run_created: datetime
    started: datetime


def env(execution: Execution, word: str, extra: dict[str, str]) -> dict[str, str]:
    """The environment of our program in a job whose outcome so far is `word`; `extra` are inputs."""
    system = execution.repository.host.system
    inputs = {
        "component-id": "\n".join(execution.repository.components),
        "scope": "run" if execution.pipeline.scope == "run" else "job",
        **extra,
    }
    made = {"github": _github, "bitbucket": _bitbucket, "gitlab": _gitlab}[system](execution, word)
    prefix = "INPUT_" if system == "github" else "COMPASS_"
    for name, value in inputs.items():
        made[prefix + (name.upper() if system == "github" else name.upper().replace("-", "_"))] = (
            value
        )
    return {"CI": "true"} | made


def _github(execution: Execution, word: str) -> dict[str, str]:
    repository, pipeline, job = execution.repository, execution.pipeline, execution.job
    ref = f"{repository.path}/{pipeline.file}@refs/heads/main"
    host = repository.host
    here = f"{repository.path}/.github/workflows/shared.yml@refs/tags/v1" if job.calls else ref
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_SERVER_URL": repository.host.url,
        "GITHUB_REPOSITORY": repository.path,
        "GITHUB_WORKFLOW": pipeline.name,
        "GITHUB_WORKFLOW_REF": ref,
        "GITHUB_RUN_ID": str(execution.run_id),
        "GITHUB_RUN_NUMBER": str(execution.run_number),
        "GITHUB_RUN_ATTEMPT": str(execution.attempt),
        "GITHUB_JOB": job.name,
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_REF_NAME": "main",
        "GITHUB_REF_TYPE": "branch",
        "GITHUB_SHA": COMMIT,
        "GITHUB_ACTOR": "ada",
        # The job's status is a default and says nothing of the run, of which only `needs` knows.
        "INPUT_JOB-STATUS": word if execution.pipeline.scope != "run" else "success",
        "INPUT_STATE": word if execution.pipeline.scope == "run" else "",
        "INPUT_ENVIRONMENT": job.environment(execution.leg) or "",
        "INPUT_JOB-INDEX": str(execution.leg),
        "INPUT_JOB-TOTAL": str(job.legs),
        "INPUT_CHECK-RUN-ID": str(execution.job_id) if host.check_runs else "",
        "INPUT_WORKFLOW-REF": here if host.workflow_refs else "",
        "INPUT_PIPELINE-ID": "",
    }


def _bitbucket(execution: Execution, word: str) -> dict[str, str]:
    repository, job = execution.repository, execution.job
    made = {
        "BITBUCKET_BUILD_NUMBER": str(execution.run_number),
        "BITBUCKET_REPO_FULL_NAME": repository.path,
        "BITBUCKET_GIT_HTTP_ORIGIN": f"http://bitbucket.org/{repository.path}",
        "BITBUCKET_PIPELINE_UUID": _uuid(f"pipeline {execution.run_id}"),
        "BITBUCKET_STEP_UUID": _uuid(f"step {execution.job_id}"),
        "BITBUCKET_STEP_RUN_NUMBER": str(execution.attempt),
        "BITBUCKET_BRANCH": "main",
        "BITBUCKET_COMMIT": COMMIT,
        "BITBUCKET_PIPE_SHARED_STORAGE_DIR": "/storage",
        "BITBUCKET_EXIT_CODE": "" if word == RUNNING["bitbucket"] else word,
    }
    if job.legs > 1:
        made["BITBUCKET_PARALLEL_STEP"] = str(execution.leg)
        made["BITBUCKET_PARALLEL_STEP_COUNT"] = str(job.legs)
    environment = job.environment(execution.leg)
    if environment:
        made["BITBUCKET_DEPLOYMENT_ENVIRONMENT"] = environment
        made["BITBUCKET_DEPLOYMENT_ENVIRONMENT_UUID"] = _uuid(f"{repository.path} {environment}")
    return made


def _uuid(name: str) -> str:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return (
        "{"
        + "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))
        + "}"
    )


def _gitlab(execution: Execution, word: str) -> dict[str, str]:
    repository, job = execution.repository, execution.job
    name = f"{job.name} {execution.leg + 1}/{job.legs}" if job.legs > 1 else job.name
    made = {
        "GITLAB_CI": "true",
        "CI_PROJECT_URL": repository.url,
        "CI_PROJECT_PATH": repository.path,
        "CI_CONFIG_PATH": execution.pipeline.file,
        "CI_PIPELINE_ID": str(execution.run_id),
        "CI_PIPELINE_IID": str(execution.run_number),
        "CI_PIPELINE_URL": f"{repository.url}/-/pipelines/{execution.run_id}",
        "CI_PIPELINE_CREATED_AT": f"{execution.run_created:%Y-%m-%dT%H:%M:%SZ}",
        "CI_JOB_ID": str(execution.job_id),
        "CI_JOB_NAME": name,
        "CI_JOB_URL": f"{repository.url}/-/jobs/{execution.job_id}",
        "CI_JOB_STARTED_AT": f"{execution.started:%Y-%m-%dT%H:%M:%SZ}",
        "CI_JOB_STATUS": word,
        "CI_COMMIT_SHA": COMMIT,
        "CI_COMMIT_BRANCH": "main",
    }
    if job.legs > 1:
        made |= {"CI_NODE_INDEX": str(execution.leg + 1), "CI_NODE_TOTAL": str(job.legs)}
    environment = job.environment(execution.leg)
    if environment:
        made["CI_ENVIRONMENT_NAME"] = environment
        made["CI_ENVIRONMENT_SLUG"] = gitlab_slug(environment)
    return made


def gitlab_slug(name: str) -> str:
    """At most 24 characters; where the name had to be changed, a digest of it follows."""
    plain = re.sub(r"[^a-z0-9]", "-", name.lower())
    if plain == name and len(plain) <= 24 and plain[0].isalpha():
        return plain
    digest = hashlib.sha256(name.encode()).hexdigest()[:6]
    start = plain if plain[0].isalpha() else f"env-{plain}"
    return f"{re.sub(r'-+', '-', start)[:17].rstrip('-')}-{digest}"
