"""What becomes of an event whose identity is known, and whether that is what anybody wants. Pure.

The rules are those of Atlassian's guide "Send events using REST API": an event with a known
identity overwrites the known one, and is ignored unless its `updateSequenceNumber` rises.

The guide speaks of "any existing event with a matching pipelineId" without saying among which events
it looks. We read it in the worst way, so that whoever is right here is right there: events belong to
their event source (externalEventSourceId and type), and equal identity in one source overwrites,
whatever componentId came along. A pullRequest has no source, and is kept by its id and component.
"""

from __future__ import annotations

from typing import NamedTuple

from compass_action.sandbox.shape import HAVE_OUTCOME, is_before, is_under_way


class Version(NamedTuple):
    """What is compared of the event that counts and the one that comes in."""

    number: int | None
    """updateSequenceNumber"""
    component_id: str | None
    state: str | None
    url: str | None
    started_at: int | None
    """Milliseconds since 1970."""


class Verdict(NamedTuple):
    """What became of an event that came in."""

    verdict: str
    """`created`, `overwritten` or `ignored`."""
    why: str
    concern: str | None = None
    """What is wrong with that, as a kind of problem (`problems.py`); None if it is as it should be."""
    detail: str = ""
    """The concern, in words."""


CREATED = Verdict("created", "the identity is new")
REPEATED = Verdict("ignored", "the very same bytes had come before: a retry, which is harmless")


def judge(event_type: str, known: Version, sent: Version) -> Verdict:
    """The verdict on an event whose identity is known."""
    if known.number is None or sent.number is None:
        # Only pullRequest has no updateSequenceNumber.
        return Verdict("overwritten", "the identity is known, and there is no updateSequenceNumber")
    if sent.number < known.number and _is_overtaken(event_type, known, sent):
        why = f"{known.state} with updateSequenceNumber {known.number} had overtaken it: harmless"
        return Verdict("ignored", why)
    if sent.number <= known.number:
        why = f"updateSequenceNumber {sent.number} does not rise above {known.number}"
        update = f"the update to {sent.state}" if sent.state else "an update"
        return Verdict("ignored", why, "ignored", f"{update} was ignored: {why}")
    why = f"the identity is known, updateSequenceNumber rose from {known.number}"
    return Verdict("overwritten", why, *_concern(event_type, known, sent))


def _is_overtaken(event_type: str, known: Version, sent: Version) -> bool:
    """Whether the update with the lower number is of an earlier state, and nothing is lost with it.

    The outcome of a short job may arrive before the report that it has begun. The feed is the same in
    either order, so they are judged in that of their numbers. An incident, though, may be reopened:
    there OPEN after RESOLVED is news.
    """
    has_outcome = event_type in HAVE_OUTCOME
    is_earlier = has_outcome and is_before(event_type, sent.state, known.state)
    return is_earlier and _concern(event_type, sent, known) == (None, "")


def _concern(event_type: str, known: Version, sent: Version) -> tuple[str | None, str]:
    if known.component_id and sent.component_id and known.component_id != sent.component_id:
        return "collision", "an event of one component overwrote that of another"
    moved = None not in (known.started_at, sent.started_at) and known.started_at != sent.started_at
    if event_type not in HAVE_OUTCOME or is_under_way(event_type, known.state):
        return ("start-moved", "its start was moved by a later update") if moved else (None, "")
    rolled_back = (known.state, sent.state) == ("SUCCESSFUL", "ROLLED_BACK")
    if (known.state != sent.state and not rolled_back) or known.url != sent.url or moved:
        return "overwritten", f"its outcome {known.state} was overwritten by {sent.state}"
    return None, ""
