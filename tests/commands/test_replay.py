"""A replay sends what was to be sent, byte for byte, and forgets it only when it is delivered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compass_action.delivery import outbox
from compass_action.main import main
from compass_action.sandbox import Sandbox, running_sandbox
from compass_action.schemas import Payload
from tests.recorded import TESTS

EVENT = json.loads((TESTS / "events/valid/deployment-full.json").read_text())
EMAIL, TOKEN = "ada@acme.example", "made-up-token"


def event(number: int, update: int = 100, **changes: str) -> Payload:
    """A deployment with its own sequence number; what is changed stands beside it."""
    request = json.loads(json.dumps(EVENT))
    body = request["event"]["deployment"]
    body["updateSequenceNumber"] = update
    body["deploymentProperties"]["sequenceNumber"] = number
    body |= changes
    # Blanks and escapes that no encoder of ours writes: the bytes have to stay what they were.
    text = json.dumps(request, indent=1).replace("/", "\\/")
    return Payload("deployment", request["componentId"], text.encode())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "outbox.jsonl"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None) as sandbox:
        yield sandbox


def replay(sandbox: Sandbox, *files: Path, **more: str) -> int:
    env = {
        "COMPASS_EMAIL": EMAIL,
        "COMPASS_API_TOKEN": TOKEN,
        "COMPASS_API_URL": sandbox.url,
        "COMPASS_ON_ERROR": "fail",
        "COMPASS_TIMEOUT": "20",
    }
    return main(["replay", *map(str, files)], env | more)


def where(sandbox: Sandbox) -> str:
    return f"{sandbox.url}/compass/v1/events"


def test_a_replay_sends_the_very_same_bytes(file: Path, sandbox: Sandbox) -> None:
    """And what is delivered leaves the file."""
    payloads = [event(n) for n in (1, 2, 3)]
    outbox.spool(str(file), payloads, where(sandbox))
    assert replay(sandbox, file) == 0
    assert [request.body for request in sandbox.requests] == [p.body for p in payloads]
    assert file.read_bytes() == b""
    assert replay(sandbox, file) == 0
    assert len(sandbox.requests) == 3


def test_what_is_refused_stays(file: Path, sandbox: Sandbox, capsys: Any) -> None:
    """The exit code and the message say so."""
    payloads = [event(n) for n in (1, 2, 3)]
    outbox.spool(str(file), payloads, where(sandbox))
    lines = file.read_bytes().splitlines(keepends=True)
    sandbox.add_faults([{"delay": 0}, {"status": 400}])
    assert replay(sandbox, file) == 1
    assert file.read_bytes() == lines[1]
    assert f"It stays in {file}." in "".join(capsys.readouterr())


def test_a_late_replay_never_overwrites_a_newer_state(file: Path, sandbox: Sandbox) -> None:
    """The update sequence number travels along, and Compass ignores the one that does not rise."""
    outbox.spool(str(file), [event(1, update=100, displayName="old")], where(sandbox))
    newer = file.with_name("newer.jsonl")
    outbox.spool(str(newer), [event(1, update=200, displayName="new")], where(sandbox))
    assert replay(sandbox, newer) == 0
    assert replay(sandbox, file) == 0
    [row] = sandbox.feed()["events"]
    assert row["display_name"] == "new"
    assert [update["verdict"] for update in row["history"]] == ["created", "ignored"]
    assert file.read_bytes() == b""


def test_what_was_added_during_a_replay_stays(file: Path, sandbox: Sandbox) -> None:
    outbox.spool(str(file), [event(1)], where(sandbox))
    entries, _ = outbox.read(str(file))
    outbox.spool(str(file), [event(2)], where(sandbox))
    outbox.remove(str(file), [entry.line for entry in entries])
    assert replay(sandbox, file) == 0
    [request] = sandbox.requests
    assert json.loads(request.body)["event"]["deployment"]["deploymentProperties"][
        "sequenceNumber"
    ] == 2  # fmt: skip


def test_several_files_are_replayed_at_once(tmp_path: Path, sandbox: Sandbox) -> None:
    files = [tmp_path / name for name in "ab"]
    for number, path in enumerate(files):
        outbox.spool(str(path), [event(number)], where(sandbox))
    assert replay(sandbox, *files) == 0
    assert len(sandbox.requests) == 2
    assert [path.read_bytes() for path in files] == [b"", b""]


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        "not JSON",
        '{"cloudId":"x","componentId":"y","event":{"build":{}}}',
        json.dumps(EVENT | {"more": 1}),
        json.dumps(EVENT)[:-1] + ', "componentId": "ari:cloud:compass:x"}',
        json.dumps(EVENT).replace('"state":', '"state": "FAILED", "state":'),
        json.dumps(EVENT | {"event": EVENT["event"] | {"build": {}}}),
    ],
)
def test_an_outbox_from_outside_is_not_trusted(
    body: str, file: Path, sandbox: Sandbox, capsys: Any
) -> None:
    """What is no valid event is not sent, and stays."""
    outbox.spool(str(file), [Payload("build", "component", body.encode())], where(sandbox))
    before = file.read_bytes()
    assert replay(sandbox, file) == 1
    assert sandbox.requests == []
    assert file.read_bytes() == before
    assert "is not a valid event" in "".join(capsys.readouterr())


def test_a_request_for_another_endpoint_is_not_sent_to_this_one(
    file: Path, sandbox: Sandbox, capsys: Any
) -> None:
    outbox.spool(str(file), [event(1)], "https://other.atlassian.net/x\n::error::no")
    assert replay(sandbox, file) == 1
    assert sandbox.requests == []
    assert "It stays." in "".join(capsys.readouterr())


def test_a_replay_without_a_file_or_credentials_says_so(sandbox: Sandbox, capsys: Any) -> None:
    """All problems at once, exit 2, nothing sent."""
    assert replay(sandbox, COMPASS_API_TOKEN="") == 2
    said = "".join(capsys.readouterr())
    assert "no file is named" in said
    assert "api-token" in said
