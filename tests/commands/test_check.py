"""Checking shows what would be sent, and where each value comes from; nothing is sent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compass_action.main import main
from tests.building import ARI
from tests.recorded import read_recording

TOKEN = "correct-horse-battery"
GIVEN = {
    "INPUT_COMPONENT-ID": ARI,
    "INPUT_EMAIL": "a@acme.example",
    "INPUT_API-TOKEN": TOKEN,
    "INPUT_SITE": "acme",
    "GITHUB_STEP_SUMMARY": "",
    "GITHUB_STATE": "",
}


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return read_recording("github-push") | GIVEN | {"GITHUB_OUTPUT": str(tmp_path / "output")}


def test_the_values_and_the_request_are_shown(
    env: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each value with its source; the request, readably, without the credentials."""
    assert main(["check", "--offline", "--display-name", "Two\nlines"], env) == 0
    said = capsys.readouterr().out
    lines = [line for line in said.splitlines() if not line.startswith("::add-mask::")]
    sources = {line.partition(" ")[0]: line.rsplit("  ", 1)[-1] for line in lines}
    assert sources["componentId"] == "INPUT_COMPONENT-ID"
    assert sources["displayName"] == "--display-name"
    assert sources["cloudId"] == "the component's ARI"
    assert any(line.startswith("displayName  ") and "  Two lines  " in line for line in lines)
    request = lines.index("POST https://acme.atlassian.net/gateway/api/compass/v1/events")
    assert lines[request + 1 : request + 4] == [
        "Authorization: Basic ***",
        "Content-Type: application/json",
        "",
    ]
    end = lines.index("}", request)
    shown = json.loads("\n".join(lines[request + 4 : end + 1]))
    assert shown["event"]["build"]["displayName"] == "Two lines"
    assert lines[-1] == (
        "valid; would be sent to https://acme.atlassian.net/gateway/api/compass/v1/events; not tried"
    )
    assert TOKEN not in "".join(lines)
    assert "\ndry-run\n" in (tmp_path / "output").read_text()


def test_a_dry_run_shows_the_request_and_needs_no_site(
    env: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    less = {"INPUT_SITE": "", "INPUT_EMAIL": "", "INPUT_API-TOKEN": ""}
    assert main([], env | less | {"INPUT_DRY-RUN": "true"}) == 0
    said = capsys.readouterr().out
    assert "POST https://SITE.atlassian.net/gateway/api/compass/v1/events\n" in said
    assert "component-id: " not in said


def test_a_check_says_what_misses_for_sending(
    env: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """All at once; what is not even readable is told once, and not as missing too."""
    assert main(["check", "--email", "ada"], env | {"INPUT_API-TOKEN": "", "INPUT_SITE": ""}) == 2
    said = capsys.readouterr().out
    assert [name for name in ("site: ", "email: ", "api-token: ") if name not in said] == []
    assert "email: it is not given" not in said


def test_what_stands_in_for_an_unknown_repository_is_the_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On no known CI system: not every input without which nothing would be sent."""
    inputs = {
        "component-id": ARI,
        "environment": "uat",
        "state": "0",
        "pipeline-id": "ci/1",
        "sequence-number": "4",
        "started-at": "2026-11-26T01:00:00Z",
        "url": "https://ci.example/1",
        "external-event-source-id": "https://git.example/shop",
        "email": "a@acme.example",
    }
    options = [f"--{name}={value}" for name, value in inputs.items()]
    assert main(["check", "--offline", *options], {}) == 0
    lines = capsys.readouterr().out.splitlines()
    sources = {line.partition(" ")[0]: line.rsplit("  ", 1)[-1] for line in lines}
    assert sources["displayName"] == "--external-event-source-id, --environment"
    assert sources["pipeline.displayName"] == "--external-event-source-id"
    assert sources["state"] == "--state"
    assert sources["environment.category"] == 'the word "uat" in the name'
