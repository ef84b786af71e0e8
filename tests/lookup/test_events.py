"""Which events Compass shows: asked of the source, then of the component, page by page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from compass_action.connection.answer import Answer
from compass_action.connection.budget import Budget
from compass_action.connection.destination import Destination
from compass_action.lookup.asking import Failed, Told
from compass_action.lookup.events import find_event, wait_for_event
from compass_action.lookup.sought import Seen, Sought
from tests.building import ARI
from tests.lookup.scripted import Script, scripted

TO = Destination(
    "https://acme.atlassian.net/gateway/api/compass/v1/events", "a@acme.example", "token"
)
SOURCE = "https://github.com/acme/shop#1"
BUILD = Sought("build", "a5fd", ARI, SOURCE, ("b/7", None, None))
DOWN = Failed(Answer(503, b""))
DENIED = {"data": {"compass": {"eventSource": {"__typename": "QueryError"}}}}
UNTOLD = Failed(None, "Compass does not tell its events")


def build(pipeline: str, number: int = 5) -> dict[str, Any]:
    part = {"state": "SUCCESSFUL", "pipeline": {"pipelineId": pipeline}}
    return {"updateSequenceNumber": number, "buildProperties": part}


def page(*nodes: Any, cursor: Any = None, of: str = "eventSource", more: Any = True) -> Any:
    info = {"hasNextPage": more, "endCursor": cursor} if cursor is not None else {}
    return {"data": {"compass": {of: {"events": {"nodes": list(nodes), "pageInfo": info}}}}}


def sought_by(script: Script) -> list[tuple[str, dict[str, Any]]]:
    """The name of each question, with its query for a page."""
    return [(name, v["query"]) for asked in script.questions for name, v in asked.items()]


def test_the_source_is_asked_with_its_own_id() -> None:
    script = scripted(page(build("b/6"), 7, {}, build("b/7")), ahead=0.5)
    assert find_event(script.ask, TO, BUILD) == Told(Seen(5, "SUCCESSFUL"), 0.5)
    assert script.questions == [
        {
            "EventsOfSource": {
                "cloudId": "a5fd",
                "eventType": "BUILD",
                "source": SOURCE,
                "query": {"first": 50},
            }
        }
    ]


def test_what_is_not_shown_is_none_and_no_failure() -> None:
    script = scripted(page(build("b/6")), ahead=0.5)
    assert find_event(script.ask, TO, BUILD) == Told(None, 0.5)


def test_a_source_that_is_not_known_is_asked_for_at_the_component() -> None:
    script = scripted(DENIED, page(build("b/7"), of="component"))
    assert find_event(script.ask, TO, BUILD) == Told(Seen(5, "SUCCESSFUL"))
    assert script.questions[1] == {
        "EventsOfComponent": {"id": ARI, "query": {"first": 50, "eventTypes": ["BUILD"]}}
    }


def test_a_server_that_fails_is_not_asked_twice() -> None:
    script = scripted(DOWN)
    assert find_event(script.ask, TO, BUILD) == Told(DOWN)


def test_what_compass_says_in_place_of_events_is_told() -> None:
    gap = {"data": {"compass": {"component": None}}, "errors": [{"message": "Not authorised"}]}
    refusal = {
        "__typename": "QueryError",
        "message": "Too many",
        "extensions": [{"statusCode": 429}],
    }
    paged = {"data": {"compass": {"component": {"events": refusal}}}}
    assert find_event(scripted(DENIED, gap).ask, TO, BUILD).value == Failed(None, "Not authorised")
    said = Failed(None, "Too many; 429", 429)
    assert find_event(scripted(DENIED, paged).ask, TO, BUILD).value == said


def test_neither_source_nor_component_tells() -> None:
    script = scripted(DENIED, DENIED, ahead=0.5)
    assert find_event(script.ask, TO, BUILD) == Told(UNTOLD, 0.5)
    assert [name for name, _ in sought_by(script)] == ["EventsOfSource", "EventsOfComponent"]


def test_pages_are_turned_at_their_cursors() -> None:
    script = scripted(page(cursor="c1"), page(cursor="c2"), page(build("b/7")))
    assert find_event(script.ask, TO, BUILD).value == Seen(5, "SUCCESSFUL")
    assert sought_by(script) == [
        ("EventsOfSource", {"first": 50}),
        ("EventsOfSource", {"first": 50, "after": "c1"}),
        ("EventsOfSource", {"first": 50, "after": "c2"}),
    ]


def test_a_component_s_pages_keep_its_filter() -> None:
    script = scripted(DENIED, page(cursor="c1", of="component"), page(of="component"))
    assert find_event(script.ask, TO, BUILD).value is None
    assert sought_by(script)[2] == (
        "EventsOfComponent",
        {"first": 50, "eventTypes": ["BUILD"], "after": "c1"},
    )


def test_no_more_than_three_pages_are_read() -> None:
    script = scripted(page(cursor="c1"), page(cursor="c2"), page(cursor="c3"), page(build("b/7")))
    assert find_event(script.ask, TO, BUILD).value is None
    assert len(script.asked) == 3


@pytest.mark.parametrize(
    "last",
    [page(), page(cursor="c1", more=False), page(cursor="c1", more="yes"), page(cursor="")],
)
def test_the_last_page_is_the_last(last: Any) -> None:
    script = scripted(last)
    assert find_event(script.ask, TO, BUILD).value is None


STARTED, LATER = "2026-11-25T10:00:00Z", "2026-11-25T10:07:00Z"
MOMENT = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
AT_B7 = {"pipeline": {"pipelineId": "b/7"}}
SEVERITY = {"label": "SEV2", "level": "TWO", "odd": "x"}
ENVIRONMENT = {"environmentId": "prod", "displayName": "Live", "category": "PRODUCTION", "odd": 7}


@pytest.mark.parametrize(
    ("kind", "identity", "part", "seen"),
    [
        (
            "build",
            ("b/7", None, None),
            {"buildProperties": {**AT_B7, "startedAt": STARTED, "completedAt": LATER, "state": "ERROR"}},
            Seen(7, "ERROR", MOMENT, completed_at=datetime(2026, 11, 25, 10, 7, tzinfo=UTC)),
        ),
        (
            "build",
            ("b/7", None, None),
            {"buildProperties": {**AT_B7, "startedAt": "yesterday", "state": ""}},
            Seen(7),
        ),
        (
            "build",
            ("b/7", None, None),
            {"buildProperties": {**AT_B7, "startedAt": 1795165143}},
            Seen(7),
        ),
        (
            "deployment",
            ("shop", "prod", 3),
            {
                "deploymentProperties": {
                    "pipeline": {"pipelineId": "shop"},
                    "environment": ENVIRONMENT,
                    "sequenceNumber": "3",
                    "state": "FAILED",
                    "startedAt": STARTED,
                    "completedAt": LATER,
                }
            },
            Seen(
                7,
                "FAILED",
                MOMENT,
                None,
                {"environmentId": "prod", "displayName": "Live", "category": "PRODUCTION"},
                datetime(2026, 11, 25, 10, 7, tzinfo=UTC),
            ),
        ),
        (
            "incident",
            ("INC-7",),
            {
                "incidentProperties": {
                    "id": "INC-7",
                    "state": "OPEN",
                    "startTime": STARTED,
                    "severity": SEVERITY,
                }
            },
            Seen(7, "OPEN", MOMENT, {"label": "SEV2", "level": "TWO"}),
        ),
        (
            "vulnerability",
            ("CVE-1",),
            {
                "vulnerabilityProperties": {
                    "id": "CVE-1",
                    "vulnerabilityStartTime": STARTED,
                    "severity": {"level": "HIGH"},
                }
            },
            Seen(7, None, MOMENT, {"level": "HIGH"}),
        ),
        (
            "incident",
            ("INC-7",),
            {"incidentProperties": {"id": "INC-7", "severity": {"level": ""}}},
            Seen(7),
        ),
        (
            "alert",
            ("A-1",),
            {"alertProperties": {"id": "A-1", "status": "OPENED", "createdAt": STARTED}},
            Seen(7, "OPENED", MOMENT),
        ),
        ("custom", ("C-1",), {"customEventProperties": {"id": "C-1", "state": "x"}}, Seen(7)),
        ("custom", (None,), {"customEventProperties": None}, None),
    ],
)  # fmt: skip
def test_of_each_type_this_is_seen(
    kind: str, identity: tuple[Any, ...], part: dict[str, Any], seen: Seen | None
) -> None:
    script = scripted(page({"updateSequenceNumber": "7", **part}))
    assert find_event(script.ask, TO, Sought(kind, "a5fd", ARI, SOURCE, identity)).value == seen


@pytest.mark.parametrize(
    ("waited", "answers", "expected", "waits"),
    [
        (9, [page(build("b/7"))], Seen(5, "SUCCESSFUL"), [1.0]),
        (9, [page(), page(build("b/7", 4)), page(build("b/7"))], Seen(5, "SUCCESSFUL"), [1.0, 4.0, 8.0]),
        (9, [page()] * 4, None, [1.0, 4.0, 8.0, 12.0]),
        (9, [page(), DOWN], DOWN, [1.0, 4.0]),
        (2, [page(), page(build("b/7", 4))], Seen(4, "SUCCESSFUL"), [1.0, 4.0, 8.0]),
        (0, [], None, [1.0]),
    ],
)  # fmt: skip
def test_it_is_asked_again_until_enough_is_seen_or_the_time_is_over(
    waited: int, answers: list[Any], expected: Any, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """The last that was told counts."""
    tried: list[float] = []

    def wait(budget: Budget, seconds: float) -> bool:
        tried.append(seconds)
        return len(tried) <= waited

    monkeypatch.setattr(Budget, "wait", wait)
    told = wait_for_event(
        scripted(*answers).ask,
        TO,
        BUILD,
        Budget(60),
        lambda seen: seen is not None and seen.update_sequence_number == 5,
    )
    assert told.value == expected
    assert tried == waits
