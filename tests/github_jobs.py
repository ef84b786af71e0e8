"""Jobs on GitHub that use action.yml, for the tests: fixtures, and readers of what a job leaves.

A test module takes the fixtures by name (`report = jobs.report`), so that another one can have its own
`execute`: here the stages are processes, in tests/image they are containers of the built image.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.github_runner import Evaluate, Execute, Job, JobResult, UsesStep, as_process, uses
from tests.github_runner.expressions import evaluate

ROOT = Path(__file__).parents[1]
MAIN = "/usr/local/bin/compass-event"
POST = "/usr/local/bin/compass-event-post"

EMAIL = "bot@acme.example"
TOKEN = "correct-horse-battery-staple"
CLOUD = "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component"
SHOP = f"{CLOUD}/30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
CART = f"{CLOUD}/30307f94-33fc-4613-b40d-651fee166c5e/1e475014-8422-4f5f-adb2-f37a725dc698"

# The run of tests/github_runner/contexts.json.
RUN = "github.com/acme/shop/runs/7421"
CHECK_RUN = 51_725_241_954
"""The check run of a test's first job; each further job has the next one."""
DEPLOYMENTS = "github.com/acme/shop/.github/workflows/deploy.yml/jobs/deploy"

Report = Callable[..., UsesStep]
RunJob = Callable[..., JobResult]


class Shown(NamedTuple):
    """One event of the feed."""

    type: str
    identity: tuple[object, ...]
    history: str
    """The verdict and the state of each update."""


def read_feed(sandbox: Sandbox) -> list[Shown]:
    return [
        Shown(
            event["type"],
            tuple(event["identity"].values()),
            ", ".join(f"{update['verdict']} {update['state']}" for update in event["history"]),
        )
        for event in sandbox.feed()["events"]
    ]


def tracked(end: str) -> str:
    return f"created IN_PROGRESS, overwritten {end}"


def job_path(number: int = 0, attempt: int = 1) -> str:
    """The id of the build that a test's job is, counted from 0."""
    return f"{RUN}/attempts/{attempt}/jobs/{CHECK_RUN + number}"


def read_sent(sandbox: Sandbox) -> list[Any]:
    """The parts (buildProperties or deploymentProperties) of all requests, accepted or not."""
    bodies = [json.loads(request.body)["event"] for request in sandbox.requests]
    return [body[kind][f"{kind}Properties"] for body in bodies for kind in body]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(credentials=(EMAIL, TOKEN)) as server:
        yield server


@pytest.fixture
def execute() -> Execute:
    program = [sys.executable, "-I", str(ROOT / "entrypoint.py")]
    return as_process({MAIN: program, POST: [*program, "post"]})


@pytest.fixture
def evaluator() -> Evaluate:
    return evaluate


@pytest.fixture
def report(sandbox: Sandbox) -> Report:
    """Make a step that uses the action; names of inputs with underscores."""
    asked = {
        "api-url": sandbox.url,
        "email": EMAIL,
        "api-token": "${{ secrets.COMPASS_API_TOKEN }}",
        "component-id": SHOP,
    }

    def make(name: str = "", condition: str = "success()", **inputs: str) -> UsesStep:
        given = asked | {key.replace("_", "-"): text for key, text in inputs.items()}
        return uses(given, name=name, condition=condition)

    return make


@pytest.fixture
def owner() -> int | None:
    """The user that the runner's files belong to, where it is another one."""
    return None


@pytest.fixture
def run_job(tmp_path: Path, execute: Execute, evaluator: Evaluate, owner: int | None) -> RunJob:
    """Run a job on a runner of its own; `github`, `job`, `strategy` and so on are laid over its."""
    runners: list[Path] = []

    def run(*steps: Any, **contexts: Any) -> JobResult:
        runners.append(tmp_path / f"runner-{len(runners)}")
        secrets = {"COMPASS_API_TOKEN": TOKEN}
        own = {"check_run_id": CHECK_RUN + len(runners) - 1}
        contexts["job"] = own | contexts.get("job", {})
        job = Job(
            ROOT,
            workspace=runners[-1] / "shop" / "shop",
            temp=runners[-1] / "_temp",
            execute=execute,
            evaluate=evaluator,
            owner=owner,
            **{"secrets": secrets, **contexts},
        )
        result = job.run(steps)
        # What the runner cannot parse fails the step, so a misspelt command cannot go unseen.
        assert [one.failures for one in result.steps if one.failures] == []
        return result

    return run
