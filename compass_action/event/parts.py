"""The event types' own parts: what the context can give of each. Pure.

A part is the object under `buildProperties`, `deploymentProperties` and so on. What is not known is
left out, never null; what then misses is told by the schema of the type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from compass_action.errors import InputError, Problem, collect
from compass_action.event_types import EVENT_TYPES
from compass_action.inputs.values import read_integer, read_score
from compass_action.text import timestamp

from . import environments, identity, severity, states, wording
from .facts import Facts
from .times import open_span, span

Fields = dict[str, Any]

# The only properties of the contract that are no text or object; YAML hands them over as text.
NUMBERS: Mapping[str, Callable[[str], float]] = {
    "score": read_score,
    "sequenceNumber": read_integer,
}


class Part(NamedTuple):
    """A type's own part."""

    fields: Fields
    notices: tuple[str, ...] = ()
    """What the user should know about it."""


def build_part(facts: Facts) -> Part:
    """Build the part of an event, the user's properties laid over what was derived.

    Raises InputError with everything that is missing.
    """
    derived, notices = PARTS[facts.event_type](facts)
    merged = lay_over(derived, facts.properties) | severity.find(facts)
    outcome = EVENT_TYPES[facts.event_type].outcome
    if outcome in derived:  # it was read from the properties, and is now in the API's spelling
        merged[outcome] = derived[outcome]
    own_id = merged.get("id")
    if isinstance(own_id, int) and not isinstance(own_id, bool):
        merged["id"] = str(own_id)  # JSON's 42 is as good an id as YAML's
    return Part(merged, notices)


def lay_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> Fields:
    """Lay a mapping over another, mapping by mapping."""
    merged = dict(below)
    for key, value in above.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = lay_over(merged[key], value)
        elif key in NUMBERS and isinstance(value, str):
            merged[key] = _number(key, value)
        else:
            merged[key] = value
    return merged


def _number(key: str, text: str) -> float | str:
    try:
        return NUMBERS[key](text)
    except ValueError:
        return text  # the schema says what is wrong with it, with its path


def _build(facts: Facts) -> Part:
    """One execution of a job, or of a whole run."""
    problems: list[Problem] = []
    found = collect(problems, lambda: identity.identify(facts))
    state = collect(problems, lambda: states.find(facts))
    if not found or not state:
        raise InputError(problems)
    started, completed = span(facts, state)
    notices: tuple[str, ...] = ()
    if started is None:
        # The API requires a start. The time of the report stands in for it, and the end is left out
        # so that no duration, which would be false, can be computed.
        started, completed = facts.inputs.completed_at or facts.now, None
        notices = (wording.UNKNOWN_START,)
    fields = {
        "state": state,
        "pipeline": _pipeline(facts, found.pipeline_id or ""),
        "startedAt": timestamp(started),
    }
    return Part(_with_times(fields, completedAt=completed), notices)


def _deployment(facts: Facts) -> Part:
    """A deployment of one job, or of a whole run, to one environment."""
    problems: list[Problem] = []
    found = collect(problems, lambda: identity.identify(facts))
    state = collect(problems, lambda: states.find(facts))
    if not found or not state:
        raise InputError(problems)
    notices: tuple[str, ...] = ()
    environment = facts.begun.environment if facts.begun else None
    if not environment:
        environment, notices = _environment(facts, found.environment_id or "")
    started, completed = span(facts, state)
    fields = {
        "sequenceNumber": found.sequence_number,
        "state": state,
        "pipeline": _pipeline(facts, found.pipeline_id or ""),
        "environment": dict(environment),
    }
    return Part(_with_times(fields, startedAt=started, completedAt=completed), notices)


def _environment(facts: Facts, environment_id: str) -> Part:
    inputs, run = facts.inputs, facts.run
    name = inputs.environment or run.environment or environment_id
    tier = run.environment_tier if name == run.environment else None
    category = inputs.environment_category or environments.category(
        name, tier, inputs.environment_map or ()
    )
    fields = {
        "category": category,
        "displayName": wording.name(name),
        "environmentId": environment_id,
    }
    unmapped = category == "UNMAPPED" and not inputs.environment_category
    return Part(fields, (wording.unmapped(name),) if unmapped else ())


def _pipeline(facts: Facts, pipeline_id: str) -> Fields:
    inputs, run = facts.inputs, facts.run
    url = inputs.pipeline_url or run.run_url or inputs.url
    named = {
        "pipelineId": pipeline_id,
        "displayName": wording.pipeline_of_part(inputs, run, pipeline_id),
    }
    return named | ({"url": url} if url else {})


def _incident(facts: Facts) -> Part:
    """An incident; MTTR is counted from `startTime` to `endTime`."""
    state = states.find(facts)
    started, ended = open_span(facts, state, "RESOLVED")
    fields, notices = _identified(facts, state=state)
    return Part(_with_times(fields, startTime=started, endTime=ended), notices)


def _vulnerability(facts: Facts) -> Part:
    """A vulnerability; severity comes from `properties`."""
    state = states.find(facts)
    started, ended = open_span(facts, state, "REMEDIATED")
    fields, notices = _identified(facts, state=state)
    times = {"vulnerabilityStartTime": started, "remediationTime": ended}
    return Part(_with_times(fields, **times), notices)


def _alert(facts: Facts) -> Part:
    """An alert; the times of its steps come from `properties`."""
    fields, notices = _identified(facts, status=states.find(facts))
    return Part(_with_times(fields, createdAt=facts.inputs.started_at), notices)


def _flag(facts: Facts) -> Part:
    """A change of a feature flag."""
    status = states.find(facts)
    return _identified(facts, status=status)


def _lifecycle(facts: Facts) -> Part:
    """A change of the component's lifecycle."""
    stage = states.find(facts)
    return _identified(facts, once=stage, stage=stage)


def _custom(facts: Facts) -> Part:
    """Anything else worth a line in the feed."""
    return _identified(facts, once=facts.inputs.display_name or "", icon="INFO")


def _push(facts: Facts) -> Part:
    """A push: the commit, its branch and author."""
    run = facts.run
    author = {"name": run.author_name or run.actor, "email": run.author_email}
    fields: Fields = {"id": facts.inputs.event_id or run.commit, "branchName": run.branch}
    fields["author"] = {key: value for key, value in author.items() if value} or None
    return Part({key: value for key, value in fields.items() if value})


def _pull_request(facts: Facts) -> Part:
    """A pull request."""
    run = facts.run
    fields: Fields = {
        "id": facts.inputs.event_id or run.pull_request,
        "repoUrl": run.repository_url,
        "pullRequestUrl": run.pull_request_url,
        "status": states.find(facts),
    }
    return Part({k: value for k, value in fields.items() if value}, (wording.FORGE_ONLY,))


def _identified(facts: Facts, *, once: str | None = None, **fields: str) -> Part:
    """Name an event of a type whose id the user may give; else its id is this run's.

    `once`: what tells it from others of its type in one job, for a type whose events have no updates.
    """
    own = facts.properties.get("id", facts.inputs.event_id)
    if isinstance(own, str | int):
        return Part({"id": str(own)} | fields)
    path = identity.event_path(facts)
    if not path:
        raise InputError([Problem("event-id", wording.no_id(facts.event_type))])
    if once is None:
        return Part({"id": path} | fields, (wording.derived_id(facts.event_type),))
    return Part({"id": f"{path}/{environments.slug(once)}" if once else path} | fields)


def _with_times(fields: Fields, **times: datetime | None) -> Fields:
    return fields | {name: timestamp(moment) for name, moment in times.items() if moment}


PARTS: Mapping[str, Callable[[Facts], Part]] = {
    "build": _build,
    "deployment": _deployment,
    "incident": _incident,
    "flag": _flag,
    "alert": _alert,
    "lifecycle": _lifecycle,
    "custom": _custom,
    "push": _push,
    "pullRequest": _pull_request,
    "vulnerability": _vulnerability,
}
"""What makes the part of each event type."""
