"""A machine on which the scripts of the surfaces run, with the command `compass-event` on its PATH."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from compass_action.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
SURFACES = ROOT / "surfaces"
ARI = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
)

# What an organisation sets for all its jobs. The identity is given, so that it does not matter here
# what the program reads from each system.
ORGANISATION = {
    "COMPASS_EMAIL": "ci@acme.example",
    "COMPASS_API_TOKEN": "made-up-token",
    "COMPASS_COMPONENT_ID": ARI,
    "COMPASS_EXTERNAL_EVENT_SOURCE_ID": "https://git.acme.example/acme/shop",
    "COMPASS_PIPELINE_ID": "ci.acme.example/shop/deploy",
    "COMPASS_SEQUENCE_NUMBER": "218",
    "COMPASS_URL": "https://ci.acme.example/shop/218",
}


class Agent:
    """Runs scripts in a workspace, against the sandbox."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder, self.sandbox = folder, sandbox
        self.workspace = folder / "workspace"
        self.workspace.mkdir()
        self.bin = folder / "bin"
        self.bin.mkdir()
        # In place of the site that a script sets.
        self.program(
            "compass-event",
            f"unset COMPASS_SITE INPUT_SITE; export COMPASS_API_URL={sandbox.url}\n"
            f'exec {sys.executable} {ROOT / "entrypoint.py"} "$@"',
        )

    def program(self, name: str, script: str) -> None:
        """Put a program on the PATH."""
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def run(
        self, script: str | Path, env: Mapping[str, str], shell: Sequence[str] = ("bash", "-e")
    ) -> int:
        """Run a script as an agent does; its exit code."""
        path = script if isinstance(script, Path) else self.folder / "script.sh"
        if isinstance(script, str):
            path.write_text(script)
        api = {"COMPASS_API_URL": self.sandbox.url}
        surroundings = {"HOME": str(self.folder), "PATH": f"{self.bin}:{os.environ['PATH']}"}
        done = subprocess.run(
            [*shell, path],
            cwd=self.workspace,
            env={**ORGANISATION, **api, **surroundings, **env},
            stdin=subprocess.DEVNULL,
            timeout=60,
        )
        return done.returncode

    def states(self) -> list[str]:
        """The states that were sent, in order."""
        bodies = [json.loads(one.body)["event"] for one in self.sandbox.requests]
        return [body["deployment"]["deploymentProperties"]["state"] for body in bodies]

    def shown(self) -> list[str]:
        """The states of the events that Compass would show."""
        events = self.sandbox.feed()["events"]
        return [one["event"]["deploymentProperties"]["state"] for one in events]
