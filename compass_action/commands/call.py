"""What a command is called with, and how it reads what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from compass_action import ci, snapshot
from compass_action.ci.system import System
from compass_action.errors import Problem
from compass_action.event import components
from compass_action.inputs.given import Given
from compass_action.inputs.table import Inputs
from compass_action.report.log import Log
from compass_action.snapshot import Place, Snapshot, Wanted
from compass_action.text import Secrets
from compass_action.workspace import find


class Call(NamedTuple):
    """One call of the program."""

    log: Log
    env: Mapping[str, str]
    system: System
    inputs: Inputs
    given: Mapping[str, Given]
    problems: tuple[Problem, ...] = ()
    """What is wrong with the inputs; told with everything else that is."""
    files: tuple[str, ...] = ()
    """The files named on the command line; the command of `run`."""
    secrets: Secrets = Secrets()
    keeps_streams: bool = False
    """Standard output belongs to somebody else."""
    offline: bool = False
    """`check --offline`: nobody is asked."""

    def __repr__(self) -> str:
        """Show nothing of the environment, which holds secrets."""
        return f"Call({self.system.name!r}, {self.inputs})"


def read(call: Call) -> Snapshot:
    """Read what the inputs ask for and the CI system has to offer."""
    env, system = call.env, call.system
    named = (Place(call.inputs.record),) if call.inputs.record else ()
    files = components.wanted_files(call.given, call.inputs.changed_files or ())
    wanted = Wanted(
        workspace=find(ci.workspace(env)),
        trigger=env.get(system.trigger),
        component_files=files,
        optional=components.DEFAULTS if "component-file" in call.given else files,
        records=(*named, *system.records(env)),
        git=system.needs_git(env),
    )
    return snapshot.read(env, wanted, call.secrets.hide_in)
