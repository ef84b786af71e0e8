"""Steps of one job, in this process: the whole program, against a sandbox.

A step gets what its host says (a recorded environment), what was triggered, and its inputs; what it
leaves for later steps stays in the job's own folder.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from compass_action.main import main
from compass_action.sandbox import Sandbox
from tests.github_runner.file_commands import parse_pairs
from tests.recorded import read_recording

ARI = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
)
OTHER = ARI.replace("c34578a8", "1e475014")
TOKEN = "correct-horse-battery-staple"
HOSTS = {"github": "github-push", "gitlab": "gitlab-branch", "bitbucket": "bitbucket-branch"}


class Ran(NamedTuple):
    """A step that has run."""

    code: int
    log: str
    outputs: Mapping[str, str]


class Job:
    """A job of a host. State: its folder."""

    def __init__(
        self,
        folder: Path,
        url: str,
        host: str = "github",
        trigger: Mapping[str, Any] | None = None,
    ) -> None:
        self.folder = folder
        (folder / "event.json").write_text(json.dumps(trigger or {}))
        self.env = read_recording(HOSTS.get(host, host)) | {
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STATE": str(folder / "state"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_WORKSPACE": str(folder),
            "RUNNER_TEMP": str(folder / "temp"),
            "BITBUCKET_CLONE_DIR": str(folder),
            "BITBUCKET_PIPE_SHARED_STORAGE_DIR": str(folder / "storage"),
            "BITBUCKET_PIPELINES_VARIABLES_PATH": str(folder / "variables"),
            "CI_PROJECT_DIR": str(folder),
            "INPUT_SITE": "",
            "COMPASS_SITE": "",
            "COMPASS_API_TOKEN": "",
            "COMPASS_EMAIL": "",
        }
        own = {"api-token": TOKEN, "api-url": url, "component-id": ARI, "email": "a@acme.example"}
        self.env |= {self.variable(name): text for name, text in own.items()}

    def variable(self, name: str) -> str:
        """Name an input's variable as the host's surface does."""
        if "GITHUB_ACTIONS" in self.env:
            return f"INPUT_{name.upper()}"
        prefix = "INPUT_" if "GITLAB_CI" in self.env else "COMPASS_"
        return prefix + name.upper().replace("-", "_")

    def step(self, inputs: Mapping[str, str] | None = None, *argv: str, **env: str) -> Ran:
        """Run one step; inputs by their names."""
        output = self.folder / "output"
        output.write_bytes(b"")
        given = {self.variable(name): text for name, text in (inputs or {}).items()}
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = main(list(argv), self.env | env | given)
        return Ran(code, said.getvalue(), parse_pairs(output.read_bytes()))

    def post(self, inputs: Mapping[str, str] | None = None, **env: str) -> Ran:
        """Run the stage at the job's end, with what the step before it has saved."""
        state = parse_pairs((self.folder / "state").read_bytes())
        return self.step(inputs, "post", **{f"STATE_{k}": v for k, v in state.items()}, **env)


def shown(sandbox: Sandbox) -> list[tuple[str, str]]:
    """The type of each event of the feed, and what became of its updates."""
    return [
        (event["type"], ", ".join(f"{u['verdict']} {u['state']}" for u in event["history"]))
        for event in sandbox.feed()["events"]
    ]
