"""`compass-event completion SHELL`: a script of shtab's that completes commands and options."""

from __future__ import annotations

import argparse
import subprocess
import sys
import types
from pathlib import Path

import pytest

from compass_action.commands.completion import completion
from compass_action.errors import InputError
from compass_action.inputs.commands import COMMANDS
from compass_action.inputs.table import INPUTS
from tests.commands.program import call

NOTHING = {"PATH": "/usr/bin:/bin"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_command_and_option_is_known(shell: str, tmp_path: Path) -> None:
    done = call(["completion", shell], NOTHING, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [name for name in COMMANDS if name not in done.stdout] == []
    assert [row.name for row in INPUTS if row.name not in done.stdout] == []


def complete(line: str, folder: Path) -> set[str]:
    """What bash offers at the end of a line."""
    script = call(["completion", "bash"], NOTHING, folder).stdout
    (folder / "completion.bash").write_text(script)
    words = line.split(" ")
    program = (
        f"source completion.bash; COMP_WORDS=({' '.join(words)} {'' if words[-1] else chr(39) * 2}); "
        f"COMP_CWORD={len(words) - 1}; $(complete -p compass-event | sed 's/.*-F //; s/ .*//'); "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", program], cwd=folder, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("compass-event ch", {"check"}),
        ("compass-event check --environment-c", {"--environment-category"}),
        ("compass-event --event-type inc", {"incident"}),
        ("compass-event help exit", {"exit-codes"}),
        ("compass-event completion f", {"fish"}),
        ("compass-event check --off", {"--offline"}),
        ("compass-event demo --k", {"--keep"}),
        ("compass-event sandbox --fa", {"--fault", "--fail-on-problem"}),
        ("compass-event --vers", {"--version"}),
        ("compass-event --event-type pull", {"pull-request"}),
        ("compass-event replay f --sta", set()),
    ],
)
def test_bash_completes(line: str, offered: set[str], tmp_path: Path) -> None:
    assert complete(line, tmp_path) == offered


def test_an_unknown_shell_is_told(tmp_path: Path) -> None:
    for argv, said in (
        (["completion"], "no shell is named. Write bash, zsh or fish."),
        (["completion", "csh"], '"csh" is not supported.'),
    ):
        done = call(argv, NOTHING, tmp_path)
        assert done.returncode == 2
        assert said in done.stderr


def of_the_sandbox() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--store", metavar="FILE")
    return parser


PROGRAMS = {"sandbox": of_the_sandbox}


class Shtab(types.ModuleType):
    """It is shown the command line, and prints nothing of it."""

    FILE = "a file"

    def __init__(self) -> None:
        super().__init__("shtab")
        self.parsers: list[argparse.ArgumentParser] = []

    def complete(self, parser: argparse.ArgumentParser, shell: str) -> str:
        self.parsers.append(parser)
        return f"a script for {shell}"


@pytest.fixture
def parser(monkeypatch: pytest.MonkeyPatch) -> argparse.ArgumentParser:
    """The command line as shtab is shown it."""
    shtab = Shtab()
    monkeypatch.setitem(sys.modules, "shtab", shtab)
    assert completion(["fish"], PROGRAMS) == 0
    return shtab.parsers[0]


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    [choices] = [a.choices for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(choices)


def option(parser: argparse.ArgumentParser, name: str) -> argparse.Action:
    [found] = [action for action in parser._actions if name in action.option_strings]
    return found


def test_the_script_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shtab = Shtab()
    monkeypatch.setitem(sys.modules, "shtab", shtab)
    assert completion(["fish"], PROGRAMS) == 0
    assert capsys.readouterr() == ("a script for fish\n", "")
    assert shtab.parsers[0].prog == "compass-event"


def test_an_option_has_its_first_sentence_its_words_and_its_number_of_values(
    parser: argparse.ArgumentParser,
) -> None:
    for name, text, choices, nargs in (
        ("--site", "Your Atlassian site: acme, acme.atlassian.net or its URL", None, None),
        ("--scope", None, ["job", "run"], None),
        ("--dry-run", None, None, "?"),
        (
            "--email",
            "The e-mail address of the Atlassian account that owns the API token",
            None,
            None,
        ),
        ("--cloud-id", "The site's cloud id", None, None),
    ):
        found = option(parser, name)
        assert found.nargs == nargs
        assert text is None or found.help == text
        assert (list(found.choices) if found.choices else None) == choices


def test_files_are_offered_where_a_file_is_meant(parser: argparse.ArgumentParser) -> None:
    offered = [a.dest for a in parser._actions if getattr(a, "complete", "") == "a file"]
    assert sorted(offered) == ["component_file", "outbox", "record"]
    sandbox = commands(parser)["sandbox"]
    assert [a.dest for a in sandbox._actions if getattr(a, "complete", "") == "a file"] == ["store"]
    words = {
        name: [
            (action.dest, action.nargs, getattr(action, "complete", ""))
            for action in one._actions
            if not action.option_strings
        ]
        for name, one in commands(parser).items()
    }
    assert words == {
        "send": [], "run": [], "events": [("file", "*", "a file")], "check": [], "verify": [],
        "post": [], "replay": [("file", "*", "a file")], "sandbox": [], "demo": [],
        "help": [("topic", None, "")], "completion": [("shell", None, "")],
    }  # fmt: skip


def test_commands_have_the_options_that_they_read(parser: argparse.ArgumentParser) -> None:
    reading = [n for n, one in commands(parser).items() if any(
        "--site" in action.option_strings for action in one._actions)]  # fmt: skip
    assert sorted(reading) == ["check", "events", "post", "replay", "run", "send", "verify"]
    own = {name: [s for a in one._actions for s in a.option_strings if s in ("--offline", "--keep")]
           for name, one in commands(parser).items()}  # fmt: skip
    assert {name: found for name, found in own.items() if found} == {
        "check": ["--offline"], "demo": ["--keep"],
    }  # fmt: skip
    replay = [s for a in commands(parser)["replay"]._actions for s in a.option_strings]
    assert replay[2:7] == ["--site", "--email", "--api-token", "--api-url", "--component-id"]
    assert {"--state", "--environment", "--outbox"}.isdisjoint(replay)
    [about] = [
        action.help
        for group in parser._actions
        if isinstance(group, argparse._SubParsersAction)
        for action in group._choices_actions
        if action.dest == "run"
    ]
    assert about == "run a command and report how it went"


def test_shells_and_topics_are_words(parser: argparse.ArgumentParser) -> None:
    [shell] = [a for a in commands(parser)["completion"]._actions if a.dest == "shell"]
    assert list(shell.choices or ()) == ["bash", "zsh", "fish"]
    [topic] = [a for a in commands(parser)["help"]._actions if a.dest == "topic"]
    assert sorted(topic.choices or ()) == [
        "alert", "build", "check", "completion", "custom", "demo", "deployment", "events",
        "exit-codes", "flag", "help", "incident", "inputs", "lifecycle", "post", "pull-request", "push",
        "replay", "run", "sandbox", "send", "verify", "vulnerability",
    ]  # fmt: skip


def test_a_percent_sign_in_a_help_text_is_no_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argparse would read it as one."""
    [row] = [row for row in INPUTS if row.name == "site"]
    monkeypatch.setattr(
        "compass_action.commands.completion.INPUTS", [row._replace(help="50%. More.")]
    )
    shtab = Shtab()
    monkeypatch.setitem(sys.modules, "shtab", shtab)
    completion(["zsh"], PROGRAMS)
    assert option(shtab.parsers[0], "--site").help == "50%%"


@pytest.mark.parametrize(
    ("shells", "said"),
    [
        ([], "completion: no shell is named. Write bash, zsh or fish."),
        (["bsh"], 'completion: "bsh" is not supported. Did you mean bash?'),
        (["csh7"], 'completion: "csh7" is not supported. Use one of: bash, zsh, fish.'),
    ],
)
def test_what_is_wrong_is_a_whole_sentence(shells: list[str], said: str) -> None:
    with pytest.raises(InputError) as raised:
        completion(shells, PROGRAMS)
    assert [str(problem) for problem in raised.value.problems] == [said]


def test_without_shtab_it_is_told_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    with pytest.raises(InputError) as raised:
        completion(["bash"], PROGRAMS)
    assert [str(problem) for problem in raised.value.problems] == [
        "completion: shtab is not installed. Write: pip install 'compass-event[completion]'"
    ]
