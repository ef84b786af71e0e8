"""Numbers, at their bounds: of deployments, and of the updates of an event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from compass_action.ci import SYSTEMS
from compass_action.ci.run import CiRun
from compass_action.event import numbers
from compass_action.event.facts import Facts
from compass_action.inputs.table import Inputs
from compass_action.tracking import Identity, Tracked

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOON_MS = 1_795_435_200_000
RUN = CiRun("gitlab", run_id="901", job_id="7788")


def facts(run: CiRun = RUN, inputs: Inputs | None = None) -> Facts:
    return Facts("deployment", inputs or Inputs(), SYSTEMS[run.system], run, NOON)


@pytest.mark.parametrize(
    ("moment", "count"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1970, 1, 1, 0, 0, 0, 999, UTC), 0),
        (datetime(1970, 1, 1, 0, 0, 0, 1000, UTC), 1),
        (NOON, NOON_MS),
    ],
)
def test_milliseconds_are_counted_from_1970_on_and_never_rounded_up(
    moment: datetime, count: int
) -> None:
    assert numbers.milliseconds(moment) == count


@pytest.mark.parametrize("scope", ["job", "run"])
def test_the_largest_number_is_one_below_2_to_the_53(scope: str) -> None:
    largest, asked = str(2**53 - 1), Inputs(scope=scope)
    run = RUN._replace(job_id=largest, run_id=largest)
    assert numbers.sequence_number(facts(run, asked)) == 9_007_199_254_740_991
    above = RUN._replace(job_id=str(2**53), run_id=str(2**53))
    with pytest.raises(ValueError, match="above") as raised:
        numbers.sequence_number(facts(above, asked))
    assert str(raised.value) == (
        "9007199254740992 is above 2^53. Give a sequence-number that rises with every deployment."
    )


def test_where_nothing_rises_the_start_numbers_a_deployment() -> None:
    """The job's or the run's; a start that is not told numbers nothing."""
    run = CiRun(
        "travis",
        job_started_at=NOON + timedelta(milliseconds=1),
        run_started_at=NOON + timedelta(milliseconds=2),
    )
    assert numbers.sequence_number(facts(run)) == NOON_MS + 1
    assert numbers.sequence_number(facts(run, Inputs(scope="run"))) == NOON_MS + 2
    assert numbers.sequence_number(facts(CiRun("travis"))) is None
    started = RUN._replace(job_started_at=NOON)
    assert numbers.sequence_number(facts(started)) == 7788


def test_a_shell_numbers_nothing() -> None:
    started = CiRun("unknown", job_id="7", run_id="7", job_started_at=NOON, run_started_at=NOON)
    assert numbers.sequence_number(facts(started)) is None


@pytest.mark.parametrize(
    ("state", "status", "begins"),
    [
        ("running", None, True),
        ("pending", "success", True),
        (None, "running", True),
        ("success", "running", False),
        (None, "success", False),
        (None, None, False),
        ("what is this", None, False),
    ],
)
def test_what_is_given_tells_a_beginning_before_what_the_host_says(
    state: str | None, status: str | None, begins: bool
) -> None:
    found = facts(RUN._replace(status=status), Inputs(state=state))
    assert numbers.begins(found) is begins


@pytest.mark.parametrize(
    ("state", "remembers", "number"),
    [("running", False, None), ("running", True, NOON_MS), ("success", False, NOON_MS)],
)
def test_a_first_report_takes_the_clock_s_number_if_the_last_one_can_know_it(
    state: str, remembers: bool, number: int | None
) -> None:
    found = facts(inputs=Inputs(state=state))._replace(remembers=remembers)
    assert numbers.number_of_first_report(found, "p", "e") == number


@pytest.mark.parametrize("system", ["semaphore", "tekton"])
def test_a_first_report_sorts_among_numbers_made_of_seconds(system: str) -> None:
    """A day after a run that has told its start, and a day before another one."""
    report = numbers.number_of_first_report(facts(CiRun(system)), "p", "e")
    assert report == 1_795_435_200_000_000
    day = timedelta(days=1)
    told = [CiRun(system, run_id="7", run_started_at=NOON + way * day) for way in (-1, 1)]
    before, after = (numbers.sequence_number(facts(run, Inputs(scope="run"))) for run in told)
    assert before is not None
    assert after is not None
    assert before < report < after


@pytest.mark.parametrize(
    ("state", "environment", "counts"),
    [("IN_PROGRESS", "e", True), ("SUCCESSFUL", "e", False), ("IN_PROGRESS", "other", False)],
)
def test_for_a_whole_run_the_number_of_what_was_begun_comes_before_its_start(
    state: str, environment: str, counts: bool
) -> None:
    """On Semaphore only what runs after the pipeline is told when it started."""
    run = CiRun("semaphore", run_id="w/pipelines/p", run_started_at=NOON)
    begun = Tracked(Identity("deployment", "p", environment, 1_795_000_000_000_000), state, 7)
    found = facts(run, Inputs(scope="run"))._replace(records=(begun,))
    number = numbers.sequence_number(found, "p", "e")
    assert (number == 1_795_000_000_000_000) is counts
    assert number is not None
    assert number // 1_000_000 == (1_795_000_000 if counts else 1_795_435_200)


def test_a_record_without_an_update_number_hides_nothing() -> None:
    begun = Tracked(Identity("build", "p"), "IN_PROGRESS", None)
    assert not numbers.is_from_the_future(begun, NOON)
    assert numbers.update_sequence_number(facts()._replace(begun=begun)) == NOON_MS


def test_a_record_may_be_a_day_ahead_and_not_a_millisecond_more() -> None:
    day = NOON_MS + 86_400_000
    for number, ahead in ((day, False), (day + 1, True)):
        begun = Tracked(Identity("build", "p"), "IN_PROGRESS", number)
        assert numbers.is_from_the_future(begun, NOON) is ahead


def test_a_number_is_taken_as_given_before_the_time_of_the_news() -> None:
    """Zero is a number; the time of the news comes before that of the last update."""
    run = RUN._replace(updated_at=NOON - timedelta(seconds=1), update_rank=1)
    given = Inputs(update_sequence_number=0, last_updated=NOON - timedelta(hours=1))
    assert numbers.update_sequence_number(facts(run, given)) == 0
    later = given._replace(update_sequence_number=None)
    assert numbers.update_sequence_number(facts(run, later)) == NOON_MS - 999
