"""Shell completion: a script that is made by shtab, for commands and options."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from compass_action import report
from compass_action.errors import InputError, Problem
from compass_action.event_types import EVENT_TYPES
from compass_action.inputs.commands import COMMANDS
from compass_action.inputs.table import BY_NAME, INPUTS
from compass_action.text import advise, quoted

if TYPE_CHECKING:
    import argparse

SHELLS = ("bash", "zsh", "fish")
FILES = ("outbox", "component-file", "record")
"""Inputs that name a file."""

Parsers = Mapping[str, Callable[[], "argparse.ArgumentParser"]]
"""What reads the arguments of the commands that read their own, by command."""


def completion(shells: Sequence[str], programs: Parsers) -> int:
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
    report.print_text(shtab.complete(_parser(programs), shell))
    return 0


def _parser(programs: Parsers) -> argparse.ArgumentParser:
    """Describe the command line in the words of argparse, which shtab reads."""
    import argparse

    parser = argparse.ArgumentParser(prog="compass-event")
    parser.add_argument("--version", help="Print the version", action="store_true")
    _add_options(parser, BY_NAME)
    commands = parser.add_subparsers()
    for name, row in COMMANDS.items():
        own = [programs[name]()] if name in programs else []
        one = commands.add_parser(name, help=row.about, parents=own, add_help=not own)
        for option, text in row.own.items():
            one.add_argument(option, help=text.rstrip("."), action="store_true")
        for argument in one._actions:
            if argument.metavar == "FILE":
                _complete_files(argument)
        if "--INPUT" in row.usage:
            _add_options(one, row.reads or BY_NAME)
        if name == "completion":
            one.add_argument("shell", choices=SHELLS)
        elif name == "help":
            types = [kind.word for kind in EVENT_TYPES.values()]
            one.add_argument("topic", choices=[*COMMANDS, *types, "inputs", "exit-codes"])
        elif row.takes == "FILE":
            _complete_files(one.add_argument("file", nargs="*"))
    return parser


def _add_options(parser: argparse.ArgumentParser, names: Collection[str]) -> None:
    for row in INPUTS:
        if row.name not in names:
            continue
        choices = list(row.type.choices) or None
        text = row.help.partition(". ")[0].rstrip(".").replace("%", "%%")
        nargs = "?" if row.type.is_flag else None
        option = parser.add_argument(f"--{row.name}", help=text, choices=choices, nargs=nargs)
        if row.name in FILES:
            _complete_files(option)


def _complete_files(argument: argparse.Action) -> None:
    import shtab

    argument.complete = shtab.FILE  # type: ignore[attr-defined]
