"""Numbers: what orders the deployments of a pipeline, and the updates of an event. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from compass_action.ci.system import LEGS
from compass_action.tracking import Tracked, digest_of

from .facts import Facts
from .states import UNFINISHED, is_unfinished

SEQUENCE_MAX = 2**53 - 1
EPOCH = datetime.fromtimestamp(0, UTC)


def milliseconds(moment: datetime) -> int:
    """Count the milliseconds since 1970."""
    # In whole numbers: through a float, some moments come out a millisecond too low.
    return (moment - EPOCH) // timedelta(milliseconds=1)


def sequence_number(
    facts: Facts, pipeline_id: str | None = None, environment: str | None = None
) -> int | None:
    """Number a deployment; None if the host does not say, ValueError if there is no room for it."""
    naming = facts.system.naming
    if not naming:
        return None
    whole, run = facts.inputs.scope == "run", facts.run
    if whole and naming.of_seconds and (begun := begun_number(facts, pipeline_id, environment)):
        return begun
    found = (naming.run_number if whole else naming.job_number)(run)
    if found is None and (started := run.run_started_at if whole else run.job_started_at):
        found = milliseconds(started)
    if found is not None and found > SEQUENCE_MAX:
        raise ValueError(
            f"{found} is above 2^53. Give a sequence-number that rises with every deployment."
        )
    return found


def number_of_first_report(
    facts: Facts, pipeline_id: str | None, environment: str | None
) -> int | None:
    """Number a deployment by its first report, where the system has no number that rises.

    None where the first report could not tell the last one what number it took.
    """
    if begun := begun_number(facts, pipeline_id, environment):
        return begun
    if begins(facts) and not facts.remembers:
        return None
    naming = facts.system.naming
    # Three digits more where the system's own numbers have them: else this one would sort below them.
    return milliseconds(facts.now) * (LEGS if naming and naming.of_seconds else 1)


def begun_number(facts: Facts, pipeline_id: str | None, environment: str | None) -> int | None:
    """Find the number of what was begun in this pipeline and environment."""
    components = digest_of(facts.components)
    for record in facts.records:
        same = (record.identity.pipeline_id, record.identity.environment_id, record.components)
        if same == (pipeline_id, environment, components) and record.state in UNFINISHED:
            return record.identity.sequence_number
    return None


def begins(facts: Facts) -> bool:
    """Tell the report that something has begun."""
    return is_unfinished(facts.inputs.state or facts.run.status)


def update_sequence_number(facts: Facts) -> int:
    """Number an update: as given, else by the time of its news, else by the time of the report; always
    above the one before it, so that a step back of the clock hides nothing.
    """
    inputs, run, begun = facts.inputs, facts.run, facts.begun
    if inputs.update_sequence_number is not None:
        found = inputs.update_sequence_number
    elif run.updated_at:
        found = milliseconds(run.updated_at) + run.update_rank
    elif inputs.last_updated and not begun:
        found = milliseconds(inputs.last_updated)
    else:
        found = milliseconds(facts.now)
    if not begun or begun.update_sequence_number is None or is_from_the_future(begun, facts.now):
        return found
    return max(found, begun.update_sequence_number + 1)


def is_from_the_future(record: Tracked, now: datetime) -> bool:
    """Tell a record that no clock of a runner could have written; it would hide every later update."""
    number = record.update_sequence_number
    return number is not None and number > milliseconds(now + timedelta(days=1))
