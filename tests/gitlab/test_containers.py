"""The same in the built image, as GitLab's container executor runs a job.

Needs Podman and the image that .ci/image.sh builds. Its base serves the runner as the container in
which it copies files.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from compass_action.sandbox import Sandbox
from tests.gitlab.conftest import Pipeline
from tests.gitlab.pipelines import DATA, ROOT, deployments, states
from tests.image.engine import BASE, IMAGE, podman
from tests.moments import seconds

PODMAN = (
    "--container-executable=podman",
    "--pull-policy=if-not-present",
    f"--helper-image={BASE}",
    "--network=host",  # the sandbox listens on the machine's loopback only
)


def _volumes() -> set[str]:
    listed = podman("volume", "ls", "--quiet", "--filter=name=^gcl-")
    return set(listed.stdout.split())


@pytest.fixture(autouse=True)
def _remove_volumes() -> Iterator[None]:
    """With Podman the runner leaves its containers and volumes behind."""
    before = _volumes()
    yield
    if left := _volumes() - before:
        podman("volume", "rm", "--force", *left)


@pytest.mark.parametrize(("exits_with", "state"), [("0", "SUCCESSFUL"), ("127", "FAILED")])
def test_a_job_in_the_image_reports_itself(
    pipeline: Pipeline,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    exits_with: str,
    state: str,
) -> None:
    """No entrypoint, `sh`, and the outcome in after_script."""
    monkeypatch.setenv("CONTAINERS_CONF", str(ROOT / ".ci" / "containers.conf"))
    done = pipeline(
        "job", inputs={"image": IMAGE}, executor=PODMAN, DEPLOYMENT_EXITS_WITH=exits_with
    )
    assert f"starting {IMAGE} (deploy)" in done.stdout, done.stdout + done.stderr
    [event] = deployments(sandbox)
    assert event["environment"] == "staging"
    assert states(event) == ["created IN_PROGRESS", f"overwritten {state}"]
    assert 1.5 <= seconds(event) < 60  # containers start slowly on a busy machine


def test_a_whole_pipeline_is_begun_and_ended_in_the_image(
    pipeline: Pipeline, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sh and sed run our scripts. (The runner's helper has no rsync, so it passes no record on.)"""
    monkeypatch.setenv("CONTAINERS_CONF", str(ROOT / ".ci" / "containers.conf"))
    done = pipeline(DATA / "only-branches.yml", inputs={"image": IMAGE}, executor=PODMAN)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"starting {IMAGE} (.pre)" in done.stdout
    assert "WARN" not in done.stderr
    [event] = sandbox.feed()["events"]
    assert states(event) == ["created IN_PROGRESS", "overwritten SUCCESSFUL"]
