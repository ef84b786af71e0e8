"""A job of GitLab's that deploys, and the part of each event that its facts lead to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from compass_action.ci import SYSTEMS
from compass_action.ci.run import CiRun
from compass_action.event.facts import Facts
from compass_action.event.part import Part
from compass_action.event.parts import build_part
from compass_action.inputs.table import Inputs

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEN, ELEVEN = NOON.replace(hour=10), NOON.replace(hour=11)
AT_TEN, AT_ELEVEN, AT_NOON = (f"2026-11-23T{hour}:00:00Z" for hour in (10, 11, 12))
RUN = CiRun(
    "gitlab", "https://gitlab.com/acme/shop", workflow=".gitlab-ci.yml", workflow_name="Shop", run_id="9",
    job="deploy", job_id="7", run_url="https://gitlab.com/acme/shop/-/pipelines/9", job_started_at=TEN,
)  # fmt: skip
PATH = "gitlab.com/acme/shop/pipelines/9/jobs/7"
PIPELINE = {
    "pipelineId": PATH,
    "displayName": "Shop / deploy",
    "url": "https://gitlab.com/acme/shop/-/pipelines/9",
}
LIVE = {"category": "PRODUCTION", "displayName": "Live", "environmentId": "live"}


def part(event_type: str, asked: dict[str, Any], run: CiRun = RUN, **known: Any) -> Part:
    facts = Facts(event_type, Inputs(**asked), SYSTEMS[run.system], run, NOON)
    return build_part(facts._replace(**known))
