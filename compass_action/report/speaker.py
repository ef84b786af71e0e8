"""What a manner of log has to offer; each has its file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from .report import Kept, Report


class Speaker(NamedTuple):
    """How one host is spoken to."""

    name: str
    """What `ci.System.speaker` calls it."""
    mask: Callable[[Iterable[str]], list[str]]
    """Lines that make the host hide secrets; printed before anything else."""
    render: Callable[[str, str, str], list[str]]
    """Log lines of one message, from level (info, notice, warning, error, debug), title and text."""
    keep: Callable[[Kept, Mapping[str, str]], list[str]]
    """Keep what later stages have to know, where the host has a place for it; returns what could not
    be written, in sentences."""
    save: Callable[[Report, Mapping[str, str]], list[str]]
    """Write outputs and summary; returns the same."""
    fold: Callable[[str, Sequence[str]], list[str]] = lambda title, lines: [title, *lines]
    """Lines of a section that is closed at first, from its title and its lines."""
    dressed: bool = False
    """Its lines may be coloured, and wrapped to the width of a terminal."""
