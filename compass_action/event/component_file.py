"""What a compass.yml says of its component: id, slug and name. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from compass_action.workspace import ComponentFiles

ID = re.compile(r"^id: *[\"']?ari:", re.MULTILINE)
DEPTH_MAX = 64
YAML_NOTHING = ("", "~", "null", "Null", "NULL")


class Named(NamedTuple):
    """What a component's file says of it."""

    id: str | None = None
    slug: str | None = None
    name: str | None = None
    problem: str | None = None
    """Why it has no id, and what to do."""


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
                    return Named(
                        problem="it is nested too deeply. Simplify it, or give component-id."
                    )
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.DocumentEndEvent):
                break
    except (yaml.YAMLError, ValueError, OverflowError):  # the last two: \U beyond Unicode
        return Named(problem="it is not valid YAML. Fix it, or give component-id.")
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
