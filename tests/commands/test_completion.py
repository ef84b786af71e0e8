"""`compass-event completion SHELL`: a script of shtab's that completes commands and options."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

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
