"""Sending an event: what is refused or skipped, how long it may take, what is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from compass_action import ci
from compass_action.ci import gitlab
from compass_action.commands import prepare as preparing
from compass_action.commands import send
from compass_action.commands import verify as verifying
from compass_action.main import main
from compass_action.sandbox import running_sandbox
from tests.building import ARI
from tests.commands.deliveries import Deliveries
from tests.commands.reporting import BEGIN, BUILD, END, NOWHERE, TOKEN, run
from tests.recorded import read_recording


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
        "INPUT_TIMEOUT": "20",
        "INPUT_OUTBOX": str(outbox),
        "INPUT_STATE": state,
        "INPUT_RECORD": str(tmp_path / "record"),
    }
    with running_sandbox() as sandbox:
        assert run("github-push", sandbox, **given) == 0
        assert len(sandbox.requests) == 100
    said = "".join(capsys.readouterr())
    assert "600 components: about 6 minutes at 100 requests a minute. " in said
    assert f"The 20 s of timeout have room for 100. {rest}" in said
    kept = len(outbox.read_bytes().splitlines()) if outbox.exists() else 0
    assert kept == (500 if state == "success" else 0)


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


def test_a_run_with_nothing_true_to_send_is_skipped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All runs of act have the same id."""
    deliveries = Deliveries(monkeypatch)
    env = read_recording("github-push") | NOWHERE | {"ACT": "true", "GITHUB_OUTPUT": ""}
    assert main([*END], env | {"GITHUB_STEP_SUMMARY": "", "INPUT_API-TOKEN": TOKEN}) == 0
    assert deliveries.given == []
    assert "Note: Nothing was sent: act only rehearses this workflow: " in capsys.readouterr().out
