"""Faults of ours around a command: nothing is lost, and the command's outcome stays what it is."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest

from compass_action.delivery import client, meanwhile
from compass_action.report import outcomes
from compass_action.sandbox import Sandbox
from tests.commands.spanning import at_once, called, report, sandbox, sent

__all__ = ["at_once", "sandbox"]

pytestmark = pytest.mark.usefixtures("faults_of_ours")

HEADLINE = "Compass Event itself has failed"


def fail(*_: object, **__: object) -> NoReturn:
    raise ZeroDivisionError("not to be shown")


@pytest.mark.parametrize(("on_error", "lost"), [("warn", 0), ("fail", 1)])
@pytest.mark.parametrize(("module", "name"), [(outcomes, "opening"), (client, "send")])
def test_the_end_is_kept(
    module: object,
    name: str,
    on_error: str,
    lost: int,
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    outbox = tmp_path / "outbox.jsonl"
    call = called(sandbox, tmp_path, outbox=str(outbox), on_error=on_error)
    monkeypatch.setattr(module, name, fail)
    assert report(call) == lost
    assert report(call, 3) == 3
    assert [line.count("FAILED") for line in outbox.read_text().splitlines()] == [0, 1]
    said = capsys.readouterr().err
    assert said.count(f"{HEADLINE}\n") == 2
    assert "not to be shown" not in said


def test_a_start_that_could_not_be_reported_is_told(
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And the outcome carries it."""
    monkeypatch.setattr(meanwhile, "transmit", fail)
    assert report(called(sandbox, tmp_path)) == 0
    said = capsys.readouterr().err
    text = "The start could not be reported while the command ran "
    assert f"{text}({HEADLINE}, ZeroDivisionError in commands.span, line " in said
    [part] = sent(sandbox)
    assert part["state"] == "SUCCESSFUL"
    assert part["startedAt"]
