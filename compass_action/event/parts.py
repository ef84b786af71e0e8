"""The event types' own parts: what the context can give of each. Pure.

A part is the object under `buildProperties`, `deploymentProperties` and so on. What is not known is
left out, never null; what then misses is told by the schema of the type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from compass_action.errors import InputError, NothingToReport, Problem, collect
from compass_action.event_types import EVENT_TYPES
from compass_action.text import timestamp

from . import environments, identity, severity, states, wording
from .facts import Facts
from .properties import NULLS, lay_over
from .times import open_span, span

Fields = dict[str, Any]


class Part(NamedTuple):
    """A type's own part."""

    fields: Fields
    notices: tuple[str, ...] = ()
    """What the user should know about it."""
    start_is_known: bool = True
    """False: the time of the report stands in the place of a start that nobody knows."""


def build_part(facts: Facts) -> Part:
    """Build the part of an event, the user's properties laid over what was derived.

    Raises InputError with everything that is missing.
    """
    kind = EVENT_TYPES[facts.event_type]
    part = PARTS[facts.event_type](facts)
    derived = part.fields
    merged = lay_over(derived, facts.properties, times=(kind.starts, *kind.ends))
    merged |= severity.find(facts)
    outcome = kind.outcome
    if outcome in derived:  # it was read from the properties, and is now in the API's spelling
        merged[outcome] = derived[outcome]
    own_id = merged.get("id")
    if isinstance(own_id, int) and not isinstance(own_id, bool):
        merged["id"] = str(own_id)  # JSON's 42 is as good an id as YAML's
    return part._replace(fields=merged)


def _build(facts: Facts) -> Part:
    """One execution of a job, or of a whole run."""
    problems: list[Problem] = []
    found = collect(problems, lambda: identity.identify(facts))
    state = collect(problems, lambda: states.find(facts))
    if not found or not state:
        raise InputError(problems)
    started, completed, waited = span(facts, state)
    notices: tuple[str, ...] = (wording.RUN_WAITED,) if waited else ()
    start_is_known = started is not None
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
    return Part(_with_times(fields, completedAt=completed), notices, start_is_known)


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
        environment, notices, _ = _environment(facts, found.environment_id or "")
    started, completed, waited = span(facts, state)
    notices += (wording.RUN_WAITED,) if waited else ()
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
    category = inputs.environment_category
    notices: tuple[str, ...] = ()
    if not category:
        found = environments.category(name, tier, inputs.environment_map or ())
        category, notices = found.name, wording.about_category(name, found)
    fields = {
        "category": category,
        "displayName": wording.name(name),
        "environmentId": environment_id,
    }
    return Part(fields, notices)


def _pipeline(facts: Facts, pipeline_id: str) -> Fields:
    inputs, run = facts.inputs, facts.run
    url = inputs.pipeline_url or run.run_url or inputs.url or run.repository_url
    named = {
        "pipelineId": pipeline_id,
        "displayName": wording.pipeline_of_part(inputs, run, pipeline_id),
    }
    return named | ({"url": url} if url else {})


def _incident(facts: Facts) -> Part:
    """An incident; MTTR is counted from `startTime` to `endTime`."""
    return _open_for_a_while(facts, "RESOLVED")


def _vulnerability(facts: Facts) -> Part:
    """A vulnerability; severity comes from `properties`."""
    return _open_for_a_while(facts, "REMEDIATED")


def _open_for_a_while(facts: Facts, closed: str) -> Part:
    """What is opened by one report and closed by another, mostly of another run.

    Each report has to carry the start. That of the first may be filled in, and is said; a later one's
    would falsify the time to recover.
    """
    problems: list[Problem] = []
    state = collect(problems, lambda: states.find(facts))
    identified = collect(problems, lambda: _identified(facts))
    if not state or not identified:
        raise InputError(problems)
    kind = EVENT_TYPES[facts.event_type]
    started, ended, _ = open_span(facts, state, closed)
    fields, notices = {"state": state} | identified.fields, identified.notices
    if started is None and facts.properties.get(kind.starts) in (None, *NULLS):
        if state != "OPEN":
            raise InputError([Problem("started-at", wording.start_needed(facts.event_type, state))])
        started = facts.now
        notices = (*notices, wording.start_filled_in(facts.event_type, started))
    return Part(_with_times(fields, **{kind.starts: started, kind.ends[0]: ended}), notices)


ALERT_TIMES = {"ACKNOWLEDGED": "acknowledgedAt", "SNOOZED": "snoozedAt", "CLOSED": "closedAt"}


def _alert(facts: Facts) -> Part:
    """An alert; the times of its other steps come from `properties`."""
    status = states.find(facts)
    fields, notices, _ = _identified(facts, status=status)
    times = {"createdAt": facts.inputs.started_at}
    if status in ALERT_TIMES:
        times[ALERT_TIMES[status]] = facts.inputs.completed_at
    return Part(_with_times(fields, **times), notices)


def _plain(facts: Facts) -> Part:
    """What has an id and an outcome, and nothing else that the context could give."""
    return _identified(facts, **{EVENT_TYPES[facts.event_type].outcome: states.find(facts)})


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
    if run.tag and not run.branch:
        raise NothingToReport(
            "A push of a tag has no branch, and Compass shows pushes to branches."
        )
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
    "flag": _plain,
    "alert": _alert,
    "lifecycle": _lifecycle,
    "custom": _custom,
    "push": _push,
    "pullRequest": _pull_request,
    "vulnerability": _vulnerability,
}
"""What makes the part of each event type."""
