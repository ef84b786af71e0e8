"""What is ended without its start: the start is read back from Compass."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from compass_action.sandbox.graphql import Known
from tests.building import ARI
from tests.lookup.compass import Program, compass, program
from tests.lookup.stand_in import StandIn

__all__ = ["compass", "program"]

ROOT = Path(__file__).parents[2]
SOURCE = "https://github.com/acme/shop"
INCIDENT = ("--event-type", "incident", "--state", "resolved", "--properties", "id: INC-7")


def known(kind: str, part_name: str, part: dict[str, Any], number: int = 1) -> Known:
    """An event that Compass shows already."""
    body = {
        "displayName": "it",
        "lastUpdated": "2026-11-25T10:00:00Z",
        "externalEventSourceId": SOURCE,
        "updateSequenceNumber": number,
        part_name: part,
    }
    return Known(ARI, kind, body)


OPENED = known(
    "incident",
    "incidentProperties",
    {
        "id": "INC-7",
        "state": "OPEN",
        "startTime": "2026-11-25T10:00:00Z",
        "severity": {"label": "SEV2", "level": "TWO"},
    },
)
FOUND = known(
    "vulnerability",
    "vulnerabilityProperties",
    {
        "id": "CVE-1",
        "state": "OPEN",
        "vulnerabilityStartTime": "2026-11-20T10:00:00Z",
        "severity": {"level": "HIGH"},
    },
)
BUILD = known(
    "build",
    "buildProperties",
    {
        "state": "IN_PROGRESS",
        "startedAt": "2026-11-25T10:00:00Z",
        "pipeline": {"pipelineId": "b/7"},
    },
)
DEPLOYMENT = known(
    "deployment",
    "deploymentProperties",
    {
        "state": "IN_PROGRESS",
        "startedAt": "2026-11-25T10:00:00Z",
        "sequenceNumber": 7,
        "pipeline": {"pipelineId": "shop"},
        "environment": {
            "environmentId": "production",
            "displayName": "Live",
            "category": "PRODUCTION",
        },
    },
    number=4_000_000_000_000,
)


def shown(server: StandIn, kind: str) -> dict[str, Any]:
    """The body of the one event of this type that Compass shows."""
    [found] = [event for event in server.catalog.events if event.event_type == kind]
    return dict(found.body)


def show(server: StandIn, *events: Known) -> None:
    server.catalog = server.catalog._replace(events=events)


def test_an_incident_is_ended_with_the_start_and_severity_it_had(
    compass: StandIn, program: Program
) -> None:
    show(compass, OPENED)
    ran = program(*INCIDENT)
    assert ran.code == 0
    assert "The incident began at 2026-11-25T10:00:00Z, as Compass shows it." in ran.said
    part = shown(compass, "incident")["incidentProperties"]
    assert part["state"] == "RESOLVED"
    assert part["startTime"] == "2026-11-25T10:00:00Z"
    assert part["severity"] == {"label": "SEV2", "level": "TWO"}


def test_a_vulnerability_is_ended_likewise(compass: StandIn, program: Program) -> None:
    show(compass, FOUND)
    asked = ("--event-type", "vulnerability", "--state", "declined", "--properties", "id: CVE-1")
    assert program(*asked).code == 0
    part = shown(compass, "vulnerability")["vulnerabilityProperties"]
    assert part["vulnerabilityStartTime"] == "2026-11-20T10:00:00Z"
    assert part["severity"] == {"level": "HIGH"}


def test_what_the_user_gives_is_not_looked_up(compass: StandIn, program: Program) -> None:
    show(compass, OPENED)
    ran = program(*INCIDENT, "--started-at", "2026-11-24T10:00:00Z")
    assert ran.code == 0
    assert compass.operations == []
    assert shown(compass, "incident")["incidentProperties"]["startTime"] == "2026-11-24T10:00:00Z"


def test_a_given_severity_stays(compass: StandIn, program: Program) -> None:
    show(compass, OPENED)
    properties = "{id: INC-7, severity: {level: ONE}}"
    assert program(*INCIDENT[:4], "--properties", properties).code == 0
    part = shown(compass, "incident")["incidentProperties"]
    assert part["severity"] == {"level": "ONE"}
    assert part["startTime"] == "2026-11-25T10:00:00Z"


def test_an_incident_that_compass_does_not_show_needs_its_start(
    compass: StandIn, program: Program
) -> None:
    ran = program(*INCIDENT)
    assert ran.code == 2
    assert "started-at: it is not given." in ran.said
    assert compass.catalog.events == ()


def test_an_incident_of_another_id_is_another_one(compass: StandIn, program: Program) -> None:
    show(
        compass,
        known("incident", "incidentProperties", {**OPENED.body["incidentProperties"], "id": "8"}),
    )
    assert program(*INCIDENT).code == 2


def test_a_build_that_another_machine_began_is_ended_with_its_start(
    compass: StandIn, program: Program
) -> None:
    show(compass, BUILD)
    ran = program("--event-type", "build", "--state", "success", "--pipeline-id", "b/7")
    assert ran.code == 0
    part = shown(compass, "build")["buildProperties"]
    assert (part["state"], part["startedAt"]) == ("SUCCESSFUL", "2026-11-25T10:00:00Z")
    assert part["completedAt"]


def test_a_deployment_keeps_its_environment_and_its_number_rises(
    compass: StandIn, program: Program
) -> None:
    """Also above a number that a clock far ahead has written within a day; this one is further."""
    show(compass, DEPLOYMENT._replace(body={**DEPLOYMENT.body, "updateSequenceNumber": 1}))
    asked = ("--environment", "production", "--pipeline-id", "shop", "--sequence-number", "7")
    assert program(*asked, "--state", "success").code == 0
    body = shown(compass, "deployment")
    assert body["deploymentProperties"]["startedAt"] == "2026-11-25T10:00:00Z"
    assert body["deploymentProperties"]["environment"]["displayName"] == "Live"
    assert body["updateSequenceNumber"] > 1


def test_a_deployment_of_another_number_is_another_one(compass: StandIn, program: Program) -> None:
    show(compass, DEPLOYMENT)
    asked = ("--environment", "production", "--pipeline-id", "shop", "--sequence-number", "8")
    assert program(*asked, "--state", "success").code == 0
    [_, ours] = compass.catalog.events
    assert "startedAt" not in ours.body["deploymentProperties"]


@pytest.mark.parametrize("state", ["running", "success"])
def test_what_begins_or_has_its_start_asks_nothing(
    state: str, compass: StandIn, program: Program
) -> None:
    ran = program(
        "--event-type", "build", "--state", state, "--pipeline-id", "b/7",
        "--started-at", "2026-11-25T10:00:00Z",
    )  # fmt: skip
    assert ran.code == 0
    assert compass.operations == []


def test_an_event_far_down_is_found_on_a_later_page(compass: StandIn, program: Program) -> None:
    others = [
        known("incident", "incidentProperties", {**OPENED.body["incidentProperties"], "id": str(n)})
        for n in range(120)
    ]
    show(compass, OPENED, *others)
    assert program(*INCIDENT).code == 0
    assert compass.operations == ["EventsOfSource"] * 3


def test_where_the_source_is_not_known_the_component_is_asked(
    compass: StandIn, program: Program
) -> None:
    """The incident was opened under another event source, by its own program."""
    show(compass, OPENED._replace(body={**OPENED.body, "externalEventSourceId": "pager"}))
    assert program(*INCIDENT).code == 0
    assert compass.operations == ["EventsOfSource", "EventsOfComponent"]


def test_a_job_whose_record_would_be_at_hand_asks_nothing(
    compass: StandIn, program: Program
) -> None:
    """A build under the id that a job of GitHub has by itself was begun there or nowhere."""
    env = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_RUN_ID": "7",
        "GITHUB_JOB": "test",
    }
    ran = program("--state", "success", **env)
    assert ran.code == 0
    assert compass.operations == []


GOOD = """
import sys
from compass_action.main import main
main([], {
    "COMPASS_COMPONENT_ID": sys.argv[1], "COMPASS_DRY_RUN": "true", "COMPASS_STATE": "success",
    "COMPASS_STARTED_AT": "2026-11-25T10:00:00Z", "COMPASS_PIPELINE_ID": "b/7",
    "COMPASS_URL": "https://ci.acme.example/7", "COMPASS_EXTERNAL_EVENT_SOURCE_ID": "https://a.example",
})
print("modules:", *sorted(sys.modules))
"""


def test_a_run_that_lacks_nothing_does_not_even_import_the_look_ups() -> None:
    """Start cost matters in every job."""
    done = subprocess.run(
        [sys.executable, "-c", GOOD, ARI], cwd=ROOT, capture_output=True, text=True, check=True
    )
    said, _, modules = done.stdout.partition("modules: ")
    assert '"pipelineId": "b/7"' in said.replace('":"', '": "')
    assert [name for name in modules.split() if "lookup" in name] == []
    assert "requests" not in modules.split()
    assert "compass_action.connection.exchange" not in modules.split()
