"""AWS CodeBuild.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .reading import (
    branch_of,
    commit,
    given,
    named_ref,
    number,
    pull_request_url,
    repository_url,
    tag_of,
    time,
)
from .run import CiRun
from .system import Naming, System, below, path

ARN = r"arn:([\w-]+):codebuild:([\w-]+):(\d+):build/([^:/]+):([\w-]+)"
CONSOLES = {"aws": "console.aws.amazon.com", "aws-cn": "console.amazonaws.cn",
            "aws-us-gov": "console.amazonaws-us-gov.com"}  # fmt: skip


def detect(env: Mapping[str, str]) -> bool:
    """Recognise CodeBuild."""
    return bool(env.get("CODEBUILD_BUILD_ARN"))


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the build from `CODEBUILD_*`."""
    env = given(snapshot.env)
    repository = repository_url(env.get("CODEBUILD_SOURCE_REPO_URL"))
    ref, trigger = env.get("CODEBUILD_WEBHOOK_HEAD_REF"), env.get("CODEBUILD_WEBHOOK_TRIGGER", "")
    kind, _, named = trigger.partition("/")
    of_version = re.fullmatch(r"pr/(\d+)", env.get("CODEBUILD_SOURCE_VERSION", ""), re.ASCII)
    change = named if kind == "pr" else of_version[1] if of_version else None
    tag = tag_of(ref) or (named if kind == "tag" else None)
    branch = branch_of(ref) or (named if kind == "branch" else None)
    found = re.fullmatch(ARN, env.get("CODEBUILD_BUILD_ARN", ""), re.ASCII)
    partition, region, account, project, build = found.groups() if found else (None,) * 5
    started = time(env.get("CODEBUILD_START_TIME"))  # in milliseconds
    by = env.get("CODEBUILD_INITIATOR", "")  # a webhook is nobody: `GitHub-Hookshot/1a2b3c4`
    return CiRun(
        system="codebuild",
        repository_url=repository,
        server=f"codebuild.{region}.amazonaws.com/{account}/{path(project)}" if project else None,
        workflow_name=project,
        run_id=build,
        run_number=number(env.get("CODEBUILD_BUILD_NUMBER")),
        job=env.get("CODEBUILD_BATCH_BUILD_IDENTIFIER"),
        ref=ref or named_ref(branch, tag),
        branch=None if tag else branch,
        tag=tag,
        # Not there where a pipeline of CodePipeline or somebody by hand has started the build.
        commit=commit(env.get("CODEBUILD_RESOLVED_SOURCE_VERSION")),
        pull_request=change,
        pull_request_url=pull_request_url(repository, change),
        actor=None if "hook" in by.lower() else by or None,
        run_url=env.get("CODEBUILD_PUBLIC_BUILD_URL")
        or _page(partition, region, account, project, build),
        run_started_at=started,
        job_started_at=started,
        status=env.get("CODEBUILD_BUILD_SUCCEEDING"),
    )


def _page(
    partition: str | None,
    region: str | None,
    account: str | None,
    project: str | None,
    build: str | None,
) -> str | None:
    console = CONSOLES.get(partition or "")
    if not console:
        return None
    where = f"https://{region}.{console}/codesuite/codebuild/{account}/projects/{path(project)}"
    return f"{where}/build/{path(project)}%3A{build}"


def _build(run: CiRun) -> str | None:
    # Every build of a batch, and every build that is retried, has an id and a number of its own.
    return path("builds", run.run_id)


SYSTEM = System(
    "codebuild",
    "CodeBuild",
    detect,
    parse,
    Naming(
        run=_build,
        job=_build,
        pipeline=lambda run: "builds",
        pipeline_job=lambda run: below("builds", run.job) if run.job else "builds",
        run_number=lambda run: run.run_number,
        job_number=lambda run: run.run_number,
    ),
    workspace="$CODEBUILD_SRC_DIR",
    # Of the build so far, in post_build. 1 is good here, which is no exit code.
    outcomes={"1": "success", "0": "failure"},
    hints={
        "state": "report in post_build, where $CODEBUILD_BUILD_SUCCEEDING is set",
        "external-event-source-id": "the URL of the repository; CodePipeline hands over a bucket",
    },
)
