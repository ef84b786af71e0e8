"""No CI system that is known: everything has to be given."""

from __future__ import annotations

from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from .run import CiRun
from .system import System


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read nothing: a shell says nothing of a run."""
    return CiRun("unknown", status=inputs.job_status)


SYSTEM = System("unknown", detect=lambda env: True, parse=parse)
