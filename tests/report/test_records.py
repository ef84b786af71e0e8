"""Records of begun events in files: what stands there afterwards, and the one sentence of a failure."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from compass_action.report import records
from compass_action.tracking import Identity, Tracked, read_records

BEGUN = Tracked(
    Identity("deployment", "ci/shop", "prod", 42),
    "IN_PROGRESS",
    7,
    "digest",
    ("ari/one",),
    environment={"environmentId": "prod", "displayName": "Production", "category": "PRODUCTION"},
)
AGAIN = BEGUN._replace(update_sequence_number=8, environment=None)
OTHER = BEGUN._replace(identity=Identity("deployment", "ci/shop", "prod", 43))


@pytest.fixture(autouse=True)
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def numbers(text: str) -> list[tuple[str, str]]:
    """Of each line the two numbers; components are in none."""
    found: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    assert [record["component_ids"] for record in found] == [[] for _ in found]
    outputs = [record["outputs"] for record in found]
    return [(each["sequence-number"], each["update-sequence-number"]) for each in outputs]


def test_a_folder_has_one_file_for_each_event(tmp_path: Path) -> None:
    """Whole, and with nothing left beside it."""
    folder = tmp_path / "a" / "b"
    for record in (BEGUN, OTHER, AGAIN):
        assert records.keep_in_folder(folder, record) == []
    assert sorted(file.name for file in folder.iterdir()) == sorted(
        [BEGUN.file_name, OTHER.file_name]
    )
    assert numbers((folder / BEGUN.file_name).read_text()) == [("42", "8")]
    assert (folder / BEGUN.file_name).read_text().endswith("}\n")


def test_a_file_has_one_line_for_each_event(tmp_path: Path) -> None:
    """A later record of an event stands in the place of the earlier one, which was longer."""
    file = tmp_path / "a" / "b" / "record"
    assert records.keep_in_file(str(file), BEGUN) == []
    assert records.keep_in_file(str(file), AGAIN) == []
    assert numbers(file.read_text()) == [("42", "8")]
    assert file.read_text().count("\n") == 1
    assert file.stat().st_mode & 0o777 == 0o600
    for record in (OTHER, BEGUN):
        records.keep_in_file(str(file), record)
    assert numbers(file.read_text()) == [("43", "7"), ("42", "7")]


def test_a_file_in_the_current_folder_needs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert records.keep_in_file("record", BEGUN) == []
    assert numbers(Path("record").read_text()) == [("42", "7")]


def test_lines_of_somebody_else_stay(tmp_path: Path) -> None:
    file = tmp_path / "record"
    file.write_bytes(b"not ours \xff\n{}\n")
    records.keep_in_file(str(file), BEGUN)
    assert file.read_text("utf-8").splitlines()[:2] == ["not ours \ufffd", "{}"]


def test_of_a_file_that_is_too_long_the_end_stays(tmp_path: Path) -> None:
    """A file may be anybody's, and endless."""
    file = tmp_path / "record"
    file.write_bytes(b"x" * 1_048_576 + b"\nthe last line\n")
    records.keep_in_file(str(file), BEGUN)
    first, second = file.read_text().splitlines()
    assert first == "the last line"
    assert numbers(second) == [("42", "7")]


def numbered(number: int) -> Tracked:
    return BEGUN._replace(identity=Identity("deployment", "ci/shop", "prod", number))


def sequence(file: Path) -> list[int]:
    return [int(number) for number, _ in numbers(file.read_text())]


def test_the_newest_records_stay_and_those_of_events_that_are_over_go_first(tmp_path: Path) -> None:
    file = tmp_path / "record"
    room = (128 * 1024) // (len(numbered(1000).to_json(None)) - len('"ari/one"') + 1)
    for number in range(1000, 1000 + room):
        assert records.keep_in_file(str(file), numbered(number)) == []
    assert sequence(file) == list(range(1000, 1000 + room))
    records.end_in_file(str(file), numbered(1005)._replace(state="SUCCESSFUL"))
    records.end_in_file(str(file), numbered(1003)._replace(state="FAILED"))
    for number in range(5000, 5003):
        assert records.keep_in_file(str(file), numbered(number)) == []
    assert file.stat().st_size <= 128 * 1024
    left = sequence(file)
    assert left[-3:] == [5000, 5001, 5002]
    assert left[:5] == [1001, 1002, 1004, 1006, 1007]


def test_the_record_of_an_event_that_is_over_is_still_read(tmp_path: Path) -> None:
    """Another report of it may follow; and if it begins again, it is not over."""
    file = tmp_path / "record"
    records.keep_in_file(str(file), BEGUN)
    before = list(read_records(file.read_text().splitlines()))
    records.end_in_file(str(file), BEGUN._replace(state="FAILED"))
    assert '"ended":true' in file.read_text()
    assert list(read_records(file.read_text().splitlines())) == before
    again = file.stat().st_mtime_ns
    records.end_in_file(str(file), BEGUN)
    assert file.stat().st_mtime_ns == again
    records.keep_in_file(str(file), BEGUN)
    assert "ended" not in file.read_text()


def test_what_ends_and_was_not_begun_here_leaves_no_record(tmp_path: Path) -> None:
    file = tmp_path / "record"
    records.end_in_file(str(file), BEGUN)
    assert list(tmp_path.iterdir()) == []
    records.keep_in_file(str(file), OTHER)
    records.end_in_file(str(file), BEGUN)
    assert numbers(file.read_text()) == [("43", "7")]
    assert "ended" not in file.read_text()


def keep(path: str, number: int) -> list[str]:
    return records.keep_in_file(path, numbered(number))


def test_jobs_that_run_at_the_same_time_lose_no_record(tmp_path: Path) -> None:
    file = tmp_path / "record"
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(8, context) as pool:
        told = list(pool.map(keep, [str(file)] * 48, range(48)))
    assert told == [[]] * 48
    assert sorted(sequence(file)) == list(range(48))
    assert [each.name for each in tmp_path.iterdir()] == ["record"]


def test_owner_and_mode_stay(tmp_path: Path) -> None:
    file = tmp_path / "record"
    file.touch()
    file.chmod(0o640)
    records.keep_in_file(str(file), BEGUN)
    records.keep_in_file(str(file), OTHER)
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_symlink_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    assert records.keep_in_file(str(tmp_path / "link"), BEGUN) == [
        f"COMPASS_TRACKED cannot be kept in {tmp_path / 'link'} (it or a folder above it is a symlink), "
        "so the event's end "
        "will not know its start."
    ]
    assert not (tmp_path / "target").exists()


def test_a_folder_of_the_checkout_leads_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, elsewhere = tmp_path / "checkout", tmp_path / "elsewhere"
    here.mkdir()
    elsewhere.mkdir()
    (here / "out").symlink_to(elsewhere)
    monkeypatch.chdir(here)
    for path in ("out/record", "out/deep/record", "out/../record"):
        [said] = records.keep_in_file(path, BEGUN)
        assert "(it or a folder above it is a symlink)" in said
    assert list(elsewhere.iterdir()) == []
    assert not (tmp_path / "record").exists()


def test_a_pipe_holds_nobody_up(tmp_path: Path) -> None:
    """It is opened for both ways, which never waits; there is no place in it to go back to."""
    os.mkfifo(tmp_path / "pipe")
    [sentence] = records.keep_in_file(str(tmp_path / "pipe"), BEGUN)
    assert sentence.startswith(f"COMPASS_TRACKED cannot be kept in {tmp_path / 'pipe'} (")


def test_what_cannot_be_kept_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    place = tmp_path / "file" / "folder"
    sentence = (
        f"COMPASS_TRACKED cannot be kept in {place} (a part of its path is no folder), so the event's "
        "end will not know its start."
    )
    assert records.keep_in_folder(place, BEGUN) == [sentence]
    assert records.write_into(str(place), "note", "text") == [sentence]
    assert records.keep_in_file(f"{place}/record", BEGUN) == [
        sentence.replace(f"{place} ", f"{place}/record ")
    ]
