"""What the events of one file share, so that nothing is asked for each of them anew."""

from __future__ import annotations

from typing import NamedTuple

from compass_action import event
from compass_action.connection.budget import Budget
from compass_action.event.event import Events
from compass_action.lookup.asking import Ask, once
from compass_action.lookup.events import PAGE_EVENTS, PAGES_MAX
from compass_action.lookup.sought import Seen, Sought, sought_in


class Shared(NamedTuple):
    """What the events of one file share."""

    ask: Ask
    """Asks each question once, all of them in one budget."""
    pages: int
    """So many pages of Compass's events are looked through: the file may tell of more than one page."""
    shown: dict[Sought, Seen]
    """What the lines so far make Compass show. State: it grows."""


def share(seconds: float, lines: int) -> Shared:
    """Make it for so many lines; looking up takes `seconds` at most."""
    return Shared(once(Budget(seconds)), PAGES_MAX + lines // PAGE_EVENTS, {})


def remember(shared: Shared, events: Events) -> None:
    """Keep the starts of these events for the lines that follow."""
    for one in events.events:
        sought, left = sought_in(one.request()), event.tracked_of(one)
        if sought and left.started_at:
            shared.shown[sought] = Seen(
                left.update_sequence_number,
                left.state,
                left.started_at,
                one.part.get("severity"),
                left.environment,
            )
