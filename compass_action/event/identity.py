"""Identity: the ids and numbers that make an event that event. Pure; the heart of the product.

An id names the thing and nothing else: readable, like a path, with the server's host in front, so
that two installations never meet. What Compass does with them (Atlassian's guide "Send events using
REST API"): a build is its `pipelineId`; a deployment is `pipelineId`, `environmentId` and
`sequenceNumber` together; equal identity overwrites; an `updateSequenceNumber` that does not rise is
ignored without a word.

So: two builds never share a `pipelineId`, two deployments never share the three; all updates of one
event, from whichever stage of the job, have the same identity; a re-run is a new event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from compass_action.ci.run import CiRun
from compass_action.ci.system import System
from compass_action.errors import InputError, Problem
from compass_action.inputs.table import Inputs
from compass_action.inputs.values import read_integer
from compass_action.tracking import Identity

from .environments import slug
from .facts import Facts

SEQUENCE_MAX = 2**53 - 1
EPOCH = datetime.fromtimestamp(0, UTC)


def find_event_type(inputs: Inputs, run: CiRun) -> str:
    """Choose the type: as asked, else a deployment where an environment is known, else a build."""
    if inputs.event_type != "auto":
        return inputs.event_type
    return "deployment" if environment_id(inputs, run) else "build"


def identify(facts: Facts) -> Identity:
    """Identify a build or a deployment. Raises InputError with all that is missing.

    Other types have an id of their own among their properties, which `parts` finds.
    """
    if facts.event_type == "deployment":
        found = _deployment(facts)
    elif facts.event_type == "build":
        found = Identity("build", _build_pipeline_id(facts))
    else:
        return Identity(facts.event_type)
    own = of_part(facts.event_type, facts.properties)
    return Identity(
        found.event_type,
        own.pipeline_id or found.pipeline_id,
        own.environment_id or found.environment_id,
        found.sequence_number if own.sequence_number is None else own.sequence_number,
    )


def source_id(inputs: Inputs, run: CiRun, system: System) -> str:
    """Name what sends events: the repository, never a branch, version or run (Compass caps the
    number of event sources of a component). Raises InputError if it is not known.
    """
    found = inputs.external_event_source_id or run.repository_url
    if not found:
        raise _unknown("external-event-source-id", system, "the URL of the repository")
    return found


def event_path(facts: Facts) -> str | None:
    """Name this execution, `github.com/acme/shop/runs/7421/attempts/2/jobs/test/3`; None if the CI
    system is not known. It is the default id of every event that a job sends once.
    """
    naming = facts.system.naming
    if not naming:
        return None
    return _below_repository(facts.run, naming.run if facts.inputs.scope == "run" else naming.job)


def _below_repository(run: CiRun, name: Callable[[CiRun], str | None]) -> str | None:
    path = name(run)
    if not run.repository_url or path is None:
        return None
    return f"{run.repository_url.partition('://')[2]}/{path}"


def _build_pipeline_id(facts: Facts) -> str:
    found = facts.inputs.pipeline_id or event_path(facts)
    if not found:
        raise _unknown("pipeline-id", facts.system, "an id that differs for every build")
    return found


def _deployment(facts: Facts) -> Identity:
    inputs, run, system = facts.inputs, facts.run, facts.system
    problems: list[Problem] = []
    pipeline_id, naming = inputs.pipeline_id, system.naming
    if not pipeline_id and naming:
        whole = inputs.scope == "run"
        pipeline_id = _below_repository(run, naming.pipeline if whole else naming.pipeline_job)
    if not pipeline_id:
        wanted = "an id of the pipeline, the same for all its deployments"
        problems += _unknown("pipeline-id", system, wanted).problems
    sequence = inputs.sequence_number
    try:
        if sequence is None:
            sequence = _sequence_number(facts)
        if sequence is None:
            wanted = "a number that rises with every deployment, such as the build number"
            problems += _unknown("sequence-number", system, wanted).problems
    except ValueError as error:
        problems.append(Problem("sequence-number", str(error)))
    environment = environment_id(inputs, run)
    if not environment:
        message = "it is not given. A deployment needs the name of an environment."
        problems.append(Problem("environment", message))
    if problems:
        raise InputError(problems)
    return Identity("deployment", pipeline_id, environment, sequence)


def environment_id(inputs: Inputs, run: CiRun) -> str | None:
    """Name the environment: as given, by the host's own id if it is the host's, else by a slug."""
    name = inputs.environment or run.environment
    if inputs.environment_id or not name:
        return inputs.environment_id
    own = run.environment_id if name == run.environment else None
    return own or slug(name)


def update_sequence_number(now: datetime, given: int | None, earlier: int | None) -> int:
    """Number an update: as given, else milliseconds since 1970; always above the one before it."""
    # In whole numbers: through a float, some moments come out a millisecond too low.
    found = (now - EPOCH) // timedelta(milliseconds=1) if given is None else given
    return found if earlier is None else max(found, earlier + 1)


def of_part(event_type: str, part: Mapping[str, Any]) -> Identity:
    """Read the identity off a type's own part, in which the user's properties may have changed it."""
    return Identity(
        event_type,
        _text(part, "pipeline", "pipelineId"),
        _text(part, "environment", "environmentId"),
        _whole(part.get("sequenceNumber")),
    )


def _whole(value: object) -> int | None:
    """Read a whole number; the properties' YAML has it as a text."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        return read_integer(str(value))
    except ValueError:
        return None


def _text(part: Mapping[str, Any], name: str, id_name: str) -> str | None:
    named = part.get(name)
    found = named.get(id_name) if isinstance(named, Mapping) else None
    return found if isinstance(found, str) else None


def _sequence_number(facts: Facts) -> int | None:
    """Number a deployment; None if the host does not say, ValueError if there is no room for it."""
    naming = facts.system.naming
    if not naming:
        return None
    found = (naming.run_number if facts.inputs.scope == "run" else naming.job_number)(facts.run)
    if found is not None and found > SEQUENCE_MAX:
        raise ValueError(
            f"{found} is above 2^53. Give a sequence-number that rises with every deployment."
        )
    return found


def _unknown(name: str, system: System, wanted: str) -> InputError:
    who = f"{system.name} does not say" if system.naming else "no CI system was recognised"
    return InputError([Problem(name, f"it is not given, and {who}. Give {wanted}.")])
