"""Severities: where they are found, and the fields they make."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from compass_action.ci.run import CiRun
from compass_action.ci.unknown import SYSTEM
from compass_action.errors import InputError
from compass_action.event import severity
from compass_action.event.facts import Facts
from compass_action.inputs.table import Inputs


def found(event_type: str, given: str | None, properties: dict[str, Any]) -> dict[str, Any]:
    inputs = Inputs(severity=given, properties=properties)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    return severity.find(Facts(event_type, inputs, SYSTEM, CiRun("unknown"), now))


@pytest.mark.parametrize(
    ("event_type", "given", "properties", "fields"),
    [
        ("incident", "SEV1", {}, {"severity": {"level": "ONE", "label": "SEV1"}}),
        ("incident", "One", {}, {"severity": {"level": "ONE"}}),
        ("incident", " s E-v_1 ", {}, {"severity": {"level": "ONE", "label": " s E-v_1 "}}),
        ("incident", None, {"severity": "two"}, {"severity": {"level": "TWO"}}),
        ("incident", None, {"severity": 2}, {"severity": {"level": "TWO", "label": "2"}}),
        (
            "incident", None, {"severity": {"level": 3, "label": "Bad"}},
            {"severity": {"level": "THREE", "label": "Bad"}},
        ),
        (
            "incident", "4", {"severity": {"level": 3, "label": "Bad"}},
            {"severity": {"level": "FOUR", "label": "Bad"}},
        ),
        ("incident", "4", {"severity": "3"}, {"severity": {"level": "FOUR", "label": "4"}}),
        ("vulnerability", None, {"severity": "low"}, {"severity": {"level": "LOW"}}),
        ("alert", "high", {"severity": "low"}, {"priority": "P2"}),
        ("alert", None, {"priority": "p3"}, {"priority": "P3"}),
        ("alert", None, {"severity": "high"}, {}),
        ("incident", None, {"priority": "high"}, {}),
        ("incident", None, {}, {}),
        ("incident", None, {"severity": True}, {}),
        ("incident", None, {"severity": None}, {}),
        ("incident", None, {"severity": {"label": "Bad"}}, {}),
        ("incident", None, {"severity": {"level": True}}, {}),
        ("flag", "high", {"severity": "high"}, {}),
        ("build", "nonsense", {}, {}),
    ],
)  # fmt: skip
def test_a_severity_is_given_or_stands_in_properties(
    event_type: str, given: str | None, properties: dict[str, Any], fields: dict[str, Any]
) -> None:
    """What is given counts more; what the schema has to refuse is left to it."""
    assert found(event_type, given, properties) == fields


REQUIRED = "severity: it is not given. Use one of: CRITICAL, HIGH, MEDIUM, LOW."


@pytest.mark.parametrize(
    ("event_type", "given", "properties", "told"),
    [
        (
            "incident", "qqq", {},
            'severity: "qqq" is not a severity of incident events. Use one of: ONE, TWO, THREE, FOUR … '
            "(compass-event help incident has them all).",
        ),
        (
            "alert", None, {"priority": "qqq"},
            'properties: "qqq" is not a severity of alert events. Use one of: P1, P2, P3, P4 … '
            "(compass-event help alert has them all).",
        ),
        (
            "vulnerability", None, {"severity": {"level": "none"}},
            'properties: "none" is not a severity of vulnerability events. Use one of: CRITICAL, HIGH, '
            "MEDIUM, LOW.",
        ),
        ("vulnerability", None, {}, REQUIRED),
        ("vulnerability", None, {"severity": None}, REQUIRED),
        (
            "vulnerability", "critcal", {},
            'severity: "critcal" is not a severity of vulnerability events. Did you mean critical?',
        ),
    ],
)  # fmt: skip
def test_a_word_that_is_no_severity_is_told_with_where_it_stands(
    event_type: str, given: str | None, properties: dict[str, Any], told: str
) -> None:
    with pytest.raises(InputError) as raised:
        found(event_type, given, properties)
    assert [str(problem) for problem in raised.value.problems] == [told]
