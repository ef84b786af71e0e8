"""The examples for GitHub as they stand: their steps that use the action, on the simulated runner,
with what GitHub would hand them, in the image, with GitHub's own evaluator of expressions.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from compass_action.sandbox import Sandbox
from tests.github_runner import Evaluate, Execute, Job, step, uses
from tests.github_runner.expressions import is_met
from tests.image import github_stages as stages
from tests.image.engine import COMPONENT, DATA, EMAIL, ROOT, TOKEN

evaluator, execute = stages.evaluator, stages.execute

CASES = json.loads((DATA / "github-examples.json").read_text())


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A checkout with a component at its root, and those of a monorepo."""
    for folder in ("", "services/cart", "libraries/web/forms"):
        path = tmp_path / "shop" / folder / "compass.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"configVersion: 1\nname: Shop\nid: {COMPONENT}\n")
    return tmp_path / "shop"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_an_example_leaves_the_events_it_promises(
    case: dict[str, Any],
    workspace: Path,
    tmp_path: Path,
    sandbox: Sandbox,
    execute: Execute,
    evaluator: Evaluate,
) -> None:
    text = (ROOT / "examples" / "github" / case["file"]).read_text()
    example = yaml.load(text, yaml.BaseLoader)["jobs"][case["job"]]  # noqa: S506 - texts only
    github = {"job": case["job"], **case.get("github", {})}
    extra = {"vars": {"COMPASS_EMAIL": EMAIL}, "needs": case.get("needs", {})}
    contexts = {
        "github": {"repository": "acme/shop", **github},
        "job": {"status": "success"},
        **extra,
    }
    if not is_met(example.get("if", "success()"), contexts, evaluator):
        assert case["events"] == []
        return
    steps = [
        uses(
            {**one["with"], "api-url": sandbox.url},
            name=one.get("id", ""),
            condition=one.get("if", "success()"),
        )
        if one.get("uses", "").startswith("compass-event/compass-event@")
        else step(name=one.get("id", ""))
        for one in example["steps"]
    ]
    result = Job(
        ROOT,
        workspace=workspace,
        temp=tmp_path / "_temp",
        execute=execute,
        github=github,
        strategy=case.get("strategy", {}),
        matrix=case.get("matrix"),
        secrets={"COMPASS_API_TOKEN": TOKEN},
        extra=extra,
        evaluate=evaluator,
        owner=1001,
    ).run(steps)
    assert result.status == "success", [one.visible_log for one in result.steps]
    shown = [
        [event["type"], list(event["identity"].values()), event["state"], event["display_name"]]
        for event in sandbox.feed()["events"]
    ]
    assert shown == case["events"]
