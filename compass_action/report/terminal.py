"""What people see on a terminal: colours, and lines as wide as the terminal.

https://no-color.org and https://force-color.org name the variables.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import IO, NamedTuple

RESET = "\x1b[0m"
COLOURS = {
    "success": "\x1b[32m",
    "notice": "\x1b[34m",
    "warning": "\x1b[33m",
    "error": "\x1b[31m",
    "debug": "\x1b[2m",
}
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
NARROWEST = 40
MILESTONES = 10
"""How often a log is told how far the work has come."""


class Look(NamedTuple):
    """How lines look on a stream."""

    coloured: bool
    width: int | None
    """Characters in one line; None where nothing is wrapped."""


def is_terminal(stream: IO[str]) -> bool:
    """Tell a terminal; a closed stream is none."""
    try:
        return stream.isatty()
    except ValueError:
        return False


def look(stream: IO[str], env: Mapping[str, str]) -> Look:
    """Find how lines look: NO_COLOR forbids colours, FORCE_COLOR wants them also in a log."""
    terminal = is_terminal(stream)
    forced = env.get("FORCE_COLOR", "") not in ("", "0", "false")
    coloured = forced or (terminal and env.get("TERM") != "dumb")
    if env.get("NO_COLOR"):
        coloured = False
    return Look(coloured, _width(stream, env) if terminal else None)


def plain(lines: Sequence[str], env: Mapping[str, str]) -> list[str]:
    """Take the colours out of a host's own manner where NO_COLOR forbids them."""
    return [COLOUR.sub("", line) for line in lines] if env.get("NO_COLOR") else list(lines)


def _width(stream: IO[str], env: Mapping[str, str]) -> int | None:
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        columns = 0
    given = env.get("COLUMNS", "")
    columns = int(given) if given.isascii() and given.isdigit() and len(given) < 5 else columns
    return max(columns, NARROWEST) if columns else None


def dress(lines: Sequence[str], level: str, seen: Look) -> list[str]:
    """Wrap and colour the lines of one message."""
    wrapped = [part for line in lines for part in _wrap(line, seen.width)]
    colour = COLOURS.get(level, "") if seen.coloured else ""
    return [f"{colour}{line}{RESET}" if colour and line else line for line in wrapped]


def _wrap(line: str, width: int | None) -> list[str]:
    if width is None or len(line) <= width:
        return [line]
    import textwrap

    indent = " " * (len(line) - len(line.lstrip()) + 2)
    # An address or an ARI that is broken cannot be clicked or copied.
    return textwrap.wrap(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def is_milestone(done: int, of: int) -> bool:
    """Tell whether a log is told of this one: at every tenth part of the work."""
    return done * MILESTONES // of != (done - 1) * MILESTONES // of
