"""What is reported open again keeps the start that it had."""

from __future__ import annotations

import pytest

from tests.lookup.compass import GITHUB, Program, compass, program
from tests.lookup.stand_in import Fault, StandIn
from tests.lookup.test_read_back import FOUND, OPENED, show, shown

__all__ = ["compass", "program"]

INCIDENT = ("--event-type", "incident", "--event-id", "INC-7", "--state", "acknowledged")
SCANNED = ("--event-type", "vulnerability", "--event-id", "CVE-1", "--state", "open")


def test_an_incident_keeps_its_start_and_severity(compass: StandIn, program: Program) -> None:
    show(compass, OPENED)
    ran = program(*INCIDENT)
    assert ran.code == 0
    assert "The incident began at 2026-11-25T10:00:00Z, as Compass shows it." in ran.said
    assert "No start was given" not in ran.said
    part = shown(compass, "incident")["incidentProperties"]
    assert part["startTime"] == "2026-11-25T10:00:00Z"
    assert part["severity"] == {"label": "SEV2", "level": "TWO"}


def test_a_vulnerability_keeps_its_start_and_takes_a_new_severity(
    compass: StandIn, program: Program
) -> None:
    show(compass, FOUND)
    assert program(*SCANNED, "--severity", "critical").code == 0
    part = shown(compass, "vulnerability")["vulnerabilityProperties"]
    assert part["vulnerabilityStartTime"] == "2026-11-20T10:00:00Z"
    assert part["severity"] == {"level": "CRITICAL"}


@pytest.mark.parametrize(
    ("state", "given", "start"),
    [
        ("open", (), "2026-11-20T10:00:00Z"),
        ("open", ("--started-at", "2026-11-19T08:00:00Z"), "2026-11-19T08:00:00Z"),
        ("remediated", ("--started-at", "2026-11-19T08:00:00Z"), "2026-11-19T08:00:00Z"),
        ("remediated", (), "2026-11-20T10:00:00Z"),
    ],
)
def test_a_vulnerability_keeps_its_severity(
    state: str, given: tuple[str, ...], start: str, compass: StandIn, program: Program
) -> None:
    """Also one whose start is given; then that counts, and nothing else is said of it."""
    show(compass, FOUND)
    ran = program(*SCANNED[:5], state, *given)
    assert ran.code == 0, ran.said
    part = shown(compass, "vulnerability")["vulnerabilityProperties"]
    assert part["severity"] == {"level": "HIGH"}
    assert part["vulnerabilityStartTime"] == start
    assert ("as Compass shows it" in ran.said) is (not given)


def test_a_vulnerability_that_compass_does_not_show_needs_its_severity(
    compass: StandIn, program: Program
) -> None:
    ran = program(*SCANNED)
    assert ran.code == 2
    assert "severity: it is not given." in ran.said
    assert compass.operations == ["EventsOfSource", "EventsOfComponent"]


@pytest.mark.parametrize("state", ["open", "resolved"])
def test_a_given_severity_has_its_own_label(state: str, compass: StandIn, program: Program) -> None:
    """Not that of the level it had."""
    show(compass, OPENED)
    assert program(*INCIDENT[:5], state, "--severity", "SEV1").code == 0
    part = shown(compass, "incident")["incidentProperties"]
    assert part["severity"] == {"label": "SEV1", "level": "ONE"}


def test_what_is_opened_for_the_first_time_starts_now(compass: StandIn, program: Program) -> None:
    ran = program(*INCIDENT, "--json")
    assert ran.code == 0
    assert "No start was given, so the incident starts now, " in ran.said
    start = shown(compass, "incident")["incidentProperties"]["startTime"]
    assert f'"started-at": "{start}"' in ran.said
    assert compass.operations == ["EventsOfSource", "EventsOfComponent"]


def test_with_a_start_nobody_is_asked(compass: StandIn, program: Program) -> None:
    show(compass, OPENED)
    assert program(*INCIDENT, "--started-at", "2026-11-24T10:00:00Z").code == 0
    assert compass.operations == []
    assert shown(compass, "incident")["incidentProperties"]["startTime"] == "2026-11-24T10:00:00Z"


def test_a_compass_that_cannot_be_asked_keeps_nobody_from_opening(
    compass: StandIn, program: Program
) -> None:
    compass.fault = lambda asked: Fault(503) if asked.path == "/graphql" else None
    ran = program(*INCIDENT)
    assert ran.code == 0
    assert "Note: Compass could not be asked when the incident began: HTTP 503." in ran.said
    assert shown(compass, "incident")["incidentProperties"]["state"] == "OPEN"


def test_the_job_is_none_of_an_incident_s_business(compass: StandIn, program: Program) -> None:
    """Its start is not asked for, nor is advice given how to."""
    ran = program(*INCIDENT, **GITHUB)
    assert ran.code == 0
    assert "when the job began" not in ran.said
