"""Events: from inputs and context to one event for each component. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from compass_action.ci.run import CiRun
from compass_action.ci.system import System
from compass_action.errors import InputError, Problem, collect
from compass_action.event_types import EVENT_TYPES
from compass_action.inputs.table import Inputs
from compass_action.snapshot import ComponentFile
from compass_action.text import one_line, shorten, timestamp
from compass_action.tracking import Tracked

from . import components, identity, names, parts, wording
from .event import Event, Events
from .facts import Facts


def build(
    inputs: Inputs,
    run: CiRun,
    system: System,
    files: Sequence[ComponentFile],
    now: datetime,
    records: Iterable[Tracked] = (),
    resumed: Tracked | None = None,
) -> Events:
    """Build one event for each component.

    `resumed` is the record of the event whose later stage this is: its identity counts, whatever the
    inputs have become since. `records` are all those found, of which the one with the identity that
    is built here lends its start and its number.

    Raises InputError with everything that is wrong, in all of the steps.
    """
    problems: list[Problem] = []
    if resumed:
        inputs = _resume(inputs, resumed)
    kind = identity.find_event_type(inputs, run)
    facts = Facts(kind, inputs, system, run, now, resumed)
    if not resumed:
        facts = facts._replace(begun=_find_begun(facts, records))
    part = collect(problems, lambda: parts.build_part(facts))
    begun_for = resumed.component_ids if resumed else ()
    chosen = collect(problems, lambda: components.choose(inputs, files, begun_for))
    body = collect(problems, lambda: _build_body(facts, part.fields if part else {}))
    if problems or part is None or chosen is None or body is None:
        raise InputError(problems)
    named = names.read_names(files)
    events = (Event(kind, chosen.cloud_id, ari, body, named.get(ari, "")) for ari in chosen.ids)
    local = (wording.local_git(run),) if run.is_local else ()
    return Events(tuple(events), (*local, *part.notices))


def track(events: Events) -> Tracked:
    """Make the record by which a later stage updates these events."""
    from compass_action.inputs.values import read_time

    event = events.events[0]
    part, body = event.part, event.body
    started = part.get(EVENT_TYPES[event.event_type].starts)
    return tracked_of(event)._replace(
        component_ids=tuple(e.component_id for e in events.events),
        started_at=read_time(started) if started else None,
        environment=part.get("environment"),
        source_id=body["externalEventSourceId"],
    )


def tracked_of(event: Event) -> Tracked:
    """Read identity, state and update number off an event."""
    state = event.part.get(EVENT_TYPES[event.event_type].outcome)
    return Tracked(
        identity.of_part(event.event_type, event.part),
        None if state is None else str(state),
        event.body.get("updateSequenceNumber"),
    )


def _find_begun(facts: Facts, records: Iterable[Tracked]) -> Tracked | None:
    """Find the record of the very event that is built, if it was begun."""
    try:
        wanted = identity.identify(facts)
    except InputError:  # building the part says so
        return None
    return next((record for record in records if record.identity == wanted), None)


def _resume(inputs: Inputs, resumed: Tracked) -> Inputs:
    """Take the identity of the begun event in place of what the inputs would lead to now."""
    event_type, pipeline_id, environment_id, sequence_number = resumed.identity
    return inputs._replace(
        event_type=event_type,
        pipeline_id=pipeline_id,
        environment_id=environment_id,
        sequence_number=sequence_number,
        external_event_source_id=resumed.source_id or inputs.external_event_source_id,
        properties=_without_identity(inputs.properties or {}),
    )


def _without_identity(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what would make the update another event; the record has it."""
    kept = {key: value for key, value in properties.items() if key != "sequenceNumber"}
    for name, identifying in (("pipeline", "pipelineId"), ("environment", "environmentId")):
        if isinstance(kept.get(name), Mapping):
            kept[name] = {key: v for key, v in kept[name].items() if key != identifying}
    return kept


def _build_body(facts: Facts, part: dict[str, Any]) -> dict[str, Any]:
    """Put the common fields around the type's own part."""
    inputs, run = facts.inputs, facts.run
    own_part = EVENT_TYPES[facts.event_type].part
    updated = timestamp(inputs.last_updated or facts.now)
    if facts.event_type == "pullRequest":
        return {"lastUpdated": updated, own_part: part}
    problems: list[Problem] = []
    source = collect(problems, lambda: identity.source_id(inputs, run, facts.system))
    page = run.job_url if inputs.scope == "job" else None
    url = inputs.url or page or run.run_url or run.repository_url
    if not url:
        problems.append(Problem("url", "it is not given. Give the page the event links to."))
    if problems:
        raise InputError(problems)
    pipeline = wording.pipeline_name(inputs, run, facts.event_type)
    name = inputs.display_name or wording.display_name(
        facts, part, pipeline, identity.event_path(facts)
    )
    text = inputs.description or wording.description(run, pipeline)
    earlier = facts.begun.update_sequence_number if facts.begun else None
    return {
        "displayName": wording.name(name),
        "description": shorten(one_line(text)),
        "url": url,
        "externalEventSourceId": source,
        "lastUpdated": updated,
        "updateSequenceNumber": identity.update_sequence_number(
            facts.now, inputs.update_sequence_number, earlier
        ),
        own_part: part,
    }
