"""A token that stands in a file comes no further: not to Compass, nor into a log, an output or the outbox.

Compass can delete no event, so a whole one is refused wherever it is read; of a part there are stars.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from compass_action.delivery import outbox
from compass_action.errors import EventError
from compass_action.event.event import Event
from compass_action.sandbox import Sandbox, running_sandbox
from compass_action.schemas import Payload, validate
from compass_action.text import secrets_of
from tests.program.steps import Job, Ran
from tests.recorded import TESTS

TOKEN = "ATATT3xFfGF0" + "".join(chr(97 + n * n % 23) + str(n * 7 % 10) for n in range(90))
RUNS = {TOKEN[at : at + 16] for at in range(len(TOKEN) - 15)}
PART = TOKEN[40:140]
GIVEN_IN = "it holds the API token. Take it out: only api-token is for it."
TAKE_OUT = "it holds a token. Take it out: only api-token and host-token are for one."


def is_shown(ran: Ran, sandbox: Sandbox, folder: Path) -> bool:
    """Whether a run of the token's characters has come out anywhere."""
    lines = [line for line in ran.log.splitlines() if not line.startswith("::add-mask::")]
    kept = (folder / name for name in ("output", "summary", "kept.jsonl"))
    texts = [*lines, *(file.read_text() for file in kept if file.exists())]
    texts += [request.body.decode() for request in sandbox.requests]
    return any(run in "\n".join(texts) for run in RUNS)


def report(folder: Path, sandbox: Sandbox, *argv: str, **inputs: str) -> Ran:
    job = Job(folder, sandbox.url)
    return job.step({"api-token": TOKEN, **inputs}, *argv)


def line(text: str) -> str:
    return json.dumps({"state": "success", "pipeline-id": "x1", "description": f"debug {text}"})


@pytest.mark.parametrize("dry_run", ["true", "false"])
@pytest.mark.parametrize("name", ["events.jsonl", "-"])
def test_a_line_with_the_token_is_refused_with_all_others(
    name: str, dry_run: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dry run, which shows stars, says so as well."""
    monkeypatch.chdir(tmp_path)
    text = f"{line('no more')}\n{line(TOKEN)}\n"
    Path("events.jsonl").write_text(text)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    with running_sandbox() as sandbox:
        ran = report(tmp_path, sandbox, "events", name, **{"dry-run": dry_run})
        assert ran.code == 2
        assert f"line 2, description: {GIVEN_IN}" in ran.log
        assert sandbox.requests == []
        assert not is_shown(ran, sandbox, tmp_path)


@pytest.mark.parametrize("name", ["events.jsonl", "-"])
def test_of_a_part_in_a_line_there_are_stars(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("events.jsonl").write_text(line(PART))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line(PART).encode())))
    with running_sandbox() as sandbox:
        ran = report(tmp_path, sandbox, "events", name)
        assert ran.code == 0
        [request] = sandbox.requests
        assert json.loads(request.body)["event"]["build"]["description"] == "debug ***"
        assert not is_shown(ran, sandbox, tmp_path)


def test_a_file_of_properties_with_the_token_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.yml").write_text(f"pipeline:\n  displayName: nightly {TOKEN}\n")
    with running_sandbox() as sandbox:
        ran = report(tmp_path, sandbox, properties="@own.yml")
        assert ran.code == 2
        assert f'properties: "own.yml": {TAKE_OUT}' in ran.log
        assert sandbox.requests == []
        assert not is_shown(ran, sandbox, tmp_path)


def test_of_a_part_in_a_file_of_properties_there_are_stars(tmp_path: Path) -> None:
    """Also where no other value of the job holds one."""
    (tmp_path / "own.yml").write_text(f"pipeline:\n  displayName: nightly {PART}\n")
    with running_sandbox() as sandbox:
        ran = report(tmp_path, sandbox, properties="@own.yml")
        assert ran.code == 0
        [request] = sandbox.requests
        part = json.loads(request.body)["event"]["build"]["buildProperties"]
        assert part["pipeline"]["displayName"] == "nightly ***"
        assert not is_shown(ran, sandbox, tmp_path)


def kept(text: str, *, escaped: bool = False) -> Payload:
    """A line of an outbox that somebody else has written."""
    request = json.loads((TESTS / "events/valid/build-minimal.json").read_text())
    request["event"]["build"]["description"] = f"debug {text}"
    body = json.dumps(request)
    if escaped:
        body = body.replace(text, "".join(f"\\u{ord(char):04x}" for char in text))
    return Payload("build", request["componentId"], body.encode())


@pytest.mark.parametrize(
    "found",
    [kept(TOKEN), kept(PART), kept(TOKEN, escaped=True), kept(PART, escaped=True)],
    ids=["whole", "a part", "whole, escaped", "a part, escaped"],
)
def test_a_kept_line_with_a_token_stays_and_the_others_are_sent(
    found: Payload, tmp_path: Path
) -> None:
    """Its bytes may not be changed, so it goes as it is or not at all."""
    file = tmp_path / "outbox.jsonl"
    with running_sandbox() as sandbox:
        url = f"{sandbox.url}/compass/v1/events"
        outbox.spool(str(file), [kept("no more"), found], url)
        before = file.read_bytes().splitlines()
        ran = report(tmp_path, sandbox, "replay", str(file), **{"on-error": "fail"})
        assert ran.code == 1
        assert [request.body for request in sandbox.requests] == [kept("no more").body]
        assert not is_shown(ran, sandbox, tmp_path)
    assert f"Line 2 of {file} holds an event with a token in it, or a part of one. " in ran.log
    assert file.read_bytes().splitlines() == before[1:]


def event_with(value: object) -> Event:
    request: Mapping[str, Any] = json.loads(
        (TESTS / "events/valid/custom-minimal.json").read_text()
    )
    body = {**request["event"]["custom"], "description": value}
    return Event("custom", request["cloudId"], request["componentId"], body)


@pytest.mark.parametrize("body", [None, b"{}"])
def test_nothing_is_a_payload_that_holds_a_secret(body: bytes | None) -> None:
    """Whichever way it came: only what is validated is sent, and here it ends."""
    secrets = secrets_of(TOKEN, "ada@acme.example")
    with pytest.raises(EventError, match="the API token stands in the event"):
        validate(event_with(f"debug {TOKEN}"), secrets, body)
    assert validate(event_with("debug"), secrets, body).body == (
        body or validate(event_with("debug"), secrets).body
    )
