"""What can go wrong before anything is sent: how it is told, and that all of it is."""

from __future__ import annotations

import errno
import re

import pytest

from compass_action import errors
from compass_action.errors import EventError, InputError, NothingToReport, Problem

ONE, TWO = Problem("site", "it is not given."), Problem("$.event.build", "it is odd.")


def test_an_error_tells_its_headline_and_every_problem_once() -> None:
    error = InputError([ONE, TWO, ONE])
    assert error.problems == (ONE, TWO)
    assert str(error) == (
        "Some inputs are missing or wrong\nsite: it is not given.\n$.event.build: it is odd."
    )
    assert str(EventError([TWO])) == (
        "The event does not satisfy its schema\n$.event.build: it is odd."
    )


def test_headlines_that_belong_to_no_error_are_these() -> None:
    assert errors.HEADLINES == (
        "Nothing was sent",
        "The outbox could not be written",
        "Something could not be written",
        "The clocks disagree",
    )
    assert (errors.SKIPPED, errors.OUTBOX_UNWRITTEN, errors.UNWRITTEN, errors.CLOCKS) == (
        errors.HEADLINES
    )


@pytest.mark.parametrize(
    ("number", "why", "denied"),
    [
        (errno.ENOSPC, "the disk is full", False),
        (errno.EDQUOT, "the disk quota is used up", False),
        (errno.EROFS, "the file system is read-only", False),
        (errno.EACCES, "permission denied", True),
        (errno.EPERM, "permission denied", True),
        (errno.ELOOP, "it or a folder above it is a symlink", False),
        (errno.ENXIO, "it is a named pipe that nobody reads", False),
        (errno.EISDIR, "it is a folder", False),
        (errno.ENOTDIR, "a part of its path is no folder", False),
        (errno.ENAMETOOLONG, "its name is too long", False),
        (errno.EINVAL, "it is not a regular file", False),
        (errno.ENOENT, "FileNotFoundError", False),
        (errno.EMFILE, "OSError", False),
        (0, "OSError", False),
    ],
)
def test_what_kept_a_file_from_us_is_said_in_a_few_words(
    number: int, why: str, denied: bool
) -> None:
    """Nothing of the error's own text, which has the path in it."""
    error = OSError(number, "secret/path") if number else OSError("secret/path")
    assert (errors.reason(error), errors.denied(error)) == (why, denied)


def test_a_step_that_fails_leaves_its_problems() -> None:
    """And no others: what is no error of the inputs is not caught."""
    problems = [ONE]

    def fail() -> str:
        raise InputError([TWO])

    assert errors.collect(problems, lambda: "done") == "done"
    assert errors.collect(problems, fail) is None
    assert problems == [ONE, TWO]
    with pytest.raises(NothingToReport):
        errors.collect(problems, lambda: _skip())


def _skip() -> None:
    raise NothingToReport


def test_a_fault_is_named_with_its_place_and_without_its_text(faults_of_ours: None) -> None:
    """The innermost line of the program; a library's, or a test's, is none of it."""
    assert errors.whereabouts(KeyError("secret")) == "KeyError"
    with pytest.raises(AttributeError) as caught:
        errors.collect([], lambda: errors.reason("secret"))  # type: ignore[arg-type]
    found = errors.whereabouts(caught.value)
    assert re.fullmatch(r"AttributeError in errors, line \d+", found)
