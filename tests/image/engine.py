"""Podman, used as the hosts use Docker.

Everything runs with the host's network, for the sandbox listens on the machine's loopback only.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
ENGINE = ("env", f"CONTAINERS_CONF={ROOT / '.ci' / 'containers.conf'}", "podman")
TAG = re.findall(r"(?m)^ARG PYTHON_TAG=(.+)$", (ROOT / "Dockerfile").read_text())[0]
# Another image, such as a released one, and the base it was built on can be tried too.
IMAGE = os.environ.get("IMAGE", "compass-event:ci")
BASE = os.environ.get("BASE", f"python:{TAG}")

EMAIL = "bot@acme.example"
TOKEN = "correct-horse-battery-staple"
COMPONENT = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
)


def podman(*arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run Podman to its end; the exit code is the caller's to judge."""
    return subprocess.run(
        [*ENGINE, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def run_image(
    *command: str,
    env: Mapping[str, str] | None = None,
    mounts: Mapping[Path, str] | None = None,
    options: Iterable[str] = (),
    stdin: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """Start a fresh container of the image, as every stage on every host does."""
    return podman(
        "run",
        "--rm",
        "--pull=never",
        "--network=host",
        *(["--interactive"] if stdin is not None else []),
        *(f"--env={name}={value}" for name, value in (env or {}).items()),
        *(f"--volume={source}:{target}" for source, target in (mounts or {}).items()),
        *options,
        IMAGE,
        *command,
        stdin=stdin,
    )


def read_env(name: str) -> dict[str, str]:
    """The variables of a file in `data`: NAME=value lines, `#` for remarks."""
    lines = (DATA / name).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
