"""When something began and ended: what counts before what, and nothing invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from compass_action.ci import SYSTEMS
from compass_action.ci.run import CiRun
from compass_action.event.facts import Facts
from compass_action.event.times import Span, open_span, span
from compass_action.inputs.table import Inputs
from compass_action.tracking import Identity, Tracked


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=UTC)


NOON = at(12)
RUN = CiRun("gitlab", job_started_at=at(4), run_started_at=at(3), ended_at=at(10))
BEGUN = Tracked(Identity("build", "p"), "IN_PROGRESS", 1, started_at=at(5))
GIVEN = Inputs(started_at=at(6), completed_at=at(9))
WRITTEN = {"startedAt": "2026-11-23T07:00:00Z", "completedAt": "2026-11-23T08:00:00Z"}


def facts(run: CiRun, inputs: Inputs, begun: Tracked | None = None, kind: str = "build") -> Facts:
    return Facts(kind, inputs, SYSTEMS["gitlab"], run, NOON, begun=begun)


@pytest.mark.parametrize(
    ("run", "inputs", "begun", "started", "completed"),
    [
        (RUN, GIVEN._replace(properties=WRITTEN), BEGUN, at(7), at(8)),
        (RUN, GIVEN, BEGUN, at(6), at(9)),
        (RUN, Inputs(), BEGUN, at(5), at(10)),
        (RUN, Inputs(), BEGUN._replace(started_at=None), at(4), at(10)),
        (RUN, Inputs(), None, at(4), at(10)),
        (RUN, Inputs(scope="run"), None, at(3), at(10)),
        (RUN._replace(ended_at=None), Inputs(), None, at(4), NOON),
        (CiRun("gitlab"), Inputs(), None, None, NOON),
        (CiRun("gitlab", job_started_at=at(12, 5)), Inputs(), None, at(12, 5), at(12, 5)),
        (CiRun("gitlab", job_started_at=at(12, 6)), Inputs(), None, None, NOON),
        (RUN, Inputs(), BEGUN._replace(started_at=at(12, 6)), at(4), at(10)),
        (RUN._replace(ended_at=at(12, 5)), Inputs(), None, at(4), at(12, 5)),
        (RUN._replace(ended_at=at(12, 6)), Inputs(), None, at(4), NOON),
        (RUN._replace(run_started_at=at(12, 6)), Inputs(scope="run"), None, None, at(10)),
        (RUN, Inputs(properties={"startedAt": "soon", "completedAt": ""}), None, at(4), at(10)),
    ],
)
def test_what_is_written_counts_before_what_is_given_and_that_before_what_is_told(
    run: CiRun, inputs: Inputs, begun: Tracked | None, started: Any, completed: Any
) -> None:
    """A host, or a machine that has left a record, may be five minutes ahead."""
    assert span(facts(run, inputs, begun), "FAILED") == Span(started, completed, waited=False)
    in_progress = Span(started or NOON, None, waited=False)
    assert span(facts(run, inputs, begun), "IN_PROGRESS") == in_progress
    assert span(facts(run, inputs, begun), "PENDING") == Span(started, None, waited=False)


@pytest.mark.parametrize(
    ("scope", "ahead", "waited"),
    [
        ("run", timedelta(days=1), False),
        ("run", timedelta(days=1, seconds=1), True),
        ("job", timedelta(days=9), False),
    ],
)
def test_a_run_of_more_than_a_day_has_waited(scope: str, ahead: timedelta, waited: bool) -> None:
    run = CiRun("gitlab", job_started_at=NOON - ahead, run_started_at=NOON - ahead)
    found = span(facts(run, Inputs(scope=scope)), "FAILED")
    assert found == Span(NOON - ahead, None if waited else NOON, waited=waited)


def test_who_gives_the_start_or_the_end_has_not_waited() -> None:
    """Nor has a run whose start nobody knows."""
    run = CiRun("gitlab", run_started_at=NOON - timedelta(days=9))
    given = Inputs(scope="run", started_at=NOON - timedelta(days=8))
    assert span(facts(run, given), "FAILED").completed_at == NOON
    ended = Inputs(scope="run", completed_at=at(11))
    assert span(facts(run, ended), "FAILED").completed_at == at(11)
    assert span(facts(CiRun("gitlab"), Inputs(scope="run")), "FAILED") == (None, NOON, False)


@pytest.mark.parametrize(
    ("properties", "inputs", "started", "ended"),
    [
        ({}, Inputs(), None, NOON),
        ({}, GIVEN, at(6), at(9)),
        ({"startTime": "2026-11-23T01:00:00Z"}, GIVEN, at(1), at(9)),
        ({"endTime": "2026-11-23T11:30:00Z"}, GIVEN, at(6), at(11, 30)),
        ({"startTime": "~", "endTime": "null"}, GIVEN, at(6), at(9)),
        ({}, Inputs(started_at=at(12, 3)), at(12, 3), at(12, 3)),
    ],
)
def test_what_is_open_for_a_while_ends_when_it_is_closed(
    properties: dict[str, str], inputs: Inputs, started: Any, ended: Any
) -> None:
    found = facts(RUN, inputs._replace(properties=properties), kind="incident")
    assert open_span(found, "RESOLVED", "RESOLVED") == (started, ended, False)
    assert open_span(found, "OPEN", "RESOLVED") == (started, None, False)
