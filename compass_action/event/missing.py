"""What of an event is missing that Compass may know, since an earlier report may have told it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from compass_action.errors import InputError, NothingToReport
from compass_action.event_types import EVENT_TYPES
from compass_action.lookup.sought import Seen, Sought
from compass_action.tracking import Identity, Tracked, digest_of

from . import identity, parts, severity, states
from .facts import Facts
from .times import lies_ahead, open_span, span

OPEN_FOR_A_WHILE = ("incident", "vulnerability")
"""They are opened by one report and closed by another, of another run, which needs the start. What is
reported as open again and again keeps it, too."""


class Missing(NamedTuple):
    """An event whose start or severity nobody here knows."""

    sought: Sought
    """As its first component has it."""
    component_ids: tuple[str, ...]
    needed: tuple[str, ...] = ()
    """The inputs without which there is no event: nothing can stand in their place."""
    has_start: bool = False
    """Only the severity is missing."""


def find(facts: Facts, cloud_id: str) -> Missing | None:
    """Find whether the event's start or severity is missing and Compass may know it."""
    try:
        state = states.find(facts)
        named = _identity(facts, state)
        source = identity.source_id(facts.inputs, facts.run, facts.system)
    except (InputError, NothingToReport):
        return None
    if named is None:
        return None
    first = facts.components[0]
    source = identity.source_of_component(source, first)
    sought = Sought(facts.event_type, cloud_id, first, source, named)
    if facts.event_type not in OPEN_FOR_A_WHILE:
        return Missing(sought, facts.components)
    has_start = _has_start(facts, state)
    start = () if has_start or state == "OPEN" else ("started-at",)
    severe = ("severity",) if severity.is_missing(facts) else ()
    return Missing(sought, facts.components, start + severe, has_start)


def _has_start(facts: Facts, state: str) -> bool:
    return open_span(facts, state, "").started_at is not None


def _identity(facts: Facts, state: str) -> tuple[str | int | None, ...] | None:
    if facts.event_type in OPEN_FOR_A_WHILE:
        if _has_start(facts, state) and not severity.is_missing(facts):
            return None
        return (parts.find_id(facts).fields["id"],)
    if not EVENT_TYPES[facts.event_type].has_duration or state not in states.FINAL:
        return None
    if span(facts, state).started_at or not _may_be_begun_elsewhere(facts):
        return None
    return identity.identify(facts)[1:]


def _may_be_begun_elsewhere(facts: Facts) -> bool:
    """Tell an event that another job or machine may have begun, so that no record of it is at hand.

    What a job of a host begins and ends under the id that it has by itself leaves its record there.
    """
    inputs = facts.inputs
    given = inputs.pipeline_id or inputs.sequence_number is not None
    return bool(given or inputs.scope == "run" or not facts.system.naming or not facts.remembers)


def start_of(found: Missing, seen: Seen, now: datetime) -> datetime | None:
    """Take the start that Compass shows, if it can be believed.

    A build or deployment that is over and shows no end was reported without its start: what stands in
    that place is the time of the report (see `parts`).
    """
    has_duration = EVENT_TYPES[found.sought.event_type].has_duration
    stands_in = has_duration and seen.state in states.FINAL and not seen.completed_at
    return None if stands_in or lies_ahead(seen.started_at, now) else seen.started_at


def record_of(found: Missing, seen: Seen) -> Tracked:
    """Make the record that an earlier report would have left, of what Compass shows."""
    pipeline, environment, number = found.sought.identity
    whole = seen.environment and len(seen.environment) == 3
    return Tracked(
        Identity(
            found.sought.event_type,
            None if pipeline is None else str(pipeline),
            None if environment is None else str(environment),
            number if isinstance(number, int) else None,
        ),
        seen.state,
        seen.update_sequence_number,
        components=digest_of(found.component_ids),
        started_at=seen.started_at,
        environment=seen.environment if whole else None,
    )


def severity_of(seen: Seen) -> Mapping[str, Any]:
    """Take the severity that the event had, in the spelling of the properties."""
    return {"severity": dict(seen.severity)} if seen.severity else {}
