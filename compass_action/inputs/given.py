"""Where the value of an input is found. Pure.

On the command line, then in `INPUT_*`, `PLUGIN_*` and `COMPASS_*`; what only looks like a surface's comes
last. Empty means not given; so does a reference that its host has left as it was written, as Bitbucket
leaves `$NAME` and Tekton `$(name)`, and the `null` that Groovy and JavaScript write for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from compass_action.errors import Problem
from compass_action.text import Secrets, quoted

from .table import BY_NAME, INPUTS, Input, Inputs
from .values import INTEGER

UNRESOLVED = (
    r"\$[A-Za-z_][A-Za-z0-9_]*"  # shells, Bitbucket
    r"|\$env:\w+"  # PowerShell
    r"|\$\{[^{}]+\}"  # shells, Cloud Build, Jenkins' environment, Spinnaker
    r"|\$\([\w.*\[\]'\"/-]+\)"  # Tekton, Azure
    r"|\$\[[^\[\]]+(\[[^\[\]]*\][^\[\]]*)*\]"  # Azure's expressions
    r"|\$\{\{[^{}]*\}\}"  # Codefresh, GitHub and its like, Azure's templates
    r"|\$\[\[[^\[\]]*\]\]"  # GitLab's inputs
    r"|<\+.+>"  # Harness, whose references contain others
    r"|<no value>"  # Go's templates
    r"|#\{[^{}]+\}"  # Octopus
    r"|%[\w.-]+%"  # TeamCity, Windows
    r"|<<\s*[\w.-]+\s*>>"  # CircleCI
    r"|\{\{[^{}]*\}\}"  # Argo CD, Tekton's triggers
)
"""A reference in the syntax of one of the hosts."""

NOTHING = ("null",)
"""Words that stand for no value."""
ARRAY_MAX = 1_000
NO_ECHOES: Mapping[str, str] = MappingProxyType({})


class Given(NamedTuple):
    """A value as it was found."""

    text: str
    source: str
    """Where: `--component-id`, `INPUT_COMPONENT-ID`, `COMPASS_COMPONENT_ID`."""
    doubtful: bool = False
    """It looks like a surface's, and is none's: an earlier step may have planted it."""


class Surfaces(NamedTuple):
    """Which variables the surfaces of one CI system set: its runner, or what we have made for it."""

    prefixes: tuple[str, ...] = ()
    """How they begin: `INPUT_`, `PLUGIN_`."""
    keep_hyphens: bool = False
    """They are spelt `INPUT_COMPONENT-ID`, and never `INPUT_COMPONENT_ID`."""


NO_SURFACES = Surfaces()


def no_files(path: str) -> str:
    """Refuse to read a file."""
    raise ValueError("no file can be named here.")


def is_nothing(text: str) -> bool:
    """Tell a text that stands for no value: a reference that its host left as it was written, or a
    word for nothing.
    """
    if text[:1] not in ("$", "<", "#", "%", "{"):
        return text in NOTHING
    # The pattern is compiled by the first text that begins like a reference.
    return bool(re.fullmatch(UNRESOLVED, text, re.ASCII))


def parse(
    arguments: Mapping[str, str],
    env: Mapping[str, str],
    echoes: Mapping[str, str] = NO_ECHOES,
    read_file: Callable[[str], str] = no_files,
    surfaces: Surfaces = NO_SURFACES,
    *,
    by_runner: bool = False,
) -> tuple[Inputs, dict[str, Given], list[Problem]]:
    """Find and read all inputs; with them what was given where, and every problem.

    `echoes` are the outputs of an earlier job, which reach this one under the names of inputs and
    which nobody asked for. `read_file` reads a file in the workspace, for a value `@path`; it raises
    ValueError with a sentence. `surfaces` are those of the CI system, and `by_runner` says
    that its runner sets every input, so that nobody else can. An input with a problem is left at its
    default, so that the steps that follow can look for further problems; the caller sends nothing if
    there is one.
    """
    looked = ((row.name, find(row, arguments, env, echoes, surfaces)) for row in INPUTS)
    given = {name: found for name, found in looked if found}
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for row in INPUTS:
        contradictions = list(find_contradictions(row, env, by_runner=by_runner))
        problems += contradictions
        text = given[row.name].text if row.name in given else row.default
        if not text or contradictions:
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
    surfaces: Surfaces = NO_SURFACES,
) -> Given | None:
    """Find a value by precedence; None if it is not given."""
    last = None
    for source, text in _candidates(row, arguments, env):
        if source == row.variable and echoes.get(row.name) == text:
            continue
        stripped = text.strip().strip(row.type.dropped)
        if not stripped or is_nothing(stripped):
            continue
        found = Given(stripped, source, _is_doubtful(row, source, surfaces))
        if not found.doubtful:
            return found
        last = last or found
    return last


def _is_doubtful(row: Input, source: str, surfaces: Surfaces) -> bool:
    """Tell a variable that none of the system's surfaces can have set.

    Where hyphens are kept, the spelling without them is nobody's. Of the rest only the inputs that say
    where the token goes, and whose it is, are looked at so closely.
    """
    hyphens, underscores = row.variables[:2]
    if surfaces.keep_hyphens and source == underscores != hyphens:
        return True
    if row.group != "connection" or source.startswith(("--", "COMPASS_")):
        return False
    other_spelling = source == hyphens != underscores and not surfaces.keep_hyphens
    return other_spelling or not source.startswith(surfaces.prefixes)


def find_contradictions(
    row: Input, env: Mapping[str, str], *, by_runner: bool = False
) -> Iterator[Problem]:
    """Find an input that has two values under two spellings of one variable's name, and an address
    that has two values of which an earlier step may have planted either.
    """
    hyphens, underscores = row.variables[:2]
    first, second = env.get(hyphens, "").strip(), env.get(underscores, "").strip()
    if first and second and first != second:
        message = f"{hyphens} and {underscores} have different values. Set one of them."
        yield Problem(row.name, message)
    own = env.get(row.variable, "").strip()
    if row.name != "api-url" or by_runner or not own:
        return
    for variable in dict.fromkeys(row.variables):
        text = env.get(variable, "").strip()
        if text not in ("", own):
            message = (
                f"{variable} and {row.variable} have different values, and an earlier step may have set "
                "one of them. Set one of them."
            )
            yield Problem(row.name, message)


def find_leaks(
    given: Mapping[str, Given], secrets: Secrets, own: str = "api-token"
) -> Iterator[Problem]:
    """Find the inputs that hold a secret and are not meant to; `own` is the one that is."""
    what = "the API token" if own == "api-token" else "the host's token"
    for name, found in given.items():
        if not BY_NAME[name].type.is_secret and secrets.stand_in(found.text):
            yield Problem(name, f"it holds {what}. Take it out: only {own} is for it.")


def names_file(given: Mapping[str, Given]) -> bool:
    """Tell whether a value is to be read from a file."""
    rows = (row for row in INPUTS if row.type.from_file and row.name in given)
    return any(given[row.name].text.startswith("@") for row in rows)


def strength(given: Given) -> int:
    """Rank where a value was found: 0 for the command line, the strongest source."""
    if given.doubtful:
        return len(SOURCES)
    return next(n for n, start in enumerate(SOURCES) if given.source.startswith(start))


SOURCES = ("--", "INPUT_", "PLUGIN_", "COMPASS_")
"""How the names of the sources begin, strongest first."""


def _candidates(
    row: Input, arguments: Mapping[str, str], env: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    if row.name in arguments:
        yield "--" + row.name, arguments[row.name]
    for variable in dict.fromkeys(row.variables):
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
