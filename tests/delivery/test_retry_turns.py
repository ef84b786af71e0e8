"""When the next of several requests may begin."""

from __future__ import annotations

import pytest

from compass_action.delivery import retry


def test_the_first_request_goes_alone_until_it_is_answered() -> None:
    turns = retry.Turns(3)
    assert turns.is_free(0)
    first = turns.begin(0)
    assert [turns.is_free(now) for now in (0, 2.9, 3, 100)] == [False, False, True, True]
    turns.end(first)
    turns.trust(first)
    for _ in range(3):
        assert turns.is_free(4)
        turns.begin(4)
    assert not turns.is_free(100)  # three are under way


def test_another_is_tried_where_the_answer_takes_long() -> None:
    """One every three seconds, as long as nothing is known."""
    turns = retry.Turns(8)
    turns.begin(0)
    turns.begin(3)
    assert [turns.is_free(now) for now in (3, 5.9, 6)] == [False, False, True]


def test_one_failure_of_several_under_way_is_one_round() -> None:
    """Those that began before it was known neither lengthen the wait nor end it."""
    turns = retry.Turns(8)
    first, second, third = turns.begin(0), turns.begin(0), turns.begin(0)
    assert first == retry.Turn(0, 0)
    assert turns.doubt(first) is True
    assert turns.doubt(second) is False
    assert turns.failures == 1
    turns.trust(third)  # of the round before
    assert turns.failures == 1
    turns.end(first)
    probe = turns.begin(1)
    assert probe == retry.Turn(1, 1)
    assert not turns.is_free(1)
    turns.end(probe)
    assert turns.doubt(probe) is True
    assert turns.failures == 2
    again = turns.begin(2)
    turns.end(again)
    turns.trust(again)
    assert turns.failures == 0
    assert turns.is_free(2)
    assert turns.doubt(again) is True
    assert turns.failures == 1
    turns.begin(3)
    assert not turns.is_free(3)  # nothing is known again


def test_who_began_before_a_failure_is_no_probe_after_it() -> None:
    turns = retry.Turns(8)
    first = turns.begin(0)
    turns.begin(0)
    turns.end(first)
    turns.doubt(first)
    assert turns.is_free(0.1)


def test_a_hold_is_kept_and_never_shortened() -> None:
    turns = retry.Turns(8)
    assert turns.wait(0) == 0
    turns.hold(5)
    turns.hold(3)
    assert [turns.wait(now) for now in (0, 4, 5, 6)] == [5, 1, 0, 0]
    turns.hold(7)
    assert turns.wait(5) == 2


@pytest.mark.parametrize(("rest", "wait"), [(1e-7, 0), (1e-6, 0), (2e-6, 2e-6), (0.5, 0.5)])
def test_what_is_left_of_a_wait_by_rounding_is_none(rest: float, wait: float) -> None:
    turns = retry.Turns(8)
    turns.hold(rest)
    assert turns.wait(0) == wait


def test_a_hundred_requests_hold_up_the_next() -> None:
    turns = retry.Turns(8)
    for number in range(100):
        assert turns.wait(number / 10) == 0
        turns.end(turns.begin(number / 10))
    assert turns.wait(10) == 51
    turns.hold(70)
    assert turns.wait(10) == 60
