"""An event that one stage of a job begins and another one ends: what they leave each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compass_action.event import track
from compass_action.main import main
from compass_action.sandbox import running_sandbox
from tests.building import ARI, built
from tests.commands.deliveries import Deliveries
from tests.commands.reporting import BEGIN, BUILD, END, NOWHERE, TOKEN, run
from tests.moments import in_order
from tests.recorded import read_recording


@pytest.mark.parametrize(
    ("recording", "given", "said"),
    [
        ("github-push", {"INPUT_SCOPE": "run"}, "state: with scope run it has to be given"),
        ("github-push", {"INPUT_STATE": "sucess"}, 'state: "sucess" is not a deployment state.'),
        ("github-push", {"INPUT_EVENT-TYPE": "incident"}, "track: a job can be tracked as a build"),
        ("gitlab-branch", {}, "track: only GitHub has a stage at the job's end."),
    ],
)
def test_a_job_that_could_not_end_its_event_does_not_begin_it(
    recording: str, given: dict[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_sandbox() as sandbox:
        assert run(recording, sandbox, INPUT_TRACK="true", **given) == 2
        assert sandbox.requests == []
    assert said in capsys.readouterr().out


def test_a_tracked_job_never_ends_in_progress(tmp_path: Path) -> None:
    """A state for the beginning, given for both stages, is not the outcome: the job's own is."""
    with running_sandbox() as sandbox:
        state = tmp_path / "state"
        given = {"INPUT_TRACK": "true", "INPUT_STATE": "in_progress", "GITHUB_STATE": str(state)}
        assert run("github-push", sandbox, **given) == 0
        record = state.read_text().splitlines()[-2]
        ended = given | {"STATE_COMPASS_TRACKED": record, "INPUT_JOB-STATUS": "failure"}
        assert run("github-push", sandbox, "post", **ended) == 0
        [event] = sandbox.feed()["events"]
    assert event["state"] == "FAILED"


def test_a_gitlab_job_s_script_tells_its_after_script_what_it_began(tmp_path: Path) -> None:
    """By the dotenv file in the checkout: the two are shells of their own."""
    with running_sandbox() as sandbox:
        env = {
            "GITLAB_CI": "true",
            "CI_PROJECT_URL": "https://gitlab.com/acme/search",
            "CI_PROJECT_DIR": str(tmp_path),
            "CI_PIPELINE_ID": "901",
            "CI_JOB_ID": "7788",
            "COMPASS_COMPONENT_ID": ARI,
            "COMPASS_EMAIL": "a@acme.example",
            "COMPASS_API_TOKEN": TOKEN,
            "COMPASS_API_URL": sandbox.url,
            "COMPASS_UPDATE_SEQUENCE_NUMBER": "5",
        }
        assert main([], env | {"CI_JOB_STATUS": "running"}) == 0
        assert main([], env | {"CI_JOB_STATUS": "success"}) == 0
        [event] = sandbox.feed()["events"]
        begun, ended = (json.loads(r.body)["event"]["build"] for r in sandbox.requests)
    assert [change["verdict"] for change in event["history"]] == ["created", "overwritten"]
    assert ended["buildProperties"]["startedAt"] == begun["buildProperties"]["startedAt"]
    assert in_order(event["started_at"], event["completed_at"])


def test_post_ends_nothing_that_another_step_began(tmp_path: Path) -> None:
    """The post stage is for its own step: a record in the pipes' storage is no business of its."""
    record = track(built("bitbucket-branch", {"state": "in_progress"})).to_json()
    (tmp_path / "compass-event-1111111111111111.json").write_text(record)
    with running_sandbox() as sandbox:
        env = {
            "BITBUCKET_BUILD_NUMBER": "1",
            "BITBUCKET_PIPE_SHARED_STORAGE_DIR": str(tmp_path),
            "COMPASS_API_URL": sandbox.url,
            "COMPASS_EMAIL": "a@acme.example",
            "COMPASS_API_TOKEN": TOKEN,
        }
        assert main(["post"], env) == 0
        assert sandbox.requests == []


@pytest.mark.parametrize(
    ("argv", "remembered"),
    [((), False), (("--record", "record"), True), (("--ci", "gitlab"), True)],
)
def test_a_start_that_is_lost_is_told_with_what_its_end_will_know(
    argv: tuple[str, ...],
    remembered: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A lost begin fails nothing; a lost end does where that is wanted."""
    monkeypatch.chdir(tmp_path)
    Deliveries(monkeypatch, refuse=1)
    later = "The outcome will carry it." if remembered else "Pass started-at with the outcome."
    text = f"Compass could not take the event now, so the start is not shown yet. {later}"
    env = NOWHERE | {"CI_PROJECT_DIR": str(tmp_path)}
    assert main([*BUILD, *BEGIN, *argv, "--on-error", "fail"], env) == 0
    assert f"Warning: {text}\n" in "".join(capsys.readouterr())
    assert main([*BUILD, *END, *argv, "--on-error", "fail"], env) == 1


@pytest.mark.parametrize(
    ("event_type", "state", "kept"),
    [
        ("build", "in_progress", True), ("deployment", "pending", True), ("build", "success", False),
        ("incident", "open", False),
    ],
)  # fmt: skip
def test_only_what_is_begun_leaves_a_record(
    event_type: str,
    state: str,
    kept: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    Deliveries(monkeypatch)
    record = tmp_path / "record"
    argv = ["--event-type", event_type, "--state", state, "--record", str(record), "--pipeline-id", "b",
            "--started-at", "2026-11-25T10:00:00Z"]  # fmt: skip
    if event_type == "deployment":
        argv += ["--environment", "prod", "--sequence-number", "7"]
    if event_type == "incident":
        argv += ["--event-id", "7", "--severity", "high"]
    assert main(argv, NOWHERE) == 0
    assert record.exists() is kept


def test_a_dry_run_leaves_no_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = tmp_path / "record"
    assert main([*BUILD, *BEGIN, "--record", str(record), "--dry-run"], NOWHERE) == 0
    assert "POST https://acme.atlassian.net/" in capsys.readouterr().out
    assert not record.exists()


@pytest.mark.parametrize(("given", "seconds"), [("119", 119), ("120", 120), ("121", 120)])
def test_the_stage_at_the_end_has_two_minutes_at_most(
    given: str, seconds: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And leaves no record of its own, not even where the job goes on."""
    deliveries = Deliveries(monkeypatch)
    begun = track(built("github-push", {"state": "in_progress"})).to_json()
    state = tmp_path / "state"
    more = {"STATE_COMPASS_TRACKED": begun, "INPUT_TIMEOUT": given, "INPUT_JOB-STATUS": "success",
            "INPUT_TRACK": "true", "GITHUB_STATE": str(state)}  # fmt: skip
    with running_sandbox() as sandbox:
        assert run("github-push", sandbox, "post", **more) == 0
    assert deliveries.given == [(seconds, None)]
    assert not state.exists()


@pytest.mark.parametrize(
    ("on_error", "code", "level"), [("warn", 0, "warning"), ("fail", 2, "error")]
)
def test_the_stage_at_the_end_fails_a_job_only_where_that_is_wanted(
    on_error: str, code: int, level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = track(built("github-push", {"state": "in_progress"})).to_json()
    more = {"STATE_COMPASS_TRACKED": begun, "INPUT_STATE": "sucess", "INPUT_ON-ERROR": on_error,
            "INPUT_TRACK": "true"}  # fmt: skip
    with running_sandbox() as sandbox:
        assert run("github-push", sandbox, "post", **more) == code
    said = capsys.readouterr().out
    assert f"::{level} title=Some inputs are missing or wrong::state: " in said


def test_where_nothing_was_begun_there_is_nothing_to_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with running_sandbox() as sandbox:
        assert run("github-push", sandbox, "post", INPUT_DEBUG="true") == 0
        assert sandbox.requests == []
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "Debug: Nothing was begun by the main stage, so there is nothing to end."


def test_the_system_s_note_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Bitbucket's attempts, which the next step has to know."""
    Deliveries(monkeypatch)
    env = read_recording("bitbucket-branch") | NOWHERE
    env |= {
        "BITBUCKET_PIPE_SHARED_STORAGE_DIR": str(tmp_path),
        "BITBUCKET_CLONE_DIR": str(tmp_path),
    }
    assert main([*END], env) == 0
    assert (tmp_path / "compass-event-note.json").exists()
