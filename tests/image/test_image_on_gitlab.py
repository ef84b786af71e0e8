"""The image as GitLab's runner uses it: no entrypoint, a script on the standard input of `sh`."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from compass_action.sandbox import Sandbox
from tests.image.engine import COMPONENT, DATA, EMAIL, TOKEN, read_env, run_image

PROJECT_DIR = "/builds/acme/shop"

Job = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run_script(workspace: Path, sandbox: Sandbox) -> Job:
    """Run a job's script in a project that has a compass.yml."""
    shutil.copy(DATA / "compass.yml", workspace)
    variables = {
        "COMPASS_API_URL": sandbox.url,
        "COMPASS_EMAIL": EMAIL,
        "COMPASS_API_TOKEN": TOKEN,
        "COMPASS_STATE": "success",
    }

    def run(script: str, **more: str) -> subprocess.CompletedProcess[str]:
        return run_image(
            "sh",
            env=read_env("gitlab.env") | variables | more,
            mounts={workspace: PROJECT_DIR},
            options=("--entrypoint=",),
            stdin=f"set -eu\ncd {PROJECT_DIR}\n{script}\n",
        )

    return run


def test_a_deployment_arrives(run_script: Job, sandbox: Sandbox) -> None:
    done = run_script("compass-event")
    assert done.returncode == 0, done.stdout + done.stderr
    (event,) = sandbox.feed()["events"]
    assert event["component_id"] == COMPONENT
    assert (event["type"], event["state"]) == ("deployment", "SUCCESSFUL")
    assert event["environment"] == "production"
    assert event["identity"]["sequenceNumber"] == 7788
    assert "glcbt-not-for-you" not in str(sandbox.requests[0].body)


# How the runner's executors for containers look for a shell, and how they hand a script to it: quoted
# in bash's way, which dash does not know. https://gitlab.com/gitlab-org/gitlab-runner, shells/bash.go
DETECT_SHELL = """
for shell in /usr/local/bin/bash /usr/bin/bash /bin/bash /usr/local/bin/sh /usr/bin/sh /bin/sh; do
  if [ -x $shell ]; then exec $shell; fi
done
echo shell not found
exit 1
"""
RUNNERS_SCRIPT = r"""set -eo pipefail
set +o noclobber
: | eval $'export COMPASS_STATE=failed\nmkdir -p "/tmp/job"\nprintf \'%s\' $\'a "b"\' > "/tmp/job/A"\n
chmod 600 "/tmp/job/A"\ngrep -q b "/tmp/job/A"\ncompass-event\nrm -f -r "/tmp/job"\n'
exit 0
"""


def test_the_runners_own_script_runs(workspace: Path, sandbox: Sandbox) -> None:
    variables = {"COMPASS_API_URL": sandbox.url, "COMPASS_EMAIL": EMAIL, "COMPASS_API_TOKEN": TOKEN}
    shutil.copy(DATA / "compass.yml", workspace)
    done = run_image(
        *("sh", "-c", DETECT_SHELL),
        env=read_env("gitlab.env") | variables,
        mounts={workspace: PROJECT_DIR},
        options=("--entrypoint=", f"--workdir={PROJECT_DIR}"),
        stdin=RUNNERS_SCRIPT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (event,) = sandbox.feed()["events"]
    assert event["state"] == "FAILED"


def test_inputs_can_stand_on_the_command_line(run_script: Job, sandbox: Sandbox) -> None:
    done = run_script("compass-event --event-type build --state failed")
    assert done.returncode == 0, done.stdout + done.stderr
    (event,) = sandbox.feed()["events"]
    assert (event["type"], event["state"]) == ("build", "FAILED")


def test_the_scripts_exit_code_is_the_jobs(run_script: Job) -> None:
    """`sh` stops where the command fails."""
    done = run_script("compass-event --state dunno\necho 'not reached'")
    assert done.returncode == 2
    assert "not reached" not in done.stdout


def test_the_version_is_told(run_script: Job) -> None:
    from compass_action import __version__

    done = run_script("compass-event --version")
    assert done.returncode == 0
    assert __version__ in done.stdout
