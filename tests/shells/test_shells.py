"""The completion scripts in the shells they are for, which have to be installed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.commands.program import call


def script(shell: str, folder: Path) -> Path:
    file = folder / "_compass-event"
    file.write_text(call(["completion", shell], {"PATH": "/usr/bin:/bin"}, folder).stdout)
    return file


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("compass-event ch", "check"),
        ("compass-event --event-type inc", "incident"),
        ("compass-event check --environment-c", "--environment-category"),
        ("compass-event check --off", "--offline"),
        ("compass-event sandbox --fail", "--fail-on-problem"),
        ("compass-event demo --k", "--keep"),
    ],
)
def test_fish_completes(typed: str, offered: str, tmp_path: Path) -> None:
    program = f"source {script('fish', tmp_path)}; complete -C '{typed}'"
    done = subprocess.run(
        ["fish", "--no-config", "-c", program], capture_output=True, text=True, check=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert offered in [line.split("\t")[0] for line in done.stdout.splitlines()]


def test_zsh_loads_it(tmp_path: Path) -> None:
    """And finds a function that completes the command."""
    folder = script("zsh", tmp_path).parent
    program = (
        f"fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -d {tmp_path}/dump;"
        "print $_comps[compass-event]; autoload -X +X _compass-event 2>/dev/null; "
        f"source {folder}/_compass-event; whence -w _shtab_compass_event"
    )
    done = subprocess.run(
        ["zsh", "-f", "-c", program], capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout.split()[0] == "_compass-event"
    assert "function" in done.stdout, done.stderr
