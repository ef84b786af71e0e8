"""The step that reports: the inputs that were given and no planted ones, and what it remembers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from compass_action.inputs.table import INPUTS
from compass_action.sandbox import Sandbox, running_sandbox
from tests.github_jobs import EMAIL, RUN, TOKEN, Shown, read_feed, read_sent, tracked
from tests.moments import in_order
from tests.no_docker import job
from tests.no_docker.job import STEPS, Ran, RunStep

checkout, run_step = job.checkout, job.run_step
sandbox, run_report = job.sandbox, job.run_report


def test_a_tracked_job_uses_the_action_twice(run_report: RunStep, sandbox: Sandbox) -> None:
    """A composite action has no post stage and no state, yet the end knows the start."""
    begun, ended = (
        run_report(INPUT_TRACK="true", INPUT_STATE="success"),
        run_report(INPUT_STATE="failure"),
    )
    assert (begun.exit_code, ended.exit_code) == (0, 0), begun.log.visible_log
    assert begun.outputs["state"] == "IN_PROGRESS"
    assert ended.outputs["outcome"] == "accepted"
    build = (f"{RUN}/attempts/1/jobs/deploy",)
    assert read_feed(sandbox) == [Shown("build", build, tracked("FAILED"))]
    first, last = read_sent(sandbox)
    assert first["startedAt"] == last["startedAt"]
    assert in_order(last["startedAt"], last["completedAt"])


def test_a_job_can_track_a_build_and_a_deployment(run_report: RunStep, sandbox: Sandbox) -> None:
    """Each end finds the start of its own event."""
    for environment in ("", "production"):
        run_report(INPUT_TRACK="true", INPUT_ENVIRONMENT=environment)
    for environment in ("", "production"):
        run_report(INPUT_STATE="success", INPUT_ENVIRONMENT=environment)
    assert [shown.history for shown in read_feed(sandbox)] == [tracked("SUCCESSFUL")] * 2
    started = [part["startedAt"] for part in read_sent(sandbox)]
    assert started[:2] == started[2:]


def test_a_job_can_track_as_many_events_as_it_likes(
    run_report: RunStep, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Of three hundred environments the records are longer than a process's variable may be."""
    run_report(INPUT_TRACK="true", INPUT_ENVIRONMENT="first")
    [kept] = (tmp_path / "compass-event").iterdir()
    record = kept.read_text()
    for number in range(300):
        other = kept.with_name(f"compass-event-{number:016x}.json")
        other.write_text(record.replace('"first"', f'"env-{number}"'))
    assert 300 * len(record) > 128 * 1024
    ran = run_report(INPUT_STATE="success", INPUT_ENVIRONMENT="first")
    assert ran.exit_code == 0, ran.log.visible_log
    assert [shown.history for shown in read_feed(sandbox)] == [tracked("SUCCESSFUL")]
    begun, ended = read_sent(sandbox)
    assert begun["startedAt"] == ended["startedAt"]


def test_an_address_that_an_earlier_step_planted_gets_no_token(
    run_report: RunStep, sandbox: Sandbox
) -> None:
    """Through GITHUB_ENV a step can set any variable; in another spelling than ours it would stand
    beside what the action was given, and before it.
    """
    with running_sandbox(credentials=(EMAIL, TOKEN)) as thief:
        ran = run_report(INPUT_STATE="success", **{"INPUT_API-URL": thief.url})
        assert ran.exit_code == 0, ran.log.visible_log
        assert thief.requests == []
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize("planted", ["COMPASS_API_URL", "COMPASS_SITE", "PLUGIN_API_URL"])
def test_what_the_action_was_given_counts_before_what_was_planted(
    planted: str, run_report: RunStep, sandbox: Sandbox
) -> None:
    """Also an input whose hyphen the shell does not let through."""
    with running_sandbox(credentials=(EMAIL, TOKEN)) as thief:
        given = {planted: "mallory" if planted == "COMPASS_SITE" else thief.url}
        ran = run_report(
            INPUT_STATE="success",
            INPUT_PIPELINE_ID="p/7",
            COMPASS_PIPELINE_ID="x",
            GITHUB_ACTION_REPOSITORY="",
            **given,
        )
        assert thief.requests == []
    assert ran.exit_code == 0, ran.log.visible_log
    assert ran.outputs["pipeline-id"] == "p/7"
    assert len(sandbox.requests) == 1


def test_a_record_that_an_earlier_step_planted_is_dropped(
    run_report: RunStep, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Else it could move the start of a build."""
    run_report(INPUT_TRACK="true")
    [kept] = (tmp_path / "compass-event").iterdir()
    record = kept.read_text()
    kept.unlink()
    run_report(INPUT_STATE="success", STATE_COMPASS_TRACKED=record)
    begun, other = read_sent(sandbox)
    assert other["startedAt"] != begun["startedAt"]


@pytest.mark.parametrize(
    ("planted", "value"),
    [
        ("INPUT_DISPLAY-NAME", "planted"),
        ("INPUT_DRY-RUN", "true"),
        ("INPUT_COMPONENT-ID", "ari:cloud:compass:1:component/2/3"),
        ("INPUT_CHECK-RUN-ID", "666"),
    ],
)
def test_what_was_planted_changes_nothing(
    run_report: RunStep, sandbox: Sandbox, planted: str, value: str
) -> None:
    asked = {
        "INPUT_STATE": "success",
        "INPUT_STARTED_AT": "1764062525",
        "INPUT_COMPLETED_AT": "1764062526",
    }
    clean, soiled = run_report(**asked), run_report(**asked, **{planted: value})
    assert (clean.exit_code, soiled.exit_code) == (0, 0), soiled.log.visible_log
    assert read_stable(clean) == read_stable(soiled)
    assert len(sandbox.requests) == 2


def read_stable(ran: Ran) -> Mapping[str, object]:
    """What two reports of the same thing have in common: all outputs but the moment's."""
    event = json.loads(ran.outputs["payload"])["event"]["build"]
    own = {"payload", "update-sequence-number"}
    return {
        **{name: text for name, text in ran.outputs.items() if name not in own},
        **{
            name: event[name]
            for name in event
            if name not in ("lastUpdated", "updateSequenceNumber")
        },
    }


def test_the_jobs_own_variables_work_as_everywhere(run_report: RunStep, sandbox: Sandbox) -> None:
    """COMPASS_… come after what the action was given, and before what the host knows."""
    ran = run_report(INPUT_STATE="success", COMPASS_DISPLAY_NAME="Tests on macOS")
    assert ran.exit_code == 0, ran.log.visible_log
    assert sandbox.feed()["events"][0]["display_name"] == "Tests on macOS"


def test_the_exit_code_is_the_programs(run_report: RunStep, sandbox: Sandbox) -> None:
    ran = run_report(INPUT_STATE="sucess")
    assert ran.exit_code == 2
    assert [one.kind for one in ran.log.annotations] == ["error"]
    assert sandbox.requests == []


def test_strangers_text_reaches_no_script(run_report: RunStep, sandbox: Sandbox) -> None:
    """Inputs are variables, never spliced in; the scripts themselves hold no expression at all."""
    assert [step["run"] for step in STEPS.values() if "${{" in step["run"]] == []
    hostile = '$(touch owned) `touch owned` "; touch owned #'
    ran = run_report(INPUT_STATE="success", INPUT_DISPLAY_NAME=hostile)
    assert ran.exit_code == 0, ran.log.visible_log
    assert sandbox.feed()["events"][0]["display_name"] == hostile
    assert not Path("owned").exists()


def test_every_input_is_handed_over() -> None:
    """Under the name with underscores: some shells drop variables that have a hyphen."""
    asked = {f"INPUT_{row.field.upper()}": f"${{{{ inputs.{row.name} }}}}" for row in INPUTS}
    python = {"COMPASS_EVENT_PYTHON": "${{ steps.install.outputs.python }}"}
    assert STEPS["event"]["env"] == python | asked
