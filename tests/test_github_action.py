"""GitHub: whole jobs that use action.yml, and the feed that they leave.

The runner is simulated (tests/github_runner), the program is real: here as a process; and once more,
in tests/image/test_github_stages.py, in the containers of the built image.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from compass_action.errors import InputError
from compass_action.sandbox import Sandbox, running_sandbox
from tests.github_runner import Evaluate, Execute, Job, JobResult, UsesStep, as_process, step, uses
from tests.github_runner.expressions import evaluate
from tests.github_runner.steps import Outcome

ROOT = Path(__file__).parents[1]
POST = "/usr/local/bin/compass-event-post"

EMAIL = "bot@acme.example"
TOKEN = "correct-horse-battery-staple"
CLOUD = "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component"
SHOP = f"{CLOUD}/30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
CART = f"{CLOUD}/30307f94-33fc-4613-b40d-651fee166c5e/1e475014-8422-4f5f-adb2-f37a725dc698"

# The run of tests/github_runner/contexts.json.
RUN = "github.com/acme/shop/runs/7421"
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
    return as_process({None: program, POST: [*program, "post"]})


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
    assert read_feed(sandbox) == [
        Shown("build", (f"{RUN}/attempts/1/jobs/deploy",), tracked(state))
    ]
    begun, ended = read_sent(sandbox)
    assert "completedAt" not in begun
    assert begun["startedAt"] == ended["startedAt"] <= ended["completedAt"]


def test_a_tracked_deployment_says_so_from_its_start(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    run_job(report(track="true", environment="production"), step("failure"))
    identity = (DEPLOYMENTS, "production", 42_001_000)
    assert read_feed(sandbox) == [Shown("deployment", identity, tracked("FAILED"))]
    begun, ended = read_sent(sandbox)
    assert begun["startedAt"] == ended["startedAt"] <= ended["completedAt"]
    assert begun["environment"] == ended["environment"]
    assert ended["environment"]["category"] == "PRODUCTION"


def test_a_rerun_leaves_the_failure_as_it_was(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    """GitHub keeps the run's id and number, and counts the attempts."""
    run_job(report(track="true"), step("failure"))
    run_job(report(track="true"), step(), github={"run_attempt": "2"})
    assert read_feed(sandbox) == [
        Shown("build", (f"{RUN}/attempts/1/jobs/deploy",), tracked("FAILED")),
        Shown("build", (f"{RUN}/attempts/2/jobs/deploy",), tracked("SUCCESSFUL")),
    ]


def test_every_leg_of_a_matrix_is_a_build(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    """GITHUB_JOB is the same in all of them; the context `strategy` tells them apart."""
    legs: tuple[Outcome, ...] = ("success", "failure", "success")
    for leg, ends in enumerate(legs):
        strategy = {"job-index": leg, "job-total": 3}
        run_job(report(track="true"), step(ends), strategy=strategy, matrix={"python": leg})
    path = f"{RUN}/attempts/1/jobs/deploy"
    assert read_feed(sandbox) == [
        Shown("build", (f"{path}/0",), tracked("SUCCESSFUL")),
        Shown("build", (f"{path}/1",), tracked("FAILED")),
        Shown("build", (f"{path}/2",), tracked("SUCCESSFUL")),
    ]


def test_the_jobs_of_a_workflow_called_twice_are_two_builds(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    """They share key, run and attempt; only the id of the check run tells them apart."""
    called = {"workflow_ref": "acme/shop/.github/workflows/test.yml@refs/heads/main"}
    for check_run in (501, 502):
        run_job(report(track="true"), job={**called, "check_run_id": check_run})
    assert [shown.identity for shown in read_feed(sandbox)] == [
        (f"{RUN}/attempts/1/jobs/deploy/501",),
        (f"{RUN}/attempts/1/jobs/deploy/502",),
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
    assert read_feed(sandbox) == [
        Shown("build", (f"{RUN}/attempts/1/jobs/deploy",), "created FAILED")
    ]
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
    assert read_feed(sandbox) == [
        Shown("build", (f"{RUN}/attempts/1/jobs/deploy",), "created FAILED")
    ]
    refused, ended = read_sent(sandbox)
    assert refused["startedAt"] == ended["startedAt"] <= ended["completedAt"]


def test_an_environment_known_only_later_makes_no_second_event(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    """The runner evaluates the inputs again for the post stage, and some have changed by then."""
    later = report(track="true", environment="${{ steps.choose.outcome }}", component_id=SHOP)
    job = run_job(later, step(name="choose"))
    assert job.stage("main").env["INPUT_ENVIRONMENT"] == ""
    assert job.stage("post").env["INPUT_ENVIRONMENT"] == "success"
    assert read_feed(sandbox) == [
        Shown("build", (f"{RUN}/attempts/1/jobs/deploy",), tracked("SUCCESSFUL"))
    ]


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
    identity = ("shop success", "success", 42_001_000)
    assert read_feed(sandbox) == [Shown("deployment", identity, tracked("FAILED"))]
    begun, ended = read_sent(sandbox)
    assert begun["environment"] == ended["environment"]


def test_two_tracked_steps_of_a_job_end_their_own_events(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    build, deployment = report(track="true"), report(track="true", environment="production")
    run_job(build, step(), deployment, step("failure"))
    identity = (DEPLOYMENTS, "production", 42_001_000)
    assert read_feed(sandbox) == [
        Shown("build", (f"{RUN}/attempts/1/jobs/deploy",), tracked("FAILED")),
        Shown("deployment", identity, tracked("FAILED")),
    ]


def test_every_component_is_told_the_end(run_job: RunJob, report: Report, sandbox: Sandbox) -> None:
    run_job(report(track="true", component_id=f"{SHOP}\n{CART}"))
    shown = Shown("build", (f"{RUN}/attempts/1/jobs/deploy",), tracked("SUCCESSFUL"))
    assert read_feed(sandbox) == [shown, shown]
    assert [event["component_id"] for event in sandbox.feed()["events"]] == [SHOP, CART]


@pytest.mark.parametrize(
    ("on_error", "kind", "status"), [("warn", "warning", "success"), ("fail", "error", "failure")]
)
def test_a_failed_delivery_fails_the_job_only_if_asked_to(
    run_job: RunJob, report: Report, sandbox: Sandbox, on_error: str, kind: str, status: str
) -> None:
    sandbox.add_faults([{"status": 403, "times": 2}])
    job = run_job(report(track="true", on_error=on_error))
    assert job.status == status
    for stage in (job.stage("main"), job.stage("post")):
        found = [(one.kind, one.title) for one in stage.annotations if one.kind != "notice"]
        assert found == [(kind, "Compass denied permission")]


def test_a_fork_is_told_why_nothing_was_sent(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    pull = {
        "number": 7,
        "head": {"sha": "a" * 40, "repo": {"full_name": "mona/shop"}},
        "base": {"repo": {"full_name": "acme/shop"}},
    }
    github = {"event_name": "pull_request", "event": {"pull_request": pull}}
    job = run_job(report(track="true"), github=github, secrets={})
    assert job.status == "success"
    assert job.stage("main").outputs["outcome"] == "skipped"
    assert [one.title for one in job.stage("main").annotations] == ["Nothing was sent"]
    assert job.stage("post").visible_log == ""
    assert sandbox.requests == []


def test_outputs_can_be_used_by_later_steps(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    first = report(name="first", environment="production")
    second = report(
        name="second",
        event_type="build",
        pipeline_id="${{ steps.first.outputs.pipeline-id }} ${{ steps.first.outputs.outcome }}",
    )
    job = run_job(first, second)
    assert read_feed(sandbox)[1].identity == (f"{DEPLOYMENTS} accepted",)
    sent = json.loads(sandbox.requests[0].body)
    number = sent["event"]["deployment"]["updateSequenceNumber"]
    outputs = dict(job.stage("main", "first").outputs)
    assert json.loads(outputs.pop("payload")) == sent
    assert outputs == {
        "outcome": "accepted",
        "event-type": "deployment",
        "state": "SUCCESSFUL",
        "component-ids": SHOP,
        "pipeline-id": DEPLOYMENTS,
        "environment-id": "production",
        "sequence-number": "42001000",
        "update-sequence-number": str(number),
        "http-status": "202",
        "send-attempts": "1",
    }


def test_the_summary_is_a_table_with_a_row_for_each_component(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    sandbox.add_faults([{"status": 403}])
    asked = report(component_id=f"{SHOP},{CART}", display_name="Shop #42", environment="qa")
    job = run_job(asked)
    url = "https://github.com/acme/shop/actions/runs/7421/job/51725241954"
    event = f"deployment `SUCCESSFUL` [`Shop #42`]({url})"
    failed = "failed: `Compass denied permission. HTTP 403"
    summary = job.stage("main").summary
    assert summary is not None
    lines = summary.splitlines()
    assert lines[:3] == ["", "| Component | Event | Result |", "| --- | --- | --- |"]
    assert lines[3].startswith(f"| `c34578a8-98c2-43e3-8b47-ee9b4fe598e4` | {event} | {failed}")
    assert lines[4] == f"| `1e475014-8422-4f5f-adb2-f37a725dc698` | {event} | accepted |"
    assert len(lines) == 5


def test_strangers_text_is_no_command_and_no_markup(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    """A branch or a commit's title can be named by anybody, and the server's answer too."""
    hostile = "x`|](https://evil.example)<b>\n::error::forged\n##[warning]forged %0A::notice::f"
    body = {"errors": [{"type": "FORMAT_INVALID", "message": f"{hostile} {TOKEN}"}]}
    sandbox.add_faults([{"status": 400, "body": json.dumps(body)}])
    job = run_job(report(display_name=hostile, description=hostile, debug="true"))
    main = job.stage("main")
    assert [(one.kind, one.title) for one in main.annotations if one.kind != "notice"] == [
        ("warning", "Compass refused the event")
    ]
    assert {command.name for command in main.commands} == {"add-mask", "notice", "warning"}
    assert main.summary is not None
    table = main.summary.splitlines()
    assert len(table) == 4
    assert table[3].count("|") == 4
    assert "<b>" not in table[3].replace("`", "\0").split("\0")[0::2]
    assert TOKEN not in main.summary
    assert "Debug: attempt 1" in main.visible_log
    assert json.loads(main.outputs["payload"])["event"]["build"]["displayName"].startswith("x`|")


def test_secrets_are_masked_before_anything_else_is_said(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    """The runner knows the token, but not what Basic authentication makes of it."""
    job = run_job(report(track="true", debug="true"))
    pair = base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode().rstrip("=")
    for stage in (job.stage("main"), job.stage("post")):
        lines = stage.raw_stdout.splitlines()
        masks = [line for line in lines if line.startswith("::add-mask::")]
        assert lines[: len(masks)] == masks
        assert {f"::add-mask::{TOKEN}", f"::add-mask::{pair}"} <= set(masks)
        said = "\n".join(lines[len(masks) :]) + stage.raw_stderr
        assert TOKEN not in said
        assert pair not in said
        assert TOKEN not in str(stage.outputs) + str(stage.state)


def test_arguments_of_the_main_stage_do_no_harm_in_the_post_stage(
    run_job: RunJob, report: Report, sandbox: Sandbox
) -> None:
    """The runner hands `with: args` to every stage; it is how an outbox is replayed."""
    job = run_job(report(args="replay outbox.jsonl"))
    assert (job.stage("main").args, job.status) == (("replay", "outbox.jsonl"), "success")
    assert "nothing to send" in job.stage("main").visible_log
    assert (job.stage("post").exit_code, job.stage("post").visible_log) == (0, "")
    assert sandbox.requests == []
