"""The command line: `compass-event [COMMAND] [--input value …]`. Pure, but for --help and --version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from compass_action.errors import InputError, Problem
from compass_action.text import quoted, words

from .table import GROUPS, INPUTS
from .values import FLAGS

if TYPE_CHECKING:
    import argparse

COMMANDS = {
    "send": "report the build, deployment or other event (the default)",
    "post": "end a tracked job: report its outcome",
    "replay": "send again what is in outbox files",
    "check": "show what would be sent, where each value comes from, and what Compass says of it; with "
    "--offline nobody is asked",
    "verify": "ask Compass whether the event of this run counts",
    "sandbox": "run a local stand-in for Compass",
    "demo": "play the life of real pipelines against the stand-in",
}
OFFLINE = "--offline"
OWN_ARGUMENTS = ("sandbox", "demo")
"""Commands that read their arguments themselves."""


class CommandLine(NamedTuple):
    """What was typed."""

    command: str = "send"
    arguments: Mapping[str, str] = {}
    """Inputs by name."""
    rest: tuple[str, ...] = ()
    """Files of `replay`; all arguments of the commands that read their own."""
    offline: bool = False
    """`check --offline`: nobody is asked."""

    def __repr__(self) -> str:
        """Show what was typed, but for values: they may hold a secret."""
        return f"CommandLine({self.command!r}, {list(self.arguments)}, {list(self.rest)})"


def parse(argv: Sequence[str]) -> CommandLine:
    """Read the arguments. Raises InputError; SystemExit for --help and --version."""
    if not argv:
        return CommandLine()  # the way of all hosts; argparse is not even imported
    if argv[0] == "check" and OFFLINE in argv:
        left = [argument for argument in argv if argument != OFFLINE]
        return parse(left)._replace(offline=True)
    command = argv[0] if argv[0] in COMMANDS else "send"
    rest = argv[1:] if argv[0] in COMMANDS else argv
    # GitHub hands `args: replay FILE` to the post stage as well, where there is nothing to end.
    if not rest or (command == "post" and rest[0] in COMMANDS):
        return CommandLine(command)
    if command in OWN_ARGUMENTS:
        return CommandLine(command, {}, tuple(rest))
    options = vars(_parser().parse_intermixed_args(_with_flag_values(rest, command)))
    files = tuple(options.pop("files"))
    if files and command != "replay":
        message = f"{quoted(files[0])} is not known. Use one of: {words(COMMANDS)}, or --help."
        raise InputError([Problem("command", message)])
    arguments = {
        name.replace("_", "-"): "\n".join(value) if isinstance(value, list) else value
        for name, value in options.items()
        if value is not None
    }
    return CommandLine(command, arguments, files)


def _with_flag_values(argv: Sequence[str], command: str) -> list[str]:
    """Write `--debug` as `--debug=true` where no value follows; a file of `replay` is none."""
    flags = {f"--{row.name}" for row in INPUTS if row.type.is_flag}
    written = []
    for argument, following in zip(argv, [*argv[1:], "--"], strict=True):
        last = following.startswith("--") or (
            command == "replay" and following.lower() not in FLAGS
        )
        written.append(argument + "=true" if argument in flags and last else argument)
    return written


def _parser() -> argparse.ArgumentParser:
    import argparse

    from compass_action import __version__

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise InputError([Problem("command line", f"{message}. See compass-event --help.")])

    parser = Parser(
        prog="compass-event",
        description="Tell Atlassian Compass what a CI pipeline built and deployed.",
        epilog="Commands: "
        + "; ".join(f"{name}: {text}" for name, text in COMMANDS.items())
        + ". Every input can also be given as an environment variable: COMPASS_ and its name in "
        "capitals, with underscores. Keep the API token out of the command line.",
        allow_abbrev=False,
        usage="compass-event [COMMAND] [--INPUT VALUE ...]",
    )
    parser.add_argument("--version", action="version", version=f"compass-event {__version__}")
    groups = {key: parser.add_argument_group(title) for key, title in GROUPS.items()}
    for row in INPUTS:
        text = row.help.replace("%", "%%") + (f" Default: {row.default}." if row.default else "")
        name = "--" + row.name
        action = "append" if row.type.is_list else "store"
        groups[row.group].add_argument(name, action=action, metavar=row.type.metavar, help=text)
    parser.add_argument("files", nargs="*", metavar="FILE", help="outbox files, for replay")
    return parser
