"""The number of a deployment, which is a part of its identity, and that of each update."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compass_action.ci import SYSTEMS
from compass_action.ci.run import CiRun
from compass_action.errors import InputError
from compass_action.event import identity, numbers
from compass_action.event.facts import Facts
from compass_action.inputs.table import Inputs
from compass_action.tracking import Identity, Tracked
from tests.event.identifying import BITBUCKET, CALLED, GITHUB, GITLAB, JOB, NOON, RUN, identify

NOON_MS = 1_795_435_200_000


@pytest.mark.parametrize(
    ("run", "inputs", "message"),
    [
        (GITHUB._replace(run_attempt=1000), JOB, "attempt 1000 or leg 0 is above 999"),
        (BITBUCKET._replace(leg=1000), JOB, "attempt 2 or leg 1000 is above 999"),
        (GITHUB._replace(run_number=9_007_199_255), JOB, "is above 2^53"),
        (GITLAB._replace(job_id=str(2**53)), JOB, "is above 2^53"),
        (GITLAB._replace(run_id=str(2**53)), RUN, "is above 2^53"),
        (CALLED._replace(job_id=str(2**53)), JOB, "is above 2^53"),
    ],
)
def test_a_number_that_does_not_fit_is_asked_for(run: CiRun, inputs: Inputs, message: str) -> None:
    """A reader of JSON may keep numbers in 53 bits: above, two deployments could become one."""
    with pytest.raises(InputError) as raised:
        identify("deployment", inputs, run)
    (problem,) = raised.value.problems
    assert problem.where == "sequence-number"
    assert message in problem.what


UNNUMBERED = GITHUB._replace(run_number=None)
PLACE = ("github.com/acme/shop/.github/workflows/deploy.yml/jobs/test", "production")


def test_a_deployment_without_a_number_is_numbered_by_its_first_report() -> None:
    assert identify("deployment", JOB, UNNUMBERED) == ("deployment", *PLACE, NOON_MS)


@pytest.mark.parametrize("state", ["PENDING", "IN_PROGRESS"])
def test_the_last_report_takes_the_number_of_the_first(state: str) -> None:
    """Only of the same pipeline, environment and components, and only if that is not over."""
    facts = Facts("deployment", JOB, SYSTEMS["github"], UNNUMBERED, NOON)
    begun = Tracked(Identity("deployment", *PLACE, 7), state, 1)
    assert identity.identify(facts._replace(records=(begun,))).sequence_number == 7
    others = (
        begun._replace(state="SUCCESSFUL"),
        begun._replace(components="others"),
        begun._replace(identity=begun.identity._replace(environment_id="qa")),
        begun._replace(identity=begun.identity._replace(pipeline_id="x")),
    )
    assert identity.identify(facts._replace(records=others)).sequence_number == NOON_MS


def test_a_first_report_that_nobody_remembers_takes_no_number_by_the_clock() -> None:
    """The last one could not know it, and would be a second deployment."""
    begins = Inputs(state="in_progress")
    facts = Facts("deployment", begins, SYSTEMS["github"], UNNUMBERED, NOON)
    with pytest.raises(InputError) as raised:
        identity.identify(facts)
    [problem] = raised.value.problems
    assert problem.where == "sequence-number"
    assert problem.what.startswith(
        "it is not given, and GitHub does not say. Give a number that rises with every deployment"
    )
    remembered = identity.identify(facts._replace(remembers=True))
    assert remembered.sequence_number == NOON_MS


@given(st.integers(946_684_800_000, 7_258_118_400_000))
@example(1_095_055_993_360)
def test_an_update_is_numbered_by_the_exact_millisecond(milliseconds: int) -> None:
    """Through a float, some moments (none of these years, as it happens) come out one too low."""
    now = numbers.EPOCH + timedelta(milliseconds=milliseconds)
    assert numbered(now) == milliseconds
    assert numbered(now, begun=milliseconds - 1) == milliseconds
    assert numbered(now, begun=milliseconds) == milliseconds + 1
    assert numbered(now, begun=milliseconds + 90_000) == milliseconds + 90_001


def numbered(now: datetime, inputs: Inputs = JOB, begun: int | None = None, **run: Any) -> int:
    """The number of an update, of an event that was begun with another one."""
    record = Tracked(Identity("build", "p"), "IN_PROGRESS", begun) if begun is not None else None
    about = GITHUB._replace(**run)
    return numbers.update_sequence_number(
        Facts("build", inputs, SYSTEMS["github"], about, now, begun=record)
    )


@pytest.mark.parametrize(
    ("hours", "believed"), [(1, True), (24, True), (25, False), (9_999, False)]
)
def test_a_record_a_day_ahead_of_us_is_not_believed(hours: int, believed: bool) -> None:
    """It would hide every update until then."""
    ahead = NOON_MS + hours * 3_600_000
    assert numbered(NOON, begun=ahead) == (ahead + 1 if believed else NOON_MS)


def test_news_are_numbered_by_their_own_time() -> None:
    """So that a message that was delayed undoes nothing; of one second, what has ended comes last."""
    happened = datetime(2026, 11, 23, 11, 59, 58, tzinfo=UTC)
    assert numbered(NOON, updated_at=happened, update_rank=0) == NOON_MS - 2_000
    assert numbered(NOON, updated_at=happened, update_rank=2) == NOON_MS - 1_998


def test_a_given_time_of_the_last_update_numbers_what_was_not_begun() -> None:
    """A constant would hide the end of what was."""
    given = Inputs(last_updated=datetime(2026, 11, 23, 11, tzinfo=UTC))
    assert numbered(NOON, given) == NOON_MS - 3_600_000
    assert numbered(NOON, given, begun=NOON_MS - 5_000) == NOON_MS


def test_a_given_number_rises_too() -> None:
    """Both stages of a tracked job are given the same number; the second has to count for more."""
    assert numbered(NOON, Inputs(update_sequence_number=7)) == 7
    assert numbered(NOON, Inputs(update_sequence_number=7), begun=7) == 8
