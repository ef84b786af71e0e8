"""A stand-in for `gh api` on a repository's artifacts: a program, and the folder it answers from.

    python artifacts.py FOLDER api --method DELETE repos/acme/shop/actions/artifacts/11

The folder has ID.json as GitHub describes an artifact, ID.zip with its content unless that has expired,
and in `asked` what the program was asked. Lists come in pages of one, and `--jq` sees each page alone.
https://docs.github.com/en/rest/actions/artifacts
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ARTIFACTS = "repos/acme/shop/actions/artifacts"


def install(folder: Path, commands: Path) -> None:
    """Make a command `gh` that answers from the folder."""
    folder.mkdir()
    commands.mkdir()
    argv = [sys.executable, "-I", __file__, str(folder)]
    (commands / "gh").write_text(f'#!/bin/sh\nexec {shlex.join(argv)} "$@"\n')
    (commands / "gh").chmod(0o755)


def keep(folder: Path, artifact: dict[str, object], file: str, content: bytes) -> None:
    """Upload a file as the artifact."""
    (folder / f"{artifact['id']}.json").write_text(json.dumps(artifact))
    if not artifact["expired"]:
        with ZipFile(folder / f"{artifact['id']}.zip", "w") as archive:
            archive.writestr(file, content)


def read_asked(folder: Path) -> list[str]:
    """What was asked since the last time, but for the lists: `GET 11/zip`."""
    asked = folder / "asked"
    lines = asked.read_text().splitlines()
    asked.unlink()
    return lines


def _answer(folder: Path, argv: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["api"])
    parser.add_argument("endpoint")
    parser.add_argument("--method", default="GET")
    parser.add_argument("--paginate", action="store_true")
    parser.add_argument("--jq")
    asked = parser.parse_args(argv)
    path = asked.endpoint.partition("?")[0].removeprefix(ARTIFACTS).removeprefix("/")
    with (folder / "asked").open("a") as log:
        log.write(f"{asked.method} {path}\n" if path else "")
    if not path:
        pages = sorted(folder.glob("*.json"))
        for page in pages if asked.paginate else pages[:1]:
            listed = json.dumps({"artifacts": [json.loads(page.read_text())]})
            subprocess.run(["jq", "-r", asked.jq], input=listed, text=True, check=True)
    elif asked.method == "DELETE":
        (folder / f"{path}.json").unlink()
        (folder / f"{path}.zip").unlink()
    else:
        sys.stdout.buffer.write((folder / path.replace("/zip", ".zip")).read_bytes())


if __name__ == "__main__":
    _answer(Path(sys.argv[1]), sys.argv[2:])
