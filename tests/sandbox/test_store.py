"""What the sandbox keeps in a file: over its own death, for later versions, one sandbox at a time."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests

from compass_action.sandbox import main, running_sandbox
from compass_action.sandbox.store import MIGRATIONS, Store, StoreError
from tests.sandbox.sending import AUTH, EVENTS, build, changed, ids, post, sample

ROOT = Path(__file__).parents[2]


@contextmanager
def program(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The command in a process of its own, and its address."""
    command = [sys.executable, "entrypoint.py", "sandbox", "--port=0", "--rate-limit=0", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        try:
            yield found[0], process
        finally:
            process.kill()


def test_what_was_accepted_outlives_kill_9(tmp_path: Path) -> None:
    store = tmp_path / "sandbox.db"
    for rounds in (1, 2, 3):
        with program(f"--store={store}") as (url, process):
            for number in range(40):
                body = json.dumps(build(number, rounds)).encode()
                answer = requests.post(url + EVENTS, data=body, auth=AUTH, timeout=10)
                assert answer.status_code == 202
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=10)
    with running_sandbox(store=store) as sandbox:
        events = sandbox.feed()["events"]
        assert [event["update_sequence_number"] for event in events] == [3] * 40
        assert {len(event["history"]) for event in events} == {3}
        post(sandbox, build(40))
        assert len(sandbox.feed()["events"]) == 41


def test_refusals_are_kept_in_the_file_too(tmp_path: Path) -> None:
    store = tmp_path / "sandbox.db"
    for _ in range(2):
        with running_sandbox(store=store) as sandbox:
            post(sandbox, b"{")
    with running_sandbox(store=store) as sandbox:
        assert [one["status"] for one in sandbox.feed()["refused"]] == [400, 400]
        sandbox.clear()
    with running_sandbox(store=store) as sandbox:
        assert sandbox.feed()["refused"] == []


def test_a_store_of_an_earlier_version_is_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every prefix of the migrations is some version's; an added one is applied once."""
    store = tmp_path / "sandbox.db"
    with running_sandbox(store=store) as sandbox:
        post(sandbox, build(1))
    added = "ALTER TABLE event ADD COLUMN note TEXT; UPDATE event SET note = 'migrated'"
    monkeypatch.setattr("compass_action.sandbox.store.MIGRATIONS", (*MIGRATIONS, added))
    for _ in range(2):
        with running_sandbox(store=store) as sandbox:
            assert ids(sandbox.feed()) == ["builds/1"]
    with closing(sqlite3.connect(store)) as db:
        assert db.execute("SELECT note FROM event").fetchall() == [("migrated",)]


def test_a_file_that_is_no_store_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text").write_text("Not a database at all. " * 100)
    with closing(sqlite3.connect(tmp_path / "other")) as db:
        db.execute("CREATE TABLE event (id)")
    with closing(sqlite3.connect(tmp_path / "newer")) as db:
        db.execute("PRAGMA user_version = 99")
    (tmp_path / "folder").mkdir()
    for name, why in [
        ("text", "it is something else than a sandbox's store"),
        ("other", "it is something else than a sandbox's store"),
        ("newer", "a newer version of the sandbox made it"),
        ("folder", "unable to open database file"),
    ]:
        assert main(["--port=0", f"--store={tmp_path / name}"]) == 2
        assert capsys.readouterr().err == f"The sandbox cannot use {tmp_path / name}: {why}.\n"


def test_one_sandbox_at_a_time_has_the_file(tmp_path: Path) -> None:
    store = Store(tmp_path / "sandbox.db")
    with pytest.raises(StoreError, match="another sandbox has it open"):
        Store(tmp_path / "sandbox.db")
    store.close()


def test_a_full_disk_is_told_and_loses_nothing_else(tmp_path: Path) -> None:
    with running_sandbox(store=tmp_path / "sandbox.db") as sandbox:
        post(sandbox, build(1))
        with sandbox.service.store.reading() as db:
            [pages] = db.execute("PRAGMA page_count").fetchone()
            db.execute(f"PRAGMA max_page_count = {pages}")
        text = os.urandom(200_000).hex()
        answer = post(sandbox, changed("custom-full", {"event.custom.description": text}))
        assert answer.status_code == 500
        [error] = answer.json()["errors"]
        assert error["type"] == "INTERNAL_SERVER_ERROR"
        assert "full" in error["message"]
        with sandbox.service.store.reading() as db:
            db.execute(f"PRAGMA max_page_count = {pages + 1000}")
        assert post(sandbox, sample("custom-full")).status_code == 202
        assert [event["type"] for event in sandbox.feed()["events"]] == ["build", "custom"]
