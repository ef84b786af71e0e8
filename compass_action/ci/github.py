"""GitHub Actions, on github.com and GitHub Enterprise Server.

https://docs.github.com/en/actions/reference/workflows-and-actions/variables
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compass_action import tracking
from compass_action.errors import Problem
from compass_action.inputs.given import Surfaces
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Place, Snapshot

from . import git
from .github_triggers import read_trigger
from .github_variables import (
    WITH_SECRETS,
    foreign_files,
    refs,
    withheld_from_fork,
    workflow_file,
)
from .reading import at, number, repository_page, repository_url
from .run import CiRun
from .system import Naming, System, below, file_path, pack, path

# Gitea and Forgejo run the same workflows and set the same variables, but have other pages and ids.
LOOK_ALIKES = ("FORGEJO_ACTIONS", "GITEA_ACTIONS")


def detect(env: Mapping[str, str]) -> bool:
    """Recognise GitHub Actions, and not its look-alikes."""
    return env.get("GITHUB_ACTIONS") == "true" and not any(env.get(name) for name in LOOK_ALIKES)


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the run from `GITHUB_*`, the trigger, and what action.yml's defaults hand over."""
    env, trigger = snapshot.env, snapshot.trigger
    slug, server = env.get("GITHUB_REPOSITORY"), env.get("GITHUB_SERVER_URL", "https://github.com")
    page = repository_page(f"{server}/{slug}") if slug else None
    run_url = job_url = None
    if page and env.get("GITHUB_RUN_ID"):
        run_url = f"{page}/actions/runs/{env['GITHUB_RUN_ID']}"
        if inputs.check_run_id:
            job_url = f"{run_url}/job/{inputs.check_run_id}"
        run_url += f"/attempts/{env.get('GITHUB_RUN_ATTEMPT') or 1}"
    run = CiRun(
        system="github",
        repository_url=repository_url(page),
        workflow=workflow_file(env),
        workflow_name=env.get("GITHUB_WORKFLOW") or None,
        run_id=env.get("GITHUB_RUN_ID") or None,
        run_number=number(env.get("GITHUB_RUN_NUMBER")),
        run_attempt=number(env.get("GITHUB_RUN_ATTEMPT")) or 1,
        job=env.get("GITHUB_JOB") or None,
        job_id=str(inputs.check_run_id) if inputs.check_run_id else None,
        leg=inputs.job_index if (inputs.job_total or 1) > 1 else None,
        called=_called_file(inputs.workflow_ref, env),
        actor=env.get("GITHUB_TRIGGERING_ACTOR") or env.get("GITHUB_ACTOR") or None,
        author_name=at(trigger, "head_commit.author.name"),
        author_email=at(trigger, "head_commit.author.email"),
        run_url=run_url,
        job_url=job_url,
        status=inputs.job_status,
        withholds_secrets=_withholds_secrets(env, trigger),
        **foreign_files(env, trigger, git.parse(snapshot.git).commit),
        rehearsal="act" if env.get("ACT") == "true" else None,
        remarks=_remarks(inputs),
    )
    read = read_trigger(env.get("GITHUB_EVENT_NAME", ""), trigger, inputs)
    return run._replace(**(refs(env) | read))


def _remarks(inputs: Inputs) -> tuple[str, ...]:
    if inputs.check_run_id or inputs.workflow_ref:
        return ()
    return (
        "This server tells neither the job's check run nor its workflow. If one run calls a reusable "
        "workflow twice, give each call its pipeline-id, or their events overwrite each other.",
    )


def _called_file(workflow_ref: str | None, env: Mapping[str, str]) -> str | None:
    """Take the file of the workflow that the job stands in, if another one calls it."""
    if not workflow_ref or workflow_ref == env.get("GITHUB_WORKFLOW_REF"):
        return None
    return workflow_ref.partition("@")[0]


def _withholds_secrets(env: Mapping[str, str], trigger: Mapping[str, Any]) -> str | None:
    """Say why GitHub hands no secrets to this run, if it does not."""
    if env.get("GITHUB_ACTOR") == "dependabot[bot]":
        return "a run that Dependabot started"
    return withheld_from_fork(env, trigger)


def _run_path(run: CiRun) -> str | None:
    return path("runs", run.run_id, "attempts", run.run_attempt)


def _job_path(run: CiRun) -> str | None:
    """Name a job by its check run, as GitHub's own addresses do; it is another one for each leg,
    call and attempt. Where the server does not tell it, the job's key and leg stand in.
    """
    if run.job_id:
        return below(_run_path(run), "jobs", run.job_id)
    if run.called is not None:  # its key may occur twice in the run
        return None
    found = below(_run_path(run), "jobs", run.job)
    return found if run.leg is None else below(found, run.leg)


def _pipeline_path(run: CiRun) -> str | None:
    if run.deployment_task:
        return path("deployments", run.deployment_task)
    return file_path(run.workflow)


def _pipeline_job_path(run: CiRun) -> str | None:
    pipeline = _pipeline_path(run)
    if run.deployment_task:
        return pipeline
    # The file that is called, without the ref it is called at, keeps these jobs apart from the
    # caller's own of the same key.
    if run.called is not None:
        pipeline = pipeline and f"{pipeline}/calls/{file_path(run.called)}"
    return below(pipeline, "jobs", run.job)


def _run_number(run: CiRun) -> int | None:
    if run.deployment_task:
        return number(run.deployment_id)
    return pack(run.run_number, run.run_attempt or 1)


def _job_number(run: CiRun) -> int | None:
    if run.deployment_task:
        return number(run.deployment_id)
    # The check run's id rises with the creation of the job, over re-runs of old runs too.
    if run.job_id:
        return number(run.job_id)
    if run.called is not None:
        return None
    return pack(run.run_number, run.run_attempt or 1, run.leg or 0)


def _records(env: Mapping[str, str]) -> tuple[Place, ...]:
    folder = env.get("RUNNER_TEMP")
    return (Place(f"{folder}/{tracking.FOLDER_NAME}", tracking.FILE_NAMES),) if folder else ()


def _unfilled(inputs: Inputs) -> Iterator[Problem]:
    """Ask for what tells the legs of a matrix apart, which no variable does."""
    if inputs.scope == "job" and not inputs.check_run_id and not inputs.pipeline_id:
        what = "it is not given, so that the legs of a matrix could not be told apart. Write "
        what += "COMPASS_CHECK_RUN_ID: ${{ job.check_run_id }} under env, or give pipeline-id."
        yield Problem("check-run-id", what)


SYSTEM = System(
    "github",
    "GitHub",
    detect,
    parse,
    Naming(
        run=_run_path,
        job=_job_path,
        pipeline=_pipeline_path,
        pipeline_job=_pipeline_job_path,
        run_number=_run_number,
        job_number=_job_number,
    ),
    surfaces=Surfaces(("INPUT_",), keep_hyphens=True),
    # Of an action. For `docker://…` and `run` the variable, which no step can set, is there and empty.
    sets_inputs=lambda env: env.get("GITHUB_ACTION_REPOSITORY") != "",
    workspace="$GITHUB_WORKSPACE",
    trigger="GITHUB_EVENT_PATH",
    state="STATE_COMPASS_TRACKED",
    records=_records,
    needs_git=lambda env: env.get("GITHUB_EVENT_NAME") in WITH_SECRETS,
    checkout="Add a step with actions/checkout before this one",
    debug="RUNNER_DEBUG",
    unfilled=_unfilled,
    hints={
        "build-id": "${{ github.repository }}/runs/${{ github.run_id }}/attempts/"
        "${{ github.run_attempt }}/NAME, with another NAME for each job and call of the workflow",
    },
    speaker="github",
)
