"""A run as one JSON object: every key of it, and what is left out."""

from __future__ import annotations

import json

from compass_action.errors import Problem
from compass_action.report import machine
from compass_action.report.log import Said
from compass_action.report.report import Check, Report, Row, Value, Verdict


def test_nothing_was_left_or_said() -> None:
    assert machine.render(None, [], 2) == (
        '{"version": 1, "exit-code": 2, "outcome": "skipped", "outputs": {"outcome": "skipped"}, '
        '"receipts": [], "notices": [], "problems": []}'
    )
    assert json.loads(machine.render(Report({"state": "OPEN"}), [], 0))["outcome"] == "skipped"


def test_everything_was_left_and_said() -> None:
    left = Report(
        {"outcome": "partial", "state": "größer"},
        (
            Row("ari/one", "accepted", event_type="build", attempts=1, http_status=202),
            Row("ari/two", "failed", "HTTP 400", "Refused", "a hint", "build", 0, None),
        ),
        checks=(Check("ok", "site", "it answers"),),
        values=(Value("state", "OPEN", "--state"),),
        verdicts=(Verdict("ari/one", "build", None, "nobody was asked"),),
        requests=('{"cloudId": "c"}',),
    )
    said = [
        Said("notice", "", "a notice"),
        Said("warning", "Refused", "a text"),
        Said("error", "Wrong", "both", (Problem("state", "no"), Problem("site", "no"))),
    ]
    text = machine.render(left, said, 1)
    assert text.isascii()
    assert json.loads(text) == {
        "version": 1,
        "exit-code": 1,
        "outcome": "partial",
        "outputs": {"outcome": "partial", "state": "größer"},
        "receipts": [
            {
                "component-id": "ari/one",
                "event-type": "build",
                "outcome": "accepted",
                "http-status": 202,
                "send-attempts": 1,
            },
            {
                "component-id": "ari/two",
                "event-type": "build",
                "outcome": "failed",
                "send-attempts": 0,
                "failure": "Refused",
                "detail": "HTTP 400",
            },
        ],
        "notices": ["a notice"],
        "problems": [
            {"level": "warning", "headline": "Refused", "what": "a text"},
            {"level": "error", "headline": "Wrong", "where": "state", "what": "no"},
            {"level": "error", "headline": "Wrong", "where": "site", "what": "no"},
        ],
        "checks": [{"level": "ok", "what": "site", "text": "it answers"}],
        "values": [{"name": "state", "value": "OPEN", "source": "--state"}],
        "verdicts": [
            {
                "component-id": "ari/one",
                "event-type": "build",
                "counts": None,
                "text": "nobody was asked",
            }
        ],
        "requests": [{"cloudId": "c"}],
    }
