"""Shell completion: a script that is made by shtab, for commands and options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from compass_action import report
from compass_action.errors import InputError, Problem
from compass_action.event_types import EVENT_TYPES
from compass_action.inputs.commands import COMMANDS
from compass_action.inputs.table import INPUTS
from compass_action.text import advise, quoted

if TYPE_CHECKING:
    import argparse

SHELLS = ("bash", "zsh", "fish")
FILES = ("outbox", "component-file", "record")
"""Inputs that name a file."""


def completion(shells: Sequence[str]) -> int:
    """Print the script for a shell; returns the exit code. Raises InputError."""
    shell = shells[0] if shells else ""
    if shell not in SHELLS:
        what = f"{quoted(shell)} is not supported. {advise(shell, SHELLS)}" if shell else ""
        missing = "no shell is named. Write bash, zsh or fish."
        raise InputError([Problem("completion", what or missing)])
    try:
        import shtab
    except ImportError:
        text = "shtab is not installed. Write: pip install 'compass-event[completion]'"
        raise InputError([Problem("completion", text)]) from None
    report.print_text(shtab.complete(_parser(), shell))
    return 0


def _parser() -> argparse.ArgumentParser:
    """Describe the command line in the words of argparse, which shtab reads."""
    import argparse

    parser = argparse.ArgumentParser(prog="compass-event")
    _add_options(parser)
    commands = parser.add_subparsers()
    for name, row in COMMANDS.items():
        one = commands.add_parser(name, help=row.about)
        if "--INPUT" in row.usage:
            _add_options(one)
        if name == "completion":
            one.add_argument("shell", choices=SHELLS)
        elif name == "help":
            types = [kind.word for kind in EVENT_TYPES.values()]
            one.add_argument("topic", choices=[*COMMANDS, *types, "inputs", "exit-codes"])
        elif row.takes == "FILE":
            _complete_files(one.add_argument("file", nargs="*"))
    return parser


def _add_options(parser: argparse.ArgumentParser) -> None:
    for row in INPUTS:
        choices = list(row.type.choices) or None
        text = row.help.partition(". ")[0].rstrip(".").replace("%", "%%")
        nargs = "?" if row.type.is_flag else None
        option = parser.add_argument(f"--{row.name}", help=text, choices=choices, nargs=nargs)
        if row.name in FILES:
            _complete_files(option)


def _complete_files(argument: argparse.Action) -> None:
    import shtab

    argument.complete = shtab.FILE  # type: ignore[attr-defined]
