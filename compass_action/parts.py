"""The event types' own parts: what the context can give of each. Pure.

A part is the object under `buildProperties`, `deploymentProperties` and so on. What is not known is
left out, never null; what then misses is told by the schema of the type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from . import environments, identity, wording
from .errors import InputError, Problem
from .facts import Facts, Span, collect, span, state
from .wording import timestamp

Part = dict[str, Any]


def build(facts: Facts) -> Part:
    """A build: one execution of a job, or of a whole run."""
    problems: list[Problem] = []
    pipeline_id = collect(problems, lambda: identity.build_pipeline_id(facts.inputs, facts.run))
    build_state = collect(problems, lambda: state(facts, "build"))
    if not pipeline_id or not build_state:
        raise InputError(problems)
    started, completed = span(facts, build_state)
    if started is None:
        # The API requires a start. The time of the report stands in for it, and the end is left out
        # so that no duration, which would be false, can be computed.
        started, completed = facts.inputs.completed_at or facts.now, None
        facts.notices.append(
            "The build's start is unknown, so Compass is not told how long it took. Report it when "
            "it starts as well (track, or state: in_progress), or give started-at."
        )
    part: Part = {
        "state": build_state,
        "pipeline": _pipeline(facts, pipeline_id),
        "startedAt": timestamp(started),
    }
    return _with_times(part, completedAt=completed)


def deployment(facts: Facts) -> Part:
    """A deployment of one job, or of a whole run, to one environment."""
    inputs, run = facts.inputs, facts.run
    problems: list[Problem] = []
    identified = collect(problems, lambda: identity.deployment(inputs, run))
    deployment_state = collect(problems, lambda: state(facts, "deployment"))
    if not identified or not deployment_state:
        raise InputError(problems)
    pipeline_id, environment_id, sequence = identified
    environment = facts.tracked.environment if facts.tracked else None
    if not environment:
        name = inputs.environment or run.environment or environment_id
        environment = {
            "category": _category(facts, name),
            "displayName": wording.shorten(wording.one_line(name)),
            "environmentId": environment_id,
        }
    started, completed = span(facts, deployment_state)
    part: Part = {
        "sequenceNumber": sequence,
        "state": deployment_state,
        "pipeline": _pipeline(facts, pipeline_id),
        "environment": dict(environment),
    }
    return _with_times(part, startedAt=started, completedAt=completed)


def _category(facts: Facts, name: str) -> str:
    given = facts.inputs.environment_category
    tier = facts.run.environment_tier if name == facts.run.environment else None
    found = given or environments.category(name, tier, facts.inputs.environment_map or ())
    if found == "UNMAPPED" and not given:
        facts.notices.append(
            f'The environment "{name}" has no known category and is sent as UNMAPPED. Give '
            "environment-category or environment-map: Compass counts production deployments only."
        )
    return found


def _pipeline(facts: Facts, pipeline_id: str) -> Part:
    inputs, run = facts.inputs, facts.run
    name = wording.pipeline_name(inputs, run, pipeline_id)
    if run.job and inputs.scope == "job" and not inputs.pipeline_name:
        name = f"{name} / {wording.one_line(run.job)}"
    url = inputs.pipeline_url or run.run_url or inputs.url
    return {"pipelineId": pipeline_id, "displayName": wording.shorten(name)} | (
        {"url": url} if url else {}
    )


def incident(facts: Facts) -> Part:
    """An incident; MTTR is counted from `startTime` to `endTime`."""
    found = state(facts, "incident")
    started, ended = _open_span(facts, found, "RESOLVED")
    return _with_times(
        {"id": _id(facts, "incident"), "state": found}, startTime=started, endTime=ended
    )


def vulnerability(facts: Facts) -> Part:
    """A vulnerability; severity comes from `properties`."""
    found = state(facts, "vulnerability")
    started, ended = _open_span(facts, found, "REMEDIATED")
    return _with_times(
        {"id": _id(facts, "vulnerability"), "state": found},
        vulnerabilityStartTime=started,
        remediationTime=ended,
    )


def _open_span(facts: Facts, state: str, closed: str) -> Span:
    """Find start and end of something that is open for a while: what is open has not ended."""
    started, ended = facts.inputs.started_at, facts.inputs.completed_at
    if state == "OPEN":
        return Span(started or facts.now, None)
    return Span(started, ended or (facts.now if state == closed else None))


def alert(facts: Facts) -> Part:
    """An alert; the times of its steps come from `properties`."""
    found = state(facts, "alert", "status")
    return _with_times(
        {"id": _id(facts, "alert"), "status": found}, createdAt=facts.inputs.started_at
    )


def flag(facts: Facts) -> Part:
    """A change of a feature flag."""
    return {"id": _id(facts, "flag"), "status": state(facts, "flag", "status")}


def lifecycle(facts: Facts) -> Part:
    """A change of the component's lifecycle."""
    stage = state(facts, "lifecycle", "stage")
    return {"id": _id(facts, "lifecycle", once=stage), "stage": stage}


def custom(facts: Facts) -> Part:
    """Anything else worth a line in the feed."""
    return {"id": _id(facts, "custom", once=facts.inputs.display_name or ""), "icon": "INFO"}


def push(facts: Facts) -> Part:
    """A push: the commit, its branch and author."""
    run = facts.run
    author = {"name": run.author_name or run.actor, "email": run.author_email}
    part: Part = {"id": run.commit, "branchName": run.branch}
    part["author"] = {key: value for key, value in author.items() if value} or None
    return {key: value for key, value in part.items() if value}


def pull_request(facts: Facts) -> Part:
    """A pull request."""
    run = facts.run
    facts.notices.append(
        "Atlassian documents pullRequest events as usable by Forge apps only; they do not appear in "
        "the activity feed."
    )
    part: Part = {
        "id": run.pull_request,
        "repoUrl": run.repository_url,
        "pullRequestUrl": run.pull_request_url,
        "status": state(facts, "pullRequest", "status"),
    }
    return {key: value for key, value in part.items() if value}


def _id(facts: Facts, event_type: str, *, once: str | None = None) -> str:
    """Name an event of a type whose id the user may give; else it is this run's.

    `once`: what tells it from others of its type in one job, for a type whose events have no updates.
    """
    own = facts.properties.get("id")
    if isinstance(own, str | int):
        return str(own)
    path = identity.event_path(facts.inputs, facts.run)
    if not path:
        raise InputError(
            [Problem("properties", f"the {event_type} has no id. Write a line such as `id: 42`.")]
        )
    if once is None:
        facts.notices.append(
            f"The {event_type}'s id was derived from this run. A later update, from another run, has "
            "to carry the same id: give `id: …` in properties."
        )
    return f"{path}/{environments.slug(once)}" if once else path


def _with_times(part: Part, **times: datetime | None) -> Part:
    return part | {name: timestamp(moment) for name, moment in times.items() if moment}


PARTS: Mapping[str, tuple[str, Callable[[Facts], Part]]] = {
    "build": ("buildProperties", build),
    "deployment": ("deploymentProperties", deployment),
    "incident": ("incidentProperties", incident),
    "flag": ("flagProperties", flag),
    "alert": ("alertProperties", alert),
    "lifecycle": ("lifecycleProperties", lifecycle),
    "custom": ("customEventProperties", custom),
    "push": ("pushEventProperties", push),
    "pullRequest": ("pullRequestProperties", pull_request),
    "vulnerability": ("vulnerabilityProperties", vulnerability),
}
"""For each event type the name of its own part in the contract, and what makes it."""
