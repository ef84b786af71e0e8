"""No CI system that is known: a laptop, say. A checkout tells where it stands, the rest is given."""

from __future__ import annotations

from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot

from . import git
from .run import CiRun
from .system import System


def parse(snapshot: Snapshot, inputs: Inputs) -> CiRun:
    """Read the checkout: a shell says nothing of a run."""
    local = git.parse(snapshot.git)
    return CiRun(
        "unknown",
        repository_url=local.repository_url,
        branch=local.branch,
        commit=local.commit,
        ref=f"refs/heads/{local.branch}" if local.branch else None,
        status=inputs.job_status,
        is_local=local.repository_url is not None,
    )


SYSTEM = System(
    "unknown",
    "no known CI system",
    detect=lambda env: True,
    parse=parse,
    needs_git=lambda env: True,
)
