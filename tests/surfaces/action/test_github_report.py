"""GitHub: what a job's log, annotations, outputs and summary say, and what they never do.

The runner is simulated (tests/github_runner), the program is real: as a process, and once more, with
`--stages image`, in the containers of the built image.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from compass_action.sandbox import Sandbox
from tests.github_jobs import CART, DEPLOYMENTS, EMAIL, SHOP, TOKEN, Report, RunJob, read_feed


@pytest.mark.parametrize(
    ("on_error", "kind", "status"), [("warn", "warning", "success"), ("fail", "error", "failure")]
)
def test_a_failed_delivery_fails_the_job_only_if_asked_to(
    run_job: RunJob, report: Report, sandbox: Sandbox, on_error: str, kind: str, status: str
) -> None:
    sandbox.add_faults([{"status": 403, "times": 2}])
    job = run_job(report(track="true", on_error=on_error))
    assert job.status == status
    found = [[(one.kind, one.title) for one in step.annotations] for step in job.steps]
    assert found == [[("warning", None)], [(kind, "Compass denied permission")]]
    said = "Compass denied permission (HTTP 403"
    assert job.stage("main").annotations[0].message.startswith(said)


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
    assert job.stage("main").annotations == ()  # nothing is wrong
    assert "Nothing was sent" in job.stage("main").visible_log
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
        "environment-category": "PRODUCTION",
        "sequence-number": "51725241954",
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
    summary = job.stage("main").summary
    assert summary is not None
    lines = summary.splitlines()
    assert lines[:3] == ["", f"### Compass: deployment [`Shop #42`]({url})", ""]
    assert lines[3:5] == [
        "| Component | State | Environment | Took | Compass |",
        "| --- | --- | --- | --- | --- |",
    ]
    event = "✅ `SUCCESSFUL` | `qa (TESTING)` |  | "
    assert lines[5] == f"| `c34578a8-98c2-43e3-8b47-ee9b4fe598e4` | {event}⚠️ lost |"
    assert lines[6] == f"| `1e475014-8422-4f5f-adb2-f37a725dc698` | {event}accepted |"
    failed = "`Compass denied permission: HTTP 403"
    assert lines[7] == ""
    assert lines[8].startswith(f"- `c34578a8-98c2-43e3-8b47-ee9b4fe598e4`: {failed}")
    assert len(lines) == 9


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
    assert {command.name for command in main.commands} == {"add-mask", "warning"}
    assert main.summary is not None
    table = main.summary.splitlines()
    assert len(table) == 8
    assert (table[5].count("|"), table[7].count("|")) == (6, 0)
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
    run_job: RunJob, report: Report, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The runner hands `with: args` to every stage; it is how an outbox is replayed."""
    outbox = tmp_path / "runner-0" / "shop" / "shop" / "outbox.jsonl"
    outbox.parent.mkdir(parents=True)
    outbox.touch()
    job = run_job(report(args="replay outbox.jsonl"))
    assert (job.stage("main").args, job.status) == (("replay", "outbox.jsonl"), "success")
    assert "nothing to replay" in job.stage("main").visible_log
    assert (job.stage("post").exit_code, job.stage("post").visible_log) == (0, "")
    assert sandbox.requests == []
