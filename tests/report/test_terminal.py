"""How lines look on a terminal and in a log: colours, widths, and how often a count is told."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import termios
from collections.abc import Iterator
from typing import IO

import pytest

from compass_action.report import terminal
from compass_action.report.terminal import Look


@pytest.fixture
def screen() -> Iterator[IO[str]]:
    """A terminal of 100 columns."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    with os.fdopen(follower, "w") as stream:
        yield stream
    os.close(leader)


def test_a_closed_stream_is_no_terminal(screen: IO[str]) -> None:
    assert terminal.is_terminal(screen) is True
    stream = io.StringIO()
    assert terminal.is_terminal(stream) is False
    stream.close()
    assert terminal.is_terminal(stream) is False


@pytest.mark.parametrize(
    ("env", "coloured", "width"),
    [
        ({"TERM": "xterm"}, True, 100),
        ({}, True, 100),
        ({"TERM": "dumb"}, False, 100),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, 100),
        ({"NO_COLOR": "1"}, False, 100),
        ({"NO_COLOR": ""}, True, 100),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, 100),
        ({"COLUMNS": "60"}, True, 60),
        ({"COLUMNS": "39"}, True, 40),
        ({"COLUMNS": "41"}, True, 41),
        ({"COLUMNS": "9999"}, True, 9999),
        ({"COLUMNS": "10000"}, True, 100),
        ({"COLUMNS": "wide"}, True, 100),
        ({"COLUMNS": "٦٠"}, True, 100),
        ({"COLUMNS": "0"}, True, None),
    ],
)
def test_on_a_terminal(
    env: dict[str, str], coloured: bool, width: int | None, screen: IO[str]
) -> None:
    assert terminal.look(screen, env) == Look(coloured, width)


@pytest.mark.parametrize(
    ("env", "coloured"),
    [
        ({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "yes"}, True),
        ({"FORCE_COLOR": "0"}, False), ({"FORCE_COLOR": "false"}, False), ({"FORCE_COLOR": ""}, False),
    ],
)  # fmt: skip
def test_in_a_log_nothing_is_wrapped(env: dict[str, str], coloured: bool) -> None:
    assert terminal.look(io.StringIO(), env | {"COLUMNS": "60"}) == Look(coloured, None)


class NoSize(io.StringIO):
    """A terminal that does not tell its size."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_that_does_not_tell_its_size_is_not_wrapped() -> None:
    assert terminal.look(NoSize(), {}) == Look(coloured=True, width=None)
    assert terminal.look(NoSize(), {"COLUMNS": "80"}) == Look(coloured=True, width=80)


def test_no_color_takes_the_colours_out_of_a_host_s_own_manner() -> None:
    lines = ["\x1b[31m✖ a\x1b[0m", "\x1b[1;32mb", "c"]
    assert terminal.plain(lines, {"NO_COLOR": "1"}) == ["✖ a", "b", "c"]
    assert terminal.plain(lines, {}) == lines


@pytest.mark.parametrize(
    ("level", "colour"),
    [("success", "32"), ("notice", "34"), ("warning", "33"), ("error", "31"), ("debug", "2")],
)
def test_each_level_has_its_colour(level: str, colour: str) -> None:
    assert terminal.dress(["a", ""], level, Look(coloured=True, width=None)) == [
        f"\x1b[{colour}ma\x1b[0m",
        "",
    ]
    assert terminal.dress(["a"], level, Look(coloured=False, width=None)) == ["a"]


def test_info_has_none() -> None:
    assert terminal.dress(["a"], "info", Look(coloured=True, width=None)) == ["a"]


def test_a_line_is_wrapped_at_blanks_and_goes_on_further_right() -> None:
    """No address is broken, not even at a hyphen."""
    seen = Look(coloured=False, width=20)
    assert terminal.dress(["x" * 20, "x" * 21], "info", seen) == ["x" * 20, "x" * 21]
    assert terminal.dress(
        ["one two three-four-five six", "  a b c d e f g h i j k"], "info", seen
    ) == [
        "one two",
        "  three-four-five",
        "  six",
        "  a b c d e f g h i",
        "    j k",
    ]


def test_a_line_that_fits_stays_as_it_is() -> None:
    seen = Look(coloured=False, width=20)
    fits = " " * 3 + "x" * 16 + " "
    assert terminal.dress([fits], "info", seen) == [fits]
    assert terminal.dress([fits + " "], "info", seen) == [fits.rstrip()]


def test_a_count_is_told_ten_times() -> None:
    assert [n for n in range(1, 26) if terminal.is_milestone(n, 25)] == [
        3, 5, 8, 10, 13, 15, 18, 20, 23, 25,
    ]  # fmt: skip
