"""The CI systems, one module each: `detect(env)` recognises one, `parse(snapshot, inputs)` reads it.

A new system is one module, one line in `SYSTEMS`, one row in `identity.SCHEMES` and recorded
environments in `tests/ci/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from compass_action.errors import InputError, Problem
from compass_action.kinds import quoted, words

from . import bitbucket, github, gitlab
from .run import CiRun

if TYPE_CHECKING:
    from compass_action.inputs import Inputs
    from compass_action.snapshot import Snapshot

UNKNOWN = "unknown"


class System(NamedTuple):
    """How one CI system is recognised and read."""

    detect: Callable[[Mapping[str, str]], bool]
    parse: Callable[[Snapshot, Inputs], CiRun]


# In order: the first that recognises the environment.
SYSTEMS: Mapping[str, System] = {
    "github": System(github.detect, github.parse),
    "bitbucket": System(bitbucket.detect, bitbucket.parse),
    "gitlab": System(gitlab.detect, gitlab.parse),
    UNKNOWN: System(
        lambda env: True, lambda snapshot, inputs: CiRun(UNKNOWN, status=inputs.job_status)
    ),
}


def detect(env: Mapping[str, str], named: str | None = None) -> str:
    """Name the CI system: as the input `ci` says, else as the environment shows.

    Raises InputError if the name is not known.
    """
    if named is None:
        return next(name for name, system in SYSTEMS.items() if system.detect(env))
    if named.lower() not in SYSTEMS:
        message = f"{quoted(named)} is not a known CI system. Use one of: {words(SYSTEMS)}."
        raise InputError([Problem("ci", message)])
    return named.lower()
