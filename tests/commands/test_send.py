"""Sending an event, and ending one that was begun: what each stage does with what the other one left."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from compass_action import ci
from compass_action.ci import gitlab
from compass_action.commands import prepare as preparing
from compass_action.commands import send
from compass_action.commands import verify as verifying
from compass_action.delivery import dispatch
from compass_action.delivery.failures import FAILURES
from compass_action.delivery.receipt import Receipt
from compass_action.event import track
from compass_action.main import main
from compass_action.sandbox import Sandbox, running_sandbox
from compass_action.schemas import Payload
from tests.building import ARI, built
from tests.moments import in_order
from tests.recorded import read_recording

TOKEN = "correct-horse-battery"


def run(recording: str, sandbox: Sandbox, *argv: str, **more: str) -> int:
    env = read_recording(recording) | {
        "INPUT_EMAIL": "a@acme.example",
        "INPUT_API-TOKEN": TOKEN,
        "INPUT_API-URL": sandbox.url,
        "INPUT_COMPONENT-ID": ARI,
        "GITHUB_OUTPUT": "",
        "GITHUB_STATE": "",
        "GITHUB_STEP_SUMMARY": "",
        "CI_PROJECT_DIR": "/nowhere",
    }
    return main(list(argv), env | more)


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


def test_two_wrong_values_of_one_input_are_two_problems(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with running_sandbox() as sandbox:
        assert run("gitlab-branch", sandbox, **{"INPUT_COMPONENT-ID": "bad1\nbad2"}) == 2
    said = capsys.readouterr().out
    assert '"bad1" is not' in said
    assert '"bad2" is not' in said


def test_a_token_typed_where_a_command_belongs_is_hidden(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And the runner is asked to hide it, first of all."""
    with running_sandbox() as sandbox:
        assert run("github-push", sandbox, TOKEN) == 2
    lines = capsys.readouterr().out.splitlines()
    shown = [line for line in lines if not line.startswith("::add-mask::")]
    assert lines[0].startswith("::add-mask::")
    assert shown[0].startswith("::error title=Some inputs are missing or wrong::command: ")
    assert not any(TOKEN in line for line in shown)


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
    ("state", "rest"),
    [
        ("success", "The others go to the outbox."),
        ("in_progress", "The others begin with their outcome."),
    ],
)
def test_hundreds_of_components_from_files_are_paced_and_not_refused(
    state: str, rest: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """How long they take is said; what does not fit into a chosen time goes to the outbox."""
    for number in range(600):
        folder = tmp_path / "checkout" / f"service-{number}"
        folder.mkdir(parents=True)
        ari = ARI.rpartition("/")[0] + f"/00000000-0000-4000-8000-{number:012}"
        (folder / "compass.yml").write_text(f"name: service {number}\nid: {ari}\n")
    outbox = tmp_path / "outbox.jsonl"
    given = {
        "INPUT_COMPONENT-ID": "",
        "INPUT_COMPONENT-FILE": "**/compass.yml",
        "GITHUB_WORKSPACE": str(tmp_path / "checkout"),
        "INPUT_TIMEOUT": "3",
        "INPUT_OUTBOX": str(outbox),
        "INPUT_STATE": state,
        "INPUT_RECORD": str(tmp_path / "record"),
    }
    with running_sandbox() as sandbox:
        assert run("github-push", sandbox, **given) == 0
        assert len(sandbox.requests) == 100
    said = "".join(capsys.readouterr())
    assert "600 components: about 6 minutes at 100 requests a minute. " in said
    assert f"The 3 s of timeout have room for 100. {rest}" in said
    kept = len(outbox.read_bytes().splitlines()) if outbox.exists() else 0
    assert kept == (500 if state == "success" else 0)


class Deliveries:
    """What is given to each delivery; it takes all, or refuses all."""

    def __init__(self, patch: pytest.MonkeyPatch, failure: str = "") -> None:
        self.given: list[tuple[float, str | None]] = []
        self.failure = FAILURES[failure] if failure else None
        patch.setattr(dispatch, "deliver", self.deliver)

    def deliver(
        self,
        payloads: Sequence[Payload],
        where: object,
        seconds: float,
        outbox: str | None,
        say: object,
    ) -> tuple[Receipt, ...]:
        self.given.append((seconds, outbox))
        status = 503 if self.failure else 202
        return tuple(Receipt(one, self.failure, "", status, 1) for one in payloads)


NOWHERE = {
    "COMPASS_COMPONENT_ID": ARI, "COMPASS_EMAIL": "a@acme.example", "COMPASS_API_TOKEN": TOKEN,
    "COMPASS_SITE": "acme", "COMPASS_URL": "https://ci.example/7",
    "COMPASS_EXTERNAL_EVENT_SOURCE_ID": "shop",
}  # fmt: skip
BUILD = ("--event-type", "build", "--pipeline-id", "b/7", "--started-at", "2026-11-25T10:00:00Z")
END, BEGIN = ("--state", "success"), ("--state", "in_progress")


def many(number: int) -> dict[str, str]:
    return {"COMPASS_COMPONENT_ID": ",".join(f"{ARI[:-3]}{n:03}" for n in range(number))}


@pytest.mark.parametrize(
    ("argv", "env", "seconds", "outbox"),
    [
        (END, {}, 120, "o"),
        ((*END, "--timeout", "300"), {}, 300, "o"),
        (BEGIN, {}, 10, None),
        ((*BEGIN, "--timeout", "9"), {}, 9, None),
        ((*BEGIN, "--timeout", "11"), {}, 10, None),
        (END, many(101), 120 + 61, "o"),
        (BEGIN, many(101), 10 + 61, None),
        ((*END, "--job-status", "cancelled"), many(101), 120, "o"),
        ((*END, "--job-status", "failure"), many(101), 120 + 61, "o"),
    ],
)
def test_an_end_has_the_whole_time_and_a_begin_ten_seconds(
    argv: tuple[str, ...],
    env: dict[str, str],
    seconds: float,
    outbox: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A begin goes to no outbox: its end carries it. A job that is cancelled waits for no limit."""
    deliveries = Deliveries(monkeypatch)
    assert main([*BUILD, *argv, "--outbox", "o"], NOWHERE | env) == 0
    assert deliveries.given == [(seconds, outbox)]


@pytest.mark.parametrize(("spent", "left"), [(7.5, 112.5), (119.0, 1), (119.5, 1), (200.0, 1)])
def test_what_looking_up_has_taken_is_missing_then(
    spent: float, left: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries = Deliveries(monkeypatch)
    prepared = preparing.prepare
    monkeypatch.setattr(send, "prepare", lambda *given: prepared(*given)._replace(spent=spent))
    assert main([*BUILD, *END], NOWHERE) == 0
    assert deliveries.given == [(left, None)]


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
    Deliveries(monkeypatch, "server")
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
    more = {"STATE_COMPASS_TRACKED": begun, "INPUT_STATE": "sucess", "INPUT_ON-ERROR": on_error}
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


def test_a_remark_of_the_system_is_for_somebody_who_looks_into_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Deliveries(monkeypatch)
    parsed = gitlab.SYSTEM.parse
    system = gitlab.SYSTEM._replace(
        parse=lambda *given: parsed(*given)._replace(remarks=("a remark",))
    )
    monkeypatch.setattr(ci, "detect", lambda *_: system)
    assert main([*BUILD, *END, "--debug"], NOWHERE | {"CI_PROJECT_DIR": "/nowhere"}) == 0
    assert "Debug: a remark\n" in capsys.readouterr().out


@pytest.mark.parametrize(("verify", "asked"), [((), 0), (("--verify",), 1)])
def test_what_was_sent_is_verified_where_that_is_wanted(
    verify: tuple[str, ...], asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In what is left of the time."""
    Deliveries(monkeypatch)
    seconds: list[float] = []
    monkeypatch.setattr(
        verifying, "verify_sent", lambda call, receipts, where, left: seconds.append(round(left))
    )
    assert main([*BUILD, *END, "--timeout", "20", *verify], NOWHERE) == 0
    assert seconds == [20] * asked


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


def test_a_run_with_nothing_true_to_send_is_skipped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All runs of act have the same id."""
    deliveries = Deliveries(monkeypatch)
    env = read_recording("github-push") | NOWHERE | {"ACT": "true", "GITHUB_OUTPUT": ""}
    assert main([*END], env | {"GITHUB_STEP_SUMMARY": "", "INPUT_API-TOKEN": TOKEN}) == 0
    assert deliveries.given == []
    assert "Note: Nothing was sent: act only rehearses this workflow: " in capsys.readouterr().out
