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


BUILD = (
    "--event-type", "build", "--state", "success", "--pipeline-id", "b/7", "--component-id", ARI,
    "--started-at", "2026-11-25T10:00:00Z", "--completed-at", "2026-11-25T10:01:00Z",
    "--last-updated", "2026-11-25T10:01:00Z", "--update-sequence-number", "7", "--display-name", "CI",
    "--url", "https://ci.example/7", "--external-event-source-id", "shop",
)  # fmt: skip
ENDPOINT = "https://SITE.atlassian.net/gateway/api/compass/v1/events"


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No checkout, which would tell its commit."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("nowhere")
def test_the_whole_check_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Three columns, as wide as they have to be; of an ARI the last part."""
    assert main(["check", "--offline", *BUILD], {}) == 0
    assert capsys.readouterr() == (
        f"""\
build SUCCESSFUL "CI"
took 1 min, component c34578a8-98c2-43e3-8b47-ee9b4fe598e4
event type             build                                 --event-type
componentId            c34578a8-98c2-43e3-8b47-ee9b4fe598e4  --component-id
cloudId                a5fd7e86-1037-4957-88e1-656b1179d617  the component's ARI
displayName            CI                                    --display-name
description            build                                 default
url                    https://ci.example/7                  --url
externalEventSourceId  shop                                  --external-event-source-id
lastUpdated            2026-11-25T10:01:00Z                  --last-updated
updateSequenceNumber   7                                     --update-sequence-number
state                  SUCCESSFUL                            --state
pipeline.pipelineId    b/7                                   --pipeline-id
pipeline.displayName   b/7                                   --pipeline-id
pipeline.url           https://ci.example/7                  --url
startedAt              2026-11-25T10:00:00Z                  --started-at
completedAt            2026-11-25T10:01:00Z                  --completed-at
POST {ENDPOINT}
Authorization: Basic ***
Content-Type: application/json

{{
  "cloudId": "a5fd7e86-1037-4957-88e1-656b1179d617",
  "componentId": "{ARI}",
  "event": {{
    "build": {{
      "displayName": "CI",
      "description": "build",
      "url": "https://ci.example/7",
      "externalEventSourceId": "shop",
      "lastUpdated": "2026-11-25T10:01:00Z",
      "updateSequenceNumber": 7,
      "buildProperties": {{
        "state": "SUCCESSFUL",
        "pipeline": {{
          "pipelineId": "b/7",
          "displayName": "b/7",
          "url": "https://ci.example/7"
        }},
        "startedAt": "2026-11-25T10:00:00Z",
        "completedAt": "2026-11-25T10:01:00Z"
      }}
    }}
  }}
}}
Note: To send it, these inputs are missing: site, email, api-token.
valid; would be sent to {ENDPOINT}; not tried
""",
        "",
    )


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(
    ("name", "shown"), [("x" * 72, "x" * 72), ("x" * 73, "x" * 71 + "…"), ("a/b \n c", "a/b c")]
)
def test_a_long_value_is_cut_in_the_table(
    name: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--offline", *BUILD, "--display-name", name], {}) == 0
    [line] = [x for x in capsys.readouterr().out.splitlines() if x.startswith("displayName ")]
    assert line.split("  ")[-2 if len(shown) > 70 else -1].strip() in (shown, "--display-name")
    assert f"  {shown} " in line


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(
    ("more", "note"),
    [
        (("--email", "a@acme.example"), "site, api-token"),
        (("--site", "acme", "--email", "a@acme.example"), "api-token"),
        (("--site", "acme", "--email", "a@acme.example", "--api-token", "correct-horse"), ""),
        (("--dry-run",), "site, email, api-token"),
    ],
)
def test_what_sending_lacks_is_a_note(
    more: tuple[str, ...], note: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--offline", *BUILD, *more], {}) == 0
    out = capsys.readouterr().out
    expected = [f"Note: To send it, these inputs are missing: {note}."] if note else []
    assert [line for line in out.splitlines() if "missing" in line] == expected


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(
    ("more", "wheres"),
    [
        (("--email", "ada"), ["site", "email", "api-token"]),
        (("--api-url", "ftp://x"), ["api-url", "email", "api-token"]),
    ],
)
def test_what_is_wrong_with_the_account_is_told_with_what_is_missing(
    more: tuple[str, ...], wheres: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Also of what a dry run would do without."""
    assert main(["check", "--offline", *BUILD, *more], {}) == 2
    err = capsys.readouterr().err.splitlines()
    assert [line.strip().partition(":")[0] for line in err[1:]] == wheres


@pytest.mark.usefixtures("nowhere")
def test_a_dry_run_asks_nobody_and_a_check_does_where_it_can(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = "Note: Compass was not asked: that needs site, email and api-token."
    for more, said in (((), True), (("--dry-run",), False), (("--offline",), False)):
        assert main(["check", *BUILD, *more], {}) == 0
        assert (asked in capsys.readouterr().out) is said


@pytest.mark.usefixtures("nowhere")
def test_what_did_not_happen_is_not_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--offline", *BUILD, "--state", "skipped"], {}) == 0
    assert capsys.readouterr().out.startswith("Note: Nothing was sent: ")


def test_a_tracked_job_is_checked_as_begun(
    env: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--offline", "--json", "--track"], env) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["outputs"]["state"] == "IN_PROGRESS"
    assert found["outcome"] == "dry-run"
    assert found["requests"][0]["event"]["build"]["buildProperties"]["state"] == "IN_PROGRESS"
    assert "checks" not in found
