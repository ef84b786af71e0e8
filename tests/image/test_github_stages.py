"""The jobs of tests/test_github_action.py and test_github_report.py once more: each stage in a
container of the built image, with files that belong to the runner's user, and every expression put
to GitHub's own evaluator.

    .ci/image.sh && (cd .ci/github-expressions && npm ci && npm run build) && python -m pytest tests/image
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from compass_action.sandbox import Sandbox
from tests import github_jobs as jobs
from tests import test_github_action, test_github_report
from tests.github_runner import Evaluate, Execute, as_container, node_evaluator
from tests.image.engine import ENGINE, IMAGE, ROOT

EVALUATOR = ROOT / ".ci" / "github-expressions" / "dist" / "evaluate.cjs"

# pytest collects what a module names; `execute` and `evaluator` are asked for by name, from here.
for module in (test_github_action, test_github_report):
    globals().update({name: what for name, what in vars(module).items() if name[:5] == "test_"})
sandbox, report, run_job = jobs.sandbox, jobs.report, jobs.run_job


@pytest.fixture
def execute() -> Execute:
    return as_container(IMAGE, engine=ENGINE)


@pytest.fixture
def owner() -> int:
    """The uid of the hosted runners' user."""
    return 1001


@pytest.fixture(scope="session")
def evaluator() -> Iterator[Evaluate]:
    assert EVALUATOR.is_file(), "run npm ci && npm run build in .ci/github-expressions first"
    with node_evaluator(["node", str(EVALUATOR)]) as evaluate:
        yield evaluate


def test_an_outbox_belongs_to_the_runners_user(
    run_job: jobs.RunJob, report: jobs.Report, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Root writes it in the container; the step that keeps it as an artifact is not root."""
    sandbox.add_faults([{"status": 403}])
    job = run_job(report(outbox="outbox.jsonl"))
    assert job.stage("main").outputs["outcome"] == "spooled"
    (outbox,) = tmp_path.rglob("outbox.jsonl")
    assert (outbox.stat().st_uid, outbox.stat().st_mode & 0o777) == (1001, 0o600)
