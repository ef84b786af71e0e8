"""The log: which stream hears what, what is remembered for machines, and what is hidden."""

from __future__ import annotations

import io
import sys

import pytest

from compass_action.errors import Problem
from compass_action.report import github, plain
from compass_action.report.log import Log, Said
from compass_action.text import secrets_of

TOKEN = "correct-horse"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Gone(io.StringIO):
    """Nobody reads any more."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        raise self.error


LEVELS = ("info", "success", "notice", "warning", "error", "debug")


def test_each_level_has_its_stream() -> None:
    out, errors = io.StringIO(), io.StringIO()
    log = Log(plain.SPEAKER, stream=out, errors=errors)
    for level in LEVELS:
        log.say(level, f"of {level}", "Title")
    assert out.getvalue() == "Title: of info\nTitle: of success\nNote: Title: of notice\n"
    assert errors.getvalue() == "Warning: Title: of warning\nError: Title: of error\n"
    assert log.said == [
        Said("notice", "Title", "of notice"),
        Said("warning", "Title", "of warning"),
        Said("error", "Title", "of error"),
    ]


def test_without_a_stream_for_errors_all_is_one_log(capsys: pytest.CaptureFixture[str]) -> None:
    log = Log(plain.SPEAKER, debug=True)
    for level in ("debug", "error"):
        log.say(level, "text")
    assert capsys.readouterr() == ("Debug: text\nError: text\n", "")


def test_a_process_without_standard_output_says_it_to_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    log = Log(plain.SPEAKER)
    log.say("warning", "text")
    assert log.said == [Said("warning", "", "text")]


def test_secrets_and_stings_are_taken_out_of_all_that_is_said() -> None:
    """The host is asked to hide them first; a title, a text, a section and a problem hold none."""
    out = io.StringIO()
    log = Log(github.SPEAKER, stream=out)
    log.hide(secrets_of(TOKEN, None))
    masks = out.getvalue()
    assert masks.startswith(f"::add-mask::{TOKEN}\n") or f"\n::add-mask::{TOKEN}\n" in masks
    assert all(line.startswith("::add-mask::") for line in masks.splitlines())
    out.truncate(0)
    out.seek(0)
    log.say("error", f"a {TOKEN}\n::b::", f"t {TOKEN}", [Problem("site", f"no {TOKEN}")])
    log.show(f"one {TOKEN}\n::two::")
    log.fold(f"8 {TOKEN}", [f"a {TOKEN}", "::b::"])
    assert log.without_secrets(f"x {TOKEN}") == "x ***"
    assert out.getvalue() == (
        "::error title=t ***::a ***%0A| ::b::\n"
        "one ***\n| ::two::\n"
        "::group::8 ***\na ***\n| ::b::\n::endgroup::\n"
    )
    assert log.said == [Said("error", "t ***", "a ***\n| ::b::", (Problem("site", "no ***"),))]


def test_what_is_said_is_coloured_where_the_manner_allows_it() -> None:
    """By the level of each; GitHub's own manner is not."""
    for speaker, text in (
        (plain.SPEAKER, "\x1b[31mError: text\x1b[0m\n"),
        (github.SPEAKER, "::error::text\n"),
    ):
        out = io.StringIO()
        Log(speaker, stream=out, env={"FORCE_COLOR": "1"}).say("error", "text")
        assert out.getvalue() == text


def test_in_a_log_the_count_is_told_now_and_then() -> None:
    out = io.StringIO()
    log = Log(plain.SPEAKER, stream=out)
    for done in range(1, 41):
        log.say("count", f"{done}/40")
    assert out.getvalue() == "".join(
        f"{done} of 40 sent\n" for done in (4, 8, 12, 16, 20, 24, 28, 32, 36, 40)
    )
    assert log.said == []


def test_on_a_terminal_the_count_makes_room_for_what_is_said() -> None:
    """And stays when it is complete."""
    out = Terminal()
    log = Log(plain.SPEAKER, stream=out)
    log.say("count", "1/3")
    log.say("info", "")
    log.say("info", "text")
    log.say("info", "more")
    log.say("count", "3/3")
    log.say("info", "end")
    assert out.getvalue() == ("\r\x1b[K1 of 3 sent\r\x1b[Ktext\nmore\n\r\x1b[K3 of 3 sent\nend\n")


@pytest.mark.parametrize("error", [OSError(), ValueError(), BrokenPipeError()])
def test_a_reader_that_has_gone_stops_nothing(error: Exception) -> None:
    Log(plain.SPEAKER, stream=Gone(error)).say("info", "text")


def test_what_an_encoding_lacks_becomes_a_question_mark() -> None:
    """And it is there at once: the process may be killed next."""
    held = io.BytesIO()
    stream = io.TextIOWrapper(held, "ascii")
    Log(plain.SPEAKER, stream=stream).say("info", "größer")
    assert held.getvalue() == b"gr??er\n"


def test_half_of_a_surrogate_pair_can_be_said() -> None:
    out = io.StringIO()
    Log(plain.SPEAKER, stream=out).show("a\ud800b")
    assert out.getvalue() == "a\ufffdb\n"
