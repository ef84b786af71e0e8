"""What would keep a tracked job from ending its event is told before the event is begun."""

from __future__ import annotations

import pytest

from compass_action.main import main
from compass_action.sandbox import Sandbox, running_sandbox
from tests.building import ARI
from tests.recorded import snapshot

TOKEN = "correct-horse-battery"


def run(recording: str, sandbox: Sandbox, *argv: str, **more: str) -> int:
    env = dict(snapshot(recording, {}).env) | {
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
        ("github-push", {"INPUT_SCOPE": "run"}, "state: with scope run the job's end needs it."),
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


def test_a_tracked_job_never_ends_in_progress(tmp_path: object) -> None:
    """A state for the beginning, given for both stages, is not the outcome: the job's own is."""
    with running_sandbox() as sandbox:
        state = f"{tmp_path}/state"
        given = {"INPUT_TRACK": "true", "INPUT_STATE": "in_progress", "GITHUB_STATE": state}
        assert run("github-push", sandbox, **given) == 0
        with open(state) as file:  # noqa: PTH123 - a text that a runner would read
            record = file.read().splitlines()[-2]
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
