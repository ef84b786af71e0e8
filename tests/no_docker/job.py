"""A job's steps without Docker: their scripts, run as the runner runs them. Fixtures by name.

What is installed are wheels made here: the scenario with the real libraries needs a package index, and
is in tests/image.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from compass_action.sandbox import Sandbox, running_sandbox
from tests.github_jobs import EMAIL, SHOP, TOKEN
from tests.github_runner import read_log
from tests.github_runner.file_commands import parse_pairs

ROOT = Path(__file__).parents[2]
MANIFEST = yaml.load((ROOT / "no-docker" / "action.yml").read_text(), yaml.BaseLoader)  # noqa: S506 - texts only
STEPS = {step["id"]: step for step in MANIFEST["runs"]["steps"]}
BASH = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c")  # GitHub's `shell: bash`

NOT_INSTALLED = "Compass Event could not be installed"


class Ran(NamedTuple):
    """One step that has run."""

    exit_code: int
    outputs: Mapping[str, str]
    log: Any


RunStep = Callable[..., Ran]


def pin(name: str, content: str, wheels: Path) -> str:
    """Make a library of a single module, and give its line for requirements.txt."""
    wheels.mkdir(exist_ok=True)
    wheel = wheels / f"{name}-1-py3-none-any.whl"
    about = f"{name}-1.dist-info/"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{name}.py", content)
        archive.writestr(about + "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        archive.writestr(about + "WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(about + "RECORD", f"{name}.py,,\n")
    return f"{name}==1 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The action as the runner has downloaded it, with a library of a single file to install."""
    folder = tmp_path / "_actions" / "compass-event"
    folder.mkdir(parents=True)
    for name in ("no-docker", "compass_action", "entrypoint.py"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "requirements.txt").write_text(pin("pinned", "", tmp_path / "wheels"))
    return folder


@pytest.fixture
def run_step(tmp_path: Path, checkout: Path) -> RunStep:
    """Run the script of a step, with these variables, and read what it leaves for the runner."""

    def run(step: str, **variables: str) -> Ran:
        files = {name: tmp_path / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_bytes(b"")
        env = {
            "PATH": f"{Path(sys.executable).parent}:{os.defpath}",
            "HOME": str(tmp_path),
            "RUNNER_TEMP": str(tmp_path),
            "GITHUB_ACTION_PATH": str(checkout / "no-docker"),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(tmp_path / "wheels"),
            **{name: str(file) for name, file in files.items()},
            **variables,
        }
        done = subprocess.run(
            [*BASH, STEPS[step]["run"]],
            env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        outputs = parse_pairs(files["GITHUB_OUTPUT"].read_bytes())
        return Ran(done.returncode, outputs, read_log(done.stdout, done.stderr))

    return run


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(credentials=(EMAIL, TOKEN)) as server:
        yield server


@pytest.fixture
def run_report(run_step: RunStep, sandbox: Sandbox, tmp_path: Path) -> RunStep:
    """Run the step that reports; the libraries are those of the tests."""

    def run(**inputs: str) -> Ran:
        # Every input is set, as action.yml sets it: what is not given is empty.
        unset = dict.fromkeys(STEPS["event"]["env"], "")
        variables = {
            "COMPASS_EVENT_PYTHON": sys.executable,
            "GITHUB_ACTIONS": "true",
            "GITHUB_JOB": "deploy",
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_RUN_ID": "7421",
            "GITHUB_RUN_NUMBER": "42",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_WORKFLOW_REF": "acme/shop/.github/workflows/deploy.yml@refs/heads/main",
            "GITHUB_WORKSPACE": str(tmp_path),
            "INPUT_API_TOKEN": TOKEN,
            "INPUT_API_URL": sandbox.url,
            "INPUT_COMPONENT_ID": SHOP,
            "INPUT_EMAIL": EMAIL,
        }
        return run_step("event", **{**unset, **variables, **inputs})

    return run


def assert_lost(ran: Ran, title: str = NOT_INSTALLED) -> None:
    """A warning, nothing installed, and the job goes on."""
    assert (ran.exit_code, ran.outputs) == (0, {}), ran.log.visible_log
    assert [(one.kind, one.title) for one in ran.log.annotations] == [("warning", title)]
    assert "Nothing was sent." in ran.log.annotations[0].message
