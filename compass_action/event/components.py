"""Which components an event is for: ARIs, from the inputs or from compass.yml files. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from compass_action.ci.run import CiRun
from compass_action.errors import InputError, NothingToReport, Problem
from compass_action.inputs.given import Given
from compass_action.inputs.table import Inputs
from compass_action.inputs.values import read_list
from compass_action.text import quoted
from compass_action.workspace import ComponentFile, ComponentFiles

from . import changes
from .component_file import Named, read_file

DEFAULTS = ("compass.yml", "compass.yaml")

# https://developer.atlassian.com/cloud/compass/config-as-code/ and the samples in Atlassian's
# repositories: lower-case hex and hyphens. The shape is checked, not the UUIDs' versions.
UUID = r"[0-9a-f]{1,12}(?:-[0-9a-f]{1,12}){4}"
COMPONENT_ARI = re.compile(rf"ari:cloud:compass:({UUID}):component/{UUID}/{UUID}", re.ASCII)
CLOUD_ID = re.compile(UUID, re.ASCII)
SHOWN_MAX = 3
AUTO = "auto"
"""The word for a component that Compass is asked for."""
EXAMPLE = "ari:cloud:compass:CLOUD-ID:component/UUID/UUID"


NOTHING: Mapping[str, str] = MappingProxyType({})


class Components(NamedTuple):
    """Where the events go."""

    cloud_id: str
    ids: tuple[str, ...]
    """Component ARIs of that one cloud, each once."""
    notices: tuple[str, ...] = ()
    """What was left out, and why."""


def wanted_files(given: Mapping[str, Given], changed: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Name the paths or globs to read: none if ids are given, those above the changed files if only
    they are, the defaults if nothing is.
    """
    found = given.get("component-id")
    if (found and found.text.lower() != AUTO) or {"component-slug", "component-map"} & given.keys():
        return ()
    named = given.get("component-file")
    if named:
        return read_list(named.text)
    return changes.files_to_try(changed, DEFAULTS) or DEFAULTS


def choose(
    inputs: Inputs,
    files: ComponentFiles,
    tracked_ids: tuple[str, ...] = (),
    checkout: str = "",
    foreign: Callable[[ComponentFile], str | None] = lambda file: None,
    ids: Mapping[str, str] = NOTHING,
) -> Components:
    """Choose the components: the begun event's, else the ids given, else those of the files.

    `checkout` says how the CI system checks a repository out; `foreign` why a file is not to be
    believed; `ids` are those that Compass told for files that have none, by path. Raises InputError
    with everything that is wrong, NothingToReport if no component holds a changed file. What a glob
    matches and is no component's file is told and left out, if others are left.
    """
    problems: list[Problem] = []
    left_out: list[Problem] = []
    changed = inputs.changed_files
    found = [("component-id", ari) for ari in tracked_ids or inputs.component_id or ()]
    if found:
        pass
    elif inputs.component_map:
        found = [("component-map", ari) for ari in changes.owners(inputs.component_map, changed)]
    else:
        files = files if changed is None else _narrow(files, changed)
        found, problems, left_out = _read_files(files, ids)
        _refuse_foreign(files, [where for where, _ in found], foreign)
        if not found and changed is None:
            problems += left_out or ([] if problems else [_nowhere(files, checkout)])
        elif not found:
            problems += left_out
    if not found and not problems:
        raise NothingToReport(_unheld(changed or ()))
    problems += [
        Problem(where, f"{quoted(ari)} is not a component's ARI. Write {EXAMPLE}.")
        for where, ari in found
        if not COMPONENT_ARI.fullmatch(ari)
    ]
    clouds = dict.fromkeys(m[1] for _, ari in found if (m := COMPONENT_ARI.fullmatch(ari)))
    problems += _cloud_problems(inputs.cloud_id, list(clouds))
    if problems:
        raise InputError(problems)
    chosen = tuple(dict.fromkeys(ari for _, ari in found))
    notices = [f"{where} is left out: {what}" for where, what in left_out]
    if changed is not None and inputs.component_id:
        notices.append("changed-files narrows nothing, for component-id says which components.")
    return Components(next(iter(clouds)), chosen, tuple(notices))


def foreign_to(run: CiRun, file: ComponentFile) -> str | None:
    """Say why a run does not believe a file, if it does not."""
    return run.foreign_files or (run.foreign_below if file.is_nested else None)


def believed(files: ComponentFiles, run: CiRun) -> ComponentFiles:
    """Leave out the files that a run does not believe."""
    return files._replace(files=tuple(file for file in files.files if not foreign_to(run, file)))


def _refuse_foreign(
    files: ComponentFiles, named: Sequence[str], foreign: Callable[[ComponentFile], str | None]
) -> None:
    """Refuse the first file that may be a stranger's, if it names a component or somebody asked for
    just this one. Raises InputError.
    """
    for file in files.files:
        where, reason = _where(file), foreign(file)
        asked = file.text is not None and not file.by_chance
        if reason and (asked or where in named):
            raise InputError([Problem(where, f"{reason}. Give component-id.")])


def _where(file: ComponentFile) -> str:
    return f"component-file {quoted(file.path)}"


def _narrow(files: ComponentFiles, changed: tuple[str, ...]) -> ComponentFiles:
    """Leave the files of the components that hold a change, and those that somebody asked for by name
    and that cannot be read.
    """
    unread = {file.path for file in files.files if file.text is None and not file.by_chance}
    held = changes.holding((file.path for file in files.files), changed)
    kept = (file for file in files.files if file.path in held | unread)
    return files._replace(files=tuple(kept))


def _unheld(changed: tuple[str, ...]) -> str:
    """Say that nothing changed that belongs to a component."""
    if not changed:
        return "Nothing changed: changed-files is an empty list."
    some = ", ".join(map(quoted, changed[:SHOWN_MAX]))
    more = f" and {len(changed) - SHOWN_MAX} more" if len(changed) > SHOWN_MAX else ""
    return f"No component holds a changed file ({some}{more})."


def _read_files(
    files: ComponentFiles, ids: Mapping[str, str]
) -> tuple[list[tuple[str, str]], list[Problem], list[Problem]]:
    """Read the ids of the files; with them what is wrong, and what may be left out."""
    found, problems, left_out = [], [], []
    for file in files.files:
        where = _where(file)
        said = Named(problem=file.problem) if file.text is None else read_file(file.text)
        ari, problem = ids.get(file.path) or said.id, said.problem
        if ari and (COMPONENT_ARI.fullmatch(ari) or not file.by_chance):
            found.append((where, ari))
        elif file.by_chance:
            left_out.append(Problem(where, problem or "its id is not a component's ARI."))
        else:
            problems.append(Problem(where, problem or ""))
    if found and not problems:
        # The default names are tried, not asked for: one of them may be another tool's.
        left_out = [problem for problem in left_out if not _is_default(problem)]
    return found, problems, left_out


def _is_default(problem: Problem) -> bool:
    return any(problem.where == f"component-file {quoted(name)}" for name in DEFAULTS)


def _nowhere(files: ComponentFiles, checkout: str) -> Problem:
    """Say that there is no component, and where one could be."""
    if files.workspace_is_empty and checkout:
        why = f"the workspace is empty. {checkout}, or give the component's ARI"
    elif files.elsewhere:
        some = ", ".join(map(quoted, files.elsewhere))
        why = (
            "there is no compass.yml at the root of the workspace, but below it. Name the files in "
            f"component-file ({some}), or give the component's ARI"
        )
    else:
        why = (
            "there is no compass.yml or compass.yaml at the root of the workspace. Give the "
            "component's ARI"
        )
    where = "Compass shows it in the menu of the component's page"
    return Problem("component-id", f"it is not given, and {why} ({EXAMPLE}); {where}.")


def _cloud_problems(given: str | None, clouds: list[str]) -> list[Problem]:
    if given and not CLOUD_ID.fullmatch(given):
        return [Problem("cloud-id", f"{quoted(given)} is not a cloud id. Write a UUID.")]
    if given and clouds and clouds != [given]:
        others = ", ".join(sorted(set(clouds) - {given}))
        message = (
            f"{given} is not the cloud of the component, which is {others}. Leave cloud-id out, or "
            "give a component of that site."
        )
        return [Problem("cloud-id", message)]
    if not given and len(clouds) > 1:
        message = (
            f"the components belong to different clouds: {', '.join(clouds)}. Use one step for each "
            "site."
        )
        return [Problem("component-id", message)]
    return []
