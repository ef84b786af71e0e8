"""What a running sandbox consists of: handed to those who answer requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Event, Semaphore
from typing import NamedTuple

from compass_action.sandbox.faults import FaultLine
from compass_action.sandbox.feed import Feed
from compass_action.sandbox.intake import Intake
from compass_action.sandbox.live import Live
from compass_action.sandbox.received import Requests
from compass_action.sandbox.store import Store


class Service(NamedTuple):
    """Its parts, all of them safe for threads."""

    store: Store
    feed: Feed
    intake: Intake
    faults: FaultLine
    requests: Requests
    large: Semaphore
    """Places for the bodies that are not small."""
    live: Live
    stopping: Event
    """Set at the end: nobody may wait any longer."""
    clock: Callable[[], float]
    """Monotonic seconds."""
    now: Callable[[], float]
    """Milliseconds since 1970."""
    log: Callable[[str], None] | None
    allowed_hosts: frozenset[str]
    names: Mapping[str, str]
    """Components' ARIs → names."""
    unfinished_minutes: int
    """After so many something that is in progress is a problem."""
