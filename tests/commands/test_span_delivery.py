"""How both reports around a command are delivered: how long they may take, and what if one is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from compass_action.commands import span
from compass_action.delivery import dispatch, meanwhile
from compass_action.delivery.failures import FAILURES
from compass_action.delivery.receipt import Receipt
from compass_action.errors import Interrupted
from compass_action.sandbox import Sandbox
from compass_action.schemas import Payload
from tests.building import ARI
from tests.commands.spanning import OVER, STARTED, at_once, called, report, sandbox

__all__ = ["at_once", "sandbox"]


def test_a_lost_report_is_exit_code_1_under_fail(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the outputs tell what became of it."""
    monkeypatch.setattr(dispatch, "deliver", lost)
    for on_error, code, expected in (("fail", 0, 1), ("fail", 5, 5), ("warn", 0, 0)):
        call = called(sandbox, tmp_path, on_error=on_error)
        assert report(call, code) == expected
        assert call.log.left
        assert call.log.left.outputs["outcome"] == "failed"


def lost(payloads: Sequence[Payload], *_: object) -> tuple[Receipt, ...]:
    return tuple(Receipt(payload, FAILURES["server"], "HTTP 503", 503, 2) for payload in payloads)


class Told:
    """What both deliveries are given, and a beginning that is told what it is."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.begins: list[float] = []
        self.ends: list[tuple[float, str | None]] = []
        self.raised: list[BaseException] = []
        self.receipts: Callable[[Sequence[Payload]], tuple[Receipt, ...]] = lambda payloads: tuple(
            Receipt(payload, http_status=202, attempts=1) for payload in payloads
        )
        patch.setattr(meanwhile, "transmit", self.transmit)
        patch.setattr(dispatch, "deliver", self.deliver)

    def transmit(
        self,
        payloads: Sequence[Payload],
        where: object,
        seconds: float,
        tell: Callable[[str], None],
        over: threading.Event,
    ) -> tuple[Receipt, ...]:
        self.begins.append(seconds)
        tell("attempt 1")
        return self.receipts(payloads)

    def deliver(
        self,
        payloads: Sequence[Payload],
        where: object,
        seconds: float,
        outbox: str | None,
        *_: object,
    ) -> tuple[Receipt, ...]:
        self.ends.append((seconds, outbox))
        if self.raised:
            raise self.raised.pop()
        return tuple(Receipt(payload, http_status=202, attempts=1) for payload in payloads)


@pytest.mark.parametrize(
    ("timeout", "cancelled", "begin", "end"),
    [
        ("9", False, 9, 9), ("10", False, 10, 10), ("11", False, 10, 11),
        ("4", True, 4, 4), ("5", True, 5, 5), ("6", True, 6, 5),
    ],
)  # fmt: skip
def test_beginning_and_end_have_their_time(
    timeout: str,
    cancelled: bool,
    begin: int,
    end: int,
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = Told(monkeypatch)
    report(called(sandbox, tmp_path, timeout=timeout, outbox="o"), cancelled=cancelled)
    assert (told.begins, told.ends) == ([begin], [(end, "o")])


def test_the_rate_limit_adds_to_the_time_of_a_begin(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told(monkeypatch)
    ids = ",".join(f"{ARI[:-3]}{number:03}" for number in range(101))
    report(called(sandbox, tmp_path, component_id=ids))
    assert told.begins == [10 + 61]
    assert told.ends == [(120 + 61, None)]


def test_a_cancelled_command_is_reported_in_a_hurry(
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The rate limit is not waited for."""
    told = Told(monkeypatch)
    ids = ",".join(f"{ARI[:-3]}{number:03}" for number in range(101))
    call = called(sandbox, tmp_path, component_id=ids)
    assert report(call, 143, cancelled=True) == 143
    assert told.ends == [(5, None)]
    said = capsys.readouterr().err
    assert said.startswith("build CANCELLED ")
    assert "The 5 s of timeout have room for 100." in said


def test_a_signal_at_the_end_leaves_five_seconds(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it was waiting or comes while it is sent."""
    told = Told(monkeypatch)

    def interrupt() -> None:
        raise Interrupted

    assert report(called(sandbox, tmp_path, outbox="o"), 3, interrupt) == 3
    assert told.ends == [(5, "o")]
    told.raised = [Interrupted()]
    report(called(sandbox, tmp_path, timeout="4"))
    assert told.ends[1:] == [(4, None), (4, None)]


def test_a_start_that_could_not_be_reported_is_a_line(
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Unless the command was over before it could arrive."""
    told = Told(monkeypatch)
    told.receipts = lost
    line = (
        "Note: The start could not be reported while the command ran (Compass could not take the event "
        "now, HTTP 503). The outcome carries it.\n"
    )
    report(called(sandbox, tmp_path))
    assert capsys.readouterr().err.startswith(line + "build SUCCESSFUL")
    OVER.set()
    report(called(sandbox, tmp_path, debug="true"))
    said = capsys.readouterr().err
    assert "could not be reported" not in said
    assert said.startswith("Debug: start: attempt 1\n")


def test_a_start_that_could_not_be_reported_for_one_component_is_told_as_well(
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = Told(monkeypatch)
    told.receipts = lambda payloads: (Receipt(payloads[0], http_status=202), *lost(payloads[1:]))
    report(called(sandbox, tmp_path, component_id=f"{ARI},{ARI[:-1]}5"))
    assert "Note: The start could not be reported" in capsys.readouterr().err


def test_sending_without_a_place_is_a_fault_of_ours(sandbox: Sandbox, tmp_path: Path) -> None:
    call = called(sandbox, tmp_path, dry_run="true")
    begun = span.begin(call, STARTED).begun.finish()
    assert begun.prepared
    with pytest.raises(ValueError, match="there is nowhere to send to"):
        span._deliver(call, call.inputs, begun.prepared, lambda: None)
