"""What a CI system is to the program: one record, which ends the system's own file.

Nothing outside this folder compares with a system's name: it asks the record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from compass_action.errors import Problem
from compass_action.inputs.given import NO_SURFACES, Surfaces
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Place, Snapshot

from .run import CiRun

# A run's, an attempt's and a leg's place in a sequence number, in decimal so that people can read
# it: run 7421, attempt 2, leg 3 is 7421002003. GitHub allows 256 legs; Compass's number is an int64
# that passes through JSON, so it has to stay below 2^53: nine thousand million runs.
ATTEMPTS = LEGS = 1_000


class Naming(NamedTuple):
    """How a system's things are named. Each callable gives None where the host does not say enough.

    Paths stand below `CiRun.server`, else below the repository's address; numbers rise from one to
    the next.
    """

    run: Callable[[CiRun], str | None]
    """The path of one execution of the whole pipeline: `runs/9001/attempts/2`."""
    job: Callable[[CiRun], str | None]
    """The path of one execution of one job: `runs/9001/attempts/2/jobs/test`."""
    pipeline: Callable[[CiRun], str | None]
    """The path of the pipeline's definition, the same for every run."""
    pipeline_job: Callable[[CiRun], str | None]
    """The path of one job in the definition; the definition's own where jobs have no lasting name."""
    run_number: Callable[[CiRun], int | None]
    """Orders the runs; raises ValueError with a sentence where it has no room."""
    job_number: Callable[[CiRun], int | None]
    """Orders the executions of one job; raises ValueError likewise. None where a system counts
    nothing that rises: then it is the milliseconds of the start."""
    of_seconds: bool = False
    """The numbers are made of moments in whole seconds (`of_second`). Not every stage of a run is told its
    start, so that for a whole run the number of what was begun counts first."""
    restarts_keep_ids: bool = False
    """A restart has the ids of what it repeats, so that only the moment of the start can tell the two:
    it is then the last part of a build's id."""


class System(NamedTuple):
    """How one CI system is recognised, read, named and spoken to."""

    name: str
    title: str
    """Its name as people write it."""
    detect: Callable[[Mapping[str, str]], bool]
    """Recognise it by the environment."""
    parse: Callable[[Snapshot, Inputs], CiRun]
    """Read what it says of the run."""
    naming: Naming | None = None
    """None where no system is known: then the ids have to be given."""
    surfaces: Surfaces = NO_SURFACES
    """Which variables hand over the inputs, besides `COMPASS_*`."""
    sets_inputs: Callable[[Mapping[str, str]], bool] = lambda env: False
    """Whether its runner sets every input of the step, so that no step before can have set one."""
    workspace: str = ""
    """The folder of the checkout, as a shell would write it: `$WORKSPACE`."""
    trigger: str = ""
    """The variable that names the file of the trigger's payload."""
    state: str = ""
    """The variable in which a step's main stage hands its record to its stage at the job's end;
    empty where there is no such stage."""
    records: Callable[[Mapping[str, str]], tuple[Place, ...]] = lambda env: ()
    """Where else records of begun events are left."""
    outcomes: Mapping[str, str] = {}
    """Words for an outcome that mean something else elsewhere or nothing, folded; each to a key of
    `event_types.OUTCOMES`."""
    needs_git: Callable[[Mapping[str, str]], bool] = lambda env: False
    """Whether it matters which commit is checked out."""
    checkout: str = ""
    """How a repository is checked out, as the beginning of an advice: `Add a step with …`."""
    hints: Mapping[str, str] = {}
    """By input: how to give, in the system's own syntax, what its environment does not tell. `build-id` is
    the `pipeline-id` of a build alone."""
    debug: str = ""
    """The variable that is 1 where somebody debugs the whole pipeline."""
    unfilled: Callable[[Inputs], Iterable[Problem]] = lambda inputs: ()
    """What has to be given where the command is called without a surface that fills it in."""
    speaker: str = "plain"
    """The manner of its log, a key of `report.SPEAKERS`."""


def path(*segments: str | int | None) -> str | None:
    """Join segments to a path, each quoted, so that a job named `a/b` is one; None if one is missing."""
    if None in segments:
        return None
    return "/".join(quote(str(segment), safe="@+:~") for segment in segments)


def file_path(file: str | None) -> str | None:
    """Quote the path of a file, whose slashes stay."""
    return None if file is None else quote(file, safe="/@+:~")


def below(parent: str | None, *segments: str | int | None) -> str | None:
    """Add segments to a path; None if anything is missing."""
    rest = path(*segments)
    return None if parent is None or rest is None else f"{parent}/{rest}"


def of_second(moment: datetime | None, attempt: int, name: str | None) -> int | None:
    """Number an execution whose start is told in whole seconds: in one of them another may begin, so
    that a digest of its name is the last part. None where the start or the name is not known.
    """
    if moment is None or name is None:
        return None
    digest = int(hashlib.sha256(name.encode()).hexdigest(), 16) % LEGS
    return pack(int(moment.timestamp()), attempt, digest)


def pack(number: int | None, attempt: int = 0, leg: int = 0) -> int | None:
    """Pack run, attempt and leg into one number; ValueError with a sentence if they do not fit."""
    if attempt >= ATTEMPTS or leg >= LEGS:
        raise ValueError(
            f"attempt {attempt} or leg {leg} is above {ATTEMPTS - 1}, so no number can be derived. "
            "Give a sequence-number that rises with every deployment."
        )
    return None if number is None else (number * ATTEMPTS + attempt) * LEGS + leg
