"""Where the value of an input is found. Pure.

On the command line, then in `INPUT_*`, then in `COMPASS_*`. Empty means not given; so does a value
that is still `$NAME`, which is what Bitbucket hands over for a variable that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from compass_action.errors import Problem
from compass_action.text import quoted

from .table import INPUTS, Input, Inputs
from .values import INTEGER

UNRESOLVED = re.compile(r"\$\{?[A-Za-z_][A-Za-z0-9_]*\}?", re.ASCII)
ARRAY_MAX = 1_000
NO_ECHOES: Mapping[str, str] = MappingProxyType({})


class Given(NamedTuple):
    """A value as it was found."""

    text: str
    source: str
    """Where: `--component-id`, `INPUT_COMPONENT-ID`, `COMPASS_COMPONENT_ID`."""


def no_files(path: str) -> str:
    """Refuse to read a file."""
    raise ValueError("no file can be named here.")


def parse(
    arguments: Mapping[str, str],
    env: Mapping[str, str],
    echoes: Mapping[str, str] = NO_ECHOES,
    read_file: Callable[[str], str] = no_files,
) -> tuple[Inputs, dict[str, Given], list[Problem]]:
    """Find and read all inputs; with them what was given where, and every problem.

    `echoes` are the outputs of an earlier job, which reach this one under the names of inputs and
    which nobody asked for. `read_file` reads a file in the workspace, for a value `@path`; it raises
    ValueError with a sentence. An input with a problem is left at its default, so that the steps that
    follow can look for further problems; the caller sends nothing if there is one.
    """
    given = {row.name: found for row in INPUTS if (found := find(row, arguments, env, echoes))}
    values: dict[str, Any] = {}
    problems = []
    for row in INPUTS:
        text = given[row.name].text if row.name in given else row.default
        if not text:
            continue
        try:
            if row.type.from_file and text.startswith("@"):
                text = _from_file(text, read_file)
            values[row.field] = row.type.read(text)
        except ValueError as error:
            problems.append(Problem(row.name, str(error)))
    return Inputs(**values), given, problems


def _from_file(text: str, read_file: Callable[[str], str]) -> str:
    path = text[1:].strip()
    try:
        return read_file(path)
    except ValueError as error:
        raise ValueError(f"{quoted(path)}: {error}") from None


def find(
    row: Input,
    arguments: Mapping[str, str],
    env: Mapping[str, str],
    echoes: Mapping[str, str] = NO_ECHOES,
) -> Given | None:
    """Find a value by precedence; None if it is not given."""
    for source, text in _candidates(row, arguments, env):
        if source == row.variable and echoes.get(row.name) == text:
            continue
        stripped = text.strip().strip(row.type.dropped)
        if stripped and not UNRESOLVED.fullmatch(stripped):
            return Given(stripped, source)
    return None


def _candidates(
    row: Input, arguments: Mapping[str, str], env: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    if row.name in arguments:
        yield "--" + row.name, arguments[row.name]
    for variable in row.variables:
        if env.get(variable):
            yield variable, env[variable]
        elif row.type.is_list:
            yield variable, "\n".join(_array(variable, env))


def _array(variable: str, env: Mapping[str, str]) -> Iterator[str]:
    """A list in a Bitbucket pipe's variables arrives as NAME_COUNT, NAME_0, NAME_1, …"""
    count = env.get(variable + "_COUNT", "")
    if INTEGER.fullmatch(count) and len(count) <= 4:
        for index in range(min(int(count), ARRAY_MAX)):
            yield env.get(f"{variable}_{index}", "")


def explain_missing_secret(row: Input, env: Mapping[str, str]) -> str:
    """Say why a credential is not there: which variable is empty, or which to set."""
    for variable in row.variables:
        text = env.get(variable)
        if text is None:
            continue
        shown = "empty" if not text.strip() else f"still {quoted(text.strip())}"
        return (
            f"{variable} is {shown}. Its secret is not defined here, is misspelt, or is withheld "
            "from this run: CI systems withhold secrets from forks, and variables from branches, "
            "environments and pipes that they are not meant for."
        )
    return f"it is not given. Set {row.variable} from the CI system's secret store."
