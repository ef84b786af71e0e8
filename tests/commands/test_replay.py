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


def said(capsys: Any) -> str:
    """All that was said: outside CI warnings go to standard error."""
    return "".join(capsys.readouterr())


def where(sandbox: Sandbox) -> str:
    return f"{sandbox.url}/compass/v1/events"


def test_a_replay_sends_the_very_same_bytes(file: Path, sandbox: Sandbox) -> None:
    """And what is delivered leaves the file."""
    payloads = [event(n) for n in (1, 2, 3)]
    outbox.spool(str(file), payloads, where(sandbox))
    assert replay(sandbox, file) == 0
    # The first goes alone; the others may overtake each other.
    assert sandbox.requests[0].body == payloads[0].body
    assert {request.body for request in sandbox.requests} == {p.body for p in payloads}
    assert file.read_bytes() == b""
    assert replay(sandbox, file) == 0
    assert len(sandbox.requests) == 3


def test_what_is_refused_stays(file: Path, sandbox: Sandbox, capsys: Any) -> None:
    """The exit code and the message say so."""
    payloads = [event(n) for n in (1, 2, 3)]
    outbox.spool(str(file), payloads, where(sandbox))
    lines = file.read_bytes().splitlines(keepends=True)
    sandbox.add_faults([{"status": 400}])
    assert replay(sandbox, file) == 1
    assert file.read_bytes() == lines[0]
    assert f"It stays in {file}." in said(capsys)


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
    text = said(capsys)
    assert "holds no valid event" in text
    assert "nothing to replay" not in text


def test_where_nothing_is_left_a_replay_says_so(file: Path, sandbox: Sandbox, capsys: Any) -> None:
    file.touch()
    assert replay(sandbox, file) == 0
    assert said(capsys).splitlines()[-1] == "nothing to replay"


def test_a_request_for_another_endpoint_is_not_sent_to_this_one(
    file: Path, sandbox: Sandbox, capsys: Any
) -> None:
    outbox.spool(str(file), [event(1)], "https://other.atlassian.net/x\n::error::no")
    assert replay(sandbox, file) == 1
    assert sandbox.requests == []
    assert "It stays in the file." in said(capsys)


def test_a_replay_without_a_file_or_credentials_says_so(sandbox: Sandbox, capsys: Any) -> None:
    """All problems at once, exit 2, nothing sent."""
    assert replay(sandbox, COMPASS_API_TOKEN="") == 2
    text = said(capsys)
    assert "no file is named" in text
    assert "api-token" in text


def test_what_there_is_no_time_for_is_not_looked_at(
    file: Path, sandbox: Sandbox, capsys: Any
) -> None:
    """A second has room for a hundred requests: the line behind them is no event, and nobody minds."""
    outbox.spool(str(file), [event(n) for n in range(100)], where(sandbox))
    rest = b"not looked at\n" * 4900
    with file.open("ab") as more:
        more.write(rest)
    assert replay(sandbox, file, COMPASS_TIMEOUT="1", COMPASS_ON_ERROR="warn") == 0
    assert len(sandbox.requests) == 100
    assert file.read_bytes() == rest
    text = said(capsys)
    assert "1 s of timeout have room for 100 requests. 4900 more stay for the next replay." in text
    assert "delivered 100 events of 1 component, 4900 stay" in text
    assert "Warning" not in text


def test_of_many_that_stay_the_number_is_told(file: Path, sandbox: Sandbox, capsys: Any) -> None:
    """Neither a line nor a name for each."""
    outbox.spool(str(file), [event(n) for n in range(20)], where(sandbox))
    sandbox.add_faults([{"status": 400, "times": 20}])
    with file.open("ab") as more:
        more.write(b"torn\n" * 30)
    outbox.spool(str(file), [event(n) for n in range(7)], "https://other.atlassian.net/events")
    assert replay(sandbox, file) == 1
    text = said(capsys)
    assert f"30 lines of {file} hold no request. They stay in the file." in text
    assert (
        f"7 lines of {file} hold a request for https://other.atlassian.net/events, not for " in text
    )
    assert "20 events of 1 component\n" in text
    assert f"They stay in {file}." in text
    assert len(text.splitlines()) < 20


def test_updates_of_one_event_are_replayed_in_their_order(file: Path, sandbox: Sandbox) -> None:
    """Whatever else is sent at the same time."""
    updates = [event(1, update=n) for n in (100, 200, 300)]
    payloads = [one for n, update in enumerate(updates) for one in (event(n + 2), update)]
    outbox.spool(str(file), payloads, where(sandbox))
    assert replay(sandbox, file) == 0
    arrived = [
        request.body for request in sandbox.requests if request.body in {u.body for u in updates}
    ]
    assert arrived == [update.body for update in updates]


def test_an_outbox_of_version_0_1_0_is_replayed_as_it_is(file: Path, sandbox: Sandbox) -> None:
    """With the source and the ids that it had, whatever they would be now; and beside a new line."""
    old = json.loads(event(1).body)
    old["event"]["deployment"]["externalEventSourceId"] = "https://github.com/acme/shop"
    body = json.dumps(old)
    line = {
        "version": 1,
        "url": where(sandbox),
        "event_type": "deployment",
        "component_id": old["componentId"],
        "body": body,
    }
    file.write_text(json.dumps(line) + "\n")
    outbox.spool(str(file), [event(2)], where(sandbox))
    assert replay(sandbox, file) == 0
    assert [request.body for request in sandbox.requests] == [body.encode(), event(2).body]
    assert file.read_bytes() == b""
