"""Which components an event is for: ARIs, from the inputs or from compass.yml files. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from compass_action.errors import InputError, Problem
from compass_action.inputs.given import Given
from compass_action.inputs.table import Inputs
from compass_action.inputs.values import read_list
from compass_action.snapshot import ComponentFiles
from compass_action.text import quoted

DEFAULTS = ("compass.yml", "compass.yaml")

# https://developer.atlassian.com/cloud/compass/config-as-code/ and the samples in Atlassian's
# repositories: lower-case hex and hyphens. The shape is checked, not the UUIDs' versions.
UUID = r"[0-9a-f]+(?:-[0-9a-f]+){4}"
COMPONENT_ARI = re.compile(rf"ari:cloud:compass:({UUID}):component/{UUID}/{UUID}", re.ASCII)
CLOUD_ID = re.compile(UUID, re.ASCII)
ID = re.compile(r"^id: *[\"']?ari:", re.MULTILINE)
DEPTH_MAX = 64
AUTO = "auto"
"""The word for a component that Compass is asked for."""
EXAMPLE = "ari:cloud:compass:CLOUD-ID:component/UUID/UUID"


YAML_NOTHING = ("", "~", "null", "Null", "NULL")
NOTHING: Mapping[str, str] = MappingProxyType({})


class Named(NamedTuple):
    """What a component's file says of it."""

    id: str | None = None
    slug: str | None = None
    name: str | None = None
    problem: str | None = None
    """Why it has no id, and what to do."""


class Components(NamedTuple):
    """Where the events go."""

    cloud_id: str
    ids: tuple[str, ...]
    """Component ARIs of that one cloud, each once."""
    notices: tuple[str, ...] = ()
    """What was left out, and why."""


def wanted_files(given: Mapping[str, Given]) -> tuple[str, ...]:
    """Name the paths or globs to read: none if ids are given, the defaults if nothing is."""
    found = given.get("component-id")
    if (found and found.text.lower() != AUTO) or "component-slug" in given:
        return ()
    named = given.get("component-file")
    return read_list(named.text) if named else DEFAULTS


def choose(
    inputs: Inputs,
    files: ComponentFiles,
    tracked_ids: tuple[str, ...] = (),
    checkout: str = "",
    ids: Mapping[str, str] = NOTHING,
) -> Components:
    """Choose the components: the begun event's, else the ids given, else those of the files.

    `checkout` says how the CI system checks a repository out; `ids` are those that Compass told for
    files that have none, by path. Raises InputError with everything that
    is wrong. What a glob matches and is no component's file is told and left out, if others are left.
    """
    problems: list[Problem] = []
    left_out: list[Problem] = []
    found = [("component-id", ari) for ari in tracked_ids or inputs.component_id or ()]
    if not found:
        found, problems, left_out = _read_files(files, ids)
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
    chosen = tuple(dict.fromkeys(ari for _, ari in found))
    notices = tuple(f"{where} is left out: {what}" for where, what in left_out)
    return Components(next(iter(clouds)), chosen, notices)


def _read_files(
    files: ComponentFiles, ids: Mapping[str, str]
) -> tuple[list[tuple[str, str]], list[Problem], list[Problem]]:
    """Read the ids of the files; with them what is wrong, and what may be left out."""
    found, problems, left_out = [], [], []
    for file in files.files:
        where = f"component-file {quoted(file.path)}"
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


def find_slugs(files: ComponentFiles) -> dict[str, str]:
    """Find the files that have a slug and no id, for which Compass can be asked: path → slug."""
    # Most files need not be parsed for it.
    likely = [f for f in files.files if "slug" in (f.text or "") and not ID.search(f.text or "")]
    read = {file.path: read_file(file.text or "") for file in likely}
    return {path: named.slug for path, named in read.items() if named.slug and not named.id}


def read_file(text: str) -> Named:
    """Read the top-level `id`, `slug` and `name` of a compass.yml.

    Only the parser's events are looked at: no object is built, no alias is followed, no tag is
    obeyed, so that the file, which anybody's pull request may change, costs no more than its size.
    """
    import yaml  # here, because a run with an id needs no YAML

    depth, key = 0, None
    values: dict[str, list[str]] = {"id": [], "slug": [], "name": []}
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)):
            if depth == 0 and isinstance(event, yaml.NodeEvent):
                if not isinstance(event, yaml.MappingStartEvent):
                    break
            elif depth == 1 and isinstance(event, yaml.NodeEvent):
                if key is None:
                    key = event
                else:
                    if isinstance(key, yaml.ScalarEvent) and key.value in values:
                        values[key.value].append(
                            event.value.strip() if isinstance(event, yaml.ScalarEvent) else ""
                        )
                    key = None
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEPTH_MAX:  # the parser's time grows with the square of the depth
                    return Named(problem="it is nested too deep. Mend it, or give component-id.")
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.DocumentEndEvent):
                break
    except (yaml.YAMLError, ValueError, OverflowError):  # the last two: \U beyond Unicode
        return Named(problem="it is not valid YAML. Mend it, or give component-id.")
    if len(values["id"]) > 1:
        return Named(problem="it has more than one id. One file describes one component.")
    said = {name: text[0] for name, text in values.items() if text and text[0] not in YAML_NOTHING}
    if "id" in said:
        return Named(**said)
    problem = (
        "it has no id. Add the component's ARI as its top-level id (Compass shows it in the "
        "menu of the component's page), or give component-id."
    )
    return Named(**said, problem=problem)
