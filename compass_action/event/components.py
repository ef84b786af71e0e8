"""Which components an event is for: ARIs, from the inputs or from compass.yml files. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from compass_action.errors import InputError, Problem
from compass_action.inputs.given import Given
from compass_action.inputs.table import Inputs
from compass_action.inputs.values import read_list
from compass_action.snapshot import ComponentFile
from compass_action.text import quoted

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


def wanted_files(given: Mapping[str, Given]) -> tuple[str, ...]:
    """Name the paths or globs to read: none if ids are given, the defaults if nothing is."""
    if "component-id" in given:
        return ()
    named = given.get("component-file")
    return read_list(named.text) if named else DEFAULTS


def choose(
    inputs: Inputs, files: Iterable[ComponentFile], tracked_ids: tuple[str, ...] = ()
) -> Components:
    """Choose the components: the begun event's, else the ids given, else those of the files.

    Raises InputError with everything that is wrong.
    """
    problems: list[Problem] = []
    found: list[tuple[str, str]] = [("component-id", ari) for ari in inputs.component_id or ()]
    if tracked_ids:
        found = [("component-id", ari) for ari in tracked_ids]
    elif not found:
        for file in files:
            ari, problem = (None, file.problem) if file.text is None else _read_id(file.text)
            if ari:
                found.append((f"component-file {quoted(file.path)}", ari))
            else:
                problems.append(Problem(f"component-file {quoted(file.path)}", problem or ""))
        if not found and not problems:
            problems.append(
                Problem(
                    "component-id",
                    "it is not given, and there is no compass.yml or compass.yaml at the root of "
                    f"the workspace. Give the component's ARI ({EXAMPLE}); Compass shows it in the "
                    "menu of the component's page.",
                )
            )
    clouds: dict[str, str] = {}
    for where, ari in found:
        match = COMPONENT_ARI.fullmatch(ari)
        if match:
            clouds.setdefault(match[1], where)
        else:
            problems.append(
                Problem(where, f"{quoted(ari)} is not a component's ARI. Write {EXAMPLE}.")
            )
    if inputs.cloud_id and not CLOUD_ID.fullmatch(inputs.cloud_id):
        problems.append(
            Problem("cloud-id", f"{quoted(inputs.cloud_id)} is not a cloud id. Write a UUID.")
        )
    elif inputs.cloud_id and clouds and set(clouds) != {inputs.cloud_id}:
        others = ", ".join(sorted(set(clouds) - {inputs.cloud_id}))
        problems.append(
            Problem(
                "cloud-id",
                f"{inputs.cloud_id} is not the cloud of the component, which is {others}. Leave "
                "cloud-id out, or give a component of that site.",
            )
        )
    elif len(clouds) > 1:
        problems.append(
            Problem(
                "component-id",
                f"the components belong to different clouds: {', '.join(clouds)}. Use one step for "
                "each site.",
            )
        )
    if problems:
        raise InputError(problems)
    return Components(next(iter(clouds)), tuple(dict.fromkeys(ari for _, ari in found)))


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
