"""GitHub: whole jobs that use action.yml, and the events that they leave.

The runner is simulated (tests/github_runner), the program is real: as a process, and once more, with
`--stages image`, in the containers of the built image.
"""

from __future__ import annotations

import pytest

from compass_action.errors import InputError
from compass_action.sandbox import Sandbox
from tests.github_jobs import (
    CART,
    CHECK_RUN,
    DEPLOYMENTS,
    RUN,
    SHOP,
    Report,
    RunJob,
    Shown,
    job_path,
    read_feed,
    read_sent,
    tracked,
)
from tests.github_runner import step
from tests.github_runner.steps import Outcome
from tests.moments import in_order


@pytest.mark.parametrize(
    ("ends", "state"),
    [("success", "SUCCESSFUL"), ("failure", "FAILED"), ("cancelled", "CANCELLED")],
)
def test_a_tracked_job_is_one_event_from_start_to_end(
    run_job: RunJob, report: Report, sandbox: Sandbox, ends: Outcome, state: str
) -> None:
    """The post stage is another process; identity and start reach it through GITHUB_STATE."""
    job = run_job(report(track="true"), step(ends))
    assert job.status == ends
    assert read_feed(sandbox) == [Shown("build", (job_path(),), tracked(state))]
    begun, ended = read_sent(sandbox)
    assert "completedAt" not in begun
    assert begun["startedAt"] == ended["startedAt"]
    assert in_order(ended["startedAt"], ended["completedAt"])


def test_a_tracked_deployment_says_so_from_its_start(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    run_job(report(track="true", environment="production"), step("failure"))
    identity = (DEPLOYMENTS, "production", CHECK_RUN)
    assert read_feed(sandbox) == [Shown("deployment", identity, tracked("FAILED"))]
    begun, ended = read_sent(sandbox)
    assert begun["startedAt"] == ended["startedAt"]
    assert in_order(ended["startedAt"], ended["completedAt"])
    assert begun["environment"] == ended["environment"]
    assert ended["environment"]["category"] == "PRODUCTION"


def test_a_rerun_leaves_the_failure_as_it_was(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    """GitHub keeps the run's id and number, and counts the attempts."""
    run_job(report(track="true"), step("failure"))
    run_job(report(track="true"), step(), github={"run_attempt": "2"})
    assert read_feed(sandbox) == [
        Shown("build", (job_path(),), tracked("FAILED")),
        Shown("build", (job_path(1, attempt=2),), tracked("SUCCESSFUL")),
    ]


def test_every_leg_of_a_matrix_is_a_build(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    """GITHUB_JOB is the same in all of them; each has a check run of its own."""
    legs: tuple[Outcome, ...] = ("success", "failure", "success")
    for leg, ends in enumerate(legs):
        strategy = {"job-index": leg, "job-total": 3}
        run_job(report(track="true"), step(ends), strategy=strategy, matrix={"python": leg})
    assert read_feed(sandbox) == [
        Shown("build", (job_path(0),), tracked("SUCCESSFUL")),
        Shown("build", (job_path(1),), tracked("FAILED")),
        Shown("build", (job_path(2),), tracked("SUCCESSFUL")),
    ]


def test_the_jobs_of_a_workflow_called_twice_are_two_builds(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    """They share key, run and attempt; only the id of the check run tells them apart."""
    called = {"workflow_ref": "acme/shop/.github/workflows/test.yml@refs/heads/main"}
    for check_run in (501, 502):
        run_job(report(track="true"), job={**called, "check_run_id": check_run})
    assert [shown.identity for shown in read_feed(sandbox)] == [
        (f"{RUN}/attempts/1/jobs/501",),
        (f"{RUN}/attempts/1/jobs/502",),
    ]


def test_an_older_server_without_newer_contexts_will_do(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    """GitHub Enterprise Server learns of `job.check_run_id` and `job.workflow_ref` later."""
    job = {"check_run_id": None, "workflow_ref": None}
    run_job(report(track="true"), job=job, github={"server_url": "https://git.acme.example"})
    path = "git.acme.example/acme/shop/runs/7421/attempts/1/jobs/deploy"
    assert read_feed(sandbox) == [Shown("build", (path,), tracked("SUCCESSFUL"))]


def test_without_track_the_outcome_so_far_is_reported_once(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    """And a build whose start nobody knows has no end either: no duration is invented."""
    job = run_job(step("failure"), report(condition="always()"), step())
    assert read_feed(sandbox) == [Shown("build", (job_path(),), "created FAILED")]
    assert "completedAt" not in read_sent(sandbox)[0]
    assert (job.stage("post").visible_log, job.stage("post").summary) == ("", None)


def test_a_skipped_main_has_no_end(run_job: RunJob, report: Report, sandbox: Sandbox) -> None:
    job = run_job(step("failure"), report(track="true"))
    assert [(one.stage, one.outcome) for one in job.steps] == [
        ("main", "failure"),
        ("main", "skipped"),
    ]
    assert sandbox.requests == []


@pytest.mark.parametrize(
    "wrong",
    [{"component_id": "shop"}, {"ci": "hudson"}, {"timeout": "soon"}, {"event_type": "incident"}],
    ids=str,
)
def test_what_never_began_is_not_ended(
    run_job: RunJob, report: Report, sandbox: Sandbox, wrong: dict[str, str]
) -> None:
    """Wrong inputs fail the step once and are told once."""
    job = run_job(report(track="true", **wrong))
    main, post = job.stage("main"), job.stage("post")
    assert (main.exit_code, post.exit_code, job.status) == (2, 0, "failure")
    assert [(one.kind, one.title) for one in main.annotations] == [("error", InputError.headline)]
    assert (post.visible_log, post.summary) == ("", None)
    assert sandbox.requests == []


def test_a_start_that_was_not_delivered_is_made_good_by_the_end(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    """The end has the same identity and the true start."""
    sandbox.add_faults([{"status": 403}])
    job = run_job(report(track="true"), step("failure"))
    assert job.stage("main").outputs["outcome"] == "failed"
    assert read_feed(sandbox) == [Shown("build", (job_path(),), "created FAILED")]
    refused, ended = read_sent(sandbox)
    assert refused["startedAt"] == ended["startedAt"]
    assert in_order(ended["startedAt"], ended["completedAt"])


def test_an_environment_known_only_later_makes_no_second_event(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    """The runner evaluates the inputs again for the post stage, and some have changed by then."""
    later = report(track="true", environment="${{ steps.choose.outcome }}", component_id=SHOP)
    job = run_job(later, step(name="choose"))
    assert job.stage("main").env["INPUT_ENVIRONMENT"] == ""
    assert job.stage("post").env["INPUT_ENVIRONMENT"] == "success"
    assert read_feed(sandbox) == [Shown("build", (job_path(),), tracked("SUCCESSFUL"))]


def test_inputs_that_change_make_no_second_event(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    changing = report(
        track="true",
        environment="${{ job.status }}",
        pipeline_id="shop ${{ job.status }}",
        sequence_number="${{ steps.choose.outputs.number }}",
        component_id=f"{SHOP}\n${{{{ steps.choose.outputs.components }}}}",
    )
    run_job(changing, step("failure", name="choose"))
    identity = ("shop success", "success", CHECK_RUN)
    assert read_feed(sandbox) == [Shown("deployment", identity, tracked("FAILED"))]
    begun, ended = read_sent(sandbox)
    assert begun["environment"] == ended["environment"]


def test_two_tracked_steps_of_a_job_end_their_own_events(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    build, deployment = report(track="true"), report(track="true", environment="production")
    run_job(build, step(), deployment, step("failure"))
    identity = (DEPLOYMENTS, "production", CHECK_RUN)
    assert read_feed(sandbox) == [
        Shown("build", (job_path(),), tracked("FAILED")),
        Shown("deployment", identity, tracked("FAILED")),
    ]


def test_every_component_is_told_the_end(run_job: RunJob, report: Report, sandbox: Sandbox) -> None:
    run_job(report(track="true", component_id=f"{SHOP}\n{CART}"))
    shown = Shown("build", (job_path(),), tracked("SUCCESSFUL"))
    assert read_feed(sandbox) == [shown, shown]
    assert [event["component_id"] for event in sandbox.feed()["events"]] == [SHOP, CART]
