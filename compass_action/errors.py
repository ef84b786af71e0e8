"""What can go wrong before anything is sent, as one tree.

    CompassEventError          exit code 2; nothing was sent
    ├── InputError             an input, a component file or the CI system's answer is missing or wrong
    ├── EventError             the event built from them does not satisfy its JSON Schema
    └── Unanswered             Compass did not tell what the event needs: a failed delivery, exit code 1

Other failures of delivery are not exceptions but values (`delivery.receipt.Receipt`), because a call with
many components can succeed for some of them. The headlines of all of them are in
`delivery.failures.FAILURES`.

What nobody has foreseen is a fault of ours: it ends in `commands.fault`, as a delivery that has failed.

Every error has a *headline*, a fixed first line which is also a heading of
docs/troubleshooting.md, and *problems*, all of them at once.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

# Headlines of messages that are no errors of ours and no failures of delivery.
SKIPPED = "Nothing was sent"
OUTBOX_UNWRITTEN = "The outbox could not be written"
UNWRITTEN = "Something could not be written"
CLOCKS = "The clocks disagree"
HEADLINES = (SKIPPED, OUTBOX_UNWRITTEN, UNWRITTEN, CLOCKS)


class Problem(NamedTuple):
    """One thing that is wrong."""

    where: str
    """The input's name (`component-id`) or the JSON path (`$.event.build.startedAt`)."""
    what: str
    """What is wrong and what to write instead, in whole sentences. Never holds a secret."""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class CompassEventError(Exception):
    """The root of the tree. `problems` is never empty."""

    headline: str
    """Fixed for each class, but for `Unanswered`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("\n".join([self.headline, *map(str, self.problems)]))


class InputError(CompassEventError):
    """The inputs, or what the CI system says in their place, cannot be used."""

    headline = "Some inputs are missing or wrong"


class NothingToReport(Exception):  # noqa: N818 - it is no error
    """What the run is about did not happen, so there is no event. Ends in the command; exit code 0."""


class Interrupted(BaseException):
    """The host asked the program to end (SIGTERM, SIGINT). Not an error of ours; ends in `main`."""


class EventError(CompassEventError):
    """The event does not satisfy the JSON Schema of its type."""

    headline = "The event does not satisfy its schema"


class Unanswered(CompassEventError):  # noqa: N818 - it is no error of whoever calls
    """Compass could not be asked for what the event needs, so that there is none to send or to keep."""

    def __init__(self, problems: Iterable[Problem], headline: str, hint: str, lost: str) -> None:
        """`headline` and `hint` are those of a failed delivery; `lost` says what becomes of the event."""
        self.headline, self.hint, self.lost = headline, hint, lost
        super().__init__(problems)


def whereabouts(error: BaseException) -> str:
    """Name an exception that nobody has foreseen, and the line of the program where it arose: `KeyError
    in event.parts, line 7`. Its own text is left out, for it can hold anything.
    """
    place, trace = "", error.__traceback__
    while trace:
        module = str(trace.tb_frame.f_globals.get("__name__"))
        package, _, inside = module.partition(".")
        if package == "compass_action":
            place = f" in {inside}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return type(error).__name__ + place


def reason(error: OSError) -> str:
    """Say what kept a file from being read or written: short, and nothing of its own text."""
    return REASONS.get(error.errno or 0) or type(error).__name__


def denied(error: OSError) -> bool:
    """Tell whether it is a matter of permissions."""
    return error.errno in (errno.EACCES, errno.EPERM)


REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ELOOP: "it or a folder above it is a symlink",
    errno.ENXIO: "it is a named pipe that nobody reads",
    errno.EISDIR: "it is a folder",
    errno.ENOTDIR: "a part of its path is no folder",
    errno.ENAMETOOLONG: "its name is too long",
    errno.EINVAL: "it is not a regular file",
    errno.ETIMEDOUT: "another process has locked it",
}

T = TypeVar("T")


def collect(problems: list[Problem], step: Callable[[], T]) -> T | None:
    """Take a step; if it fails, keep its problems and go on, so that all are told at once."""
    try:
        return step()
    except InputError as error:
        problems += error.problems
        return None
