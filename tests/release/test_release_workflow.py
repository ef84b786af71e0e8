"""The release workflow as a whole: in which order its jobs make what public.

Each job runs in a fresh clone, as on a runner; its own commands are run by bash. `docker`, `cosign`,
`gh` and `make` are stand-ins that write down how they were called, and the actions of others are written
down by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.release.scratch import DIGEST, GITHUB, HUB, ROOT, Scratch

WORKFLOW = yaml.load((ROOT / ".github/workflows/release.yml").read_text(), yaml.BaseLoader)  # noqa: S506 - texts only
JOBS: Mapping[str, Any] = WORKFLOW["jobs"]
VALUES = {
    "needs.version.outputs.version": "7.1.0",
    "needs.image.outputs.digest": DIGEST,
    "steps.push.outputs.digest": DIGEST,
    "steps.base.outputs.digest": DIGEST,
    "github.token": "a-token",
}
STAND_IN = """#!/bin/sh
echo "${0##*/} $*" >>"$CALLS"
case "$*" in
*'imagetools inspect'*) echo "$DIGEST" ;;
*--version) echo 'compass-event 7.1.0' ;;
'release view'*) exit 1 ;;
esac
"""
# Steps of others that make nothing public.
PREPARATIONS = ("checkout", "setup-", "-installer", "login-action", "-artifact")


def in_order(jobs: Mapping[str, Any]) -> Iterator[str]:
    """The jobs, each after all that it needs."""
    done: list[str] = []
    while len(done) < len(jobs):
        ready = next(
            name for name, job in jobs.items() if name not in done and set(needs(job)) <= set(done)
        )
        done.append(ready)
        yield ready


def needs(job: Mapping[str, Any]) -> list[str]:
    asked = job.get("needs", [])
    return [asked] if isinstance(asked, str) else list(asked)


def evaluate(text: str) -> str:
    return re.sub(r"\$\{\{ *(.+?) *\}\}", lambda match: VALUES[match[1]], text)


def record_steps(scratch: Scratch, name: str, calls: Path, temp: Path) -> None:
    """Run a job's commands in a new clone, and write down what it asks others to do."""
    folder = temp / f"job-{name}"
    scratch.git("clone", "--quiet", str(scratch.remote), str(folder))
    scratch.git("-C", str(folder), "checkout", "--quiet", "--detach", "release-7.1.0")
    for step in JOBS[name].get("steps", []):
        if "uses" in step:
            action = step["uses"].partition("@")[0]
            if not any(part in action for part in PREPARATIONS):
                with calls.open("a") as file:
                    file.write(action + "\n")
            continue
        shell = ["bash", "-e", "-c", step["run"]]
        env = {
            "PATH": f"{temp / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            "CALLS": str(calls),
            "DIGEST": DIGEST,
            "RUNNER_TEMP": str(temp),
            "GITHUB_OUTPUT": str(temp / "output"),
            "GITHUB_STEP_SUMMARY": str(temp / "summary"),
            "GITHUB_REF_NAME": "release-7.1.0",
            "GITHUB_SHA": scratch.git("rev-parse", "release-7.1.0"),
            **WORKFLOW["env"],
            **{key: evaluate(text) for key, text in step.get("env", {}).items()},
        }
        scratch.run(shell, env, cwd=folder)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Where calls are written down; the remote writes down the refs that it is given."""
    calls = tmp_path / "calls"
    (tmp_path / "bin").mkdir()
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "compass_event-7.1.0.tar.gz").write_text("")
    for name in ("docker", "cosign", "gh", "make"):
        (tmp_path / "bin" / name).write_text(STAND_IN)
        (tmp_path / "bin" / name).chmod(0o755)
    return calls


def test_nothing_has_a_name_before_everything_is_pushed(tmp_path: Path, calls: Path) -> None:
    scratch = Scratch(tmp_path / "scratch")
    scratch.tag("7.1.0")
    hook = scratch.remote / "hooks" / "post-receive"
    hook.write_text(f'#!/bin/sh\nwhile read -r _ new ref; do echo "$ref" >>{calls}; done\n')
    hook.chmod(0o755)
    order = list(in_order(JOBS))
    for name in order:
        if name not in ("test", "packages"):  # the suite itself, and what .ci/run tries for real
            record_steps(scratch, name, calls, tmp_path)
    commit = scratch.published()["v7.1.0"]
    said = calls.read_text().splitlines()
    assert said == [
        "docker buildx imagetools inspect python:3.13-slim --format {{.Manifest.Digest}}",
        "docker/build-push-action",
        f"cosign sign --yes --recursive {GITHUB}@{DIGEST} {HUB}@{DIGEST}",
        "actions/attest-build-provenance",
        f"docker run --rm {GITHUB}@{DIGEST} --version",
        f"docker run --rm {GITHUB}@{DIGEST} demo",
        f"docker run --rm {HUB}@{DIGEST} --version",
        f"docker run --rm {HUB}@{DIGEST} demo",
        "gh auth setup-git",
        "refs/heads/releases/7.1.0",
        "gh release view v7.1.0",
        f"gh release create v7.1.0 --draft --generate-notes --target {commit} "
        f"{tmp_path}/dist/compass_event-7.1.0.tar.gz",
        f"docker buildx imagetools create --tag {GITHUB}:7.1.0 {GITHUB}@{DIGEST}",
        f"docker buildx imagetools inspect {GITHUB}:7.1.0 --format {{{{.Manifest.Digest}}}}",
        f"docker buildx imagetools create --tag {HUB}:7.1.0 {HUB}@{DIGEST}",
        f"docker buildx imagetools inspect {HUB}:7.1.0 --format {{{{.Manifest.Digest}}}}",
        "pypa/gh-action-pypi-publish",
        "gh auth setup-git",
        *sorted(["refs/tags/v7.1.0", "refs/tags/7.1.0", "refs/tags/v7"], key=said.index),
        "refs/heads/releases/7.1.0",
        "gh release edit v7.1.0 --draft=false --verify-tag",
    ]
    assert {"v7.1.0", "7.1.0", "v7"} <= set(scratch.published())
    assert "releases/7.1.0" not in scratch.published()


def test_one_approval_stands_before_the_first_public_name() -> None:
    order = list(in_order(JOBS))
    before, after = order[: order.index("approve")], order[order.index("approve") + 1 :]
    assert after == ["registries", "pypi", "publish"]
    assert {"test", "packages", "image", "try", "stage"} <= set(before)
    environments = {name: job["environment"] for name, job in JOBS.items() if "environment" in job}
    assert environments == {
        "image": "registries",
        "approve": "release",
        "registries": "registries",
        "pypi": "pypi",
    }
    for later, earlier in zip(after, ["approve", *after], strict=False):
        assert earlier in needs(JOBS[later])


def test_the_image_is_first_pushed_without_a_tag() -> None:
    [build] = [one for one in JOBS["image"]["steps"] if one.get("id") == "push"]
    assert "tags" not in build["with"]
    assert "push-by-digest=true" in build["with"]["outputs"]
    assert '"name=${{ env.GITHUB_IMAGE }},${{ env.HUB_IMAGE }}"' in build["with"]["outputs"]


def test_the_job_that_pypi_trusts_does_nothing_else() -> None:
    """No token is kept, and no command of ours runs beside the one that PyPI hands out."""
    assert JOBS["pypi"]["permissions"] == {"id-token": "write"}
    assert [step["uses"].partition("@")[0] for step in JOBS["pypi"]["steps"]] == [
        "actions/download-artifact",
        "pypa/gh-action-pypi-publish",
    ]
    assert "PYPI" not in str(WORKFLOW).replace("pypi", "")
