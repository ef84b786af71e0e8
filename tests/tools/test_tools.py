"""The examples for other tools, run as they stand on what those tools really send."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.commands.program import PROGRAM, ROOT, shell

HERE = Path(__file__).parent
EXAMPLES = sorted((ROOT / "examples" / "tools").glob("*.sh"))
NOW = {"vulnerabilityStartTime"}
"""Times that are those of the call where the tool tells none."""


def run(example: Path, body: str, folder: Path) -> tuple[list[dict[str, Any]], str]:
    """Run an example; what was sent, in order, and what was said."""
    with running_sandbox() as sandbox:
        said = play(example, body, folder, sandbox)
        return [json.loads(request.body) for request in sandbox.requests], said


def play(example: Path, body: str, folder: Path, sandbox: Sandbox) -> str:
    """Run an example against a sandbox; what was said."""
    command = folder / "compass-event"
    command.write_text('#!/bin/sh\nexec {} "$@"\n'.format(" ".join(PROGRAM)))
    command.chmod(0o755)
    env = shell(sandbox.url, PATH=f"{folder}:/usr/local/bin:/usr/bin:/bin")
    done = subprocess.run(
        [str(example)], input=body, env=env, cwd=folder, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def recorded(name: str) -> Any:
    """What a tool sends, as it was recorded."""
    return json.loads((HERE / f"{name}.json").read_text())


def example_of(name: str) -> Path:
    return ROOT / "examples" / "tools" / f"{name}.sh"


def described(request: dict[str, Any]) -> dict[str, Any]:
    [(kind, event)] = request["event"].items()
    return {
        "type": kind,
        "displayName": event["displayName"],
        "url": event["url"],
        "part": event[f"{kind}Properties"],
    }


def test_every_tool_has_an_example() -> None:
    names = {path.stem for path in EXAMPLES}
    assert names == {
        "pagerduty", "opsgenie", "statuspage", "grafana", "snyk", "trivy", "dependabot", "launchdarkly"
    }  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_sends_what_the_tool_says(example: Path, tmp_path: Path) -> None:
    body = (HERE / f"{example.stem}.json").read_text()
    expected = json.loads((HERE / f"{example.stem}.expected.json").read_text())
    sent, said = run(example, body, tmp_path)
    found = [described(request) for request in sent]
    for event, wanted in zip(found, expected, strict=True):
        for name in (NOW | {"remediationTime"}) - set(wanted["part"]):
            event["part"].pop(name, None)
    assert found == expected
    assert "accepted" in said


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_that_runs_again_moves_no_start(example: Path, tmp_path: Path) -> None:
    """Every scan and every webhook tells of the same thing again."""
    body = (HERE / f"{example.stem}.json").read_text()
    with running_sandbox() as sandbox:
        play(example, body, tmp_path, sandbox)
        play(example, body, tmp_path, sandbox)
        assert len(sandbox.requests) == 2 * len(sandbox.feed()["events"])
        assert [problem.says for problem in sandbox.problems()] == []


FLAG = recorded("launchdarkly")
ACCESS = FLAG["accesses"][0]
NO_EVENTS = [
    ("opsgenie", recorded("opsgenie") | {"action": "AddNote"}),
    ("pagerduty", {"event": {
        "event_type": "incident.annotated", "resource_type": "incident",
        "occurred_at": "2026-01-31T01:25:00.169Z",
        "data": {"id": "P2LA89X", "type": "incident_note", "content": "looking",
                 "incident": {"id": "PGR0VU2", "type": "incident_reference"}}}}),
    ("pagerduty", {"event": {"event_type": "service.updated", "resource_type": "service",
                             "data": {"id": "PF9KMXH", "type": "service"}}}),
    ("statuspage", {"page": {"id": "j2mfxwj97wnj"}, "component_update": {"new_status": "operational"},
                    "component": {"id": "rb5wg14y8r62", "status": "operational"}}),
    ("statuspage", {"incident": recorded("statuspage")["incident"] | {
        "status": "scheduled", "impact": "maintenance", "resolved_at": None}}),
    ("statuspage", {"incident": recorded("statuspage")["incident"] | {
        "status": "in_progress", "impact": "minor", "resolved_at": None}}),
    ("statuspage", {"incident": recorded("statuspage")["incident"] | {"impact": "maintenance"}}),
    ("grafana", {"alerts": [recorded("grafana")["alerts"][0] | {
        "labels": {"alertname": "TestAlert", "instance": "Grafana"}, "generatorURL": ""}]}),
    ("snyk", {"vulnerabilities": [{"id": "snyk:lic:npm:x:GPL-3.0", "type": "license",
                                   "title": "GPL-3.0 license", "severity": "high"}]}),
    ("snyk", [{"vulnerabilities": [], "ok": True}, {"vulnerabilities": [], "ok": True}]),
    ("trivy", {"SchemaVersion": 2}),
    ("dependabot", []),
    ("launchdarkly", FLAG | {"accesses": [ACCESS | {"action": "updateName"}],
                             "titleVerb": "changed the name of the flag"}),
    ("launchdarkly", FLAG | {"accesses": [ACCESS | {"action": "updateGlobalArchived"}],
                             "titleVerb": "restored the flag"}),
    ("launchdarkly", FLAG | {"kind": "environment"}),
]  # fmt: skip
"""What a tool sends that is no event: a note, a maintenance, a test, a new name."""


@pytest.mark.parametrize(("name", "body"), NO_EVENTS)
def test_what_is_no_event_of_a_tool_sends_nothing(name: str, body: Any, tmp_path: Path) -> None:
    sent, said = run(example_of(name), json.dumps(body), tmp_path)
    assert sent == []
    assert "The file has no events." in said


def priority(name: str | None) -> Any:
    event = recorded("pagerduty")["event"]
    given = name and {"id": "PSO75BM", "type": "priority_reference", "summary": name}
    return {"event": event | {"data": event["data"] | {"priority": given}}}


def labelled(severity: str) -> Any:
    alert = recorded("grafana")["alerts"][0]
    return {"alerts": [alert | {"labels": {"alertname": "High CPU", "severity": severity}}]}


def changed(*actions: str, title: str = "updated the flag") -> Any:
    accesses = [ACCESS | {"action": action} for action in actions]
    return FLAG | {"accesses": accesses, "titleVerb": title}


@pytest.mark.parametrize(
    ("name", "body", "part"),
    [
        ("pagerduty", priority("P2 - High"), {"severity": {"label": "P2 - High", "level": "TWO"}}),
        ("pagerduty", priority("SEV-1"), {"severity": {"label": "SEV-1", "level": "ONE"}}),
        ("pagerduty", priority("Notfall"), {"severity": {"label": "high", "level": "TWO"}}),
        ("pagerduty", priority(None), {"severity": {"label": "high", "level": "TWO"}}),
        ("grafana", labelled("page"), {"priority": "P1"}),
        ("grafana", labelled("ticket"), {"priority": "P3"}),
        ("grafana", labelled("none"), {"priority": "P5"}),
        ("snyk", [recorded("snyk"), {"vulnerabilities": []}], {"id": "SNYK-JS-LODASH-590103"}),
        ("launchdarkly", changed("updateTags", "updateRules"), {"status": "targeting_updated"}),
        ("launchdarkly", changed("updateGlobalArchived", title="archived the flag"),
         {"status": "archived"}),
        ("launchdarkly", FLAG | {"accesses": [{
            "action": "deleteFlag", "resource": "proj/default:env/*:flag/new-checkout;beta,web"}],
            "titleVerb": "deleted the flag"}, {"id": "new-checkout", "status": "deleted"}),
    ],
)  # fmt: skip
def test_what_people_call_things_is_understood(
    name: str, body: Any, part: dict[str, Any], tmp_path: Path
) -> None:
    sent, _ = run(example_of(name), json.dumps(body), tmp_path)
    [request] = sent
    assert described(request)["part"].items() >= part.items()
