"""Where the value of an input is found. Pure.

On the command line, then in `INPUT_*`, then in `COMPASS_*`. Empty means not given; so does a value
that is still `$NAME`, which is what Bitbucket hands over for a variable that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from . import kinds, tracking

if TYPE_CHECKING:
    from .inputs import Input

UNRESOLVED = re.compile(r"\$\{?[A-Za-z_][A-Za-z0-9_]*\}?", re.ASCII)
NOTHING = {"list": " \t\r\n,"}
"""By kind, what is dropped around a value; blanks, if not named here."""
ARRAY_MAX = 1_000


class Given(NamedTuple):
    """A value as it was found."""

    text: str
    source: str
    """Where: `--component-id`, `INPUT_COMPONENT-ID`, `COMPASS_COMPONENT_ID`."""


def find(
    row: Input,
    arguments: Mapping[str, str],
    env: Mapping[str, str],
    echoes: Mapping[str, str] = MappingProxyType({}),
) -> Given | None:
    """Find a value by precedence; None if it is not given.

    `echoes` are the outputs of an earlier job, which nobody asked for (see `read_echoes`).
    """
    for source, text in _candidates(row, arguments, env):
        if source == row.variable and echoes.get(row.name) == text:
            continue
        stripped = text.strip().strip(NOTHING.get(row.kind))
        if stripped and not UNRESOLVED.fullmatch(stripped):
            return Given(stripped, source)
    return None


def _candidates(
    row: Input, arguments: Mapping[str, str], env: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    if row.name in arguments:
        yield "--" + row.name, arguments[row.name]
    for variable in (f"INPUT_{row.name.upper()}", f"INPUT_{row.field.upper()}", row.variable):
        if env.get(variable):
            yield variable, env[variable]
        elif row.kind in ("list", "rules"):
            yield variable, "\n".join(_array(variable, env))


def _array(variable: str, env: Mapping[str, str]) -> Iterator[str]:
    """A list in a Bitbucket pipe's variables arrives as NAME_COUNT, NAME_0, NAME_1, …"""
    count = env.get(variable + "_COUNT", "")
    if kinds.INTEGER.fullmatch(count) and len(count) <= 4:
        for index in range(min(int(count), ARRAY_MAX)):
            yield env.get(f"{variable}_{index}", "")


def read_echoes(env: Mapping[str, str]) -> Mapping[str, str]:
    """Read what an earlier job of the same pipeline has left behind, by output name.

    Where a dotenv file hands outputs on (GitLab), they reach this job under the names of inputs:
    `COMPASS_STATE`, `COMPASS_PIPELINE_ID`. The record that comes with them gives them away.
    """
    tracked = tracking.Tracked.from_json(env.get(tracking.NAME))
    return tracked.outputs if tracked else {}
