"""Identifying: runs of three CI systems, and the event that each is."""

from __future__ import annotations

from datetime import UTC, datetime

from compass_action.ci import SYSTEMS
from compass_action.ci.run import CiRun
from compass_action.event import identity
from compass_action.event.facts import Facts
from compass_action.inputs.table import Inputs
from compass_action.tracking import Identity

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
GITHUB = CiRun(
    "github",
    repository_url="https://github.com/acme/shop",
    workflow=".github/workflows/deploy.yml",
    run_id="7421",
    run_number=96,
    run_attempt=2,
    job="test",
    environment="production",
)
CALLED = GITHUB._replace(
    job="deploy", called="acme/ci/.github/workflows/release.yml", job_id="41234567890"
)
BITBUCKET = CiRun(
    "bitbucket",
    repository_url="https://bitbucket.org/acme/shop",
    workflow="bitbucket-pipelines.yml",
    run_id="218",
    run_number=218,
    job_id="8a1c",
    job_attempt=2,
    environment="Production",
    environment_id="e5f1a7d0",
)
GITLAB = CiRun(
    "gitlab",
    repository_url="https://gitlab.com/acme/shop",
    workflow=".gitlab-ci.yml",
    run_id="901",
    run_number=17,
    job="deploy: [eu, prod/1]",
    job_id="7788",
    environment="Production",
    environment_id="production-x1y2z3",
)
JOB, RUN = Inputs(), Inputs(scope="run")


def identify(kind: str, inputs: Inputs, run: CiRun) -> Identity:
    return identity.identify(Facts(kind, inputs, SYSTEMS[run.system], run, NOON))
