"""Recorded environments of CI systems: `tests/ci/<system>-<trigger>.env`.

Lines are NAME=value, as they are, without quotes; `#` begins a comment at a line's start. The payload
of the trigger, where the host hands one over, is `<name>.trigger.json` beside it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from compass_action import ci, tracking
from compass_action.ci.run import CiRun
from compass_action.ci.system import System
from compass_action.inputs.given import parse
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

TESTS = Path(__file__).parent
RECORDED = sorted(TESTS.glob("ci/*.env"))
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def read_env(path: Path) -> dict[str, str]:
    """Read the variables of one recording."""
    lines = path.read_text("utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def read_json(path: Path) -> Any:
    """Read one data file."""
    return json.loads(path.read_text("utf-8"))


def read_recording(name: str) -> dict[str, str]:
    """Read the variables of the recording of this name."""
    return read_env(TESTS / "ci" / f"{name}.env")


def snapshot(name: str, now: datetime = NOW) -> Snapshot:
    """Make what `snapshot.read` would have read in a recorded run."""
    trigger = TESTS / "ci" / f"{name}.trigger.json"
    return Snapshot(
        env=read_recording(name),
        now=now,
        trigger=read_json(trigger) if trigger.exists() else {},
    )


def with_changes(payload: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A payload with other values at dotted paths."""
    changed = copy.deepcopy(dict(payload))
    for path, value in changes.items():
        *parents, last = path.split(".")
        place: dict[str, Any] = changed
        for name in parents:
            place = place.setdefault(name, {})
        place[last] = value
    return changed


class Interpreted(NamedTuple):
    """What is made of a snapshot."""

    inputs: Inputs
    system: System
    run: CiRun


def interpret(taken: Snapshot, given: Mapping[str, str] | None = None) -> Interpreted:
    """Read the inputs, which have to be right, and the run; `given` on the command line."""
    inputs, _, problems = parse(given or {}, taken.env, tracking.read_echoes(taken.env))
    assert problems == []
    system = ci.detect(taken.env, inputs.ci)
    return Interpreted(inputs, system, system.parse(taken, inputs))
