"""The manner of Bitbucket's pipes: marks, output variables and the shared storage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compass_action.report import pipes
from compass_action.report.report import Kept, Report
from compass_action.tracking import Identity, Tracked

BEGUN = Tracked(Identity("build", "ci/shop"), "IN_PROGRESS", 7, "digest", ("ari/one",))
BLUE, GREEN, YELLOW, RED, END = "\x1b[34m", "\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[0m"


@pytest.mark.parametrize(
    ("level", "title", "text", "lines"),
    [
        ("info", "", "one\ntwo", [f"{BLUE}INFO: one{END}", f"{BLUE}INFO: two{END}"]),
        ("success", "", "accepted", [f"{GREEN}✔ accepted{END}"]),
        ("notice", "Title", "text", [f"{BLUE}INFO: Title: text{END}"]),
        ("warning", "Title", "", [f"{YELLOW}WARNING: Title{END}"]),
        ("error", "Title", "a\nb", [f"{RED}✖ Title{END}", f"{RED}✖ a{END}", f"{RED}✖ b{END}"]),
        ("debug", "", "text", ["DEBUG: text"]),
        ("info", "", "", []),
    ],
)
def test_each_line_has_its_mark_and_colour(
    level: str, title: str, text: str, lines: list[str]
) -> None:
    assert pipes.render(level, title, text) == lines


def test_outputs_are_variables_of_one_line_each(tmp_path: Path) -> None:
    file = tmp_path / "variables"
    file.write_text("A=1\n")
    env = {"BITBUCKET_PIPELINES_VARIABLES_PATH": str(file)}
    outputs = {"pipeline-id": "a\nb", "payload": "x" * 50_000}
    assert pipes.save(Report(outputs), env) == []
    assert file.read_text() == (
        "A=1\nCOMPASS_PIPELINE_ID=a b\nCOMPASS_PAYLOAD=" + "x" * 50_000 + "\n"
    )
    file.write_text("")
    pipes.save(Report(outputs | {"payload": "x" * 50_001}), env)
    assert file.read_text() == "COMPASS_PIPELINE_ID=a b\n"
    assert pipes.save(Report(outputs), {}) == []


def test_variables_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    env = {"BITBUCKET_PIPELINES_VARIABLES_PATH": str(tmp_path)}
    assert pipes.save(Report({"state": "OPEN"}), env) == [
        "The output variables cannot be written (it is a folder)."
    ]


def test_record_and_note_are_kept_in_the_shared_storage(tmp_path: Path) -> None:
    env = {"BITBUCKET_PIPE_SHARED_STORAGE_DIR": str(tmp_path)}
    assert pipes.keep(Kept(), env) == []
    assert pipes.keep(Kept(BEGUN, note="attempts"), {}) == []
    assert list(tmp_path.iterdir()) == []
    assert pipes.keep(Kept(BEGUN, note="attempts"), env) == []
    assert (tmp_path / "compass-event-note.json").read_text() == "attempts\n"
    record = json.loads((tmp_path / BEGUN.file_name).read_text())
    assert (record["outputs"]["pipeline-id"], record["component_ids"]) == ("ci/shop", [])
    (tmp_path / BEGUN.file_name).unlink()
    pipes.keep(Kept(note="more"), env)
    assert [file.name for file in tmp_path.iterdir()] == ["compass-event-note.json"]


def test_what_cannot_be_kept_is_told_of_both(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    place = tmp_path / "file" / "folder"
    env = {"BITBUCKET_PIPE_SHARED_STORAGE_DIR": str(place)}
    sentence = (
        f"COMPASS_TRACKED cannot be kept in {place} (a part of its path is no folder), so the event's "
        "end will not know its start."
    )
    assert pipes.keep(Kept(BEGUN, note="attempts"), env) == [sentence, sentence]


def test_bitbucket_s_lines_have_their_own_colours_and_no_sections() -> None:
    speaker = pipes.SPEAKER
    assert (speaker.name, speaker.dressed, speaker.mask(["secret"])) == ("pipes", False, [])
    assert speaker.fold("8 components", ["one"]) == ["8 components", "one"]
