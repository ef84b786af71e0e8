"""What the tests of components and of their files share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from compass_action import snapshot
from compass_action.components import choose
from compass_action.errors import InputError
from compass_action.inputs import Inputs
from compass_action.snapshot import ComponentFile

CLOUD = "a5fd7e86-1037-4957-88e1-656b1179d617"
OTHER_CLOUD = "83673fa7-fd28-4f4a-9738-f584064570a7"


def ari(last: int = 1, cloud: str = CLOUD) -> str:
    site = "30307f94-33fc-4613-b40d-651fee166c5e"
    return f"ari:cloud:compass:{cloud}:component/{site}/c34578a8-98c2-43e3-8b47-{last:012x}"


def read(workspace: Path, *patterns: str) -> tuple[ComponentFile, ...]:
    """The component files that a run in this workspace would read."""
    env = {"GITHUB_WORKSPACE": str(workspace), "COMPASS_COMPONENT_FILE": "\n".join(patterns)}
    return snapshot.read({}, env).component_files


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def chosen(*files: ComponentFile) -> tuple[str, ...]:
    return choose(Inputs(), files).ids


def refused(asked: Inputs, files: Sequence[ComponentFile] = ()) -> list[str]:
    """The problems that are told."""
    with pytest.raises(InputError) as raised:
        choose(asked, files)
    return [str(problem) for problem in raised.value.problems]


def problem(*files: ComponentFile) -> str:
    """What is told of the one file."""
    [message] = refused(Inputs(), files)
    return message.partition(": ")[2]
