"""A job of GitLab's that has failed, and the events that are built of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from compass_action.ci import SYSTEMS
from compass_action.ci.run import CiRun
from compass_action.event import build
from compass_action.event.event import Events
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOON_MS = 1_795_435_200_000
SITE = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e"
)
ONE, TWO = (f"{SITE}/c34578a8-98c2-43e3-8b47-ee9b4fe598e{n}" for n in (1, 2))
RUN = CiRun(
    "gitlab", "https://gitlab.com/acme/shop", workflow=".gitlab-ci.yml", workflow_name="Shop", run_id="9",
    job="test", job_id="7", run_url="https://gitlab.com/run", job_url="https://gitlab.com/job",
    job_started_at=NOON - timedelta(hours=1),
)  # fmt: skip
PATH = "gitlab.com/acme/shop/pipelines/9/jobs/7"
FAILED = Inputs(component_id=(ONE,), state="failed")


def built(inputs: Inputs = FAILED, run: CiRun = RUN, **more: Any) -> Events:
    taken = more.pop("taken", Snapshot({}, NOON))
    system = more.pop("system", SYSTEMS[run.system])
    return build(inputs, run, system, taken, **more)
