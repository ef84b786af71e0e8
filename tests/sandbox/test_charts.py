"""Where the marks and bars of the page's charts lie."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compass_action.sandbox.metrics import Sample, derive
from compass_action.sandbox.page.charts import HEIGHT, LANE, WIDTH, bars, marks, span, ticks
from compass_action.sandbox.rows import Row

NOW = 1_795_600_000_000
MINUTE = 60_000


def row(completed: int | None, started: int | None = None, number: int = 1) -> Row:
    return Row(
        id=number,
        type="build",
        identity={"pipelineId": "1"},
        source=None,
        component_id="c",
        component_ids=("c",),
        state="FAILED",
        name="CI",
        url=None,
        environment=None,
        category=None,
        pipeline=None,
        number=1,
        started=started,
        completed=completed,
        updated=None,
        received=NOW,
        changes=1,
        counted_id=number,
    )


def test_marks_lie_in_order_of_time_and_a_bar_leads_to_them() -> None:
    found = [row(NOW, NOW - 5 * MINUTE, 2), row(NOW - 30 * MINUTE, None, 1)]
    drawn = marks(found, span(found, NOW))
    assert [mark.event_id for mark in drawn] == [1, 2]
    assert drawn[0].from_x == drawn[0].x < drawn[1].from_x < drawn[1].x < LANE


def test_marks_that_would_overlap_are_stacked() -> None:
    found = [row(NOW - number, None, number) for number in range(4)] + [row(NOW - 60 * MINUTE)]
    assert [mark.y for mark in marks(found, span(found, NOW))] == [50, 50, 27, 73, 50]


@given(st.lists(st.tuples(st.integers(-(10**12), 10**12), st.none() | st.integers(0, 10**12))))
def test_every_mark_is_within_its_lane(moments: Sequence[tuple[int, int | None]]) -> None:
    """Whatever times a sender writes: long ago, or in the future."""
    found = [row(NOW + at, None if took is None else NOW + at - took) for at, took in moments]
    shown = span(found, NOW)
    for mark in marks(found, shown):
        assert 0 <= mark.from_x <= LANE
        assert 0 <= mark.x <= LANE
    assert all(0 < tick.x < LANE and tick.text for tick in ticks(shown))


def test_a_moment_in_the_far_future_leaves_the_others_their_places() -> None:
    found = [row(NOW - 20 * MINUTE, None, 1), row(NOW - MINUTE, None, 2), row(10 * NOW, None, 3)]
    shown = span(found, NOW)
    assert shown.end - NOW < 2 * 24 * 60 * MINUTE
    first, second, third = (mark.x for mark in marks(found, shown))
    assert first < second < third < LANE
    alone = span([row(10 * NOW)], NOW)
    assert alone.begin < alone.end


@pytest.mark.parametrize("count", [1, 3, 10, 25, 60])
def test_every_bar_is_within_its_chart(count: int) -> None:
    found = [
        Sample("c", number, kind, state, NOW - number * MINUTE, NOW, NOW - number)
        for number in range(count)
        for kind, state in [
            ("build", "FAILED"),
            ("deployment", "SUCCESSFUL"),
            ("incident", "RESOLVED"),
        ]
    ]
    for metric in derive(found, NOW)["c"]:
        drawn = bars(metric)
        assert drawn
        for bar in drawn:
            assert bar.x >= 0
            assert bar.x + bar.width <= WIDTH + 1
            assert bar.y >= 0
            assert bar.y + bar.height <= HEIGHT + 0.1
