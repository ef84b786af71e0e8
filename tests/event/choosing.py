"""Choosing components: made-up ARIs in two clouds, and what is told of a choice that is refused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from compass_action.errors import InputError
from compass_action.event.components import choose
from compass_action.inputs.table import Inputs
from compass_action.workspace import ComponentFile, ComponentFiles

CLOUD = "a5fd7e86-1037-4957-88e1-656b1179d617"
OTHER_CLOUD = "83673fa7-fd28-4f4a-9738-f584064570a7"
NO_ARI = "is not a component's ARI. Write ari:cloud:compass:CLOUD-ID:component/UUID/UUID."


def ari(last: int = 1, cloud: str = CLOUD) -> str:
    site = "30307f94-33fc-4613-b40d-651fee166c5e"
    return f"ari:cloud:compass:{cloud}:component/{site}/c34578a8-98c2-43e3-8b47-{last:012x}"


def refused(inputs: Inputs, files: Sequence[ComponentFile] = ()) -> list[str]:
    """The problems that are told."""
    with pytest.raises(InputError) as raised:
        choose(inputs, ComponentFiles(tuple(files)))
    return [str(problem) for problem in raised.value.problems]
