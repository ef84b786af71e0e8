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

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from compass_action.ci.reading import clone_address
from compass_action.ci.run import CiRun
from compass_action.ci.system import System
from compass_action.errors import InputError, Problem
from compass_action.inputs.table import Inputs
from compass_action.inputs.values import read_integer
from compass_action.text import same_name
from compass_action.tracking import Identity, Tracked, digest_of

from .environments import slug
from .facts import Facts
from .numbers import (
    begins,
    is_from_the_future,
    milliseconds,
    number_of_first_report,
    sequence_number,
)
from .states import UNFINISHED

BUILD_ID = "build-id"
"""The hint for the `pipeline-id` of a build, where a deployment's is written in another way."""
CREDENTIALS = re.compile(r"//[^/?#]*@")


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

    An event may show on every component that its source is attached to, and equal identity inside
    one source overwrites. So each component of a repository has a source of its own: what ends in
    `#` is completed by `source_of_component`. A source that the user names is taken as it is, but
    for an address by which git clones: it names the repository, as the address of its page does.
    """
    cloned = clone_address(inputs.external_event_source_id)
    given = f"{cloned}#" if cloned else inputs.external_event_source_id
    if given and CREDENTIALS.search(given):
        message = "it holds a user name or password. Write the address without them."
        raise InputError([Problem("external-event-source-id", message)])
    if not given and not run.repository_url:
        raise _unknown("external-event-source-id", system, "the URL of the repository")
    return given or f"{run.repository_url}#"


def source_of_component(source: str, component_id: str) -> str:
    """Name the event source of one component: `https://github.com/acme/shop#<the component's UUID>`."""
    return source + component_id.rpartition("/")[2] if source.endswith("#") else source


def is_from(record: Tracked, source: str | None, component_ids: Sequence[str]) -> bool:
    """Tell whether a record is of an event of this source, if both are known.

    Records keep the source without the part of the first component.
    """
    first = component_ids[0] if component_ids else ""
    known = (one for one in (record.source_id, source) if one)
    return len({source_of_component(one, first) for one in known}) < 2


def event_path(facts: Facts) -> str | None:
    """Name this execution, `github.com/acme/shop/runs/7421/attempts/2/jobs/test/3`; None if the CI
    system is not known. It is the default id of every event that a job sends once.
    """
    naming = facts.system.naming
    if not naming:
        return None
    whole = facts.inputs.scope == "run"
    path = _below_server(facts.run, naming.run if whole else naming.job)
    return f"{path}/{_moment(facts, path)}" if path and naming.restarts_keep_ids else path


def _moment(facts: Facts, path: str) -> int:
    """The milliseconds of an execution's start, else of its first report, which its record names."""
    components = digest_of(facts.components)
    for record in facts.records:
        same = (record.identity.event_type, record.components) == (facts.event_type, components)
        begun, _, moment = (record.identity.pipeline_id or "").rpartition("/")
        if same and begun == path and record.state in UNFINISHED and moment.isdecimal():
            return int(moment)
    run = facts.run
    started = run.run_started_at if facts.inputs.scope == "run" else run.job_started_at
    return milliseconds(started or facts.now)


def _below_server(run: CiRun, name: Callable[[CiRun], str | None]) -> str | None:
    path = name(run)
    root = run.server or (run.repository_url or "").partition("://")[2]
    return f"{root}/{path}" if root and path is not None else None


def _build_pipeline_id(facts: Facts) -> str:
    found = facts.inputs.pipeline_id or event_path(facts)
    if not found:
        wanted = "an id that differs for every build"
        raise _unknown("pipeline-id", facts.system, wanted, BUILD_ID)
    naming = facts.system.naming
    forgotten = begins(facts) and not facts.remembers and not facts.run.job_started_at
    if naming and naming.restarts_keep_ids and forgotten and not facts.inputs.pipeline_id:
        message = (
            f"{facts.system.title} keeps every id when a build is run again, and has no place for what "
            "was begun. Name a file for it in record, or report the outcome alone."
        )
        raise InputError([Problem("state", message)])
    return found


def _deployment(facts: Facts) -> Identity:
    inputs, run, system = facts.inputs, facts.run, facts.system
    problems: list[Problem] = []
    pipeline_id, naming = inputs.pipeline_id, system.naming
    if not pipeline_id and naming:
        whole = inputs.scope == "run"
        pipeline_id = _below_server(run, naming.pipeline if whole else naming.pipeline_job)
    if not pipeline_id:
        wanted = "an id of the pipeline, the same for all its deployments"
        problems += _unknown("pipeline-id", system, wanted).problems
    environment = environment_id(inputs, run)
    sequence = inputs.sequence_number
    try:
        if sequence is None:
            sequence = sequence_number(facts, pipeline_id, environment)
        if sequence is None and naming:
            sequence = number_of_first_report(facts, pipeline_id, environment)
        if sequence is None:
            wanted = "a number that rises with every deployment, such as the build number"
            problems += _unknown("sequence-number", system, wanted).problems
    except ValueError as error:
        problems.append(Problem("sequence-number", str(error)))
    if not environment:
        message = "it is not given. A deployment needs the name of an environment"
        problems.append(Problem("environment", f"{message}{_hint(system, 'environment')}"))
    if problems:
        raise InputError(problems)
    return Identity("deployment", pipeline_id, environment, sequence)


def environment_id(inputs: Inputs, run: CiRun) -> str | None:
    """Name the environment: as given, by the host's own id if it is the host's, else by a slug."""
    name = inputs.environment or run.environment
    if inputs.environment_id or not name:
        return inputs.environment_id
    own = run.environment_id if same_name(name, run.environment) else None
    return own or slug(name)


def find_begun(facts: Facts, wanted: Identity) -> Tracked | None:
    """Find the record of the very event that is built, if it was begun."""
    components, source = digest_of(facts.components), facts.inputs.external_event_source_id
    for record in facts.records:
        same = (record.identity, record.components) == (wanted, components)
        if same and is_from(record, source, facts.components):
            return None if is_from_the_future(record, facts.now) else record
    return None


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
    try:
        return read_integer(str(value))  # of true, 7.0 and null no text is a whole number
    except ValueError:
        return None


def _text(part: Mapping[str, Any], name: str, id_name: str) -> str | None:
    named = part.get(name)
    found = named.get(id_name) if isinstance(named, Mapping) else None
    return found if isinstance(found, str) else None


def _unknown(name: str, system: System, wanted: str, hint: str = "") -> InputError:
    who = f"{system.title} does not say" if system.naming else "no CI system was recognised"
    hint = hint if hint in system.hints else name
    message = f"it is not given, and {who}. Give {wanted}{_hint(system, hint)}"
    return InputError([Problem(name, message)])


def _hint(system: System, name: str) -> str:
    """End a sentence with how to give an input in the system's own syntax, if there is a way."""
    return f": {system.hints[name]}." if name in system.hints else "."
