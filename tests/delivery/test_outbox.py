"""The outbox: nothing is lost, nothing is mixed, and a replay sends what was to be sent."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compass_action.delivery import outbox
from compass_action.schemas import Payload
from tests.delivery.lines import URL, small


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "outbox.jsonl"


@given(st.lists(st.text(max_size=50), min_size=1, max_size=5))
def test_what_is_spooled_is_read_again_byte_for_byte(texts: list[str]) -> None:
    """Line breaks and odd characters included; one line for each request."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/outbox"
        valid = [text.encode("utf-8", "replace").decode() for text in texts]
        outbox.spool(path, [small(text) for text in valid], URL)
        entries, damaged = outbox.read(path)
        assert [entry.request.body.decode() for entry in entries] == valid
        assert {entry.url for entry in entries} == {URL}
        assert damaged == []
        assert len(Path(path).read_bytes().splitlines()) == len(texts)


def test_a_torn_last_line_survives_reading_and_stays(file: Path) -> None:
    """Another writer's crash costs its own line and no other."""
    outbox.spool(str(file), [small("first")], URL)
    with file.open("ab") as torn:
        torn.write(b'{"version":1,"url":"http')
    outbox.spool(str(file), [small("second")], URL)
    entries, damaged = outbox.read(str(file))
    assert [entry.request.body for entry in entries] == [b"first", b"second"]
    assert damaged == [b'{"version":1,"url":"http\n']
    outbox.remove(str(file), [entry.line for entry in entries])
    assert file.read_bytes() == b'{"version":1,"url":"http\n'


@pytest.mark.parametrize(
    "line",
    [
        b"[]", b"null", b"1", b'"x"', b"{}", b"\xff\xfe", b"[" * 100_000, b'{"version":2}',
        b'{"version":1,"url":1,"event_type":"a","component_id":"b","body":"c"}',
        b'{"version":1,"url":"u","event_type":"a","component_id":"b","body":"\\ud800"}',
    ],
)  # fmt: skip
def test_a_line_that_is_no_request_is_told_apart(line: bytes, file: Path) -> None:
    outbox.spool(str(file), [small("good")], URL)
    with file.open("ab") as damaged_file:
        damaged_file.write(line + b"\n")
    entries, damaged = outbox.read(str(file))
    assert [entry.request.body for entry in entries] == [b"good"]
    assert damaged == [line + b"\n"]


def test_blank_lines_and_windows_line_ends_are_read(file: Path) -> None:
    outbox.spool(str(file), [small("a"), small("b")], URL)
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n\r\n"))
    entries, damaged = outbox.read(str(file))
    assert [entry.request.body for entry in entries] == [b"a", b"b"]
    assert damaged == []
    outbox.remove(str(file), [entries[0].line])
    assert [e.request.body for e in outbox.read(str(file))[0]] == [b"b"]


def _write_many(path: str, writer: int) -> None:
    for number in range(40):
        outbox.spool(path, [small(f"{writer}/{number}/{'x' * 3000}/{n}") for n in (0, 1)], URL)


def _remove_some(path: str, done: Any) -> None:
    while not done.is_set():
        entries, _ = outbox.read(path)
        outbox.remove(path, [e.line for e in entries if b"/0" in e.request.body[-2:]])


def test_concurrent_writers_and_a_replay_lose_and_mix_nothing(file: Path) -> None:
    """Four processes append while a fifth takes out half of what it finds, again and again."""
    context = multiprocessing.get_context("fork")
    outbox.spool(str(file), [small("first/1")], URL)
    done = context.Event()
    remover = context.Process(target=_remove_some, args=(str(file), done))
    writers = [context.Process(target=_write_many, args=(str(file), n)) for n in range(4)]
    remover.start()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    done.set()
    remover.join()
    assert remover.exitcode == 0
    entries, damaged = outbox.read(str(file))
    assert damaged == []
    left = [e.request.body for e in entries if e.request.body.endswith(b"/1")]
    expected = {f"{w}/{n}/{'x' * 3000}/1".encode() for w in range(4) for n in range(40)}
    assert len(left) == len(set(left))
    assert set(left) == expected | {b"first/1"}
    assert len(entries) - len(left) < len(expected), "none was taken out"
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_crash_while_removing_loses_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the new file is in place the old one is whole; the next removal cleans up."""
    outbox.spool(str(file), [small("a"), small("b")], URL)
    before = file.read_bytes()
    entries, _ = outbox.read(str(file))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            outbox.remove(str(file), [entries[0].line])
    assert file.read_bytes() == before
    outbox.remove(str(file), [entries[0].line])
    assert [e.request.body for e in outbox.read(str(file))[0]] == [b"b"]
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_full_disk_leaves_the_file_as_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox.spool(str(file), [small("a")], URL)
    before = file.read_bytes()
    write = os.write

    def fail_halfway(descriptor: int, content: bytes) -> int:
        if len(content) > 10:
            return write(descriptor, bytes(content[:10]))
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", fail_halfway)
        with pytest.raises(OSError, match="No space"):
            outbox.spool(str(file), [small("b")], URL)
    assert file.read_bytes() == before


def test_an_outbox_holds_no_credential_and_is_nobody_elses(file: Path) -> None:
    outbox.spool(str(file), [small("a")], URL)
    record = json.loads(file.read_text())
    assert set(record) == {"version", "url", "event_type", "component_id", "body"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_root_writes_belongs_to_the_owner_of_its_folder(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new outbox does; one that grows, or that a replay writes anew, stays as it is."""
    file.parent.mkdir()
    owner = (1001, 1002)
    really = Path.stat

    def owned(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        told = list(really(path, follow_symlinks=follow_symlinks))
        return os.stat_result([*told[:4], *owner, *told[6:]] if path == file.parent else told)

    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(Path, "stat", owned)
    monkeypatch.setattr(os, "fchown", lambda _, user, group: given.append((user, group)))
    outbox.spool(str(file), [small("a")], URL)
    assert given == [owner]
    outbox.spool(str(file), [small("b")], URL)
    assert given == [owner]
    outbox.remove(str(file), [outbox.read(str(file))[0][0].line])
    assert given == [owner]


def test_who_is_not_root_gives_nothing_away(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "fchown", lambda *call: given.append(call))
    outbox.spool(str(file), [small("a")], URL)
    outbox.remove(str(file), [outbox.read(str(file))[0][0].line])
    assert given == []


def _open_and_close(file: Path) -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(3):
        outbox.spool(str(file), [small("a"), small("b")], URL)
        outbox.remove(str(file), [outbox.read(str(file))[0][0].line])
        pipe = file.parent / "pipe"
        os.mkfifo(pipe)
        with pytest.raises(OSError, match="not a regular file"):
            outbox.spool(str(pipe), [small("a")], URL)
        pipe.unlink()
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_no_file_stays_open(file: Path) -> None:
    """Nor where one is refused. In a process of its own, in which no thread opens anything."""
    alone = multiprocessing.get_context("fork").Process(target=_open_and_close, args=(file,))
    alone.start()
    alone.join()
    assert alone.exitcode == 0


def test_a_line_is_written_as_the_format_says(file: Path) -> None:
    """Another version of the program reads it, so its names and their order are fixed."""
    outbox.spool(str(file), [Payload("build", "ari:x", '{"a":"ä"}'.encode())], URL)
    assert file.read_bytes() == (
        b'{"version":1,"url":"http://127.0.0.1:1/compass/v1/events","event_type":"build",'
        b'"component_id":"ari:x","body":"{\\"a\\":\\"\\u00e4\\"}"}\n'
    )


def test_lines_follow_each_other_without_a_gap(file: Path) -> None:
    """A line end is added where another writer left a line torn, and nowhere else."""
    for _ in range(3):
        outbox.spool(str(file), [small("a")], URL)
    line = outbox.read(str(file))[0][0].line
    assert line.endswith(b"}\n")
    assert file.read_bytes() == line * 3
