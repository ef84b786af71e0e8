"""The command line: `compass-event [COMMAND] [--input value …]`, in any order. Pure.

Read by hand and not by argparse, which quotes what it does not understand (a misspelt `--api-tokn`
would show the token), does not know near misses, and has to be imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from compass_action.errors import InputError, Problem
from compass_action.text import advise, nearest, quoted

from .commands import COMMANDS
from .table import BY_NAME, Input
from .values import FLAG, FLAGS, read_flag

EXAMPLES = ("send", "run", "check", "replay")
HELP = ("-h", "--help")
OFFLINE = Input("offline", FLAG, "behaviour", COMMANDS["check"].own["--offline"], "false")
OPTIONS = {**BY_NAME, OFFLINE.name: OFFLINE}
"""What may be written as `--name`: the inputs, and what is an option only."""


class CommandLine(NamedTuple):
    """What was typed."""

    command: str = "send"
    arguments: Mapping[str, str] = {}
    """Inputs by name."""
    rest: tuple[str, ...] = ()
    """Files, topics, the command of `run`; all arguments of the commands that read their own."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the options of `run`, whose command runs all the same."""
    offline: bool = False
    """`check --offline`: nobody is asked."""

    def __repr__(self) -> str:
        """Show what was typed, but for values: they may hold a secret."""
        return f"CommandLine({self.command!r}, {list(self.arguments)}, {len(self.rest)} more)"


class Word(NamedTuple):
    """One word of a command line, with its value where it is an option."""

    text: str
    value: str | None = None


def parse(argv: Sequence[str]) -> CommandLine:
    """Read the arguments. Raises InputError with everything that is wrong."""
    if not argv:
        return CommandLine()  # the way of all hosts
    if argv[0] in COMMANDS and COMMANDS[argv[0]].reads_alone:
        # A program with many options explains them itself.
        if COMMANDS[argv[0]].own and set(argv).intersection(HELP):
            return CommandLine("help", {}, (argv[0],))
        return CommandLine(argv[0], {}, tuple(argv[1:]))
    dashes = argv.index("--") if "--" in argv else len(argv)
    words = list(_scan(argv[:dashes]))
    named = [word.text for word in words if not _looks_like_option(word.text)]
    behind = list(argv[dashes + 1 :])
    # GitHub hands `args: replay FILE` to the post stage as well, where there is nothing to end.
    if argv[0] == "post" and len(named) > 1 and named[1] in COMMANDS:
        return CommandLine("post")
    asked = {word.text for word in words}
    command = named.pop(0) if named and named[0] in COMMANDS else "send"
    if asked.intersection(HELP):
        return CommandLine("help", {}, (command,) if "send" != command != "help" else ())
    if "--version" in asked:
        return CommandLine("version")
    problems = [
        *_problems(words, command),
        *_rest_problems(command, named, behind),
    ]
    arguments = _arguments(words)
    offline = arguments.pop(OFFLINE.name, "") or OFFLINE.default
    if offline.lower() not in FLAGS:
        problems.append(Problem("command line", f"--offline takes true, false or nothing. {SEE}"))
    if command == "run" and behind:
        return CommandLine(command, arguments, tuple(behind), tuple(problems))
    if problems:
        raise InputError(problems)
    return CommandLine(command, arguments, (*named, *behind), offline=read_flag(offline))


def asks_for_json(argv: Sequence[str]) -> str:
    """Find what a command line that could not be read says of `--json`; nothing else of it is looked at."""
    before = argv[: argv.index("--")] if "--" in argv else argv
    return _arguments([word for word in _scan(before) if word.text == "--json"]).get("json", "")


def _scan(argv: Sequence[str]) -> Iterator[Word]:
    """Split the arguments into words, each option with its value."""
    left, command = list(argv), ""
    while left:
        word = left.pop(0)
        name, equals, value = word.partition("=")
        row = OPTIONS.get(name.removeprefix("--")) if name.startswith("--") else None
        if row and equals:
            yield Word(name, value)
        elif row and row.type.is_flag:
            # A flag's value may be left out: what follows may be a command or a file as well.
            taken = left and not left[0].startswith("--") and left[0] not in COMMANDS
            files = bool(command and COMMANDS[command].takes)
            if taken and (not files or left[0].lower() in FLAGS):
                yield Word(name, left.pop(0))
            else:
                yield Word(name, "true")
        elif row and left and not left[0].startswith("--"):
            yield Word(name, left.pop(0))
        else:
            command = command or (word if word in COMMANDS else "")
            # Of an option that is not known, what follows is probably its value, and maybe a secret.
            if name.startswith("--") and not row and name not in (*HELP, "--version"):
                value = left.pop(0) if not equals and left and not _is_option(left[0]) else value
            yield Word(name if name.startswith("-") else word)


def _is_option(word: str) -> bool:
    return word.startswith("--") or word in COMMANDS


def _looks_like_option(word: str) -> bool:
    return word.startswith("-") and word != "-"  # which is standard input


def _arguments(words: Sequence[Word]) -> dict[str, str]:
    given: dict[str, str] = {}
    for text, value in words:
        name = text.removeprefix("--")
        if value is not None:
            repeated = name in given and OPTIONS[name].type.is_list
            given[name] = f"{given[name]}\n{value}" if repeated else value
    return given


def _problems(words: Sequence[Word], command: str) -> Iterator[Problem]:
    """Find what is wrong with the options. Values are not shown: they may be secrets."""
    reads, own = COMMANDS[command].reads or BY_NAME.keys(), COMMANDS[command].own
    for text, value in words:
        name = text.removeprefix("--")
        if not _looks_like_option(text) or (value is not None and (name in reads or text in own)):
            continue
        if value is not None:
            owner = next((other for other, row in COMMANDS.items() if text in row.own), "")
            belongs = f"belongs to {owner}" if owner else f"has no meaning for {command}"
            what = f"{text} {belongs}. Leave it out."
        elif name in OPTIONS:
            what = f"{text} has no value."
        else:
            near = nearest(text.lstrip("-"), [*BY_NAME, *(one.lstrip("-") for one in own)])
            what = f"{quoted(text)} is not an option." + (
                f" Did you mean --{near}?" if near else ""
            )
        yield Problem("command line", f"{what} {SEE}")


SEE = "See compass-event --help."


def _rest_problems(command: str, named: Sequence[str], behind: Sequence[str]) -> Iterator[Problem]:
    """Find what is wrong with the words beside the options."""
    if command == "run":
        if not behind:
            what = "no command is given. Write -- in front of it: compass-event run -- make test"
            yield Problem("run", what)
        elif named:
            what = f"{quoted(named[0])} stands before the --. Put the whole command after it."
            yield Problem("run", what)
    elif COMMANDS[command].takes == "FILE" and "" in [*named, *behind]:
        what = f"a file has no name: is a variable empty? Write compass-event {command} FILE."
        yield Problem(command, what)
    elif (named or behind) and not COMMANDS[command].takes:
        word = [*named, *behind][0]
        if word in COMMANDS:
            what = f"{command} and {word} are two commands. Write one of them."
            yield Problem("command", what)
        elif command == "send" and named:
            advice = advise(word, COMMANDS, EXAMPLES, "compass-event --help")
            yield Problem("command", f"{quoted(word)} is not a command. {advice}")
        else:
            yield Problem("command line", f"{quoted(word)} is not expected here. {SEE}")
