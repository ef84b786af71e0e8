"""The parts of builds and deployments: what has a pipeline, and takes time. Pure."""

from __future__ import annotations

from compass_action.errors import InputError, Problem, collect
from compass_action.text import same_name, timestamp

from . import environments, identity, states, wording
from .facts import Facts
from .part import Fields, Part, with_times
from .times import span


def build(facts: Facts) -> Part:
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
        # The API requires a start. The end that was given, else the time of the report, stands in for
        # it, and the end is left out so that no duration, which would be false, can be computed.
        started, completed = completed or facts.now, None
        notices = (wording.UNKNOWN_START,)
    fields = {
        "state": state,
        "pipeline": _pipeline(facts, found.pipeline_id or ""),
        "startedAt": timestamp(started),
    }
    return Part(with_times(fields, completedAt=completed), notices, start_is_known)


def deployment(facts: Facts) -> Part:
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
    notices += wording.about_other_deployment(facts)
    fields = {
        "sequenceNumber": found.sequence_number,
        "state": state,
        "pipeline": _pipeline(facts, found.pipeline_id or ""),
        "environment": dict(environment),
    }
    return Part(with_times(fields, startedAt=started, completedAt=completed), notices)


def _environment(facts: Facts, environment_id: str) -> Part:
    inputs, run = facts.inputs, facts.run
    name = inputs.environment or run.environment or environment_id
    tier = run.environment_tier if same_name(name, run.environment) else None
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
