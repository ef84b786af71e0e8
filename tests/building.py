"""How the tests build events from a recorded run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from compass_action import ci, event
from compass_action.errors import InputError
from compass_action.event.event import Events
from compass_action.schemas import validate
from compass_action.text import Secrets
from compass_action.tracking import Tracked
from tests.recorded import NOW, interpret, snapshot

ARI = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
)


def built(
    recording: str,
    asked: dict[str, str],
    now: datetime = NOW,
    tracked: tuple[Tracked, ...] = (),
    resumed: Tracked | None = None,
) -> Events:
    """The events of a recorded run."""
    taken = snapshot(recording, now)
    inputs, system, run = interpret(taken, {"component-id": ARI} | asked)
    return event.build(inputs, ci.with_given(run, inputs), system, taken, tracked, resumed)


def refused(recording: str, asked: dict[str, str]) -> dict[str, str]:
    """What is wrong, by input."""
    with pytest.raises(InputError) as raised:
        built(recording, asked)
    return {problem.where: problem.what for problem in raised.value.problems}


def part(recording: str, asked: dict[str, str]) -> dict[str, Any]:
    """The type's own part, which has to be valid."""
    [found] = built(recording, asked).events
    validate(found, Secrets())
    return dict(found.part)
