"""The CI systems, one file each, which ends in the record of what is particular to it.

To add one: its file, a line in `NAMES`, recorded environments in `tests/ci/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import import_module

from compass_action.errors import InputError, Problem
from compass_action.inputs.table import Inputs
from compass_action.text import advise, quoted

from .reading import repository_url, web_address
from .run import CiRun
from .system import System

# In order: the first that recognises the environment. Which of two nested systems is the inner one, no
# environment can tell. So a runner that another system provides comes before that system (GitHub's on
# CodeBuild), a system that sets another one's variables before that one (Forgejo before Gitea, Harness
# before Drone), and Jenkins, whose agents hand on whatever their machine has, after all others. The last
# ones leave no mark of their own: they are named by the input `ci`.
NAMES = (
    "forgejo",
    "gitea",
    "github",
    "bitbucket",
    "gitlab",
    "woodpecker",
    "harness",
    "azure",
    "buildkite",
    "circleci",
    "travis",
    "semaphore",
    "appveyor",
    "bitrise",
    "codefresh",
    "teamcity",
    "drone",
    "codebuild",
    "jenkins",
    "cloudbuild",
    "tekton",
    "argocd",
    "unknown",
)


class Systems(Mapping[str, System]):
    """The systems by name, in their order. A file is imported when its system is asked for: a job on
    GitHub needs three of them.
    """

    def __getitem__(self, name: str) -> System:
        """Import a system's file. Raises KeyError."""
        if name not in NAMES:
            raise KeyError(name)
        system: System = import_module(f".{name}", __name__).SYSTEM
        return system

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(NAMES)

    def __len__(self) -> int:
        """Count them."""
        return len(NAMES)


SYSTEMS: Mapping[str, System] = Systems()


def detect(env: Mapping[str, str], named: str | None = None) -> System:
    """Find the CI system: as the input `ci` says, else as the environment shows.

    Raises InputError if the name is not known.
    """
    if named is None:
        return next(system for system in SYSTEMS.values() if system.detect(env))
    if named.lower() not in SYSTEMS:
        advice = advise(named, SYSTEMS, (), "compass-event help inputs")
        message = f"{quoted(named)} is not a known CI system. {advice}"
        raise InputError([Problem("ci", message)])
    return SYSTEMS[named.lower()]


def workspace(env: Mapping[str, str]) -> str | None:
    """Name the folder of the checkout; None where no host says where it is.

    Hosts are asked in their order, also where another one is recognised: `ci: unknown` in a job of
    some host still has that host's checkout.
    """
    named = (_expanded(system.workspace, env) for system in SYSTEMS.values())
    return next((folder for folder in named if folder), None)


def _expanded(folder: str, env: Mapping[str, str]) -> str | None:
    """Resolve `$NAME/…` as a shell does; None if a variable is not there."""
    names = re.findall(r"\$(\w+)", folder)
    if not names or not all(env.get(name) for name in names):
        return None
    found = re.sub(r"\$(\w+)", lambda name: env[name[1]], folder)
    # CircleCI's default is `~/project`, which nobody has expanded.
    return re.sub(r"^~(?=/)", lambda _: env.get("HOME", "~"), found)


def with_given(run: CiRun, inputs: Inputs) -> CiRun:
    """Lay the inputs `commit` and `ref` over what the host says, and leave out links that are none."""
    run = run._replace(
        run_url=web_address(run.run_url),
        job_url=web_address(run.job_url),
        pull_request_url=web_address(run.pull_request_url),
        # Not every host says where the code comes from.
        repository_url=run.repository_url or repository_url(inputs.external_event_source_id),
    )
    if inputs.ref:
        is_tag = inputs.ref.startswith("refs/tags/")
        tag = inputs.ref.removeprefix("refs/tags/") if is_tag else None
        branch = None if tag else inputs.ref.removeprefix("refs/heads/")
        ref = f"refs/tags/{tag}" if tag else f"refs/heads/{branch}"
        run = run._replace(ref=ref, branch=branch, tag=tag)
    return run._replace(commit=inputs.commit) if inputs.commit else run
