"""The simulated GitHub runner: what a step's files and log mean, and what each stage is given.

Every test is one documented rule; tests/github_runner/ names the sources.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.github_runner import (
    Execute,
    Job,
    Stage,
    step,
    uses,
)

FIXTURE = Path(__file__).with_name("fixture")
POST = "runs: {using: docker, image: Dockerfile, post-entrypoint: /after}"

MakeJob = Callable[..., Job]


def acting(
    plan: Mapping[str, Mapping[str, str]], *, exits: Mapping[str, int] | None = None
) -> Execute:
    """Run nothing: write, in each stage, what the plan says for GITHUB_* files and the log."""

    def execute(
        stage: Stage,
        entrypoint: str | None,
        args: Sequence[str],
        env: Mapping[str, str],
        mounts: Mapping[Path, str],
    ) -> subprocess.CompletedProcess[bytes]:
        acts = plan.get(stage, {})
        for name in set(acts) - {"stdout", "stderr"}:
            Path(env[name]).write_text(acts[name], encoding="utf-8")
        out, err = acts.get("stdout", "").encode(), acts.get("stderr", "").encode()
        return subprocess.CompletedProcess(list(args), (exits or {}).get(stage, 0), out, err)

    return execute


@pytest.fixture
def make_job(tmp_path: Path) -> MakeJob:
    def make(
        action: Path | str = FIXTURE, execute: Execute | None = None, **contexts: object
    ) -> Job:
        if isinstance(action, str):
            (tmp_path / "action.yml").write_text(action, encoding="utf-8")
            action = tmp_path
        folders = {"workspace": tmp_path / "shop" / "shop", "temp": tmp_path / "_temp"}
        return Job(action, execute=execute or acting({}), **folders, **contexts)  # type: ignore[arg-type]

    return make


def test_the_job_status_is_that_of_the_moment_in_each_stage(make_job: MakeJob) -> None:
    """The defaults of the inputs are evaluated again for the post stage."""
    result = make_job().run([uses(), step("failure")])
    assert result.stage("main").env["INPUT_STATE"] == "success"
    assert result.stage("post").env["INPUT_STATE"] == "failure"


def test_a_cancelled_job_is_cancelled_whatever_fails_afterwards(make_job: MakeJob) -> None:
    late = step("failure", condition="always()")
    result = make_job().run([uses(), step("cancelled"), late])
    assert result.stage("post").env["INPUT_STATE"] == "cancelled"
    assert result.status == "cancelled"


def test_a_failure_that_is_allowed_does_not_change_the_status(make_job: MakeJob) -> None:
    result = make_job().run([uses(), step("failure", continue_on_error=True)])
    assert result.stage("post").env["INPUT_STATE"] == result.status == "success"


def test_the_users_own_expressions_are_evaluated_again_too(make_job: MakeJob) -> None:
    given = uses({"component-id": "${{ steps.deploy.outcome }}"})
    result = make_job().run([given, step("failure", name="deploy")])
    assert result.stage("main").env["INPUT_COMPONENT-ID"] == ""
    assert result.stage("post").env["INPUT_COMPONENT-ID"] == "failure"


def test_defaults_take_contexts_and_turn_into_text(make_job: MakeJob) -> None:
    job = make_job(matrix={"os": "ubuntu"}, strategy={"job-index": 3})
    env = job.run([uses()]).stage("main").env
    assert json.loads(env["INPUT_MATRIX"]) == {"os": "ubuntu"}
    assert env["INPUT_JOB-INDEX"] == "3"
    assert env["INPUT_CHECK-RUN-ID"] == "51725241954"
    assert env["INPUT_WHERE"] == "acme/shop at refs/heads/main"
    assert env["INPUT_FIXED"] == "1.1", "an unquoted 1.10 is a number"
    assert env["INPUT_TWO_WORDS"] == "yes", "spaces become underscores, yes is a word"


def test_an_absent_context_is_an_empty_input_and_a_null_in_json(make_job: MakeJob) -> None:
    env = make_job(job={"check_run_id": None}).run([uses()]).stage("main").env
    assert env["INPUT_CHECK-RUN-ID"] == ""
    assert env["INPUT_MATRIX"] == "null"


def test_an_input_that_is_not_given_exists_and_is_empty(make_job: MakeJob) -> None:
    """Even one that is required: the runner does not enforce it."""
    assert make_job().run([uses()]).stage("main").env["INPUT_COMPONENT-ID"] == ""


def test_an_unknown_input_is_passed_on_with_a_warning(make_job: MakeJob) -> None:
    main = make_job().run([uses({"componentid": "x", "OLD": "y"})]).stage("main")
    assert main.env["INPUT_COMPONENTID"] == "x"
    assert [annotation.kind for annotation in main.annotations] == ["warning", "warning"]
    assert "use component-id" in main.annotations[0].message
    assert "componentid" in main.annotations[1].message


def test_state_reaches_later_stages_of_the_same_step_only(make_job: MakeJob) -> None:
    execute = acting({"main": {"GITHUB_STATE": "since<<E\n12:00\nE\n"}})
    result = make_job(execute=execute).run([uses(name="a"), uses(name="b", condition="false")])
    assert result.stage("post").env["STATE_since"] == "12:00"
    execute = acting({"pre": {"GITHUB_STATE": "a=1\n"}})
    action = POST.replace("}", ", pre-entrypoint: /before}")
    result = make_job(action, execute).run([uses(name="a"), uses(name="b")])
    assert result.stage("main", "a").env["STATE_a"] == result.stage("post", "b").env["STATE_a"]
    assert "STATE_a" not in result.stage("pre", "b").env


def test_posts_run_last_registered_first(make_job: MakeJob) -> None:
    result = make_job().run([uses(name="a"), uses(name="b")])
    assert [one.name for one in result.steps if one.stage == "post"] == ["b", "a"]


def test_a_failing_post_fails_the_job_and_the_next_post_knows(make_job: MakeJob) -> None:
    result = make_job(execute=acting({}, exits={"post": 1})).run([uses(name="a"), uses(name="b")])
    assert result.status == "failure"
    assert result.stage("post", "b").env["INPUT_STATE"] == "success"
    assert result.stage("post", "a").env["INPUT_STATE"] == "failure"


def test_a_main_that_is_skipped_has_no_post(make_job: MakeJob) -> None:
    result = make_job().run([step("failure"), uses()])
    assert [(one.stage, one.outcome) for one in result.steps] == [
        ("main", "failure"),
        ("main", "skipped"),
    ]


def test_a_pre_registers_the_post_even_if_main_is_skipped(make_job: MakeJob) -> None:
    job = make_job(POST.replace("}", ", pre-entrypoint: /before}"))
    result = job.run([step("failure"), uses()])
    ran = [(one.stage, one.outcome) for one in result.steps if not one.name.startswith("__run")]
    assert ran == [("pre", "success"), ("main", "skipped"), ("post", "success")]


def test_a_local_action_has_no_pre(make_job: MakeJob) -> None:
    result = make_job(POST.replace("}", ", pre-entrypoint: /before}")).run([uses(local=True)])
    assert [one.stage for one in result.steps] == ["main", "post"]


def test_post_if_decides_by_the_status_of_the_job(make_job: MakeJob) -> None:
    action = POST.replace("}", ", post-if: failure()}")
    assert make_job(action).run([uses()]).steps[-1].outcome == "skipped"
    assert make_job(action).run([uses(), step("failure")]).steps[-1].outcome == "success"


def test_a_step_that_fails_skips_the_rest_but_not_the_posts(make_job: MakeJob) -> None:
    result = make_job(execute=acting({}, exits={"main": 2})).run([uses(), step(lambda: "success")])
    outcomes = [(one.stage, one.outcome) for one in result.steps]
    assert outcomes == [("main", "failure"), ("main", "skipped"), ("post", "success")]


def test_a_malformed_file_fails_the_step(make_job: MakeJob) -> None:
    result = make_job(execute=acting({"main": {"GITHUB_OUTPUT": "no value\n"}})).run([uses()])
    assert (result.stage("main").outcome, result.stage("main").exit_code) == ("failure", 0)
    assert "Unable to process file command 'output'" in result.stage("main").visible_log


def test_every_stage_has_files_of_its_own(make_job: MakeJob) -> None:
    execute = acting({"main": {"GITHUB_OUTPUT": "a=1\n"}, "post": {"GITHUB_OUTPUT": "b=2\n"}})
    result = make_job(execute=execute).run([uses()])
    assert result.stage("main").outputs == {"a": "1"}
    assert result.stage("post").outputs == {"b": "2"}


def test_outputs_and_variables_reach_the_steps_after(make_job: MakeJob) -> None:
    execute = acting({"main": {"GITHUB_OUTPUT": "a=1\n", "GITHUB_ENV": "B=2\n"}})
    later = uses({"component-id": "${{ steps.first.outputs.a }} ${{ env.B }}"}, name="later")
    result = make_job(execute=execute).run([uses(name="first"), later])
    assert result.stage("main", "later").env["INPUT_COMPONENT-ID"] == "1 2"


def test_a_summary_is_shown_masked_and_dropped_when_too_long(make_job: MakeJob) -> None:
    execute = acting(
        {
            "main": {"GITHUB_STEP_SUMMARY": "token s3cret\n"},
            "post": {"GITHUB_STEP_SUMMARY": "x" * 1024 * 1025},
        }
    )
    result = make_job(execute=execute, secrets={"TOKEN": "s3cret"}).run([uses()])
    assert result.stage("main").summary == "token ***\n"
    assert (result.stage("post").summary, result.status) == (None, "success")
    assert [one.kind for one in result.stage("post").annotations] == ["error"]


def test_masks_last_for_the_whole_job(make_job: MakeJob) -> None:
    log = {"main": {"stdout": "::add-mask::abc\n"}, "post": {"stdout": "abcd\n"}}
    assert make_job(execute=acting(log)).run([uses()]).stage("post").visible_log == "***d\n"


def test_what_is_set_later_wins_in_the_environment(make_job: MakeJob) -> None:
    job = make_job(env={"HOME": "/root", "TAKEN": "by the job", "INPUT_STATE": "x", "CI": "1"})
    env = job.run([uses(env={"GITHUB_SHA": "mine", "FROM_STEP": "1"})]).stage("main").env
    assert env["HOME"] == "/github/home"
    assert env["TAKEN"] == "by the job", "runs.env takes free names only"
    assert (env["FROM_ACTION"], env["FROM_STEP"], env["INPUT_STATE"]) == ("1.1", "1", "success")
    assert env["GITHUB_SHA"].startswith("8c0f2f1")
    assert (env["CI"], env["GITHUB_ACTIONS"]) == ("1", "true")


def test_the_container_sees_its_own_paths_and_no_token(make_job: MakeJob) -> None:
    env = make_job().run([uses()]).stage("main").env
    assert env["GITHUB_WORKSPACE"] == "/github/workspace"
    assert env["GITHUB_EVENT_PATH"] == "/github/workflow/event.json"
    assert env["GITHUB_OUTPUT"].startswith("/github/file_commands/set_output_")
    assert env["RUNNER_TEMP"] == "/github/runner_temp"
    assert (env["GITHUB_ACTION"], env["GITHUB_ACTION_REF"]) == ("__acme_compass-event", "v1")
    assert "GITHUB_TOKEN" not in env
    assert "GITHUB_EVENT" not in env


def test_the_arguments_are_the_same_in_every_stage(make_job: MakeJob) -> None:
    result = make_job().run([uses({"component-id": "a b"})])
    assert result.stage("main").args == result.stage("post").args == ("--component-id", "a b")
    assert make_job(POST).run([uses({"args": "x 'y z'"})]).stage("main").args == ("x", "y z")


def test_a_default_may_not_use_secrets(make_job: MakeJob) -> None:
    action = f"inputs: {{a: {{default: '${{{{ secrets.A }}}}'}}}}\n{POST}"
    result = make_job(action).run([uses()])
    assert (result.status, result.steps[0].exit_code) == ("failure", None)
    assert "Unrecognized named-value: 'secrets'" in result.steps[0].visible_log
