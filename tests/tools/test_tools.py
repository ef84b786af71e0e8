"""The examples for other tools, run as they stand on what those tools really send."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from compass_action.sandbox import running_sandbox
from tests.commands.program import PROGRAM, ROOT, shell

HERE = Path(__file__).parent
EXAMPLES = sorted((ROOT / "examples" / "tools").glob("*.sh"))
NOW = {"vulnerabilityStartTime"}
"""Times that are those of the call where the tool tells none."""


def run(example: Path, body: str, folder: Path) -> tuple[list[dict[str, Any]], str]:
    """Run an example; what was sent, in order, and what was said."""
    command = folder / "compass-event"
    command.write_text('#!/bin/sh\nexec {} "$@"\n'.format(" ".join(PROGRAM)))
    command.chmod(0o755)
    with running_sandbox() as sandbox:
        env = shell(sandbox.url, PATH=f"{folder}:/usr/local/bin:/usr/bin:/bin")
        done = subprocess.run(
            [str(example)], input=body, env=env, cwd=folder, capture_output=True, text=True,
            check=False, timeout=60,
        )  # fmt: skip
        sent = [json.loads(request.body) for request in sandbox.requests]
    assert done.returncode == 0, done.stderr
    return sent, done.stdout + done.stderr


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


def test_what_is_no_event_of_a_tool_sends_nothing(tmp_path: Path) -> None:
    """A note on an alert, say."""
    body = json.loads((HERE / "opsgenie.json").read_text()) | {"action": "AddNote"}
    example = ROOT / "examples" / "tools" / "opsgenie.sh"
    sent, said = run(example, json.dumps(body), tmp_path)
    assert sent == []
    assert "The file has no events." in said
