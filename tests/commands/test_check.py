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
    """Each value with its source; the request as it would be sent, but for the credentials."""
    assert main(["check", "--offline", "--display-name", "Two\nlines"], env) == 0
    said = capsys.readouterr().out
    lines = [line for line in said.splitlines() if not line.startswith("::add-mask::")]
    assert f"component-id: {ARI}  (INPUT_COMPONENT-ID)" in lines
    assert "api-token: ***  (INPUT_API-TOKEN)" in lines
    assert "site: acme  (INPUT_SITE)" in lines
    assert "display-name: Two lines  (--display-name)" in lines
    request = lines.index("POST https://acme.atlassian.net/gateway/api/compass/v1/events")
    assert lines[request + 1 : request + 4] == [
        "Authorization: Basic ***",
        "Content-Type: application/json",
        "",
    ]
    assert json.loads(lines[request + 4])["event"]["build"]["displayName"] == "Two lines"
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
