"""The pure half of the program, fed with a history: everything between the snapshot and the schema.

What a later stage finds is handed over here as the hosts hand it over; the whole program, with its
files and requests, is played in `long/test_history.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from compass_action import ci, event
from compass_action.event.event import Event
from compass_action.inputs import command_line, given
from compass_action.snapshot import Snapshot
from compass_action.tracking import Identity, Tracked, read_echoes, read_record
from tests.histories.truth import Report, Thing


class Sent(NamedTuple):
    """A report, and the events it led to: one for each component."""

    report: Report
    events: tuple[Event, ...]

    @property
    def thing(self) -> Thing:
        """The build or deployment of the real world."""
        return self.report.thing

    @property
    def identity(self) -> Identity:
        """What makes the event that event for Compass."""
        return event.tracked_of(self.events[0]).identity

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
    pockets: defaultdict[str, Pocket] = defaultdict(Pocket)
    return [_play(r, pockets[r.pocket] if r.pocket else Pocket()) for r in history]


class Pocket:
    """What one stage of a job leaves for the next ones."""

    def __init__(self) -> None:
        self.records: dict[str, Tracked] = {}
        self.note: str | None = None


def _play(report: Report, pocket: Pocket) -> Sent:
    line = command_line.parse(report.arguments)
    inputs, _, problems = given.parse(line.arguments, report.env, read_echoes(report.env))
    assert problems == []
    system = ci.detect(report.env)
    taken = Snapshot(report.env, report.at, records=(pocket.note,) if pocket.note else ())
    run = system.parse(taken, inputs)
    pocket.note = run.note or pocket.note
    kept = list(pocket.records.values())
    resumed = kept[0] if line.command == "post" else None
    if inputs.track and resumed is None:
        inputs = inputs._replace(state="in_progress")
    built = event.build(inputs, run, system, taken, kept, resumed)
    if built.events[0].part["state"] == "IN_PROGRESS":
        record = read_record(event.track(built).to_json())
        assert record is not None
        pocket.records[record.file_name] = record
    return Sent(report, built.events)
