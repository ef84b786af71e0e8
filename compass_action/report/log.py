"""The log: what is said while the program runs.

Everything passes through here, which hides secrets and takes the sting out of foreign text: control
characters, and the marks by which hosts recognise commands in a log.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import IO

from compass_action.text import Secrets

from .safe import neutral
from .speaker import Speaker


class Log:
    """Says things to one host, on one stream. State: which secrets to hide, and how much to say."""

    def __init__(
        self, speaker: Speaker, *, debug: bool = False, stream: IO[str] | None = None
    ) -> None:
        self._speaker = speaker
        self._secrets = Secrets()
        self._debug = debug
        self._stream = stream or sys.stdout

    def hide(self, secrets: Secrets) -> None:
        """Hide them from now on, here and in the host's own log."""
        self._secrets = secrets
        self._write(self._speaker.mask(secrets.forms))

    def say(self, level: str, text: str, title: str = "") -> None:
        """Say one thing; a debug message only if asked to."""
        if level == "debug" and not self._debug:
            return
        safe_title, *lines = (
            neutral(self._secrets.hide_in(line)) for line in (title, *text.split("\n"))
        )
        self._write(self._speaker.render(level, safe_title, "\n".join(lines)))

    def show(self, text: str) -> None:
        """Show a text of several lines as it is, but for secrets and stings."""
        self._write([neutral(self._secrets.hide_in(line)) for line in text.split("\n")])

    def without_secrets(self, text: str) -> str:
        """Hide the secrets in what goes into a file."""
        return self._secrets.hide_in(text)

    def _write(self, lines: Iterable[str]) -> None:
        # A stream in another encoding (Windows, LANG=C) must not stop the program.
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        shown = [line.encode(encoding, "replace").decode(encoding) + "\n" for line in lines]
        try:
            self._stream.write("".join(shown))
            self._stream.flush()
        except (OSError, ValueError):
            pass  # nobody reads any more (`| head`); what is to be done is done all the same
