"""Harness CI, and what a step of Harness CD is handed.

https://developer.harness.io/docs/continuous-integration/use-ci/optimize-and-more/ci-env-var/
"""

from __future__ import annotations

from collections.abc import Mapping

from compass_action.inputs.given import Surfaces
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .drone import source
from .reading import address, given, number, pull_request_url, repository_url, time
from .run import CiRun
from .system import Naming, System, below, pack, path


def detect(env: Mapping[str, str]) -> bool:
    """Recognise Harness, which looks like Drone."""
    return bool(env.get("HARNESS_PIPELINE_ID") and env.get("HARNESS_BUILD_ID"))


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the execution from `HARNESS_*`, and the code from Drone's names."""
    env = given(snapshot.env)
    found = source(env)
    repository = found.repository_url or repository_url(env.get("CI_REPO_LINK"))
    page = env.get("DRONE_BUILD_LINK") or env.get("CI_BUILD_LINK")
    account = [env.get(f"HARNESS_{name}_ID") for name in ("ACCOUNT", "ORG", "PROJECT")]
    project = path(*account, env.get("HARNESS_PIPELINE_ID"))
    host = (address(page) or "app.harness.io").partition("/")[0]
    several = (number(env.get("HARNESS_NODE_TOTAL")) or 1) > 1
    return found._replace(
        system="harness",
        repository_url=repository,
        server=f"{host}/{project}" if project else None,
        workflow_name=env.get("HARNESS_PIPELINE_ID"),
        run_id=env.get("HARNESS_EXECUTION_ID"),
        run_number=number(env.get("HARNESS_BUILD_ID")),
        job=env.get("HARNESS_STAGE_ID"),
        leg=number(env.get("HARNESS_NODE_INDEX")) if several else None,
        pull_request_url=pull_request_url(repository, found.pull_request),
        run_url=page,
        run_started_at=time(env.get("DRONE_BUILD_STARTED")),
        status=env.get("DRONE_STAGE_STATUS") or env.get("DRONE_BUILD_STATUS"),
    )


def _run(run: CiRun) -> str | None:
    return path("executions", run.run_id)


def _job(run: CiRun) -> str | None:
    found = below(_run(run), "stages", run.job)
    return found if run.leg is None else below(found, run.leg)


SYSTEM = System(
    "harness",
    "Harness",
    detect,
    parse,
    Naming(
        run=_run,
        job=_job,
        pipeline=lambda run: "executions",
        pipeline_job=lambda run: path("stages", run.job),
        run_number=lambda run: run.run_number,
        job_number=lambda run: pack(run.run_number, 0, run.leg or 0),
    ),
    surfaces=Surfaces(("PLUGIN_",)),
    workspace="$DRONE_WORKSPACE",
    hints={
        "state": "<+pipeline.stages.STAGE.status>, in a step whose condition is to run always",
        "environment": "<+env.name>",
        "external-event-source-id": "<+codebase.repoUrl>",
        "sequence-number": "<+pipeline.sequenceId>",
    },
)
