"""A dry run of a replay shows what would be sent, sends nothing, and leaves the file as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compass_action.delivery import outbox
from compass_action.main import main
from compass_action.sandbox import Sandbox
from tests.commands.replaying import event, file, foreign, lines_of, replay, said, sandbox, where

__all__ = ["file", "sandbox"]


@pytest.mark.parametrize("way", ["variable", "option"])
def test_the_requests_are_shown_and_nothing_is_sent(
    way: str, file: Path, sandbox: Sandbox, capsys: Any
) -> None:
    outbox.spool(str(file), [event(1), event(2)], where(sandbox))
    before = file.read_bytes()
    if way == "variable":
        assert replay(sandbox, file, COMPASS_DRY_RUN="true") == 0
    else:
        env = {"COMPASS_API_URL": sandbox.url}
        assert main(["replay", str(file), "--dry-run"], env) == 0
    text = said(capsys)
    assert text.count(f"POST {where(sandbox)}\nAuthorization: Basic ***\n") == 2
    assert '"sequenceNumber": 1,' in text
    assert '"sequenceNumber": 2,' in text
    assert text.splitlines()[-1] == "2 events would be sent; the outbox stays as it is"
    assert (file.read_bytes(), sandbox.requests) == (before, [])


def test_where_they_would_go_is_the_lines_own_matter_if_nobody_says_it(
    file: Path, capsys: Any
) -> None:
    """But no address with a password is shown."""
    outbox.spool(str(file), [event(1)], "https://acme.atlassian.net/gateway/api/compass/v1/events")
    outbox.spool(str(file), [event(2)], "https://ada:secret@acme.example/compass/v1/events")
    assert main(["replay", str(file)], {"COMPASS_DRY_RUN": "true"}) == 0
    text = said(capsys)
    assert "POST https://acme.atlassian.net/gateway/api/compass/v1/events\n" in text
    assert f"Line 2 of {file} holds no request. It stays in the file." in text
    assert "secret" not in text
    assert "1 event would be sent" in text


def test_what_could_not_be_sent_fails_a_dry_run_as_well(
    file: Path, sandbox: Sandbox, capsys: Any
) -> None:
    outbox.spool(str(file), [event(1)], where(sandbox))
    foreign(file, "torn")
    env = {"COMPASS_DRY_RUN": "true", "COMPASS_JSON": "true"}
    assert replay(sandbox, file, **env) == 1
    record = json.loads(lines_of(capsys)[0])
    assert record["outcome"] == "dry-run"
    assert json.loads(record["outputs"]["payload"]) == json.loads(event(1).body)
    assert replay(sandbox, file, COMPASS_ON_ERROR="warn", **env) == 0


@pytest.mark.parametrize(
    "unused", ["COMPASS_STARTED_AT", "COMPASS_UPDATE_SEQUENCE_NUMBER", "COMPASS_PROPERTIES", "INPUT_SCOPE"]
)  # fmt: skip
def test_what_is_set_for_a_whole_project_and_not_used_is_no_error(
    unused: str, file: Path, sandbox: Sandbox
) -> None:
    outbox.spool(str(file), [event(1)], where(sandbox))
    assert replay(sandbox, file, **{unused: "nonsense"}) == 0
    assert len(sandbox.requests) == 1


def test_what_it_does_use_is_looked_at(file: Path, sandbox: Sandbox, capsys: Any) -> None:
    outbox.spool(str(file), [event(1)], where(sandbox))
    assert replay(sandbox, file, COMPASS_VERIFY="perhaps", COMPASS_STARTED_AT="nonsense") == 2
    text = said(capsys)
    assert 'verify: "perhaps" is neither true nor false.' in text
    assert "started-at" not in text
