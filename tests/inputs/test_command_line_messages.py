"""The command line: what stands where, and what is told of what stands wrong."""

from __future__ import annotations

import pytest

from compass_action.errors import InputError
from compass_action.inputs.command_line import CommandLine, asks_for_json, parse
from compass_action.inputs.commands import COMMANDS

SEE = "See compass-event --help."
KNOWN = "Use one of: send, run, check, replay."
NEAR = '"--enviroment" is not an option. Did you mean --environment?'


def told(argv: str) -> list[str]:
    with pytest.raises(InputError) as raised:
        parse(argv.split())
    return [str(problem) for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("argv", "problems"),
    [
        ("deploy", [f'command: "deploy" is not a command. {KNOWN}']),
        ("chekc", ['command: "chekc" is not a command. Did you mean check?']),
        ("--debug on deploy", [f'command: "deploy" is not a command. {KNOWN}']),
        ("deploy -- x", [f'command: "deploy" is not a command. {KNOWN}']),
        ("-- x", [f'command line: "x" is not expected here. {SEE}']),
        ("send x", [f'command: "x" is not a command. {KNOWN}']),
        ("post x", [f'command line: "x" is not expected here. {SEE}']),
        ("verify -- x", [f'command line: "x" is not expected here. {SEE}']),
        ("--state", [f"command line: --state has no value. {SEE}"]),
        ("--state --debug", [f"command line: --state has no value. {SEE}"]),
        ("--enviroment x", [f"command line: {NEAR} {SEE}"]),
        ("--qqqq", [f'command line: "--qqqq" is not an option. {SEE}']),
        ("-state", [f'command line: "-state" is not an option. Did you mean --state? {SEE}']),
        ("--qqqq=s3cret", [f'command line: "--qqqq" is not an option. {SEE}']),
        ("--qqqq s3cret", [f'command line: "--qqqq" is not an option. {SEE}']),
        ("--qqqq check", [f'command line: "--qqqq" is not an option. {SEE}']),
        ("--qqqq --state x", [f'command line: "--qqqq" is not an option. {SEE}']),
        ("--offline", [f"command line: --offline belongs to check. Leave it out. {SEE}"]),
        ("--state --offline check", [f"command line: --state has no value. {SEE}"]),
        ("verify --offline",  [f"command line: --offline belongs to check. Leave it out. {SEE}"]),
        ("check --ofline", [f'command line: "--ofline" is not an option. Did you mean --offline? {SEE}']),
        ("--ofline", [f'command line: "--ofline" is not an option. {SEE}']),
        ("check --offline=soon", [f"command line: --offline takes true, false or nothing. {SEE}"]),
        ("send check", ["command: send and check are two commands. Write one of them."]),
        ("--debug verify --state x run",
         ["command: verify and run are two commands. Write one of them."]),
        ("replay f --state x", [f"command line: --state has no meaning for replay. Leave it out. {SEE}"]),
        ("replay f --state", [f"command line: --state has no value. {SEE}"]),
        ("run", ["run: no command is given. Write -- in front of it: compass-event run -- make test"]),
        ("run make", ["run: no command is given. Write -- in front of it: compass-event run -- make test"]),
        ("run --", ["run: no command is given. Write -- in front of it: compass-event run -- make test"]),
        ("--qqqq deploy x", [f'command line: "--qqqq" is not an option. {SEE}',
                             f'command: "x" is not a command. {KNOWN}']),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_these_words(argv: str, problems: list[str]) -> None:
    assert told(argv) == problems


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        ("--state x", CommandLine("send", {"state": "x"})),
        ("check --offline", CommandLine("check", offline=True)),
        ("--offline check --debug", CommandLine("check", {"debug": "true"}, offline=True)),
        ("--debug --offline check", CommandLine("check", {"debug": "true"}, offline=True)),
        ("check --offline=true", CommandLine("check", offline=True)),
        ("check --offline YES --debug", CommandLine("check", {"debug": "true"}, offline=True)),
        ("check --offline=false", CommandLine("check")),
        ("check --offline=", CommandLine("check")),
        ("check", CommandLine("check")),
        ("run -- make test", CommandLine("run", {}, ("make", "test"))),
        ("run -- check --offline", CommandLine("run", {}, ("check", "--offline"))),
        ("run -- --help", CommandLine("run", {}, ("--help",))),
        ("run --state x -- a -- b", CommandLine("run", {"state": "x"}, ("a", "--", "b"))),
        ("events - --debug", CommandLine("events", {"debug": "true"}, ("-",))),
        ("events --debug off -", CommandLine("events", {"debug": "off"}, ("-",))),
        ("events --debug OFF f", CommandLine("events", {"debug": "OFF"}, ("f",))),
        ("--debug off events f", CommandLine("events", {"debug": "off"}, ("f",))),
        ("--debug events f", CommandLine("events", {"debug": "true"}, ("f",))),
        ("events a -- b --c", CommandLine("events", {}, ("a", "b", "--c"))),
        ("help run x", CommandLine("help", {}, ("run", "x"))),
        ("help --help", CommandLine("help")),
        ("send --help", CommandLine("help")),
        ("check -h", CommandLine("help", {}, ("check",))),
        ("--help run", CommandLine("help", {}, ("run",))),
        ("--version", CommandLine("version")),
        ("check --version", CommandLine("version")),
        ("--help --version", CommandLine("help")),
        ("--version -h", CommandLine("help")),
        ("--help x run", CommandLine("help")),
        ("post replay f", CommandLine("post")),
        ("post events f --debug", CommandLine("post")),
        ("post --debug", CommandLine("post", {"debug": "true"})),
        ("completion bash", CommandLine("completion", {}, ("bash",))),
        ("--component-id a --component-id b", CommandLine("send", {"component-id": "a\nb"})),
        ("--state a --state b", CommandLine("send", {"state": "b"})),
        ("--state=", CommandLine("send", {"state": ""})),
        ("--state=a=b", CommandLine("send", {"state": "a=b"})),
        ("--debug=", CommandLine("send", {"debug": ""})),
        ("sandbox --help --", CommandLine("sandbox", {}, ("--help", "--"))),
        ("demo", CommandLine("demo")),
        ("demo --keep", CommandLine("demo", {}, ("--keep",))),
        ("demo --help", CommandLine("help", {}, ("demo",))),
        ("demo --keep -h", CommandLine("help", {}, ("demo",))),
    ],
)  # fmt: skip
def test_a_line_is_read_so(argv: str, line: CommandLine) -> None:
    assert parse(argv.split()) == line


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ("--qqqq --json", "true"),
        ("--json --qqqq", "true"),
        ("--json=true --qqqq", "true"),
        ("--json yes --qqqq", "yes"),
        ("--json --json=false --qqqq", "false"),
        ("--json= --qqqq", ""),
        ("--qqqq", ""),
        ("--qqqq --jsn", ""),
        ("check --qqqq -- --json", ""),
    ],
)
def test_of_a_line_that_cannot_be_read_it_is_known_whether_json_is_wanted(
    argv: str, said: str
) -> None:
    assert asks_for_json(argv.split()) == said


@pytest.mark.parametrize("argv", [["replay", ""], ["events", "", "--debug"], ["replay", "a", ""]])
def test_a_file_without_a_name_is_told(argv: list[str]) -> None:
    """From `replay "$FILE"` with FILE empty."""
    with pytest.raises(InputError) as raised:
        parse(argv)
    what = f"a file has no name: is a variable empty? Write compass-event {argv[0]} FILE."
    assert [str(problem) for problem in raised.value.problems] == [f"{argv[0]}: {what}"]


def test_a_command_runs_whatever_is_wrong_with_its_options() -> None:
    line = parse(["run", "x", "--qqqq", "--", "make"])
    assert line[:3] == ("run", {}, ("make",))
    assert list(map(str, line.problems)) == [
        f'command line: "--qqqq" is not an option. {SEE}',
        'run: "x" stands before the --. Put the whole command after it.',
    ]


def test_a_line_shows_no_values() -> None:
    line = parse(["events", "s3cret", "--api-token", "s3cret"])
    assert repr(line) == "CommandLine('events', ['api-token'], 1 more)"


def test_which_words_a_command_takes() -> None:
    assert {name: row.takes for name, row in COMMANDS.items() if row.takes} == {
        "run": "COMMAND", "events": "FILE", "replay": "FILE", "completion": "SHELL", "help": "TOPIC",
    }  # fmt: skip
    assert [name for name, row in COMMANDS.items() if row.reads_alone] == ["sandbox", "demo"]
    assert {name: sorted(row.reads) for name, row in COMMANDS.items() if row.reads} == {
        "replay": ["api-token", "api-url", "ci", "component-id", "debug", "dry-run", "email", "json",
                   "on-error", "site", "timeout", "verify"],
    }  # fmt: skip
    shown = {name: " ".join(row.options) for name, row in COMMANDS.items() if row.options}
    assert shown["post"] == "state on-error timeout outbox"
