"""The sandbox answers what the program asks: its check-up, verify, what is read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from compass_action.main import main
from compass_action.sandbox import Sandbox, running_sandbox
from tests.building import ARI

ENV = {
    "COMPASS_COMPONENT_ID": ARI,
    "COMPASS_EMAIL": "ada@acme.example",
    "COMPASS_API_TOKEN": "correct-horse-battery-staple",
    "COMPASS_URL": "https://ci.acme.example/7",
    "COMPASS_EXTERNAL_EVENT_SOURCE_ID": "https://github.com/acme/shop",
}
INCIDENT = ("--event-type", "incident", "--properties", "id: 7")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(components=[ARI]) as running:
        yield running


@pytest.fixture
def env(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.chdir(tmp_path)
    return ENV | {"COMPASS_API_URL": sandbox.url}


def test_the_check_up_is_answered(env: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *INCIDENT, "--state", "open"], env) == 0
    said = "".join(capsys.readouterr())
    assert "site: ok. " in said
    assert "component: ok. c34578a8-98c2-43e3-8b47-ee9b4fe598e4, SERVICE" in said


def test_an_incident_is_opened_and_ended_and_counts(
    env: dict[str, str], sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its start is read back."""
    opened = ("--started-at", "2026-11-25T10:00:00Z", "--state", "open")
    assert main([*INCIDENT, *opened], env) == 0
    assert main([*INCIDENT, "--state", "resolved", "--verify"], env) == 0
    assert "verify: Compass shows the incident as RESOLVED." in "".join(capsys.readouterr())
    [shown] = sandbox.feed()["events"]
    assert shown["event"]["incidentProperties"]["startTime"] == "2026-11-25T10:00:00Z"


def test_who_has_no_credentials_is_told_nothing(sandbox: Sandbox) -> None:
    answer = requests.post(f"{sandbox.url}/graphql", json={"query": "{ __typename }"}, timeout=5)
    assert answer.status_code == 401


@pytest.mark.parametrize("body", ["", "[]", '{"query": "{ nonsense }"}', '{"variables": 7}'])
def test_a_question_that_is_none_is_refused(body: str, sandbox: Sandbox) -> None:
    auth = ("ada@acme.example", "token")
    answer = requests.post(f"{sandbox.url}/gateway/api/graphql", data=body, auth=auth, timeout=5)
    assert answer.status_code in (200, 400)
    assert json.loads(answer.text)["errors"]
