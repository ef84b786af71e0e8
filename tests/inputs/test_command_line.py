"""The command line: commands, inputs, files; and what is told where it makes no sense."""

from __future__ import annotations

import pytest

from compass_action.errors import InputError
from compass_action.inputs.command_line import CommandLine, parse
from compass_action.inputs.commands import COMMANDS
from compass_action.inputs.table import INPUTS, Input


def refused(*argv: str) -> str:
    with pytest.raises(InputError) as raised:
        parse(argv)
    [problem] = raised.value.problems
    return str(problem)


def test_without_arguments_an_event_is_sent() -> None:
    """The way of all hosts: the inputs come as variables."""
    assert parse([]) == CommandLine("send", {}, ())


@pytest.mark.parametrize("command", ["send", "post", "check"])
def test_a_command_may_come_with_inputs(command: str) -> None:
    assert parse([command, "--state", "failed"]) == CommandLine(command, {"state": "failed"})


@pytest.mark.parametrize("command", ["sandbox", "demo"])
def test_some_commands_read_their_arguments_themselves(command: str) -> None:
    assert parse([command, "--port", "0", "x"]) == CommandLine(command, {}, ("--port", "0", "x"))


@pytest.mark.parametrize("row", INPUTS, ids=lambda row: row.name)
def test_every_input_can_be_given(row: Input) -> None:
    """By its name with two hyphens, with a blank or an equals sign before the value."""
    assert parse([f"--{row.name}", "1"]).arguments == {row.name: "1"}
    assert parse(["check", f"--{row.name}=a=b"]).arguments == {row.name: "a=b"}


def test_a_list_may_be_given_in_several_arguments() -> None:
    line = parse(["--component-id", "a", "--component-id=b,c", "--environment-map", "x=TESTING"])
    assert line.arguments == {"component-id": "a\nb,c", "environment-map": "x=TESTING"}


@pytest.mark.parametrize(
    "argv", [["--debug"], ["--debug", "--state", "x"], ["--state=x", "--debug"]]
)
def test_a_flag_alone_is_true(argv: list[str]) -> None:
    assert parse(argv).arguments["debug"] == "true"


def test_a_flag_may_have_a_value() -> None:
    assert parse(["--track", "off", "--dry-run=no"]).arguments == {"track": "off", "dry-run": "no"}
    assert parse(["--track", ""]).arguments == {"track": ""}
    assert parse(["--track", "perhaps"]).arguments == {"track": "perhaps"}  # refused by its type


@pytest.mark.parametrize(
    "argv", [["a.jsonl", "b.jsonl", "--debug"], ["--debug", "a.jsonl", "b.jsonl"],
             ["a.jsonl", "--debug", "b.jsonl"], ["--debug", "true", "a.jsonl", "b.jsonl"]]
)  # fmt: skip
def test_the_files_of_replay_may_stand_anywhere(argv: list[str]) -> None:
    """A file after a flag is not the flag's value."""
    assert parse(["replay", *argv]) == CommandLine(
        "replay", {"debug": "true"}, ("a.jsonl", "b.jsonl")
    )


@pytest.mark.parametrize("code", ["0", "127", "-1"])
def test_an_exit_code_is_a_value_also_below_zero(code: str) -> None:
    assert parse(["--state", code]).arguments == {"state": code}


def test_an_unknown_command_lists_the_known_ones() -> None:
    assert refused("deploy") == (
        'command: "deploy" is not a command. Use one of: send, run, check, replay.'
    )


@pytest.mark.parametrize(
    "argv", [["--enviroment", "x"], ["--state"], ["--stat", "x"], ["-x"], ["--debug=1", "--x"]]
)
def test_an_unknown_or_unfinished_option_is_told(argv: list[str]) -> None:
    """Abbreviations are not guessed: what they mean would change with the next input."""
    message = refused(*argv)
    assert message.startswith("command line: ")
    assert message.endswith(" See compass-event --help.")


@pytest.mark.parametrize(
    "name", ["state", "environment", "cloud-id", "track", "outbox", "properties"]
)
def test_an_option_that_replay_does_not_use_is_refused(name: str) -> None:
    """A kept event is sent as it is; who gives `--state` expects something else."""
    assert refused("replay", "kept.jsonl", f"--{name}=true") == (
        f"command line: --{name} has no meaning for replay. Leave it out. See compass-event --help."
    )


def test_the_options_that_replay_uses_are_taken() -> None:
    given = dict.fromkeys(COMMANDS["replay"].reads, "1")
    line = parse(["replay", "kept.jsonl", *(f"--{name}=1" for name in given)])
    assert line == CommandLine("replay", given, ("kept.jsonl",))


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        (["--help"], CommandLine("help")),
        (["--state", "x", "-h"], CommandLine("help")),
        (["replay", "--help"], CommandLine("help", {}, ("replay",))),
        (["--version"], CommandLine("version")),
    ],
)
def test_help_and_version_win_over_all_else(argv: list[str], line: CommandLine) -> None:
    assert parse(argv) == line


def test_the_arguments_are_not_shown() -> None:
    """A token may stand among them, against all advice."""
    assert "t0ken" not in repr(parse(["--api-token", "t0ken"]))
