"""The pipeline of this project's mirror on Bitbucket: its script, run on the commit of a release."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.release.scratch import DIGEST, HUB, Scratch

STAND_IN = '#!/bin/sh\necho "$*" >>"$CALLS"\necho "compass-event 7.1.0"\n'


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    """A release, and a stand-in for docker."""
    scratch = Scratch(tmp_path)
    scratch.tag("7.1.0")
    scratch.git("checkout", "--quiet", "--detach", scratch.release("7.1.0"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "docker").write_text(STAND_IN)
    (tmp_path / "bin" / "docker").chmod(0o755)
    return scratch


def run_step(scratch: Scratch, tag: str, *, ok: bool = True) -> str:
    """As Bitbucket does: line after line in one shell, until one fails."""
    [steps] = yaml.safe_load((scratch.clone / "bitbucket-pipelines.yml").read_text())["pipelines"][
        "tags"
    ].values()
    env = {
        "PATH": f"{scratch.clone.parent / 'bin'}:/usr/bin:/bin",
        "CALLS": str(scratch.clone.parent / "calls"),
        "BITBUCKET_TAG": tag,
    }
    return scratch.run(["sh", "-e", "-c", "\n".join(steps[0]["step"]["script"])], env, ok)


def test_the_image_that_the_pipe_names_is_run(scratch: Scratch) -> None:
    run_step(scratch, "7.1.0")
    image = f"{HUB}:7.1.0@{DIGEST}"
    calls = (scratch.clone.parent / "calls").read_text().splitlines()
    assert calls == [f"run --rm {image} --version", f"run --rm {image} demo"]


def test_a_tag_that_the_pipe_does_not_name_is_refused(scratch: Scratch) -> None:
    assert f"pipe.yml names {HUB}:7.1.0@{DIGEST}" in run_step(scratch, "7.1.1", ok=False)


def test_an_image_without_a_digest_is_refused(scratch: Scratch) -> None:
    """As on main, which is no release."""
    scratch.git("checkout", "--quiet", "main")
    assert f"pipe.yml names {HUB}:7.1.0" in run_step(scratch, "7.1.0", ok=False)


def test_pipes_that_differ_are_refused(scratch: Scratch) -> None:
    (scratch.clone / "pipe.yml").write_text("name: Something else\n")
    assert "differ" in run_step(scratch, "7.1.0", ok=False)
