"""Azure Pipelines: YAML pipelines, and classic releases, whose variables are others.

https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables
https://learn.microsoft.com/en-us/azure/devops/pipelines/release/variables
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from compass_action.inputs.given import Surfaces
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .reading import (
    address,
    branch_of,
    commit,
    given,
    number,
    pull_request,
    pull_request_url,
    repository_url,
    tag_of,
    time,
)
from .run import CiRun
from .system import Naming, System, below, pack, path

STAGE_ATTEMPTS = JOB_ATTEMPTS = 30
"""What a sequence number has room for; together below `system.ATTEMPTS`."""


def detect(env: Mapping[str, str]) -> bool:
    """Recognise Azure Pipelines."""
    return env.get("TF_BUILD", "").lower() == "true"


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the job from `BUILD_*` and `SYSTEM_*`, or the release from `RELEASE_*`."""
    env = given(snapshot.env)
    run = _source(env)
    return _release(run, env) if env.get("RELEASE_RELEASEID") else _job(run, env)


def _source(env: Mapping[str, str]) -> CiRun:
    """Read what was built, or of a release what its first artifact was built from."""
    repository = repository_url(env.get("BUILD_REPOSITORY_URI"))
    ref = env.get("BUILD_SOURCEBRANCH")
    # GitHub's numbers and Azure's own ids are two variables.
    change = pull_request(env.get("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER"))
    page = pull_request_url(repository, change)
    own = pull_request(env.get("SYSTEM_PULLREQUEST_PULLREQUESTID"))
    if not change and own:
        change, page = own, f"{repository}/pullrequest/{own}" if repository else None
    head = env.get("SYSTEM_PULLREQUEST_SOURCEBRANCH")  # in the long form or the short one
    return CiRun(
        system="azure",
        repository_url=repository,
        server=_server(env),
        ref=ref,
        branch=(branch_of(head) or head) if change else branch_of(ref),
        tag=tag_of(ref),
        # On a pull request BUILD_SOURCEVERSION is a merge commit that nobody has pushed.
        commit=commit(env.get("SYSTEM_PULLREQUEST_SOURCECOMMITID"))
        or (None if change else commit(env.get("BUILD_SOURCEVERSION"))),
        pull_request=change,
        pull_request_url=page,
        actor=env.get("BUILD_REQUESTEDFOR"),
        author_email=env.get("BUILD_REQUESTEDFOREMAIL"),
        status=env.get("AGENT_JOBSTATUS") or env.get("agent.jobstatus"),
        withholds_secrets="a pull request from a fork"
        if env.get("SYSTEM_PULLREQUEST_ISFORK", "").lower() == "true"
        else None,
    )


def _job(run: CiRun, env: Mapping[str, str]) -> CiRun:
    build = env.get("BUILD_BUILDID")
    page = f"{_page(env)}/_build/results?buildId={build}" if _page(env) and build else None
    several = (number(env.get("SYSTEM_TOTALJOBSINPHASE")) or 1) > 1
    position = number(env.get("SYSTEM_JOBPOSITIONINPHASE"))
    job = env.get("SYSTEM_JOBID")
    return run._replace(
        workflow=path("definitions", env.get("SYSTEM_DEFINITIONID")),
        workflow_name=env.get("BUILD_DEFINITIONNAME"),
        run_id=build,
        run_number=number(build),
        run_attempt=number(env.get("SYSTEM_STAGEATTEMPT")) or 1,
        # In a stage without a name it is `__default`.
        job="/".join(
            env[name] for name in ("SYSTEM_STAGENAME", "SYSTEM_PHASENAME") if env.get(name)
        ).removeprefix("__default/")
        or None,
        job_id=job,
        job_attempt=number(env.get("SYSTEM_JOBATTEMPT")) or 1,
        leg=position - 1 if several and position else None,
        run_url=page,
        job_url=f"{page}&view=logs&j={job}" if page and job else None,
        environment=env.get("ENVIRONMENT_NAME"),
        run_started_at=time(env.get("SYSTEM_PIPELINESTARTTIME")),
    )


def _release(run: CiRun, env: Mapping[str, str]) -> CiRun:
    started = time(env.get("RELEASE_DEPLOYMENT_STARTTIME"))
    return run._replace(
        workflow=path("releases", env.get("RELEASE_DEFINITIONID")),
        workflow_name=env.get("RELEASE_DEFINITIONNAME"),
        run_id=path("releases", env.get("RELEASE_RELEASEID")),
        # It rises with every deployment of the collection, also with that of an old release.
        run_number=number(env.get("RELEASE_DEPLOYMENTID")),
        run_attempt=number(env.get("RELEASE_ATTEMPTNUMBER")) or 1,
        job=env.get("AGENT_JOBNAME"),
        job_id=env.get("RELEASE_DEPLOYMENTID"),
        actor=env.get("RELEASE_DEPLOYMENT_REQUESTEDFOR"),
        author_email=None,
        run_url=env.get("RELEASE_RELEASEWEBURL"),
        environment=env.get("RELEASE_ENVIRONMENTNAME"),
        run_started_at=started,
        job_started_at=started,
    )


def _page(env: Mapping[str, str]) -> str | None:
    collection = env.get("SYSTEM_COLLECTIONURI") or env.get("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI")
    project = path(env.get("SYSTEM_TEAMPROJECT"))
    return f"{collection.rstrip('/')}/{project}" if collection and project else None


def _server(env: Mapping[str, str]) -> str | None:
    """Name the project; an organisation has two addresses, of which one is settled on."""
    found = address(_page(env))
    old = re.match(r"([\w-]+)\.visualstudio\.com/", found or "", re.ASCII)
    return f"dev.azure.com/{old[1]}/{found[old.end() :]}" if found and old else found


def _run_path(run: CiRun) -> str | None:
    if run.run_id and run.run_id.startswith("releases/"):
        return below(run.run_id, "deployments", run.job_id)
    return path("builds", run.run_id)


def _job_path(run: CiRun) -> str | None:
    if run.run_id and run.run_id.startswith("releases/"):
        return below(_run_path(run), "jobs", run.job) if run.job else _run_path(run)
    attempt = f"{run.run_attempt or 1}.{run.job_attempt or 1}"
    return below(_run_path(run), "jobs", run.job_id, "attempts", attempt)


def _pipeline_job(run: CiRun) -> str | None:
    return below(run.workflow, "jobs", *(run.job or "").split("/")) if run.job else None


def _job_number(run: CiRun) -> int | None:
    if run.run_id and run.run_id.startswith("releases/"):
        return run.run_number
    stage, job = run.run_attempt or 1, run.job_attempt or 1
    if stage > STAGE_ATTEMPTS or job > JOB_ATTEMPTS:
        raise ValueError(
            f"attempt {stage} of the stage or {job} of the job is above {JOB_ATTEMPTS}, more than "
            "a derived number has room for. Give sequence-number, higher for each deployment."
        )
    # Retrying keeps the build's id.
    return pack(run.run_number, stage * (JOB_ATTEMPTS + 1) + job, run.leg or 0)


SYSTEM = System(
    "azure",
    "Azure Pipelines",
    detect,
    parse,
    Naming(
        run=_run_path,
        job=_job_path,
        pipeline=lambda run: run.workflow,
        pipeline_job=_pipeline_job,
        # A retried stage belongs to the same build, which counts no attempts of the whole.
        run_number=lambda run: run.run_number,
        job_number=_job_number,
    ),
    surfaces=Surfaces(("INPUT_",)),
    workspace="$BUILD_SOURCESDIRECTORY",
    # Of a stage of a classic release, which has no other word for a deployment that failed.
    outcomes={"rejected": "failure"},
    hints={
        "state": "run the step with `condition: always()`, where $(Agent.JobStatus) is set",
        "external-event-source-id": "$(Build.Repository.Uri)",
    },
)
