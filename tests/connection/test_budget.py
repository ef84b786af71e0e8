"""A budget of time is spent, and never exceeded."""

from __future__ import annotations

import pytest

from compass_action.connection import budget
from compass_action.connection.budget import Budget
from tests.connection.playing import Time


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr(budget, "time", time)
    return time


def test_what_is_spent_and_what_is_left_are_the_whole(time: Time) -> None:
    of_ten = Budget(10)
    assert (of_ten.spent, of_ten.left) == (0, 10)
    time.at += 4
    assert (of_ten.spent, of_ten.left) == (4, 6)
    time.at += 7
    assert (of_ten.spent, of_ten.left) == (11, 0)


def test_a_wait_that_leaves_something_is_made_in_pieces(time: Time) -> None:
    """So that a signal is heard within a fifth of a second."""
    of_ten = Budget(10)
    assert of_ten.wait(0.5) is True
    assert time.waits == pytest.approx([0.2, 0.2, 0.1])
    assert of_ten.left == pytest.approx(9.5)
    assert of_ten.wait(9.25) is True
    assert of_ten.left == pytest.approx(0.25)


@pytest.mark.parametrize("seconds", [10, 10.5, 1000])
def test_a_wait_that_would_use_it_up_is_not_made(seconds: float, time: Time) -> None:
    of_ten = Budget(10)
    assert of_ten.wait(seconds) is False
    assert time.waits == []
    assert of_ten.left == 10
