"""What a job of each further CI system sees of one of its executions: only what tells it from others.

The links to the vendors' references stand in `compass_action/ci`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote


@dataclass(frozen=True)
class Execution:
    """One execution of one leg of one job."""

    server: str
    """The installation's host, account or organisation."""
    project: str
    branch: str
    job: str
    leg: int
    legs: int
    number: int
    """Of the run, as the system counts its runs."""
    run_id: int
    """Of the run, over the whole installation."""
    attempt: int
    job_id: int
    """Over the whole installation."""
    created: datetime
    """The run's."""
    started: datetime


def uuid(*parts: object) -> str:
    digest = hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


def seconds(moment: datetime) -> str:
    return str(int(moment.timestamp()))


def milliseconds(moment: datetime) -> str:
    return str(round(moment.timestamp() * 1000))


def forge(mark: str) -> Callable[[Execution], dict[str, str]]:
    host = mark.partition("_")[0].lower()  # one address is not that of two servers

    def made(of: Execution) -> dict[str, str]:
        return {
            "GITHUB_ACTIONS": "true", mark: "true", "GITHUB_SERVER_URL": f"http://{host}.{of.server}:3000",
            "GITHUB_REPOSITORY": f"acme/{of.project}", "GITHUB_WORKFLOW": "ci.yml",
            "GITHUB_RUN_ID": str(of.run_id), "GITHUB_RUN_NUMBER": str(of.number),
            "GITHUB_RUN_ATTEMPT": str(of.attempt), "GITHUB_JOB": of.job,
        }  # fmt: skip

    return made


def jenkins(of: Execution) -> dict[str, str]:
    job = f"{of.project}/{quote(of.branch, safe='')}"
    return {
        "JENKINS_URL": f"https://{of.server}/", "JOB_NAME": job, "BUILD_NUMBER": str(of.number),
        "BRANCH_NAME": of.branch, "GIT_URL": f"git@github.com:acme/{of.project}.git",
        "BUILD_TAG": f"jenkins-{job.replace('/', '-')}-{of.number}",
    }  # fmt: skip


def circleci(of: Execution) -> dict[str, str]:
    return {
        "CIRCLECI": "true", "CIRCLE_PROJECT_ID": uuid(of.server, of.project),
        "CIRCLE_WORKFLOW_ID": uuid(of.server, of.run_id, of.attempt), "CIRCLE_JOB": of.job,
        "CIRCLE_BUILD_NUM": str(of.job_id), "CIRCLE_NODE_INDEX": str(of.leg),
        "CIRCLE_NODE_TOTAL": str(of.legs),
    }  # fmt: skip


def azure(of: Execution) -> dict[str, str]:
    return {
        "TF_BUILD": "True", "BUILD_BUILDID": str(of.run_id), "SYSTEM_DEFINITIONID": of.project,
        "SYSTEM_COLLECTIONURI": f"https://dev.azure.com/{of.server}/", "SYSTEM_TEAMPROJECT": "Web",
        # The id of a job is the same in every build.
        "SYSTEM_JOBID": uuid(of.job, of.leg), "SYSTEM_STAGENAME": "Main", "SYSTEM_PHASENAME": of.job,
        "SYSTEM_STAGEATTEMPT": str((of.attempt + 1) // 2),
        "SYSTEM_JOBATTEMPT": str((of.attempt + 1) % 2 + 1),
        "SYSTEM_JOBPOSITIONINPHASE": str(of.leg + 1), "SYSTEM_TOTALJOBSINPHASE": str(of.legs),
    }  # fmt: skip


def buildkite(of: Execution) -> dict[str, str]:
    return {
        "BUILDKITE": "true", "BUILDKITE_ORGANIZATION_SLUG": of.server,
        "BUILDKITE_PIPELINE_SLUG": of.project, "BUILDKITE_BUILD_NUMBER": str(of.number),
        "BUILDKITE_BUILD_URL": f"https://buildkite.com/{of.server}/{of.project}/builds/{of.number}",
        # Whether a retried job has another id is not documented: here it keeps it.
        "BUILDKITE_JOB_ID": uuid(of.server, of.run_id, of.job, of.leg),
        "BUILDKITE_STEP_KEY": of.job, "BUILDKITE_RETRY_COUNT": str(of.attempt - 1),
        "BUILDKITE_PARALLEL_JOB": str(of.leg), "BUILDKITE_PARALLEL_JOB_COUNT": str(of.legs),
    }  # fmt: skip


def travis(of: Execution) -> dict[str, str]:
    page = f"https://{of.server}/acme/{of.project}"
    place = ["test", "deploy", "release"].index(of.job) * 4 + of.leg + 1
    job = of.run_id * 100 + place
    return {
        "TRAVIS": "true", "TRAVIS_REPO_SLUG": f"acme/{of.project}",
        "TRAVIS_BUILD_ID": str(of.run_id), "TRAVIS_BUILD_NUMBER": str(of.number),
        "TRAVIS_JOB_ID": str(job), "TRAVIS_JOB_NUMBER": f"{of.number}.{place}",
        "TRAVIS_BUILD_WEB_URL": f"{page}/builds/{of.run_id}", "TRAVIS_TEST_RESULT": "0",
        "TRAVIS_JOB_WEB_URL": f"{page}/jobs/{job}",
    }  # fmt: skip


def appveyor(of: Execution) -> dict[str, str]:
    place = ["test", "deploy", "release"].index(of.job) * 4 + of.leg + 1
    return {
        "APPVEYOR": "True", "APPVEYOR_URL": f"https://{of.server}", "APPVEYOR_ACCOUNT_NAME": "acme",
        "APPVEYOR_PROJECT_SLUG": of.project, "APPVEYOR_BUILD_ID": str(of.run_id),
        "APPVEYOR_BUILD_NUMBER": str(of.number), "APPVEYOR_JOB_ID": uuid(of.run_id, place),
        "APPVEYOR_JOB_NUMBER": str(place),
    }  # fmt: skip


def teamcity(of: Execution) -> dict[str, str]:
    page = f"https://{of.server}/buildConfiguration/{of.project}_{of.job}/{of.job_id}"
    return {"TEAMCITY_VERSION": "2026.1", "BUILD_URL": page, "BUILD_NUMBER": "1.2.7"}


def drone(of: Execution) -> dict[str, str]:
    return {
        "DRONE": "true", "DRONE_BUILD_NUMBER": str(of.number), "DRONE_STAGE_NAME": of.job,
        "DRONE_STAGE_NUMBER": str(["test", "deploy", "release"].index(of.job) + 1),
        "DRONE_BUILD_LINK": f"https://{of.server}/acme/{of.project}/{of.number}",
        "DRONE_STAGE_STARTED": seconds(of.started),
    }  # fmt: skip


def woodpecker(of: Execution) -> dict[str, str]:
    project = {"shop": 7, "shop-api": 8}[of.project]
    place = ["test", "deploy", "release"].index(of.job) * 4 + of.leg + 1
    return {
        "CI": "woodpecker", "CI_PIPELINE_NUMBER": str(of.number), "CI_WORKFLOW_NAME": of.job,
        "CI_WORKFLOW_NUMBER": str(place),
        "CI_PIPELINE_URL": f"https://{of.server}/repos/{project}/pipeline/{of.number}",
    }  # fmt: skip


def harness(of: Execution) -> dict[str, str]:
    return {
        "DRONE": "true", "HARNESS_ACCOUNT_ID": of.server, "HARNESS_ORG_ID": "default",
        "HARNESS_PROJECT_ID": "web", "HARNESS_PIPELINE_ID": of.project,
        "HARNESS_EXECUTION_ID": uuid(of.server, of.run_id), "HARNESS_BUILD_ID": str(of.number),
        "HARNESS_STAGE_ID": of.job, "HARNESS_NODE_INDEX": str(of.leg),
        "HARNESS_NODE_TOTAL": str(of.legs),
    }  # fmt: skip


def codebuild(of: Execution) -> dict[str, str]:
    build = uuid(of.server, of.run_id)
    account = {"one.example": "111122223333", "two.example": "444455556666"}[of.server]
    return {
        "CODEBUILD_BUILD_ARN": f"arn:aws:codebuild:eu-west-1:{account}:build/{of.project}:{build}",
        "CODEBUILD_BUILD_NUMBER": str(of.number), "CODEBUILD_START_TIME": milliseconds(of.started),
    }  # fmt: skip


def semaphore(of: Execution) -> dict[str, str]:
    return {
        "SEMAPHORE": "true", "SEMAPHORE_ORGANIZATION_URL": f"https://{of.server}",
        "SEMAPHORE_PROJECT_NAME": of.project, "SEMAPHORE_WORKFLOW_NUMBER": str(of.number),
        "SEMAPHORE_WORKFLOW_ID": uuid(of.server, of.run_id), "SEMAPHORE_JOB_NAME": of.job,
        "SEMAPHORE_PIPELINE_ID": uuid(of.server, of.run_id, of.attempt),
        "SEMAPHORE_JOB_ID": uuid(of.server, "job", of.job_id),
        "SEMAPHORE_JOB_CREATION_TIME": seconds(of.started),
        "SEMAPHORE_JOB_INDEX": str(of.leg + 1), "SEMAPHORE_JOB_COUNT": str(of.legs),
    }  # fmt: skip


def bitrise(of: Execution) -> dict[str, str]:
    return {
        "BITRISE_BUILD_SLUG": uuid(of.server, of.job_id), "BITRISE_BUILD_NUMBER": str(of.job_id),
        "BITRISE_APP_SLUG": uuid(of.server, of.project), "BITRISE_TRIGGERED_WORKFLOW_ID": of.job,
        "BITRISE_BUILD_TRIGGER_TIMESTAMP": seconds(of.started),
    }  # fmt: skip


def codefresh(of: Execution) -> dict[str, str]:
    return {
        "CF_BUILD_ID": uuid(of.server, of.run_id).replace("-", ""),
        "CF_PIPELINE_NAME": f"{of.project}/{of.job}", "CF_BUILD_TIMESTAMP": milliseconds(of.started),
    }  # fmt: skip


def cloudbuild(of: Execution) -> dict[str, str]:
    return {
        "COMPASS_CI": "cloudbuild", "PROJECT_ID": of.server, "LOCATION": "global",
        "BUILD_ID": uuid(of.server, of.run_id), "TRIGGER_NAME": f"{of.project}-{of.job}",
    }  # fmt: skip


def tekton(of: Execution) -> dict[str, str]:
    return {
        "COMPASS_CI": "tekton", "TEKTON_PIPELINERUN_UID": uuid(of.server, of.run_id),
        "TEKTON_PIPELINERUN_NAMESPACE": of.server, "TEKTON_PIPELINE_NAME": of.project,
        "TEKTON_TASK_NAME": of.job, "TEKTON_TASKRUN_UID": uuid(of.server, of.run_id, of.job),
        "TEKTON_TASK_RETRY_COUNT": str(of.attempt - 1),
    }  # fmt: skip


def argocd(of: Execution) -> dict[str, str]:
    return {
        "COMPASS_CI": "argocd", "ARGOCD_APP_PROJECT_NAME": of.server, "ARGOCD_APP_NAME": of.project,
        "COMPASS_URL": f"https://argocd.example/applications/argocd/{of.project}",
    }  # fmt: skip
