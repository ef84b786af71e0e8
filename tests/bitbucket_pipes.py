"""Bitbucket's rules for what a pipe's container is given, and the pipes of the examples.

From Atlassian's "Advanced techniques for writing pipes" and what its own pipes rely on: a value may
name variables of the step; a list becomes NAME_COUNT, NAME_0, NAME_1, …, and no NAME; variables of the
repository reach a pipe only where they are mapped to it, or named by a default in pipe.yml. What is not
documented (whether a few variables of the step reach a pipe by themselves, and what becomes of a
name that does not exist) is played both ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.recorded import TESTS, read_env

ROOT = TESTS.parent
EXAMPLES = ROOT / "examples" / "bitbucket"
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "pipe.yml").read_text())

EMAIL = "bot@acme.example"
TOKEN = "correct-horse-battery-staple"
REPOSITORY_VARIABLES = {
    "COMPASS_SITE": "acme",
    "COMPASS_EMAIL": EMAIL,
    "COMPASS_API_TOKEN": TOKEN,
    "DEPLOY_KEY": "s3cret-of-the-repository",
}
COMPONENTS = [
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4",
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "db43f86d-85fe-42e1-954d-457f5a4082b8/1e475014-8422-4f5f-adb2-f37a725dc698",
]

MAYBE_FORWARDED = (
    "BITBUCKET_EXIT_CODE",
    "BITBUCKET_DEPLOYMENT_ENVIRONMENT",
    "BITBUCKET_DEPLOYMENT_ENVIRONMENT_UUID",
)


class Host(NamedTuple):
    """One way in which Bitbucket may behave where its documentation is silent."""

    forwards: bool
    """The variables of `MAYBE_FORWARDED` reach a pipe without being mapped."""
    keeps_unknown_names: bool
    """`$NAME` stays as it is where there is no such variable; else it becomes empty."""


HOSTS = [Host(forwards, keeps) for forwards in (True, False) for keeps in (True, False)]


class Step(NamedTuple):
    """One execution of a step."""

    recorded: str
    """The name of a recorded environment in `tests/ci`."""
    changes: Mapping[str, str] = {}
    """What is different this time; empty is absent."""

    @property
    def env(self) -> dict[str, str]:
        """The variables of the step's own shell."""
        env = read_env(TESTS / "ci" / f"{self.recorded}.env") | dict(self.changes)
        return {name: value for name, value in env.items() if value}


DEPLOYMENT = Step("bitbucket-deployment")
FAILED_DEPLOYMENT = Step("bitbucket-deployment", {"BITBUCKET_EXIT_CODE": "127"})
ENDED_DEPLOYMENT = Step("bitbucket-deployment", {"BITBUCKET_EXIT_CODE": "0"})
ENVIRONMENT_UUID = "5f2c7d0e-94a1-4b3f-8c55-0d1f7e6a9b21"

# Runs a pipe in a step and returns its log.
RunPipe = Callable[..., str]


def container_env(
    step: Step, variables: Mapping[str, object], host: Host, manifest: Mapping[str, Any] | None
) -> dict[str, str]:
    """Make the environment of a pipe's container; without a manifest for `pipe: docker://…`."""
    defaults = {row["name"]: row["default"] for row in manifest["variables"]} if manifest else {}
    known = step.env | REPOSITORY_VARIABLES
    env = {
        name: value
        for name, value in step.env.items()
        if not name.startswith("COMPASS_") and (host.forwards or name not in MAYBE_FORWARDED)
    }
    for name, value in (defaults | dict(variables)).items():
        if isinstance(value, list):
            env[f"{name}_COUNT"] = str(len(value))
            env |= {
                f"{name}_{index}": _resolve(entry, known, host) for index, entry in enumerate(value)
            }
        else:
            env[name] = _resolve(value, known, host)
    return env


def _resolve(value: object, known: Mapping[str, str], host: Host) -> str:
    return re.sub(
        r"\$(?:\{(\w+)\}|(\w+))",
        lambda m: known.get(m[1] or m[2], m[0] if host.keeps_unknown_names else ""),
        str(value),
    )


def read_pipes(example: str) -> list[dict[str, object]]:
    """Read the variables of all pipes of an example, in the order in which they run."""
    return read_variables(yaml.safe_load((EXAMPLES / f"{example}.yml").read_text()))


def read_variables(definition: Any) -> list[dict[str, object]]:
    """Read the variables of all pipes of a pipelines definition, or of a part of one."""
    return [*_pipes(definition)]


def _pipes(node: Any) -> Iterator[dict[str, object]]:
    if isinstance(node, dict):
        if "pipe" in node:
            yield node["variables"]
        for child in node.values():
            yield from _pipes(child)
    elif isinstance(node, list):
        for child in node:
            yield from _pipes(child)


def make_clone(folder: Path) -> None:
    """Make a clone with two components, and the folders that Bitbucket shares with pipes."""
    for place, component in (("", COMPONENTS[0]), ("basket", COMPONENTS[1])):
        (folder / place).mkdir(parents=True, exist_ok=True)
        (folder / place / "compass.yml").write_text(
            f"configVersion: 1\nname: Shop\nid: {component}\n"
        )
    (folder / ".bitbucket" / "pipelines").mkdir(parents=True)


def places(folder: Path | str) -> dict[str, str]:
    """Say where a clone and Bitbucket's folders in it are."""
    storage = f"{folder}/.bitbucket/pipelines/generated/pipeline/pipes"
    return {
        "BITBUCKET_CLONE_DIR": str(folder),
        "BITBUCKET_PIPELINES_VARIABLES_PATH": f"{folder}/.bitbucket/pipelines/variables",
        "BITBUCKET_PIPE_SHARED_STORAGE_DIR": storage,
        "BITBUCKET_PIPE_STORAGE_DIR": f"{storage}/compass-event/compass-event",
    }


def states(event: Mapping[str, Any]) -> list[str]:
    """What became of each update of an event of the feed, and its state."""
    return [f"{update['verdict']} {update['state']}" for update in event["history"]]
