"""Reporting: the only modules that write. What is said is made here; how a host hears it, beside.

Everything passes through `Log`, which hides secrets and takes the sting out of foreign text: control
characters, and the marks by which hosts recognise commands in a log.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import IO, NamedTuple

from compass_action.errors import UNWRITTEN
from compass_action.tracking import Tracked

from . import bitbucket, github, gitlab, plain
from .safe import neutral, printable, redacted


class Row(NamedTuple):
    """One component's line in the summary."""

    component_id: str
    outcome: str
    """`accepted`, `spooled`, `failed`, `dry-run`."""
    detail: str


@dataclass(frozen=True)
class Report:
    """What is left behind when all is said: for outputs, summary and later stages."""

    outputs: Mapping[str, str] = field(default_factory=dict)
    """By output name (`pipeline-id`); absent is left out."""
    rows: tuple[Row, ...] = ()
    title: str = ""
    """The event's display name."""
    url: str = ""
    """The event's link."""
    tracked: Tracked | None = None
    """What the next stage has to know; None if nothing is to be saved."""


class Speaker(NamedTuple):
    """How one host is spoken to."""

    mask: Callable[[Iterable[str]], list[str]]
    """Lines that make the host hide secrets; printed before anything else."""
    render: Callable[[str, str, str], list[str]]
    """Log lines of one message, from level (info, notice, warning, error, debug), title and text."""
    save: Callable[[Report, Mapping[str, str]], list[str]]
    """Write outputs, summary and state; returns what could not be written, in sentences."""


SPEAKERS: Mapping[str, Speaker] = {
    "github": Speaker(github.mask, github.render, github.save),
    "bitbucket": Speaker(plain.mask, bitbucket.render, bitbucket.save),
    "gitlab": Speaker(plain.mask, plain.render, gitlab.save),
    "unknown": Speaker(plain.mask, plain.render, plain.save),
}


class Log:
    """Says things to one host, on one stream. State: which secrets to hide, and how much to say."""

    def __init__(self, system: str, *, debug: bool = False, stream: IO[str] | None = None) -> None:
        self._speaker = SPEAKERS[system]
        self._secrets: tuple[str, ...] = ()
        self._debug = debug
        self._stream = stream or sys.stdout

    def hide(self, secrets: Iterable[str]) -> None:
        """Hide these texts from now on, here and in the host's own log."""
        self._secrets = tuple(sorted({s for s in secrets if s}, key=len, reverse=True))
        self._write(self._speaker.mask(self._secrets))

    def say(self, level: str, text: str, title: str = "") -> None:
        """Say one thing; a debug message only if asked to."""
        if level == "debug" and not self._debug:
            return
        safe_title, *lines = (
            neutral(redacted(line, self._secrets)) for line in (title, *text.split("\n"))
        )
        self._write(self._speaker.render(level, safe_title, "\n".join(lines)))

    def show(self, text: str) -> None:
        """Show a text of several lines as it is, but for secrets and stings."""
        self._write([neutral(redacted(line, self._secrets)) for line in text.split("\n")])

    def save(self, report: Report, env: Mapping[str, str]) -> None:
        """Leave outputs, summary and state to the host; warn of what could not be written."""
        outputs = {k: printable(redacted(v, self._secrets)) for k, v in report.outputs.items()}
        rows = tuple(
            row._replace(detail=redacted(row.detail, self._secrets)) for row in report.rows
        )
        safe = replace(report, outputs=outputs, rows=rows)
        for sentence in self._speaker.save(safe, env):
            self.say("warning", sentence, UNWRITTEN)

    def _write(self, lines: Iterable[str]) -> None:
        # A stream in another encoding (Windows, LANG=C) must not stop the program.
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        shown = [line.encode(encoding, "replace").decode(encoding) + "\n" for line in lines]
        try:
            self._stream.write("".join(shown))
            self._stream.flush()
        except (OSError, ValueError):
            pass  # nobody reads any more (`| head`); what is to be done is done all the same
