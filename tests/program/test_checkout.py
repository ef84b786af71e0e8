"""compass.yml is found where each host has checked out, however it names that folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.program import ARI, CREDENTIALS, call
from tests.recorded import read_recording


def report(folder: Path, home: Path, recording: str, **more: str) -> str:
    """Report from a folder; what was printed, if all went well."""
    env = read_recording(recording) | CREDENTIALS | {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    env |= {"COMPASS_SITE": "acme", "COMPASS_STATE": "success", "COMPASS_DRY_RUN": "true", **more}
    done = call([], env, folder)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@pytest.mark.parametrize(
    ("recording", "checkout", "current", "said"),
    [
        ("circleci-branch", "project", "project/api", {}),
        ("circleci-branch", "project", "project", {"HOME": "/nowhere"}),
        ("semaphore-branch", "shop", "shop", {}),
        ("semaphore-branch", "shop", ".", {}),
        ("semaphore-branch", "checkout", "checkout", {"HOME": "/"}),
        ("codefresh-push", "volume/shop", "volume/shop", {}),
        ("codefresh-push", "volume/shop", "volume", {"CF_VOLUME_PATH": "volume"}),
        ("jenkins-branch", "w", "w", {"WORKSPACE": "/var/jenkins_home/workspace/shop"}),
        ("azure-branch", "s", "s", {"BUILD_SOURCESDIRECTORY": "/home/vsts/work/9/s"}),
        ("gitlab-branch", "b", "b", {"CI_PROJECT_DIR": "/builds/acme/search"}),
    ],
)
def test_the_files_of_a_checkout_are_found(
    recording: str, checkout: str, current: str, said: dict[str, str], tmp_path: Path
) -> None:
    """In the folder that the host names, if it is there; else in the current one."""
    for folder in (current, checkout):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    if "CF_VOLUME_PATH" in said:
        said = {"CF_VOLUME_PATH": str(tmp_path / said["CF_VOLUME_PATH"])}
    (tmp_path / checkout / "compass.yml").write_text(f"name: shop\nid: {ARI}\n")
    printed = report(tmp_path / current, tmp_path, recording, **said)
    assert ARI in printed
