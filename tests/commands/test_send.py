"""Sending an event, and ending one that was begun: what each stage does with what the other one left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compass_action.event import track
from compass_action.main import main
from compass_action.sandbox import Sandbox, running_sandbox
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
