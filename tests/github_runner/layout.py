"""The folders a job has on the runner, where a container sees them, and its environment.

Sources: actions/runner, src/Runner.Worker/Handlers/ContainerActionHandler.cs, GitHubContext.cs.
The Docker socket, which the runner also mounts, is left out: no action of ours has a use for it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from .expressions import to_text

EXPORTED = frozenset(
    (
        *("action", "action_path", "action_ref", "action_repository", "actor", "actor_id"),
        *("api_url", "artifacts", "artifacts_list", "base_ref", "env", "event_name", "event_path"),
        *("graphql_url", "head_ref", "job", "output", "path", "ref", "ref_name", "ref_protected"),
        *("ref_type", "repository", "repository_id", "repository_owner", "repository_owner_id"),
        *("retention_days", "run_attempt", "run_id", "run_number", "server_url", "sha", "state"),
        *("step_summary", "triggering_actor", "workflow", "workflow_ref", "workflow_sha"),
        "workspace",
    )
)
"""The members of the `github` context that become GITHUB_*; the token is not among them."""

FILE_COMMANDS = {
    "env": "set_env_",
    "path": "add_path_",
    "output": "set_output_",
    "state": "save_state_",
    "step_summary": "step_summary_",
}
"""The member of the `github` context that names the file → the beginning of the file's name."""


@dataclass(frozen=True)
class Layout:
    """The folders of one job."""

    workspace: Path
    temp: Path
    owner: int | None = None
    """The user id that owns everything here, where it is not ours: 1001 on a hosted runner."""

    @property
    def home(self) -> Path:
        return self.temp / "_github_home"

    @property
    def workflow(self) -> Path:
        return self.temp / "_github_workflow"

    @property
    def file_commands(self) -> Path:
        return self.temp / "_runner_file_commands"

    @property
    def mounts(self) -> dict[Path, str]:
        """Folder on the runner → folder in the container; the innermost folders first."""
        return {
            self.home: "/github/home",
            self.workflow: "/github/workflow",
            self.file_commands: "/github/file_commands",
            self.temp: "/github/runner_temp",
            self.workspace: "/github/workspace",
        }

    def create(self) -> None:
        for folder in reversed(self.mounts):
            folder.mkdir(parents=True, exist_ok=True)

    def create_file_commands(self) -> dict[str, Path]:
        """New, empty files for one stage of one step."""
        suffix = uuid4()
        files = {
            name: self.file_commands / f"{prefix}{suffix}" for name, prefix in FILE_COMMANDS.items()
        }
        for file in files.values():
            file.write_bytes(b"")
            file.chmod(0o644)
        return files

    def hand_over(self) -> None:
        """Give all to the owner, so that an image with a USER of its own fails as it would."""
        if self.owner is None:
            return
        for root in (self.workspace, self.temp):
            for path in (root, *root.rglob("*")):
                os.chown(path, self.owner, self.owner, follow_symlinks=False)


def input_variable(name: str) -> str:
    """`component-id` → `INPUT_COMPONENT-ID`: only spaces change, hyphens stay."""
    return f"INPUT_{name.replace(' ', '_').upper()}"


def build_environment(
    *,
    env: Mapping[str, str],
    state: Mapping[str, str],
    inputs: Mapping[str, str],
    runs_env: Mapping[str, str],
    home: Path,
    github: Mapping[str, object],
    runner: Mapping[str, object],
    actions: Mapping[str, str],
) -> dict[str, str]:
    """The container's environment with the runner's own paths; what comes later wins."""
    variables = {
        **env,
        **{f"STATE_{name}": value for name, value in state.items()},
        **{input_variable(name): value for name, value in inputs.items()},
    }
    variables = {**runs_env, **variables}  # runs.env takes only the names that are still free
    variables["HOME"] = str(home)
    variables |= {
        f"GITHUB_{name.upper()}": to_text(value)
        for name, value in github.items()
        if name in EXPORTED and value is not None
    }
    variables |= {
        f"RUNNER_{name.upper()}": to_text(value) for name, value in runner.items() if value
    }
    variables |= actions
    variables["GITHUB_ACTIONS"] = "true"
    variables.setdefault("CI", "true")
    return variables


def translate(value: str, mounts: Mapping[Path, str]) -> str:
    """A value that is, or begins with, a mounted folder names the container's folder instead."""
    for host, container in mounts.items():
        if value == str(host) or value.startswith(f"{host}/"):
            return container + value[len(str(host)) :]
    return value
