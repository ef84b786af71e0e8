"""Which problems are told: all there are, but none that only another one has brought about. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from compass_action import event
from compass_action.errors import Problem
from compass_action.schemas import find_faults
from compass_action.snapshot import Snapshot

from .call import Call
from .known import Known

MISSING = re.compile(r"\w+ is not given|Compass has to be asked for it")
"""How a problem begins whose input was not given, or needs others that were not."""

OF_A_TYPE = frozenset(
    {
        "event-id", "state", "severity", "ref", "properties", "started-at",
        "pipeline-id", "environment", "sequence-number",
    }
)  # fmt: skip
"""Inputs that only some types of event need."""
MAY_SAY = {
    "event-type": OF_A_TYPE,
    "properties": OF_A_TYPE,
    "ci": OF_A_TYPE | {"url", "external-event-source-id"},
    "commit": {"event-id"},
    "component-map": {"component-id"},
    "component-slug": {"component-id"},
    "api-url": {"site", "component-slug", "component-id"},
    "command line": None,
}
"""By an input that could not be read: those that are not missing for sure, since its value may say
them. An option that could not be read may be any input."""
JUDGED_BY_TYPE = ("state", "severity", "properties")
"""Inputs whose values are right or wrong with the type of the event."""


def certain(wrong: Iterable[Problem], found: Iterable[Problem]) -> list[Problem]:
    """Keep those of the problems found in the event that stand whatever the wrong inputs meant."""
    names = {problem.where for problem in wrong}
    return [problem for problem in found if not _is_doubtful(problem, names)]


def of_properties(call: Call, known: Known, snapshot: Snapshot) -> list[Problem]:
    """Find what is wrong with the properties of an event that cannot be built."""
    inputs = known.inputs
    if not inputs.properties or any(problem.where == "event-type" for problem in call.problems):
        return []
    return find_faults(*event.read_properties(inputs, known.run, call.system, snapshot.now))


def _is_doubtful(problem: Problem, wrong: set[str]) -> bool:
    if "event-type" in wrong and problem.where in JUDGED_BY_TYPE:
        return True
    if not MISSING.match(problem.what):
        return False
    said = [MAY_SAY.get(name, {name}) for name in wrong]
    return any(inputs is None or problem.where in inputs for inputs in said)
