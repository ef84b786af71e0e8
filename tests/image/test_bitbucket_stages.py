"""Bitbucket's steps once more, in containers of the built image: the tests of test_bitbucket_pipe.py
and test_bitbucket_pipe_values.py.

Only the launch is another one; all else, the expectations above all, is the same.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

import tests.test_bitbucket_pipe as steps
import tests.test_bitbucket_pipe_values as values
from tests.bitbucket_pipes import HOSTS, Host, places
from tests.image.engine import run_image

# pytest collects what a module names; `launch` and `host` are asked for by name, from here.
scenarios = vars(steps) | vars(values)
globals().update({name: what for name, what in scenarios.items() if name.startswith("test_")})
sandbox, clone, run_pipe = steps.sandbox, steps.clone, steps.run_pipe

CLONE_DIR = "/opt/atlassian/pipelines/agent/build"


@pytest.fixture
def launch() -> steps.Launch:
    """As Bitbucket starts a pipe: the clone at its own path, which is the working directory."""

    def start(env: Mapping[str, str], clone: Path) -> subprocess.CompletedProcess[str]:
        return run_image(
            env=dict(env) | places(CLONE_DIR),
            mounts={clone: CLONE_DIR},
            options=(f"--workdir={CLONE_DIR}",),
        )

    return start


@pytest.fixture
def host() -> Host:
    """One way is enough here: what differs between them is not the image's."""
    return HOSTS[-1]
