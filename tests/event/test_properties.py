"""The user's properties, laid over an event's own part."""

from __future__ import annotations

from typing import Any

import pytest

from compass_action.event.properties import lay_over

BELOW = {"state": "OPEN", "pipeline": {"pipelineId": "p", "displayName": "P"}, "startTime": "x"}
SECOND = "2026-11-20T08:59:03Z"


@pytest.mark.parametrize(
    ("above", "merged"),
    [
        ({}, {}),
        ({"state": None}, {}),
        ({"state": "~"}, {"state": "~"}),
        ({"new": 1}, {"new": 1}),
        ({"pipeline": {"displayName": "Q"}}, {"pipeline": {"pipelineId": "p", "displayName": "Q"}}),
        (
            {"pipeline": {"displayName": None, "score": "1", "startTime": "1795165143"}},
            {"pipeline": {"pipelineId": "p", "displayName": "P", "score": 1.0,
                          "startTime": "1795165143"}},
        ),
        ({"pipeline": "q"}, {"pipeline": "q"}),
        ({"state": {"a": None}}, {"state": {"a": None}}),
        ({"startTime": "1795165143"}, {"startTime": SECOND}),
        ({"startTime": 1795165143}, {"startTime": SECOND}),
        ({"startTime": "1795165143250"}, {"startTime": "2026-11-20T08:59:03.250Z"}),
        ({"startTime": "soon"}, {"startTime": "soon"}),
        *(({"startTime": null}, {}) for null in ("", "~", "null", "Null", "NULL", None)),
        ({"startTime": "nULL"}, {"startTime": "nULL"}),
        ({"otherTime": "1795165143"}, {"otherTime": "1795165143"}),
        ({"score": "9.80"}, {"score": 9.8}),
        ({"score": 9}, {"score": 9}),
        ({"score": "high"}, {"score": "high"}),
        ({"sequenceNumber": "0123"}, {"sequenceNumber": 123}),
        ({"sequenceNumber": "1.5"}, {"sequenceNumber": "1.5"}),
        ({"icon": "7"}, {"icon": "7"}),
    ],
)  # fmt: skip
def test_properties_are_laid_over_mapping_by_mapping(
    above: dict[str, Any], merged: dict[str, Any]
) -> None:
    """What is null is not given; times and numbers are written as the API has them, at the top."""
    found = lay_over(BELOW, above, ("startTime", "endTime"))
    assert found == BELOW | merged
    assert [type(found[name]) for name in merged] == [type(value) for value in merged.values()]


def test_what_lies_below_stays_as_it_was() -> None:
    below = {"pipeline": {"pipelineId": "p"}}
    lay_over(below, {"pipeline": {"pipelineId": "q"}, "x": 1})
    assert below == {"pipeline": {"pipelineId": "p"}}
