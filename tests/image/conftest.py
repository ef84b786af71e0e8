"""The built image and a sandbox for it to talk to.

    .ci/image.sh && python -m pytest tests/image

Apart from `make test`, for this part needs root and Podman.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.image.content import Content, read_content
from tests.image.engine import EMAIL, IMAGE, TOKEN, podman


def _inspect(name: str) -> dict[str, Any]:
    found = podman("image", "inspect", name)
    if found.returncode:
        pytest.exit(f"{name} is not there: run .ci/image.sh first.\n{found.stderr}", returncode=1)
    inspected: dict[str, Any] = json.loads(found.stdout)[0]
    return inspected


@pytest.fixture(scope="session", autouse=True)
def image() -> dict[str, Any]:
    """The image, as Podman describes it; without it no test of this folder means anything."""
    return _inspect(IMAGE)


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """What is in it."""
    return read_content(tmp_path_factory.mktemp("image") / "image.tar")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A stand-in for Compass on loopback, which takes these credentials only."""
    with running_sandbox(credentials=(EMAIL, TOKEN)) as server:
        yield server


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A checked-out repository."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder
