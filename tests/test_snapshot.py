"""The snapshot: the environment, the trigger's payload, records and files of lines; the clock."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compass_action import snapshot, workspace
from compass_action.snapshot import Place, Snapshot, Wanted
from tests.files import write


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "[" * 100_000, '"x"', "\ud800"])
def test_a_payload_that_cannot_be_read_is_absent(content: str, tmp_path: Path) -> None:
    """The run is reported without what it would have said."""
    payload = tmp_path / "event.json"
    payload.write_text(content, "utf-8", "surrogatepass")
    for path in (payload, tmp_path, tmp_path / "missing"):
        assert snapshot.read({}, Wanted(trigger=str(path))).trigger == {}
    payload.write_text('{"number": 7}')
    assert snapshot.read({}, Wanted(trigger=str(payload))).trigger == {"number": 7}


def test_the_lines_of_records_are_handed_on_as_they_are(tmp_path: Path) -> None:
    """Of one file, or of the files of a folder that have such a name; a damaged one hides no other."""
    write(tmp_path / "dotenv", "A=1\nB=2\n")
    write(tmp_path / "record-1", "one")
    (tmp_path / "record-0").write_bytes(b"\xffodd\nzero")
    write(tmp_path / "another", "not ours")
    places = (
        Place(str(tmp_path / "dotenv")),
        Place(str(tmp_path), re.compile("record-[0-9]")),
        Place(str(tmp_path / "missing")),
        Place(str(tmp_path / "missing"), re.compile("x")),
    )
    assert snapshot.read({}, Wanted(records=places)).records == (
        *("A=1", "B=2"),
        *("\ufffdodd", "zero", "one"),
    )


def test_without_a_wish_nothing_but_the_clock_is_read() -> None:
    before = datetime.now(UTC)
    taken = snapshot.read({"HOME": "/root"}, Wanted())
    assert before <= taken.now <= datetime.now(UTC)
    assert taken == Snapshot({"HOME": "/root"}, taken.now)


def test_the_environment_is_not_shown() -> None:
    """It holds secrets."""
    assert "s3cret" not in repr(snapshot.read({"TOKEN": "s3cret"}, Wanted()))


def test_bytes_that_are_no_text_become_replacement_characters() -> None:
    """Python hands them over as lone surrogates; on Windows half of a pair may come as it is."""
    odd = b"caf\xe9".decode("utf-8", "surrogateescape")
    assert snapshot.clean({"A": odd, "B": "\ud83d", "C": "é"}) == {
        "A": "caf\ufffd",
        "B": "?",
        "C": "é",
    }


def test_everything_that_is_read_passes_through_what_hides(tmp_path: Path) -> None:
    """Texts of components, the payload and records; the environment has been hidden before."""
    write(tmp_path / "compass.yml", "name: s3cret")
    write(tmp_path / "payload", '{"a": "s3cret"}')
    write(tmp_path / "record", "s3cret\nb\n")
    wanted = Wanted(
        str(tmp_path),
        trigger=str(tmp_path / "payload"),
        component_files=("compass.yml", "missing.yml"),
        records=(Place(str(tmp_path / "record")),),
    )
    taken = snapshot.read({"A": "s3cret"}, wanted, lambda text: text.replace("s3cret", "***"))
    assert [file.text for file in taken.component_files.files] == ["name: ***", None]
    assert (taken.trigger, taken.records) == ({"a": "***"}, ("***", "b"))
    assert taken.env == {"A": "s3cret"}


def test_git_is_read_where_it_is_wanted(tmp_path: Path) -> None:
    write(tmp_path / ".git" / "HEAD", "ref: refs/heads/main")
    assert snapshot.read({}, Wanted(str(tmp_path))).git == workspace.GitTexts()
    assert snapshot.read({}, Wanted(str(tmp_path), git=True)).git.head == "ref: refs/heads/main"


def test_a_snapshot_shows_its_time_and_its_files() -> None:
    taken = Snapshot({"TOKEN": "s3cret"}, datetime(2026, 11, 23, tzinfo=UTC))
    assert repr(taken) == (
        "Snapshot(now=2026-11-23 00:00:00+00:00, component_files=ComponentFiles(files=(), elsewhere=(), "
        "workspace_is_empty=False))"
    )


@pytest.mark.parametrize(
    ("first", "read"),
    [(0, 2), (128 * 1024 - 5, 2), (128 * 1024 - 4, 1), (1024 * 1024, 1)],
    ids=["short", "just so", "one byte more", "long"],
)
def test_of_records_the_last_hundred_and_twenty_eight_kibibytes_are_read(
    first: int, read: int, tmp_path: Path
) -> None:
    """Whole lines of them: the newest are what counts."""
    write(tmp_path / "record", "x" * first + "\nnew\n")
    taken = snapshot.read({}, Wanted(records=(Place(str(tmp_path / "record")),)))
    assert len(taken.records) == read
    assert taken.records[-1] == "new"


def test_a_payload_is_read_up_to_thirty_two_mebibytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert snapshot.TRIGGER_MAX_BYTES == snapshot.LINES_MAX_BYTES == 32 * 1024 * 1024
    monkeypatch.setattr(snapshot, "TRIGGER_MAX_BYTES", 8)
    for text, read in (('{"a": 1}', {"a": 1}), ('{"a": 12}', {})):
        path = str(write(tmp_path / "payload", text))
        assert snapshot.read({}, Wanted(trigger=path)).trigger == read


LIMIT = 2 * 1024 * 1024


@pytest.mark.parametrize(
    ("content", "of_file", "of_input"),
    [
        (b"\xef\xbb\xbfa\n", None, None),
        (b"x" * LIMIT, None, None),
        (b"\xff", "it is not valid UTF-8.", "it is not valid UTF-8."),
        (b"x" * (LIMIT + 1), "it is larger than 2048 KiB.", "it is larger than 2 MiB."),
    ],
    ids=["a byte order mark", "just small enough", "no text", "too large"],
)
def test_a_file_of_lines_is_read_from_its_path_or_from_standard_input(
    content: bytes,
    of_file: str | None,
    of_input: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(snapshot, "LINES_MAX_BYTES", LIMIT)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    (tmp_path / "lines").write_bytes(content)
    for path, told in ((str(tmp_path / "lines"), of_file), ("-", of_input)):
        if told is None:
            assert snapshot.read_lines_of(path) == content.decode("utf-8-sig")
            continue
        with pytest.raises(ValueError, match=r"^it is ") as raised:
            snapshot.read_lines_of(path)
        assert str(raised.value) == told


def test_a_file_of_lines_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ValueError, match=r"^it cannot be read \(FileNotFoundError\)\.$"):
        snapshot.read_lines_of(str(tmp_path / "missing"))
    with pytest.raises(ValueError, match=r"^it cannot be read \((RuntimeError|OSError)\)\.$"):
        snapshot.read_lines_of(str(tmp_path / "loop"))
    (tmp_path / "link").symlink_to("lines")
    write(tmp_path / "lines", "a")
    assert snapshot.read_lines_of(str(tmp_path / "link")) == "a"
