"""How long sending may take, and what is said about it."""

from __future__ import annotations

import pytest

from compass_action.delivery import dispatch

REST = "The others go to the outbox."


def budget(number: int, seconds: float, *, fixed: bool) -> tuple[float, list[str]]:
    """The seconds, and what is said."""
    said: list[str] = []
    found = dispatch.budget(
        number,
        "components",
        seconds,
        lambda level, text, title: said.append(text),
        fixed=fixed,
        rest=REST,
    )
    return found, said


@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("number", [1, 100])
def test_what_the_limit_does_not_hold_up_is_sent_without_a_word(number: int, fixed: bool) -> None:
    assert budget(number, 120, fixed=fixed) == (120, [])


def test_many_get_the_time_that_the_limit_takes() -> None:
    """And it is said how long that is."""
    said = ["900 components: about 9 minutes at 100 requests a minute."]
    assert budget(900, 120, fixed=False) == (120 + 8 * 61, said)
    assert budget(101, 120, fixed=False)[1] == [
        "101 components: about 2 minutes at 100 requests a minute."
    ]


def test_a_time_that_somebody_has_chosen_is_kept() -> None:
    """And it is said for how many it is enough, and what becomes of the others."""
    said = [
        "900 components: about 9 minutes at 100 requests a minute. "
        "The 120 s of timeout have room for 200. The others go to the outbox."
    ]
    assert budget(900, 120, fixed=True) == (120, said)
    enough = ["900 components: about 9 minutes at 100 requests a minute."]
    assert budget(900, 600, fixed=True) == (600, enough)
