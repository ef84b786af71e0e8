"""What the image's layers hold."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import NamedTuple

from tests.image.engine import IMAGE, podman, run_image


class Content(NamedTuple):
    """What a host pulls and unpacks."""

    compressed_bytes: int
    """All layers, compressed as registries keep them."""
    members: dict[str, tarfile.TarInfo]
    """Every file, link and folder by its path, without the first slash."""

    @property
    def files(self) -> list[str]:
        """The paths of the files and links."""
        return [name for name, member in self.members.items() if not member.isdir()]


def read_content(archive: Path) -> Content:
    """Save the image to `archive` and look into its layers."""
    saved = podman("save", "--quiet", "--format=docker-archive", f"--output={archive}", IMAGE)
    assert saved.returncode == 0, saved.stderr
    compressed_bytes = 0
    members: dict[str, tarfile.TarInfo] = {}
    with tarfile.open(archive) as saved_files:

        def read(name: str) -> bytes:
            file = saved_files.extractfile(name)
            assert file is not None
            return file.read()

        for layer in json.loads(read("manifest.json"))[0]["Layers"]:
            data = read(layer)
            compressed_bytes += len(gzip.compress(data, 6))
            with tarfile.open(fileobj=io.BytesIO(data)) as unpacked:
                members |= {member.name.rstrip("/"): member for member in unpacked}
    return Content(compressed_bytes, members)


def inside(*command: str, stdin: str | None = None) -> str:
    """Run a command in the image in place of ours; it has to succeed. What it prints."""
    done = run_image(*command, options=("--entrypoint=",), stdin=stdin)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
