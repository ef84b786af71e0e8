"""Read an action.yml of a Docker container action as the runner reads it.

Scalars follow YAML 1.2 as GitHub's parser has it: `yes` is a word, `1.10` is the number 1.1.
Source: actions/runner, src/Runner.Worker/action_yaml.json (container-runs, input-default-context).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from .expressions import has_expression, to_text

DEFAULT_CONTEXTS = ("github", "strategy", "matrix", "job", "runner")
"""The contexts that the default of an input may use."""

_RUNS = frozenset(
    (
        *("using", "image", "entrypoint", "args", "env"),
        *("pre-entrypoint", "pre-if", "post-entrypoint", "post-if"),
    )
)
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


class ManifestError(Exception):
    """The job fails before its first step: the runner cannot load the action."""


@dataclass(frozen=True)
class Manifest:
    defaults: Mapping[str, str]
    """Every declared input, with its default as written; one without a default has ""."""
    deprecations: Mapping[str, str]
    image: str
    entrypoint: str | None
    args: tuple[str, ...] | None
    env: Mapping[str, str]
    pre: str | None
    pre_if: str
    post: str | None
    post_if: str


def load_manifest(action_dir: Path) -> Manifest:
    path = next(
        (path for name in ("action.yml", "action.yaml") if (path := action_dir / name).is_file()),
        None,
    )
    if path is None:
        raise ManifestError(f"Can't find 'action.yml' or 'action.yaml' under '{action_dir}'")
    try:
        tree = _read_tree(yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ManifestError(str(error)) from error
    root = _mapping(tree, "the manifest")
    _refuse_expressions(root)
    runs, inputs = _mapping(root.get("runs"), "runs"), _mapping(root.get("inputs", {}), "inputs")
    if unknown := sorted(set(runs) - _RUNS):
        raise ManifestError(f"Unexpected value under runs: {', '.join(unknown)}")
    if runs.get("using") != "docker":
        raise ManifestError("runs.using is not docker")
    declared = {name: _mapping(value, f"inputs.{name}") for name, value in inputs.items()}
    if len({name.lower() for name in declared}) < len(declared):
        raise ManifestError("two inputs differ in upper and lower case only")
    args = runs.get("args")
    if args is not None and not isinstance(args, list):
        raise ManifestError("runs.args is not a list")
    env = _mapping(runs.get("env", {}), "runs.env")
    return Manifest(
        defaults={name: _text(value.get("default")) for name, value in declared.items()},
        deprecations={
            name: _text(value["deprecationMessage"])
            for name, value in declared.items()
            if "deprecationMessage" in value
        },
        image=_check_image(_text(runs.get("image"))),
        entrypoint=_text(runs.get("entrypoint")) or None,
        args=None if args is None else tuple(_text(arg) for arg in args),
        env={name: _text(value) for name, value in env.items()},
        pre=_text(runs.get("pre-entrypoint")) or None,
        pre_if=_text(runs.get("pre-if")) or "always()",
        post=_text(runs.get("post-entrypoint")) or None,
        post_if=_text(runs.get("post-if")) or "always()",
    )


def _check_image(image: str) -> str:
    name = image.rpartition("/")[2].lower()
    if image.lower().startswith("docker://"):
        return image
    if name.startswith("dockerfile.") or name.endswith("dockerfile"):
        return image
    raise ManifestError(f"'{image}' should be either '[path]/Dockerfile' or 'docker://image[:tag]'")


def _refuse_expressions(root: Mapping[str, object]) -> None:
    """An expression outside the few places that allow one is an "Unrecognized named-value"."""
    allowed = re.compile(r"inputs\.[^.]+\.default|outputs\..+\.value|runs\.(args|env|.+-if)\b.*")
    for where, text in _strings(root):
        if has_expression(text) and not allowed.fullmatch(where):
            raise ManifestError(f"{where}: an expression is not allowed here: {text}")


def _strings(value: object, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _strings(member, f"{where}.{name}" if where else name)
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from _strings(member, f"{where}.{number}")


def _read_tree(node: yaml.Node | None) -> object:
    if isinstance(node, yaml.ScalarNode):
        return node.value if node.style else _read_plain(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_read_tree(member) for member in node.value]
    if isinstance(node, yaml.MappingNode):
        names = [key.value for key, _ in node.value]
        if len(set(names)) < len(names):
            raise ManifestError(f"a key occurs twice: {', '.join(names)}")
        return {key.value: _read_tree(member) for key, member in node.value}
    return None


def _read_plain(text: str) -> object:
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    return float(text) if _NUMBER.fullmatch(text) else text


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if value is None and where.startswith("inputs."):
        return {}
    if not isinstance(value, dict):
        raise ManifestError(f"{where} is not a mapping")
    return value


def _text(value: object) -> str:
    return to_text(value)
