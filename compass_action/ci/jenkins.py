"""Jenkins: freestyle, scripted, declarative and multibranch jobs.

https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables
https://plugins.jenkins.io/git/ and https://plugins.jenkins.io/branch-api/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .reading import (
    address,
    commit,
    given,
    named_ref,
    number,
    pull_request,
    pull_request_url,
    repository_url,
    tag_of,
)
from .run import CiRun
from .system import Naming, System, below, file_path

UNCONFIGURED = "http://unconfigured-jenkins-location/"
"""What the plugin display-url-api writes where no administrator has set Jenkins' address."""


def detect(env: Mapping[str, str]) -> bool:
    """Recognise Jenkins. Its own address is only known where an administrator has set it."""
    named = env.get("JENKINS_URL") or env.get("BUILD_TAG", "").startswith("jenkins-")
    return bool(named and env.get("JOB_NAME") and env.get("BUILD_NUMBER"))


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the build from Jenkins' own variables and those of the git and branch plugins."""
    env = given(snapshot.env)
    repository = repository_url(env.get("GIT_URL") or env.get("GIT_URL_1"))
    tag = env.get("TAG_NAME") or tag_of(env.get("GIT_BRANCH"))
    change = pull_request(env.get("CHANGE_ID") or env.get("ghprbPullId"))
    change = change or pull_request(env.get("gitlabMergeRequestIid"))
    branch = None if tag else _branch(env, change)
    page = env.get("BUILD_URL") or env.get("RUN_DISPLAY_URL")
    if page and page.startswith(UNCONFIGURED):
        page = None
    return CiRun(
        system="jenkins",
        repository_url=repository,
        server=address(env.get("JENKINS_URL")),
        workflow=env.get("JOB_NAME"),
        workflow_name=unquote(env["JOB_NAME"]) if env.get("JOB_NAME") else None,
        run_id=env.get("BUILD_NUMBER"),
        run_number=number(env.get("BUILD_NUMBER")),
        ref=named_ref(branch, tag),
        branch=branch,
        tag=tag,
        # On a pull request it is, as a rule, a merge commit that nobody has pushed.
        commit=None if change else commit(env.get("GIT_COMMIT")),
        pull_request=change,
        pull_request_url=env.get("CHANGE_URL") or pull_request_url(repository, change),
        actor=env.get("BUILD_USER_ID"),
        author_name=env.get("CHANGE_AUTHOR_DISPLAY_NAME") or env.get("CHANGE_AUTHOR"),
        author_email=env.get("CHANGE_AUTHOR_EMAIL"),
        run_url=page,
    )


def _branch(env: Mapping[str, str], change: str | None) -> str | None:
    """Name the branch; on a pull request `BRANCH_NAME` is `PR-12`."""
    if change:
        heads = ("CHANGE_BRANCH", "ghprbSourceBranch", "gitlabSourceBranch")
        return next((env[name] for name in heads if env.get(name)), None)
    named = env.get("BRANCH_NAME") or env.get("GIT_LOCAL_BRANCH")
    remote = re.sub(r"^(refs/heads/|(refs/)?remotes/)?(origin/)?", "", env.get("GIT_BRANCH", ""))
    return named or (remote if remote not in ("", "detached") else None)


def _pipeline(run: CiRun) -> str | None:
    # As in its address, with the branch of a multibranch job: each counts its builds for itself.
    # Jenkins has quoted the slashes of a branch, so that those which are left are folders'.
    return file_path("job/" + run.workflow.replace("/", "/job/")) if run.workflow else None


def _build(run: CiRun) -> str | None:
    # Without the stage: what one stage begins, another or `post` ends.
    return below(_pipeline(run), run.run_id)


SYSTEM = System(
    "jenkins",
    "Jenkins",
    detect,
    parse,
    Naming(
        run=_build,
        job=_build,
        pipeline=_pipeline,
        pipeline_job=_pipeline,
        run_number=lambda run: run.run_number,
        job_number=lambda run: run.run_number,
    ),
    workspace="$WORKSPACE",
    hints={
        "state": "pass state: currentBuild.currentResult from the pipeline",
        "external-event-source-id": "pass env.GIT_URL, or checkout(scm).GIT_URL in a scripted "
        "pipeline, which knows it after the checkout only",
        "pipeline-id": '"${env.JOB_NAME}/${env.BUILD_NUMBER}" with your server\'s name in front',
    },
)
