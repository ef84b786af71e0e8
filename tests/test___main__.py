"""The program as a process: what is done before the first import and after the last line."""

from __future__ import annotations

import io
import os
import re
import runpy
import sys

import pytest

from compass_action import __main__ as program
from compass_action import main
from compass_action.delivery import interruption
from compass_action.errors import Interrupted


class Ended(Exception):  # noqa: N818 - it is none
    """In the place of the process's end."""


class Stream(io.StringIO):
    """It remembers that it was flushed; one that has gone away cannot be."""

    flushed = False
    gone = False

    def flush(self) -> None:
        self.flushed = True
        if self.gone:
            raise BrokenPipeError


def stand_in(monkeypatch: pytest.MonkeyPatch) -> tuple[Stream, Stream]:
    """Standard output and error of a process that listens to no signal and does not end.

    Made in the test itself, for pytest puts its own streams there before each.
    """

    def leave(code: int) -> None:
        raise Ended(code)

    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setattr(interruption, "listen", lambda: None)
    out, err = Stream(), Stream()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setattr(sys, "argv", ["compass-event", "check", "--json"])
    return out, err


def code_of_console() -> int:
    with pytest.raises(Ended) as ended:
        program.console()
    return int(ended.value.args[0])


def test_it_ends_with_the_code_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would write the keys of TLS into a file is taken out first."""
    streams = stand_in(monkeypatch)
    monkeypatch.setenv("SSLKEYLOGFILE", "/tmp/keys")
    seen: list[object] = []

    def run(argv: list[str], env: object) -> int:
        seen.extend([argv, env, "SSLKEYLOGFILE" in os.environ])
        return 7

    monkeypatch.setattr(main, "main", run)
    assert code_of_console() == 7
    assert seen == [["check", "--json"], os.environ, False]
    assert [stream.flushed for stream in streams] == [True, True]
    assert streams[1].getvalue() == ""
    assert code_of_console() == 7


@pytest.mark.parametrize(
    ("early", "said"),
    [(True, "Compass Event was stopped before it had begun. Nothing was sent.\n"), (False, "")],
)
def test_a_signal_ends_it_with_1(early: bool, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything has begun that is told; after that the command has told what there is."""
    streams = stand_in(monkeypatch)

    def interrupt(*_: object) -> int:
        raise Interrupted

    monkeypatch.setattr(main, "main", interrupt)
    if early:
        monkeypatch.setattr(interruption, "listen", interrupt)
    assert code_of_console() == 1
    assert streams[1].getvalue() == said


def test_a_fault_that_nothing_else_could_tell_is_told_in_one_line(
    faults_of_ours: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = stand_in(monkeypatch)

    def fail(*_: object) -> int:
        raise LookupError("not to be shown")

    monkeypatch.setattr(main, "main", fail)
    assert code_of_console() == 1
    assert re.fullmatch(
        r"Compass Event itself has failed: LookupError in __main__, line \d+\.\n",
        streams[1].getvalue(),
    )
    monkeypatch.setattr(sys, "stderr", None)
    assert code_of_console() == 1


def test_it_listens_before_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch)
    order: list[str] = []
    monkeypatch.setattr(interruption, "listen", lambda: order.append("listen"))

    def run(*_: object) -> int:
        order.append("main")
        return 0

    monkeypatch.setattr(main, "main", run)
    assert code_of_console() == 0
    assert order == ["listen", "main"]


def test_readers_that_have_gone_or_never_were_stop_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = stand_in(monkeypatch)
    monkeypatch.setattr(main, "main", lambda *_: 3)
    streams[0].gone = True
    assert code_of_console() == 3
    assert streams[1].flushed
    monkeypatch.setattr(sys, "stdout", None)
    assert code_of_console() == 3


def test_the_package_is_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch)
    monkeypatch.setattr(main, "main", lambda *_: 4)
    monkeypatch.delitem(sys.modules, "compass_action.__main__")
    with pytest.raises(Ended) as ended:
        runpy.run_module("compass_action", run_name="__main__")
    assert ended.value.args == (4,)
