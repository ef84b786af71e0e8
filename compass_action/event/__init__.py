"""Events: from inputs and context to one event for each component. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from compass_action.ci.run import CiRun
from compass_action.ci.system import System
from compass_action.errors import InputError, Problem, collect
from compass_action.event_types import EVENT_TYPES
from compass_action.inputs.table import Inputs
from compass_action.inputs.values import read_time
from compass_action.snapshot import Snapshot
from compass_action.text import one_line, shorten, timestamp
from compass_action.tracking import Tracked, digest_of

from . import components, identity, names, numbers, parts, times, wording
from .event import Event, Events
from .facts import Facts

if TYPE_CHECKING:
    from .missing import Missing


def build(
    inputs: Inputs,
    run: CiRun,
    system: System,
    snapshot: Snapshot,
    records: Sequence[Tracked] = (),
    resumed: Tracked | None = None,
    ids: Mapping[str, str] = components.NOTHING,
) -> Events:
    """Build one event for each component.

    `resumed` is the record of the event whose later stage this is: its identity counts, whatever the
    inputs have become since. `records` are all those found, of which the one with the identity that
    is built here lends its start and its number. `ids` are the components that Compass told for files
    without an id, by path.

    Raises InputError with everything that is wrong, in all of the steps; NothingToReport if what the
    event would be about did not happen.
    """
    problems: list[Problem] = []
    facts, chosen = _gather(inputs, run, system, snapshot, records, resumed, ids, problems)
    inputs = facts.inputs
    part = collect(problems, lambda: parts.build_part(facts))
    problems += times.from_the_future(facts, part.fields if part else None)
    body = collect(problems, lambda: _build_body(facts, part.fields if part else {}))
    if problems or part is None or chosen is None or body is None:
        raise InputError(problems)
    local = (wording.local_git(run),) if run.is_local else ()
    notices = [*local, *chosen.notices, *part.notices]
    source = str(body.get("externalEventSourceId", "#"))
    if len(chosen.ids) > 1 and not source.endswith("#"):
        notices.append(wording.shared_source(source))
    event = Event(facts.event_type, chosen.cloud_id, "", body, start_is_known=part.start_is_known)
    named = names.read_names(snapshot.component_files.files)
    events = (_for_component(event, ari, named.get(ari, "")) for ari in chosen.ids)
    return Events(tuple(events), tuple(notices))


def _gather(
    inputs: Inputs,
    run: CiRun,
    system: System,
    snapshot: Snapshot,
    records: Sequence[Tracked],
    resumed: Tracked | None,
    ids: Mapping[str, str],
    problems: list[Problem],
) -> tuple[Facts, components.Components | None]:
    """Gather what the event is made from; what is wrong is added to the problems."""
    if resumed:
        inputs = _resume(inputs, resumed)
    begun_for = resumed.component_ids if resumed else ()
    files, checkout = snapshot.component_files, system.checkout
    foreign = partial(components.foreign_to, run)
    chosen = collect(
        problems, lambda: components.choose(inputs, files, begun_for, checkout, foreign, ids)
    )
    facts = Facts(
        event_type=identity.find_event_type(inputs, run),
        inputs=inputs,
        system=system,
        run=run,
        now=snapshot.now,
        components=chosen.ids if chosen else (),
        begun=resumed,
        records=tuple(records),
        remembers=bool(inputs.record or system.state or system.records(snapshot.env)),
    )
    return (facts if resumed else facts._replace(begun=_find_begun(facts))), chosen


def read_properties(
    inputs: Inputs, run: CiRun, system: System, now: datetime
) -> tuple[str, Mapping[str, Any]]:
    """Read what the properties alone say of an event that cannot be built, and of which type it is."""
    event_type = identity.find_event_type(inputs, run)
    return event_type, parts.read_properties(Facts(event_type, inputs, system, run, now))


def find_missing(
    inputs: Inputs,
    run: CiRun,
    system: System,
    snapshot: Snapshot,
    records: Sequence[Tracked] = (),
    ids: Mapping[str, str] = components.NOTHING,
) -> Missing | None:
    """Find whether the event's start or severity is missing and Compass may know it."""
    from . import missing  # a run that lacks nothing does without

    facts, chosen = _gather(inputs, run, system, snapshot, records, None, ids, [])
    return missing.find(facts, chosen.cloud_id) if chosen else None


def _for_component(event: Event, ari: str, name: str) -> Event:
    body, source = event.body, event.body.get("externalEventSourceId")
    if source:
        body = {**body, "externalEventSourceId": identity.source_of_component(source, ari)}
    return event._replace(component_id=ari, body=body, component_name=name)


def track(events: Events) -> Tracked:
    """Make the record by which a later stage updates these events."""
    event, ids = events.events[0], tuple(e.component_id for e in events.events)
    source = event.body["externalEventSourceId"]
    return tracked_of(event)._replace(
        components=digest_of(ids),
        component_ids=ids,
        source_id=source.removesuffix(event.component_id.rpartition("/")[2]),
    )


def tracked_of(event: Event) -> Tracked:
    """Read identity, state, start and update number off an event."""
    kind = EVENT_TYPES[event.event_type]
    state, started = event.part.get(kind.outcome), event.part.get(kind.starts)
    environment = event.part.get("environment")
    return Tracked(
        identity.of_part(event.event_type, event.part),
        None if state is None else str(state),
        event.body.get("updateSequenceNumber"),
        started_at=_start(started) if event.start_is_known else None,
        environment=environment if isinstance(environment, Mapping) else None,
    )


def _start(text: object) -> datetime | None:
    """Read a start that has not been validated yet; None if it is none."""
    try:
        return read_time(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _find_begun(facts: Facts) -> Tracked | None:
    try:
        return identity.find_begun(facts, identity.identify(facts))
    except InputError:  # building the part says so
        return None


def _resume(inputs: Inputs, resumed: Tracked) -> Inputs:
    """Take the identity of the begun event in place of what the inputs would lead to now."""
    event_type, pipeline_id, environment_id, sequence_number = resumed.identity
    return inputs._replace(
        event_type=event_type,
        pipeline_id=pipeline_id,
        environment_id=environment_id,
        sequence_number=sequence_number,
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
    updated = timestamp(inputs.last_updated or run.updated_at or facts.now)
    if facts.event_type == "pullRequest":
        return {"lastUpdated": updated, own_part: part}
    problems: list[Problem] = []
    begun_source = facts.begun.source_id if facts.begun else None
    source = begun_source or collect(
        problems, lambda: identity.source_id(inputs, run, facts.system)
    )
    page = run.job_url if inputs.scope == "job" else None
    url = inputs.url or page or run.run_url or run.repository_url
    if not url:
        hint = facts.system.hints.get("url")
        wanted = "the page the event links to" + (f": {hint}." if hint else ".")
        problems.append(Problem("url", f"it is not given. Give {wanted}"))
    if problems:
        raise InputError(problems)
    pipeline = wording.pipeline_name(inputs, run, facts.event_type)
    name = inputs.display_name or wording.display_name(
        facts, part, pipeline, identity.event_path(facts)
    )
    text = inputs.description or wording.description(run, pipeline)
    return {
        "displayName": wording.name(name),
        "description": shorten(one_line(text)),
        "url": url,
        "externalEventSourceId": source,
        "lastUpdated": updated,
        "updateSequenceNumber": numbers.update_sequence_number(facts),
        own_part: part,
    }
