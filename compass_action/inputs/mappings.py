"""Mappings: how YAML or JSON that somebody wrote is read. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compass_action.text import holds_credentials

PROPERTIES_MAX_CHARS = 65_536
PROPERTIES_MAX_DEPTH = 8
WITH_CREDENTIALS = (
    "it holds an address with a user name or password. Write the address without them."
)


def read_mapping(text: str) -> Mapping[str, Any]:
    """Read a YAML or JSON mapping whose scalars stay what was written (`on`, `0123`, `1.10`).

    JSON keeps its own types. Numbers and truth values of YAML are made from their text where the
    event's schema asks for them (`event.properties.NUMBERS`).
    """
    if len(text) > PROPERTIES_MAX_CHARS:
        raise ValueError(f"it is longer than {PROPERTIES_MAX_CHARS} characters.")
    try:
        loaded = _load_json(text) if text.startswith("{") else _load_yaml(text)
    except (ValueError, OverflowError, RecursionError):  # OverflowError: YAML's "\UFFFFFFFF"
        loaded = None
    if not isinstance(loaded, dict) or not all(isinstance(key, str) for key in loaded):
        loaded = None
    if loaded is None or _deeper_than(PROPERTIES_MAX_DEPTH, loaded):
        raise ValueError(
            "it is not a mapping. Write YAML lines such as `id: INC-7`, or a JSON object; "
            f"anchors, aliases, tags and more than {PROPERTIES_MAX_DEPTH} levels are not read."
        )
    if any(map(holds_credentials, _texts(loaded))):
        raise ValueError(WITH_CREDENTIALS)
    return loaded


def _texts(value: object) -> Iterator[str]:
    """Give every text in a value, the names of properties too: a message may show one."""
    if isinstance(value, str):
        yield value
    inner = (*value, *value.values()) if isinstance(value, dict) else value
    inner = inner if isinstance(inner, list | tuple) else ()
    for item in inner:
        yield from _texts(item)


def _deeper_than(depth: int, value: object) -> bool:
    """Tell whether a value nests deeper; what comes later may then recurse over it."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth < 0 or any(_deeper_than(depth - 1, item) for item in inner)


def _load_json(text: str) -> object:
    import json

    try:
        return json.loads(text)
    except ValueError:
        return _load_yaml(text)  # YAML's flow style also starts with a brace: {id: 7}


def _load_yaml(text: str) -> object:
    import yaml  # here, because most runs have no mapping to read

    try:
        depth = 0
        for token in yaml.scan(text, Loader=yaml.BaseLoader):
            # An alias can blow a small text up to any size, a tag could ask for any type.
            if isinstance(token, (yaml.AnchorToken, yaml.AliasToken, yaml.TagToken)):
                return None
            # Stopped early: the scanner's time grows with the square of the depth.
            name = type(token).__name__
            depth += name.endswith(("MappingStartToken", "SequenceStartToken"))
            depth -= name.endswith(("MappingEndToken", "SequenceEndToken", "BlockEndToken"))
            if depth > PROPERTIES_MAX_DEPTH:
                return None
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes strings only
    except yaml.YAMLError:
        return None
