"""What the jobs run in: processes of this machine, or with `--stages image` containers of the image."""

from __future__ import annotations

import pytest

from tests import github_jobs as jobs
from tests.github_runner import Evaluate, Execute
from tests.image import github_stages as stages

sandbox, report, run_job = jobs.sandbox, jobs.report, jobs.run_job
process_execute, image_execute = jobs.execute, stages.execute
process_evaluator, image_evaluator = jobs.evaluator, stages.evaluator
process_owner, image_owner = jobs.owner, stages.owner


@pytest.fixture
def where(pytestconfig: pytest.Config) -> str:
    """Say in which of the two."""
    return str(pytestconfig.getoption("stages"))


@pytest.fixture
def execute(request: pytest.FixtureRequest, where: str) -> Execute:
    found: Execute = request.getfixturevalue(f"{where}_execute")
    return found


@pytest.fixture
def evaluator(request: pytest.FixtureRequest, where: str) -> Evaluate:
    """Ours, or GitHub's own."""
    found: Evaluate = request.getfixturevalue(f"{where}_evaluator")
    return found


@pytest.fixture
def owner(request: pytest.FixtureRequest, where: str) -> int | None:
    found: int | None = request.getfixturevalue(f"{where}_owner")
    return found
