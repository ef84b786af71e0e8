"""How pipes are started: as processes, or with `--stages image` in containers of the built image."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.bitbucket_pipes import (
    EMAIL,
    HOSTS,
    ROOT,
    TOKEN,
    Host,
    RunPipe,
    Step,
    container_env,
    make_clone,
    places,
)
from tests.image.engine import run_image

# What starts a container of the pipe, with an environment and a clone: its exit code and its log.
Launch = Callable[[Mapping[str, str], Path], subprocess.CompletedProcess[str]]

CLONE_DIR = "/opt/atlassian/pipelines/agent/build"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try each way in which Bitbucket may behave; what differs between them is not the image's."""
    if "host" in metafunc.fixturenames:
        in_image = metafunc.config.getoption("stages") == "image"
        metafunc.parametrize("host", HOSTS[-1:] if in_image else HOSTS, ids=str)


@pytest.fixture
def launch(pytestconfig: pytest.Config) -> Launch:
    return in_container if pytestconfig.getoption("stages") == "image" else in_process


def in_process(env: Mapping[str, str], clone: Path) -> subprocess.CompletedProcess[str]:
    """As a process of this machine."""
    return subprocess.run(
        [sys.executable, "-I", str(ROOT / "entrypoint.py")],
        env=dict(env) | places(clone),
        cwd=clone,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def in_container(env: Mapping[str, str], clone: Path) -> subprocess.CompletedProcess[str]:
    """As Bitbucket starts a pipe: the clone at its own path, which is the working directory."""
    return run_image(
        env=dict(env) | places(CLONE_DIR),
        mounts={clone: CLONE_DIR},
        options=(f"--workdir={CLONE_DIR}",),
    )


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A stand-in for Compass on loopback, which takes these credentials only."""
    with running_sandbox(credentials=(EMAIL, TOKEN)) as server:
        yield server


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The repository's clone, with a component at its root and another one in a folder."""
    make_clone(tmp_path / "clone")
    return tmp_path / "clone"


@pytest.fixture
def run_pipe(launch: Launch, sandbox: Sandbox, clone: Path) -> RunPipe:
    """Run a pipe in a step and return its log; it must end with the exit code given."""

    def run(
        step: Step,
        variables: Mapping[str, object],
        host: Host = HOSTS[0],
        manifest: Mapping[str, Any] | None = None,
        exit_code: int = 0,
    ) -> str:
        # Of the two that say where to send, a pipe gets one; pipe.yml fetches the other by itself.
        given = {**variables, "COMPASS_API_URL": sandbox.url, "COMPASS_SITE": ""}
        done = launch(container_env(step, given, host, manifest), clone)
        assert done.returncode == exit_code, done.stdout + done.stderr
        assert done.stderr == ""
        return done.stdout

    return run
