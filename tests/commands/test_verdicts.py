"""What `verify` tells machines, and what it calls an event of each type."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from compass_action.commands import verify
from compass_action.commands.verify import Sent
from compass_action.lookup import events
from compass_action.lookup.sought import Sought
from tests.building import ARI
from tests.commands.program import ROOT
from tests.lookup.compass import BUILD, Program, compass, program
from tests.lookup.stand_in import Fault, StandIn

__all__ = ["compass", "program"]

SCHEMA = json.loads((ROOT / "docs" / "output.schema.json").read_text())
NOT_YET = (
    "Compass does not show the build yet. Look at the component's page in some minutes; if it is not "
    "there then, the event source may be detached."
)


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compass is asked twice, and at once."""
    monkeypatch.setattr(events, "WAITS_SECONDS", (0.01, 0.01))


def told(program: Program, *argv: str, code: int = 0, **env: str) -> dict[str, Any]:
    """The one JSON object of a run, which has to satisfy the schema."""
    ran = program(*argv, "--json", **env)
    assert ran.code == code, ran.said
    [line] = [line for line in ran.said.splitlines() if line.startswith("{")]
    found: dict[str, Any] = json.loads(line)
    Draft202012Validator(SCHEMA).validate(found)
    return found


def verdict(counts: bool | None, text: str) -> dict[str, Any]:
    return {"component-id": ARI, "event-type": "build", "counts": counts, "text": text}


def test_machines_are_told_whether_the_event_counts(compass: StandIn, program: Program) -> None:
    missing = told(program, "verify", *BUILD, code=1)
    assert (missing["outcome"], missing["verdicts"]) == ("failed", [verdict(False, NOT_YET)])
    program(*BUILD)
    counted = told(program, "verify", *BUILD)
    text = "Compass shows the build as SUCCESSFUL."
    assert (counted["outcome"], counted["verdicts"]) == ("accepted", [verdict(True, text)])
    assert (counted["outputs"]["state"], counted["outputs"]["pipeline-id"]) == ("SUCCESSFUL", "b/7")
    assert counted["receipts"] == []


def test_a_fault_while_asking_leaves_what_was_accepted_as_it_is(
    compass: StandIn, program: Program, monkeypatch: pytest.MonkeyPatch, faults_of_ours: None
) -> None:
    monkeypatch.setattr(verify, "confirm", lambda *_: 1 // 0)
    ran = program(*BUILD, COMPASS_VERIFY="true", COMPASS_ON_ERROR="fail")
    assert ran.code == 0
    assert "accepted by Compass" in ran.said
    assert (
        "Whether it counts is not known: a fault of Compass Event itself (ZeroDivisionError"
        in ran.said
    )


def test_who_could_not_be_asked_has_told_neither(compass: StandIn, program: Program) -> None:
    compass.fault = lambda asked: Fault(503) if asked.path.endswith("/graphql") else None
    found = told(program, "verify", *BUILD, code=1)
    assert found["outcome"] == "failed"
    assert found["verdicts"] == [verdict(None, "Compass could not be asked: HTTP 503.")]


def test_of_a_pull_request_there_is_no_verdict(compass: StandIn, program: Program) -> None:
    request = ("--event-type", "pull-request", "--event-id", "4", "--state", "open", "--properties")
    addresses = "{repoUrl: https://g.example/s, pullRequestUrl: https://g.example/s/4}"
    found = told(program, "verify", *request, addresses, code=1)
    assert found["outcome"] == "failed"
    assert "verdicts" not in found


def test_the_input_leaves_the_verdict_beside_the_receipt(
    compass: StandIn, program: Program
) -> None:
    compass.takes = False
    found = told(program, *BUILD, "--verify")
    assert found["outcome"] == "accepted"
    assert [receipt["outcome"] for receipt in found["receipts"]] == ["accepted"]
    assert found["verdicts"] == [verdict(False, NOT_YET)]


def test_what_earlier_jobs_have_left_stays(compass: StandIn, program: Program) -> None:
    """On GitLab a job's outputs and its record are one file."""
    left = program.folder / "compass-event.env"
    left.write_text("COMPASS_TRACKED={}\n")
    gitlab = {"GITLAB_CI": "true", "CI_PROJECT_DIR": str(program.folder)}
    assert program("verify", *BUILD, **gitlab).code == 1
    assert left.read_text() == "COMPASS_TRACKED={}\n"


@pytest.mark.parametrize(
    "given",
    [
        ("--event-type", "incident", "--event-id", "R1", "--state", "resolved"),
        ("--event-type", "vulnerability", "--event-id", "V1", "--state", "fixed", "--severity", "low"),
        BUILD,
    ],
)  # fmt: skip
def test_how_long_it_took_is_not_made_up(given: tuple[str, ...], program: Program) -> None:
    """The end that nobody gave would be the moment of asking."""
    ran = program("verify", *given)
    assert ran.code == 1
    assert "took" not in ran.said


@pytest.mark.parametrize(
    ("event_type", "noun"),
    [
        ("deployment", "deployment"),
        ("build", "build"),
        ("incident", "incident"),
        ("flag", "flag"),
        ("alert", "alert"),
        ("lifecycle", "lifecycle event"),
        ("custom", "custom event"),
        ("push", "push event"),
        ("pullRequest", "pull request"),
        ("vulnerability", "vulnerability"),
    ],
)
def test_an_event_is_called_by_a_noun(event_type: str, noun: str) -> None:
    sent = Sent(Sought(event_type, "cloud", ARI, "source", ("7",)), 7, None)
    assert verify.judge(sent, None).text.startswith(f"Compass does not show the {noun} yet. ")
