"""GitHub's manner: annotations, outputs, state and the files that the runner reads."""

from __future__ import annotations

import errno
import json
import re
from pathlib import Path

import pytest

from compass_action.report import files, github
from compass_action.report.report import Kept, Report, Row
from compass_action.tracking import Identity, Tracked
from tests.github_runner.file_commands import parse_pairs

BEGUN = Tracked(Identity("build", "ci/shop"), "IN_PROGRESS", 7, "digest", ("ari/one",))


@pytest.mark.parametrize(
    ("level", "title", "text", "lines"),
    [
        ("info", "", "one\ntwo", ["one", "two"]),
        ("success", "", "accepted", ["accepted"]),
        ("notice", "", "one\ntwo", ["Note: one", "Note: two"]),
        ("notice", "Title", "text", ["Note: Title: text"]),
        ("debug", "", "text", ["Debug: text"]),
        ("warning", "", "a\r\n50%", ["::warning::a%0D%0A50%25"]),
        ("error", "a: b, c%", "text", ["::error title=a%3A b%2C c%25::text"]),
    ],
)
def test_warnings_and_errors_annotate(level: str, title: str, text: str, lines: list[str]) -> None:
    """The rest are lines in the log."""
    assert github.render(level, title, text) == lines


def test_a_section_is_a_group_and_a_secret_is_masked() -> None:
    assert github.fold("100% of\n8", ["a"]) == ["::group::100%25 of%0A8", "a", "::endgroup::"]
    assert github.mask(["a%b", "c"]) == ["::add-mask::a%25b", "::add-mask::c"]
    assert (github.SPEAKER.name, github.SPEAKER.dressed) == ("github", False)


def test_outputs_and_summary_go_into_the_runner_s_files(tmp_path: Path) -> None:
    """No longer value than the runner takes; each between delimiters that nobody can guess."""
    output, summary = tmp_path / "output", tmp_path / "summary"
    env = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)}
    values = {"state": "a\nb", "payload": "x" * 400_000, "component-ids": "y" * 400_001}
    assert github.save(Report(values, rows=(Row("ari/one", "accepted"),)), env) == []
    assert parse_pairs(output.read_bytes()) == {"state": "a\nb", "payload": "x" * 400_000}
    assert summary.read_text().startswith("\n### Compass: event\n")
    first, _, _, last, second, *_ = output.read_text().split("\n")
    delimiter = re.fullmatch("state<<(compass-event-[0-9a-f]{32})", first)
    assert delimiter
    assert last == delimiter[1]
    assert second.removeprefix("payload<<") != delimiter[1]


def test_a_file_that_the_runner_does_not_name_is_not_written(tmp_path: Path) -> None:
    """Nor one for which there is nothing to write."""
    assert github.save(Report({"state": "OPEN"}), {"GITHUB_OUTPUT": ""}) == []
    env = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), "GITHUB_OUTPUT": str(tmp_path / "out")}
    assert github.save(Report(), env) == []
    assert list(tmp_path.iterdir()) == []


def test_the_record_goes_to_the_stage_at_the_end_and_to_later_steps(tmp_path: Path) -> None:
    state, temp = tmp_path / "state", tmp_path / "temp"
    env = {"GITHUB_STATE": str(state), "RUNNER_TEMP": str(temp)}
    assert github.keep(Kept(), env) == []
    assert list(tmp_path.iterdir()) == []
    assert github.keep(Kept(BEGUN), env) == []
    [file] = (temp / "compass-event").iterdir()
    assert json.loads(file.read_text())["component_ids"] == []
    assert not state.exists()
    assert github.keep(Kept(BEGUN, ends_job=True), {"GITHUB_STATE": str(state)}) == []
    record = parse_pairs(state.read_bytes())["COMPASS_TRACKED"]
    assert json.loads(record)["component_ids"] == ["ari/one"]


def test_what_cannot_be_kept_is_told_of_each_place(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    env = {"GITHUB_STATE": str(tmp_path), "RUNNER_TEMP": str(tmp_path / "file")}
    assert github.keep(Kept(BEGUN, ends_job=True), env) == [
        "GITHUB_STATE cannot be written (it is a folder).",
        f"COMPASS_TRACKED cannot be kept in {tmp_path / 'file' / 'compass-event'} (a part of its path "
        "is no folder), so the event's end will not know its start.",
    ]


def test_a_lack_of_rights_has_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, text: str) -> None:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(files, "append", refuse)
    assert github.save(Report({"state": "OPEN"}), {"GITHUB_OUTPUT": "output"}) == [
        "GITHUB_OUTPUT cannot be written (permission denied). Run the container as root, as GitHub's "
        "runner expects."
    ]
