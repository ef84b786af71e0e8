"""The log: what is said while the program runs.

Everything passes through here, which hides secrets and takes the sting out of foreign text: control
characters, and the marks by which hosts recognise commands in a log.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, NamedTuple

from compass_action.errors import Problem
from compass_action.text import Secrets

from . import terminal
from .report import Report
from .safe import neutral
from .speaker import Speaker


class Said(NamedTuple):
    """One thing that was said, for machines."""

    level: str
    title: str
    text: str
    problems: tuple[Problem, ...] = ()
    """What is wrong, one by one, where `text` is made of it."""


class Log:
    """Says things to one host. State: which secrets to hide, how much to say, and what was said."""

    def __init__(
        self,
        speaker: Speaker,
        *,
        debug: bool = False,
        stream: IO[str] | None = None,
        errors: IO[str] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """`errors` takes warnings and errors, if another stream than the rest."""
        self._speaker = speaker
        self._secrets = Secrets()
        self._debug = debug
        # Python has no standard output where the process was started without one.
        self._stream = stream or sys.stdout or io.StringIO()
        self._errors = errors or self._stream
        self._env = env or {}
        self._counted = ""
        self.said: list[Said] = []
        """Notices, warnings and errors, without secrets."""
        self.left: Report | None = None
        """What the run has left behind."""

    def hide(self, secrets: Secrets) -> None:
        """Hide them from now on, here and in the host's own log."""
        self._secrets = secrets
        self._write(self._speaker.mask(secrets.forms), self._stream)

    def say(self, level: str, text: str, title: str = "", problems: Sequence[Problem] = ()) -> None:
        """Say one thing; a debug message only if asked to."""
        if level == "count":
            self._count(text)
            return
        if level == "debug" and not self._debug:
            return
        safe_title, *lines = (
            neutral(self._secrets.hide_in(line)) for line in (title, *text.split("\n"))
        )
        if level in ("notice", "warning", "error"):
            told = tuple(Problem(p.where, self._secrets.hide_in(p.what)) for p in problems)
            self.said.append(Said(level, safe_title, "\n".join(lines), told))
        stream = self._errors if level in ("warning", "error") else self._stream
        rendered = self._speaker.render(level, safe_title, "\n".join(lines))
        if self._speaker.dressed:
            rendered = terminal.dress(rendered, level, terminal.look(stream, self._env))
        self._write(terminal.plain(rendered, self._env), stream)

    def show(self, text: str) -> None:
        """Show a text of several lines as it is, but for secrets and stings."""
        lines = [neutral(self._secrets.hide_in(line)) for line in text.split("\n")]
        self._write(lines, self._stream)

    def fold(self, title: str, lines: Sequence[str]) -> None:
        """Show lines in a section that is closed at first, where the host has such."""
        safe_title, *safe = (neutral(self._secrets.hide_in(line)) for line in (title, *lines))
        self._write(self._speaker.fold(safe_title, safe), self._stream)

    def without_secrets(self, text: str) -> str:
        """Hide the secrets in what goes into a file."""
        return self._secrets.hide_in(text)

    def _count(self, text: str) -> None:
        """Tell how far the work has come: in place on a terminal, now and then in a log."""
        done, _, of = text.partition("/")
        if terminal.is_terminal(self._stream):
            ends = "\n" if done == of else ""
            self._put(f"\r\x1b[K{done} of {of} sent{ends}", self._stream)
            self._counted = "" if ends else text
        elif terminal.is_milestone(int(done), int(of)):
            self._write([f"{done} of {of} sent"], self._stream)

    def _write(self, lines: Iterable[str], stream: IO[str]) -> None:
        text = "".join(line + "\n" for line in lines)
        if self._counted and text:  # the counted line makes room
            text, self._counted = "\r\x1b[K" + text, ""
        self._put(text, stream)

    def _put(self, text: str, stream: IO[str]) -> None:
        # A stream in another encoding (Windows, LANG=C) must not stop the program.
        encoding = getattr(stream, "encoding", None) or "utf-8"
        try:
            stream.write(text.encode(encoding, "replace").decode(encoding))
            stream.flush()
        except (OSError, ValueError):
            pass  # nobody reads any more (`| head`); what is to be done is done all the same
