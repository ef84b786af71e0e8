"""An outbox that root has written in a container."""

from __future__ import annotations

from pathlib import Path

from compass_action.sandbox import Sandbox
from tests import github_jobs as jobs
from tests.image import github_stages as stages

sandbox, report, run_job = jobs.sandbox, jobs.report, jobs.run_job
execute, evaluator, owner = stages.execute, stages.evaluator, stages.owner


def test_an_outbox_belongs_to_the_runners_user(
    run_job: jobs.RunJob, report: jobs.Report, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Root writes it in the container; the step that keeps it as an artifact is not root."""
    sandbox.add_faults([{"status": 403}])
    job = run_job(report(outbox="outbox.jsonl"))
    assert job.stage("main").outputs["outcome"] == "spooled"
    (outbox,) = tmp_path.rglob("outbox.jsonl")
    assert (outbox.stat().st_uid, outbox.stat().st_mode & 0o777) == (1001, 0o600)
