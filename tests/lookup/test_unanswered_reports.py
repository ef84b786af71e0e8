"""Where Compass does not tell what an earlier report said, the event is lost and no input is wrong."""

from __future__ import annotations

import pytest

from tests.lookup.compass import NONE, Program, compass, program
from tests.lookup.stand_in import Fault, StandIn

__all__ = ["compass", "program"]

FOUND = ("--event-type", "vulnerability", "--event-id", "V1", "--state")
BEGAN = "started-at: Compass could not be asked when the vulnerability began: HTTP 503."
SEVERE = "severity: Compass could not be asked how severe the vulnerability is: HTTP 503."
START = ("--started-at", "2026-11-19T08:00:00Z")


@pytest.mark.parametrize(
    ("given", "what", "lost"),
    [
        (
            ("remediated",),
            BEGAN,
            "The event is lost: without its start and severity, outbox cannot keep it either. Give "
            "started-at and severity, and nothing has to be looked up.",
        ),
        (
            ("remediated", "--severity", "high"),
            BEGAN,
            "The event is lost: without its start, outbox cannot keep it either. Give started-at, and "
            "nothing has to be looked up.",
        ),
        (
            ("remediated", *START),
            SEVERE,
            "The event is lost: without its severity, outbox cannot keep it either. Give severity, and "
            "nothing has to be looked up.",
        ),
    ],
)
def test_what_a_vulnerability_had_and_cannot_be_asked_for_is_not_demanded(
    given: tuple[str, ...], what: str, lost: str, compass: StandIn, program: Program
) -> None:
    compass.fault = lambda asked: Fault(503) if asked.path == "/graphql" else None
    ran = program(*FOUND, *given)
    assert ran.code == 0
    assert ran.said.splitlines()[0] == "Warning: Compass could not take the event now"
    assert f"  {what}" in ran.said
    assert "it is not given" not in ran.said
    assert ran.said.endswith(lost)
    assert program(*FOUND, *given, "--on-error", "fail").code == 1
    assert compass.catalog.events == ()


@pytest.mark.parametrize("given", [("remediated",), ("open",), ("open", *START)])
def test_nor_where_its_component_could_not_be_asked_for(
    given: tuple[str, ...], compass: StandIn, program: Program
) -> None:
    compass.fault = lambda asked: Fault(503) if asked.path == "/graphql" else None
    ran = program(*FOUND, *given, "--component-slug", "shop-web", **NONE)
    assert ran.code == 0
    assert "it is not given" not in ran.said


def test_an_open_one_needs_its_severity_of_compass_and_not_its_start(
    compass: StandIn, program: Program
) -> None:
    compass.fault = lambda asked: Fault(503) if asked.path == "/graphql" else None
    ran = program(*FOUND, "open")
    assert ran.code == 0
    assert f"  {SEVERE}" in ran.said
    assert ran.said.endswith("Give severity, and nothing has to be looked up.")
    assert program(*FOUND, "open", "--severity", "low").code == 0
    assert len(compass.catalog.events) == 1


def test_a_wrong_severity_is_wrong_whoever_answers(compass: StandIn, program: Program) -> None:
    compass.fault = lambda asked: Fault(503) if asked.path == "/graphql" else None
    ran = program(*FOUND, "remediated", "--severity", "qqqq")
    assert ran.code == 2
    assert 'severity: "qqqq" is not a severity of vulnerability events.' in ran.said
