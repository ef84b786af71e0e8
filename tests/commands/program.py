"""The program as a process of its own, as users start it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-I", str(ROOT / "entrypoint.py")]
ARI = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
)
CREDENTIALS = {"COMPASS_EMAIL": "ops@acme.example", "COMPASS_API_TOKEN": "t0ken-of-the-tests"}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_PROJECT_URL": "https://gitlab.com/acme/search",
    "CI_PIPELINE_ID": "1590442210",
    "CI_PIPELINE_IID": "902",
    "CI_JOB_ID": "8814902117",
    "CI_JOB_NAME": "test",
    "CI_COMMIT_SHA": "5b2e9f0c7d1a4e83b6f50c9d8e7a6b5c4d3e2f10",
    "CI_JOB_STATUS": "success",
}
"""The least that GitLab tells of a job."""


def job(folder: Path, url: str = "http://127.0.0.1:9", **more: str) -> dict[str, str]:
    """Build the environment of a job that reports to a server on loopback."""
    return {
        "PATH": "/usr/bin:/bin",
        **GITLAB,
        **CREDENTIALS,
        "CI_PROJECT_DIR": str(folder),
        "COMPASS_API_URL": url,
        "COMPASS_COMPONENT_ID": ARI,
        **more,
    }


def shell(url: str = "http://127.0.0.1:9", **more: str) -> dict[str, str]:
    """Build the environment of a shell, without any CI system."""
    return {
        "PATH": "/usr/bin:/bin",
        **CREDENTIALS,
        "COMPASS_API_URL": url,
        "COMPASS_COMPONENT_ID": ARI,
        **more,
    }


def call(
    argv: Sequence[str], env: Mapping[str, str], folder: Path, **more: object
) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [*PROGRAM, *argv], env=dict(env), cwd=folder, capture_output=True, text=True,
        check=False, timeout=90, **more,
    )  # fmt: skip
