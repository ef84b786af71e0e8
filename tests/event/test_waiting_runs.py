"""A run that waited for somebody, or whose failed jobs were run again days later."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.building import built
from tests.recorded import NOW, interpret, snapshot

ENDED = {"scope": "run", "state": "success"}
RUN = interpret(snapshot("gitlab-branch")).run
BEGAN = RUN.run_started_at or NOW


@pytest.mark.parametrize("hours", [25, 61, 24 * 30])
@pytest.mark.parametrize("state", ["success", "failed", "canceled"])
def test_a_run_that_waited_for_days_is_no_build_of_days(hours: int, state: str) -> None:
    """Its start is true, and stays; the end, which would make the span, is left out."""
    found = built("gitlab-branch", ENDED | {"state": state}, BEGAN + timedelta(hours=hours))
    [event] = found.events
    assert event.part["startedAt"] == "2026-11-20T08:59:03Z"
    assert "completedAt" not in event.part
    [notice] = found.notices
    assert notice.startswith("The run began more than a day ago")


@pytest.mark.parametrize(
    ("minutes", "ended"),
    [
        (1, "2026-11-20T09:00:03Z"),
        (90, "2026-11-20T10:29:03Z"),
        (24 * 60, "2026-11-21T08:59:03Z"),
    ],
)
def test_a_run_of_a_day_at_most_has_its_span(minutes: int, ended: str) -> None:
    found = built("gitlab-branch", ENDED, BEGAN + timedelta(minutes=minutes))
    assert found.events[0].part["startedAt"] == "2026-11-20T08:59:03Z"
    assert found.events[0].part["completedAt"] == ended
    assert found.notices == ()


@pytest.mark.parametrize(
    "given",
    [
        {"completed-at": "2026-11-20T09:11:00Z"},
        {"completed-at": "2026-11-22T22:00:00Z"},
        {"started-at": "2026-11-20T08:59:03Z"},
    ],
)
def test_what_is_given_is_believed(given: dict[str, str]) -> None:
    """However long it is."""
    found = built("gitlab-branch", ENDED | given, BEGAN + timedelta(hours=61))
    assert found.events[0].part["startedAt"] == "2026-11-20T08:59:03Z"
    assert found.events[0].part["completedAt"] == given.get("completed-at", "2026-11-22T21:59:03Z")
    assert found.notices == ()


def test_a_job_is_believed_too() -> None:
    """Its own start is another one after every retry."""
    found = built("gitlab-branch", {"state": "success"}, BEGAN + timedelta(hours=61))
    assert "completedAt" in found.events[0].part
