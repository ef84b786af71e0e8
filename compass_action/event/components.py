"""Which components an event is for: ARIs, from the inputs or from compass.yml files. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from compass_action.errors import InputError, Problem
from compass_action.inputs.given import Given
from compass_action.inputs.table import Inputs
from compass_action.inputs.values import read_list
from compass_action.text import quoted
from compass_action.workspace import ComponentFiles

DEFAULTS = ("compass.yml", "compass.yaml")

# https://developer.atlassian.com/cloud/compass/config-as-code/ and the samples in Atlassian's
# repositories: lower-case hex and hyphens. The shape is checked, not the UUIDs' versions.
UUID = r"[0-9a-f]+(?:-[0-9a-f]+){4}"
COMPONENT_ARI = re.compile(rf"ari:cloud:compass:({UUID}):component/{UUID}/{UUID}", re.ASCII)
CLOUD_ID = re.compile(UUID, re.ASCII)
DEPTH_MAX = 64
EXAMPLE = "ari:cloud:compass:CLOUD-ID:component/UUID/UUID"


class Components(NamedTuple):
    """Where the events go."""

    cloud_id: str
    ids: tuple[str, ...]
    """Component ARIs of that one cloud, each once."""
    notices: tuple[str, ...] = ()
    """What was left out, and why."""


def wanted_files(given: Mapping[str, Given]) -> tuple[str, ...]:
    """Name the paths or globs to read: none if ids are given, the defaults if nothing is."""
    if "component-id" in given:
        return ()
    named = given.get("component-file")
    return read_list(named.text) if named else DEFAULTS


def choose(
    inputs: Inputs,
    files: ComponentFiles,
    tracked_ids: tuple[str, ...] = (),
    checkout: str = "",
    foreign: str | None = None,
) -> Components:
    """Choose the components: the begun event's, else the ids given, else those of the files.

    `checkout` says how the CI system checks a repository out; `foreign` why its files are not to be
    believed. Raises InputError with everything that
    is wrong. What a glob matches and is no component's file is told and left out, if others are left.
    """
    problems: list[Problem] = []
    left_out: list[Problem] = []
    found = [("component-id", ari) for ari in tracked_ids or inputs.component_id or ()]
    if not found:
        found, problems, left_out = _read_files(files)
        if found and foreign:
            raise InputError([Problem(found[0][0], f"{foreign}.")])
        if not found:
            problems += left_out or ([] if problems else [_nowhere(files, checkout)])
    problems += [
        Problem(where, f"{quoted(ari)} is not a component's ARI. Write {EXAMPLE}.")
        for where, ari in found
        if not COMPONENT_ARI.fullmatch(ari)
    ]
    clouds = dict.fromkeys(m[1] for _, ari in found if (m := COMPONENT_ARI.fullmatch(ari)))
    problems += _cloud_problems(inputs.cloud_id, list(clouds))
    if problems:
        raise InputError(problems)
    ids = tuple(dict.fromkeys(ari for _, ari in found))
    notices = tuple(f"{where} is left out: {what}" for where, what in left_out)
    return Components(next(iter(clouds)), ids, notices)


def _read_files(
    files: ComponentFiles,
) -> tuple[list[tuple[str, str]], list[Problem], list[Problem]]:
    """Read the ids of the files; with them what is wrong, and what may be left out."""
    found, problems, left_out = [], [], []
    for file in files.files:
        where = f"component-file {quoted(file.path)}"
        ari, problem = (None, file.problem) if file.text is None else _read_id(file.text)
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


def _read_id(text: str) -> tuple[str | None, str | None]:
    """Read the top-level `id` of a compass.yml; the id, or what is wrong.

    Only the parser's events are looked at: no object is built, no alias is followed, no tag is
    obeyed, so that the file, which anybody's pull request may change, costs no more than its size.
    """
    import yaml  # here, because a run with an id needs no YAML

    depth, key, values = 0, None, []
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)):
            if depth == 0 and isinstance(event, yaml.NodeEvent):
                if not isinstance(event, yaml.MappingStartEvent):
                    break
            elif depth == 1 and isinstance(event, yaml.NodeEvent):
                if key is None:
                    key = event
                else:
                    if isinstance(key, yaml.ScalarEvent) and key.value == "id":
                        values.append(event)
                    key = None
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEPTH_MAX:  # the parser's time grows with the square of the depth
                    return None, "it is nested too deeply. Simplify it, or give component-id."
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.DocumentEndEvent):
                break
    except (yaml.YAMLError, ValueError, OverflowError):  # the last two: \U beyond Unicode
        return None, "it is not valid YAML. Fix it, or give component-id."
    ids = [e.value.strip() for e in values if isinstance(e, yaml.ScalarEvent)]
    if len(values) > 1:
        return None, "it has more than one id. One file describes one component."
    if not ids or ids[0] in ("", "~", "null", "Null", "NULL"):
        return None, (
            "it has no id. Add the component's ARI as its top-level id (Compass shows it in the "
            "menu of the component's page), or give component-id."
        )
    return ids[0], None
