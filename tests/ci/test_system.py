"""What a CI system's record is made of: paths whose segments stay apart, and packed numbers."""

from __future__ import annotations

import pytest

from compass_action.ci.run import CiRun
from compass_action.ci.system import Naming, System, below, file_path, pack, path
from compass_action.inputs.table import Inputs


def test_a_segment_never_passes_for_two() -> None:
    assert path("jobs", "a/b", 3) == "jobs/a%2Fb/3"
    assert path("jobs", "a%2Fb") == "jobs/a%252Fb"
    assert below("runs/7", "jobs", "a b") == "runs/7/jobs/a%20b"
    assert file_path(".github/workflows/de ploy.yml") == ".github/workflows/de%20ploy.yml"


def test_what_misses_a_segment_is_no_path() -> None:
    """A shorter path would be another thing's."""
    assert path("runs", None) is None
    assert below(None, "jobs", "a") is None
    assert below("runs/7", "jobs", None) is None
    assert file_path(None) is None


def test_a_packed_number_can_be_read_by_people() -> None:
    assert pack(7421, 2, 3) == 7_421_002_003
    assert pack(7421) == 7_421_000_000
    assert pack(None, 2, 3) is None
    assert pack(1, 999, 999) == 1_999_999


@pytest.mark.parametrize(
    ("attempt", "leg", "sentence"),
    [
        (
            1000,
            0,
            "attempt 1000 or leg 0 is above 999, so no number can be derived. "
            "Give a sequence-number that rises with every deployment.",
        ),
        (
            0,
            1000,
            "attempt 0 or leg 1000 is above 999, so no number can be derived. "
            "Give a sequence-number that rises with every deployment.",
        ),
    ],
)
def test_what_does_not_fit_is_told(attempt: int, leg: int, sentence: str) -> None:
    """It would run into the next number."""
    with pytest.raises(ValueError, match="derived") as raised:
        pack(1, attempt, leg)
    assert str(raised.value) == sentence


def test_a_record_that_says_no_more_has_the_plain_ways() -> None:
    """Nothing is left behind, nothing asked for, and what is checked out does not matter."""
    plain = System("plain", "Plain", lambda env: False, lambda snapshot, inputs: CiRun("plain"))
    assert plain.records({"RUNNER_TEMP": "/tmp"}) == ()
    assert plain.needs_git({}) is False
    assert plain.unfilled(Inputs()) == ()
    assert plain.speaker == "plain"
    assert plain.naming is None
    assert (plain.workspace, plain.trigger, plain.state, plain.checkout, plain.debug) == ("",) * 5
    assert (plain.outcomes, plain.hints) == ({}, {})


def nothing(run: CiRun) -> None:
    """Name nothing."""


def test_restarts_have_ids_of_their_own_unless_the_system_says_otherwise() -> None:
    naming = Naming(nothing, nothing, nothing, nothing, nothing, nothing)
    assert naming.restarts_keep_ids is False


def test_news_of_one_second_are_in_no_order_unless_the_host_says_so() -> None:
    assert CiRun("plain").update_rank == 0
    assert CiRun("plain").is_local is False
