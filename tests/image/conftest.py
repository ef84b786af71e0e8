"""The built image and a sandbox for it to talk to.

    .ci/image.sh && python -m pytest tests/image

Apart from `make test`, for this part needs root and Podman.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.image.engine import BASE, EMAIL, IMAGE, TOKEN, podman


def _inspect(name: str) -> dict[str, Any]:
    found = podman("image", "inspect", name)
    if found.returncode:
        pytest.exit(f"{name} is not there: run .ci/image.sh first.\n{found.stderr}", returncode=1)
    inspected: dict[str, Any] = json.loads(found.stdout)[0]
    return inspected


@pytest.fixture(scope="session")
def base() -> dict[str, Any]:
    """The base image, as Podman describes it."""
    return _inspect(BASE)


@pytest.fixture(scope="session", autouse=True)
def image() -> dict[str, Any]:
    """The image, as Podman describes it; without it no test of this folder means anything."""
    return _inspect(IMAGE)


@pytest.fixture(scope="session")
def added(base: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> list[tarfile.TarInfo]:
    """Every file of every layer that the image has on top of its base, and every new folder."""
    archive = tmp_path_factory.mktemp("image") / "image.tar"
    saved = podman("save", "--quiet", "--format=docker-archive", f"--output={archive}", IMAGE)
    assert saved.returncode == 0, saved.stderr
    with tarfile.open(archive) as files:

        def read(name: str) -> IO[bytes]:
            file = files.extractfile(name)
            assert file is not None
            return file

        layers = []
        for layer in json.load(read("manifest.json"))[0]["Layers"]:
            with tarfile.open(fileobj=read(layer)) as content:
                layers.append(content.getmembers())
    archive.unlink()
    below = len(base["RootFS"]["Layers"])
    known = {
        member.name.removeprefix("./").rstrip("/")
        for layer in layers[:below]
        for member in layer
        if member.isdir()
    }
    return [member for layer in layers[below:] for member in layer if member.name not in known]


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
