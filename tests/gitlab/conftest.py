"""A project on GitLab, and a sandbox for its pipelines to talk to.

    .ci/gitlab-ci-local/install.sh && python -m pytest tests/gitlab

Apart from `make test`, for this part needs npm.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.gitlab.pipelines import (
    EMAIL,
    EXAMPLES,
    ROOT,
    RUNNER,
    SHELL,
    TOKEN,
    make_project,
    run_pipeline,
)

Pipeline = Callable[..., subprocess.CompletedProcess[str]]

# In the image compass-event is on PATH, and GitLab's runner says where the checkout is; for the
# shell executor gitlab-ci-local names a folder that is not there.
COMMAND = f"""#!/bin/sh
CI_PROJECT_DIR=$PWD exec {sys.executable} -I {ROOT / "entrypoint.py"} "$@"
"""


@pytest.fixture(scope="session", autouse=True)
def _runner() -> None:
    if not all(Path(part).exists() for part in RUNNER):
        pytest.fail("Run .ci/gitlab-ci-local/install.sh first.", pytrace=False)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A stand-in for Compass on loopback, which takes these credentials only."""
    with running_sandbox(credentials=(EMAIL, TOKEN)) as server:
        yield server


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """A folder for PATH that holds compass-event."""
    folder = tmp_path / "commands"
    folder.mkdir()
    (folder / "compass-event").write_text(COMMAND)
    (folder / "compass-event").chmod(0o755)
    return folder


@pytest.fixture
def pipeline(tmp_path: Path, commands: Path, sandbox: Sandbox) -> Pipeline:
    """Run one of the examples, or another file, as a project's pipeline, with the inputs given on top."""
    folder = tmp_path / "shop"

    def run(
        example: str | Path,
        *jobs: str,
        inputs: dict[str, object] | None = None,
        executor: tuple[str, ...] = SHELL,
        **variables: str,
    ) -> subprocess.CompletedProcess[str]:
        if not folder.exists():
            file = example if isinstance(example, Path) else EXAMPLES / f"{example}.yml"
            make_project(
                folder,
                file.read_text(),
                {"site": "", "api-url": sandbox.url} | (inputs or {}),
                merge_request=variables.get("CI_PIPELINE_SOURCE") == "merge_request_event",
            )
        secrets = {"COMPASS_EMAIL": EMAIL, "COMPASS_API_TOKEN": TOKEN}
        return run_pipeline(
            folder, commands, *jobs, variables=secrets | variables, executor=executor
        )

    return run
