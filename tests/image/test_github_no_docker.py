"""GitHub without Docker, with the real libraries: downloaded, installed by their hashes, used.

Apart from `make test`, for this part needs a package index.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from compass_action.sandbox import Sandbox
from tests.github_jobs import RUN, Shown, read_feed
from tests.image.engine import ROOT
from tests.no_docker import job as steps

# The scenarios' own fixtures, asked for by name.
run_step, run_report = steps.run_step, steps.run_report
sandbox = steps.sandbox

# How this machine reaches the index.
INDEX = ("PIP_", "SSL_CERT_", "REQUESTS_CA_", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy")


@pytest.fixture
def checkout() -> Path:
    """The real one, with the real requirements."""
    return ROOT


def test_the_pinned_libraries_are_installed_and_report(
    run_step: steps.RunStep, run_report: steps.RunStep, sandbox: Sandbox
) -> None:
    reach = {name: value for name, value in os.environ.items() if name.startswith(INDEX)}
    installed = run_step("install", **{"PIP_NO_INDEX": "0", "PIP_FIND_LINKS": "", **reach})
    assert installed.exit_code == 0, installed.log.visible_log
    python = installed.outputs["python"]
    ran = run_report(COMPASS_EVENT_PYTHON=python, INPUT_STATE="success")
    assert ran.exit_code == 0, ran.log.visible_log
    build = (f"{RUN}/attempts/1/jobs/deploy",)
    assert read_feed(sandbox) == [Shown("build", build, "created SUCCESSFUL")]
