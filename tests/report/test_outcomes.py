"""From receipts to what is left behind: the outcome in a word, the outputs, the report."""

from __future__ import annotations

import pytest

from compass_action.delivery.receipt import Receipt
from compass_action.event.event import Event
from compass_action.report import outcomes
from compass_action.report.report import Report, Row
from compass_action.tracking import OUTPUTS, Identity, Tracked
from tests.report.receipts import ACCEPTED, EVENTS, KEPT, LOST, PASSING, REFUSED, payload


@pytest.mark.parametrize(
    ("receipts", "word"),
    [
        ([ACCEPTED, ACCEPTED], "accepted"),
        ([ACCEPTED, REFUSED], "partial"),
        ([ACCEPTED, KEPT], "partial"),
        ([KEPT, KEPT], "spooled"),
        ([KEPT, LOST], "failed"),
        ([KEPT, REFUSED], "failed"),
        ([REFUSED], "failed"),
        ([], "accepted"),
    ],
)
def test_the_receipts_are_summed_up_in_one_word(receipts: list[Receipt], word: str) -> None:
    """`spooled` promises that a replay will send all of it."""
    assert outcomes.outcome(receipts) == word


def test_the_outputs_tell_the_event_and_what_became_of_it() -> None:
    """In the order of the documented list; the status is that of the last answer there was."""
    silent = Receipt(payload("two"), PASSING, attempts=2)
    found = outcomes.outputs("partial", EVENTS, [payload(), payload("two")], [ACCEPTED, silent])
    assert found == {
        "outcome": "partial",
        "event-type": "deployment",
        "state": "FAILED",
        "component-ids": "one,two",
        "pipeline-id": "ci.acme.example/shop",
        "environment-id": "prod",
        "environment-category": "PRODUCTION",
        "sequence-number": "42",
        "started-at": "2026-11-23T08:00:00Z",
        "update-sequence-number": "7",
        "http-status": "202",
        "send-attempts": "3",
        "payload": '[{"for":"one"},{"for":"two"}]',
    }
    assert list(found) == list(OUTPUTS)


def test_what_does_not_apply_is_no_output() -> None:
    """Neither a status where nobody answered, nor attempts where nothing was sent."""
    assert outcomes.outputs("skipped", ()) == {"outcome": "skipped"}
    build = Event("build", "c", "one", {"buildProperties": {"state": "FAILED"}})
    assert outcomes.outputs("dry-run", [build], [payload()]) == {
        "outcome": "dry-run",
        "event-type": "build",
        "state": "FAILED",
        "component-ids": "one",
        "payload": '{"for":"one"}',
    }


def test_what_was_not_kept_either_has_failed() -> None:
    assert outcomes.row(LOST).outcome == "failed"
    assert outcomes.row(REFUSED).outcome == "failed"
    assert outcomes.row(KEPT).outcome == "spooled"


def test_the_report_has_a_row_for_each_component() -> None:
    begun = Tracked(Identity("deployment", "p", "prod", 42), "FAILED", 7)
    report = outcomes.report("partial", EVENTS, [], [ACCEPTED, KEPT], begun)
    assert report == Report(
        outputs=outcomes.outputs("partial", EVENTS, [], [ACCEPTED, KEPT]),
        rows=(
            Row("one", "accepted", event_type="deployment", attempts=1, http_status=202),
            Row(
                "two",
                "spooled",
                "HTTP 503",
                "Compass is down",
                "Come back later.",
                "deployment",
                3,
                503,
            ),
        ),
        title="Shop #42",
        url="https://ci.acme.example/42",
        tracked=begun,
        facts={"environment": "Production (PRODUCTION)"},
    )
    dry = outcomes.report("dry-run", EVENTS, [])
    assert dry.rows == (
        Row("one", "dry-run", event_type="deployment"),
        Row("two", "dry-run", event_type="deployment"),
    )


def test_without_an_environment_or_a_name_there_are_no_such_facts() -> None:
    part = {"startedAt": "2026-11-23T08:00:00Z", "completedAt": "2026-11-23T08:00:12Z"}
    build = Event("build", "c", "one", {"buildProperties": part}, component_name="Shop")
    other = Event("build", "c", "two", {"buildProperties": part})
    found = outcomes.report("dry-run", [build, other], [])
    assert (found.title, found.url) == ("", "")
    assert found.facts == {"duration": "12 s"}
    assert found.names == {"one": "Shop"}
