"""A replay sends what was to be sent, byte for byte, and forgets it only when it is delivered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compass_action.commands import verify as verifying
from compass_action.delivery import dispatch, outbox
from compass_action.delivery.receipt import Receipt
from compass_action.sandbox import Sandbox
from compass_action.schemas import Payload
from tests.commands.replaying import (
    EVENT,
    event,
    file,
    foreign,
    lines_of,
    replay,
    said,
    sandbox,
    where,
)

__all__ = ["file", "sandbox"]


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


def test_a_request_for_another_endpoint_is_not_sent_to_this_one(
    file: Path, sandbox: Sandbox, capsys: Any
) -> None:
    outbox.spool(str(file), [event(1)], "https://other.atlassian.net/x\n::error::no")
    assert replay(sandbox, file) == 1
    assert sandbox.requests == []
    assert "It stays in the file." in said(capsys)


def test_what_there_is_no_time_for_is_not_looked_at(
    file: Path, sandbox: Sandbox, capsys: Any
) -> None:
    """There is room for a hundred requests. The lines behind them are no events, and nobody minds."""
    outbox.spool(str(file), [event(n) for n in range(100)], where(sandbox))
    rest = b"not looked at\n" * 4900
    with file.open("ab") as more:
        more.write(rest)
    assert replay(sandbox, file, COMPASS_TIMEOUT="20", COMPASS_ON_ERROR="warn") == 0
    assert len(sandbox.requests) == 100
    assert file.read_bytes() == rest
    text = said(capsys)
    assert "20 s of timeout have room for 100 requests. 4900 more stay for the next replay." in text
    assert "delivered 100 events of 1 component, 4900 stay" in text
    assert "Warning" not in text


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


def test_of_what_there_is_no_time_for_only_the_wanted_is_counted(
    file: Path, sandbox: Sandbox, capsys: Any
) -> None:
    payloads = [event(number) for number in range(102)]
    outbox.spool(str(file), payloads, where(sandbox))
    foreign(file, "torn")
    outbox.spool(str(file), [Payload("deployment", "other", b"{}")], where(sandbox))
    wanted = payloads[0].component_id
    assert replay(sandbox, file, COMPASS_COMPONENT_ID=wanted, COMPASS_TIMEOUT="20") == 1
    assert lines_of(capsys) == [
        f"Note: 1 line of {file} is of another component than component-id names, and stays.",
        "20 s of timeout have room for 100 requests. 2 more stay for the next replay.",
        *[f"{number} of 100 sent" for number in range(10, 101, 10)],
        "delivered 100 events of 1 component, 2 stay",
        "accepted by Compass for 100 events",
    ]


def test_the_time_is_for_all_files_together(file: Path, sandbox: Sandbox, capsys: Any) -> None:
    """One that is named twice is read once."""
    second = file.with_name("second")
    outbox.spool(str(file), [event(number) for number in range(60)], where(sandbox))
    outbox.spool(str(second), [event(number) for number in range(100, 160)], where(sandbox))
    assert replay(sandbox, file, file, second, COMPASS_TIMEOUT="20", COMPASS_ON_ERROR="warn") == 0
    assert len(sandbox.requests) == 100
    assert "have room for 100 requests. 20 more stay for the next replay." in said(capsys)


@pytest.mark.parametrize(("verify", "times"), [("true", 1), ("false", 0)])
def test_a_replay_is_verified_for_half_a_minute_where_that_is_wanted(
    verify: str, times: int, file: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds: list[float] = []
    monkeypatch.setattr(
        verifying, "verify_sent", lambda call, receipts, where, left: seconds.append(left)
    )
    outbox.spool(str(file), [event(1)], where(sandbox))
    assert replay(sandbox, file, COMPASS_VERIFY=verify) == 0
    assert seconds == [30] * times


def test_a_replay_waits_for_no_other_job(
    file: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is alone with its account, and has the whole time."""
    given: list[tuple[float, dict[str, Any]]] = []

    def transmit(payloads: Any, where: object, seconds: float, say: object, **more: Any) -> Any:
        given.append((seconds, more))
        return tuple(Receipt(payload, http_status=202) for payload in payloads)

    monkeypatch.setattr(dispatch, "transmit", transmit)
    outbox.spool(str(file), [event(1)], where(sandbox))
    assert replay(sandbox, file) == 0
    assert given == [(20, {"alone": True})]
