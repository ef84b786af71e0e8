"""Two ways to run a stage: as a process with the runner's paths, or as a container of an image."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol

from .layout import translate

Stage = Literal["pre", "main", "post"]
WORKSPACE = "/github/workspace"


class Execute(Protocol):
    def __call__(
        self,
        stage: Stage,
        entrypoint: str | None,
        args: Sequence[str],
        env: Mapping[str, str],
        mounts: Mapping[Path, str],
    ) -> subprocess.CompletedProcess[bytes]:
        """Run one stage in the workspace and capture its output; `env` has the runner's paths.

        `entrypoint` is what action.yml says for the stage, None where the image decides.
        """


def as_process(
    commands: Mapping[str | None, Sequence[str]], *, timeout: float | None = 60
) -> Execute:
    """Run on this machine: entrypoint in action.yml → the command that stands for it here.

    `{None: [sys.executable, "-I", "entrypoint.py"], "/post": [sys.executable, "-I", "post.py"]}`
    """

    def execute(
        stage: Stage,
        entrypoint: str | None,
        args: Sequence[str],
        env: Mapping[str, str],
        mounts: Mapping[Path, str],
    ) -> subprocess.CompletedProcess[bytes]:
        workspace = next(host for host, container in mounts.items() if container == WORKSPACE)
        return subprocess.run(
            [*commands[entrypoint], *args],
            env={"PATH": os.defpath, **env},
            cwd=workspace,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )

    return execute


def as_container(
    image: str,
    *,
    engine: Sequence[str] = ("podman",),
    options: Sequence[str] = ("--pull=never", "--network=host"),
    timeout: float | None = 120,
) -> Execute:
    """Run in a new container of the image, with the runner's mounts and the container's paths."""

    def execute(
        stage: Stage,
        entrypoint: str | None,
        args: Sequence[str],
        env: Mapping[str, str],
        mounts: Mapping[Path, str],
    ) -> subprocess.CompletedProcess[bytes]:
        command = [*engine, "run", "--rm", "--workdir", WORKSPACE, *options]
        for host, folder in mounts.items():
            command += ["--volume", f"{host}:{folder}"]
        for name, value in env.items():
            command += ["--env", f"{name}={translate(value, mounts)}"]
        if entrypoint is not None:
            command += ["--entrypoint", entrypoint]
        return subprocess.run(
            [*command, image, *args],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )

    return execute
