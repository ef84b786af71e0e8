"""The pure half of the program, fed with a history: everything between the snapshot and the schema.

What a later stage finds is handed over here as the hosts hand it over; the whole program, with its
files and requests, is played in `test_history.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from compass_action import ci, command_line, components, events, inputs, outcomes
from compass_action.snapshot import Snapshot
from compass_action.tracking import REQUIRED, Tracked
from tests.histories.truth import Report, Thing


class Sent(NamedTuple):
    """A report, and the events it led to: one for each component."""

    report: Report
    events: tuple[events.Event, ...]

    @property
    def thing(self) -> Thing:
        """The build or deployment of the real world."""
        return self.report.thing

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes the event that event for Compass."""
        event = self.events[0]
        found = outcomes.outputs("accepted", self.events)
        names = {"build": ["pipeline-id"], "deployment": list(Tracked.IDENTITY[1:])}
        return (event.event_type, *(found[name] for name in names[event.event_type]))

    @property
    def sequence_number(self) -> int:
        """The deployment's."""
        return int(self.events[0].part["sequenceNumber"])

    @property
    def update_sequence_number(self) -> int:
        """What orders the updates."""
        return int(self.events[0].body["updateSequenceNumber"])


def play(history: Iterable[Report]) -> list[Sent]:
    """Play a history, report after report."""
    pockets: defaultdict[str, list[Tracked]] = defaultdict(list)
    return [_play(report, pockets[report.pocket] if report.pocket else []) for report in history]


def _play(report: Report, pocket: list[Tracked]) -> Sent:
    line = command_line.parse(report.arguments)
    snapshot = Snapshot(report.env, line.arguments, report.at, tracked=tuple(pocket))
    asked, _, problems = inputs.parse(snapshot.arguments, snapshot.env)
    assert problems == []
    run = ci.SYSTEMS[ci.detect(snapshot.env)].parse(snapshot, asked)
    resumed = snapshot.tracked[0] if line.command == "post" else None
    if asked.track and resumed is None:
        asked = replace(asked, state="in_progress")
    built = events.build(
        asked,
        run,
        lambda ids: components.choose(asked, (), ids),
        snapshot.now,
        snapshot.tracked,
        resumed,
    ).events
    event = built[0]
    if event.event_type in REQUIRED and event.part["state"] == "IN_PROGRESS":
        record = outcomes.track(event, (one.component_id for one in built)).to_json()
        read = Tracked.from_json(record)
        assert read is not None
        pocket.append(read)
    return Sent(report, built)
