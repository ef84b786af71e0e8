"""What of an event is missing that Compass may know, since an earlier report may have told it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from compass_action.errors import InputError, NothingToReport
from compass_action.event_types import EVENT_TYPES
from compass_action.lookup.sought import Seen, Sought
from compass_action.tracking import Identity, Tracked, digest_of

from . import identity, parts, states
from .facts import Facts
from .times import open_span, span

OPEN_FOR_A_WHILE = ("incident", "vulnerability")
"""They are opened by one report and closed by another, of another run, which needs the start."""


class Missing(NamedTuple):
    """An event whose start nobody here knows."""

    sought: Sought
    """As its first component has it."""
    component_ids: tuple[str, ...]


def find(facts: Facts, cloud_id: str) -> Missing | None:
    """Find whether the event's start is missing and Compass may know it."""
    try:
        named = _identity(facts, states.find(facts))
        source = identity.source_id(facts.inputs, facts.run, facts.system)
    except (InputError, NothingToReport):
        return None
    if named is None:
        return None
    first = facts.components[0]
    source = identity.source_of_component(source, first)
    sought = Sought(facts.event_type, cloud_id, first, source, named)
    return Missing(sought, facts.components)


def _identity(facts: Facts, state: str) -> tuple[str | int | None, ...] | None:
    if facts.event_type in OPEN_FOR_A_WHILE:
        known = open_span(facts, state, "").started_at
        return None if state == "OPEN" or known else (_own_id(facts),)
    if not EVENT_TYPES[facts.event_type].has_duration or state not in states.FINAL:
        return None
    if span(facts, state).started_at or not _may_be_begun_elsewhere(facts):
        return None
    return identity.identify(facts)[1:]


def _own_id(facts: Facts) -> str:
    """Find the id of an event as it would be sent if its start were known."""
    started = facts.inputs._replace(started_at=facts.now)
    return str(parts.build_part(facts._replace(inputs=started)).fields["id"])


def _may_be_begun_elsewhere(facts: Facts) -> bool:
    """Tell an event that another job or machine may have begun, so that no record of it is at hand.

    What a job of a host begins and ends under the id that it has by itself leaves its record there.
    """
    inputs = facts.inputs
    given = inputs.pipeline_id or inputs.sequence_number is not None
    return bool(given or inputs.scope == "run" or not facts.system.naming or not facts.remembers)


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
