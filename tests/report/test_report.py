"""What is kept and saved through the speakers: warnings, secrets, standard output."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from compass_action import report
from compass_action.report import plain
from compass_action.report.log import Log, Said
from compass_action.report.report import Kept, Report, Row, Value, Verdict
from compass_action.text import secrets_of
from compass_action.tracking import Identity, Tracked

BEGUN = Tracked(Identity("build", "ci/shop"), "IN_PROGRESS", 7, "digest", ("ari/one",))
TOKEN = "correct-horse"


@pytest.fixture
def log() -> Log:
    made = Log(plain.SPEAKER, stream=io.StringIO())
    made.hide(secrets_of(TOKEN, None))
    return made


def test_there_are_four_manners_of_log() -> None:
    assert list(report.SPEAKERS) == ["github", "pipes", "gitlab", "plain"]
    assert [speaker.name for speaker in report.SPEAKERS.values()] == list(report.SPEAKERS)


def test_a_record_is_kept_where_the_host_and_the_user_want_it(log: Log, tmp_path: Path) -> None:
    env = {"RUNNER_TEMP": str(tmp_path / "temp")}
    file = tmp_path / "record"
    report.keep(Kept(), "github", env, log, str(file))
    assert list(tmp_path.iterdir()) == []
    report.keep(Kept(BEGUN), "github", env, log)
    assert [place.name for place in tmp_path.iterdir()] == ["temp"]
    report.keep(Kept(BEGUN), "plain", env, log, str(file))
    assert '"ci/shop"' in file.read_text()
    assert log.said == []


def test_what_cannot_be_written_is_a_warning(log: Log, tmp_path: Path) -> None:
    env = {"BITBUCKET_PIPE_SHARED_STORAGE_DIR": "/dev/null/x",
           "BITBUCKET_PIPELINES_VARIABLES_PATH": str(tmp_path)}  # fmt: skip
    report.keep(Kept(BEGUN), "pipes", env, log, "/dev/null/y/z")
    report.save(Report({"state": "OPEN"}), "pipes", env, log)
    assert log.said == [
        Said("warning", "Something could not be written", text)
        for text in (
            "COMPASS_TRACKED cannot be kept in /dev/null/x (a part of its path is no folder), so the "
            "event's end will not know its start.",
            "COMPASS_TRACKED cannot be kept in /dev/null/y/z (a part of its path is no folder), so the "
            "event's end will not know its start.",
            "The output variables cannot be written (it is a folder).",
        )
    ]


def test_no_secret_is_left_behind(log: Log) -> None:
    """Nor a control character in an output."""
    left = Report(
        {"state": f"a {TOKEN}\x1b"},
        (Row("ari", "failed", f"b {TOKEN}"),),
        values=(Value("state", f"c {TOKEN}", "--state"),),
        problems=(f"d {TOKEN}",),
        verdicts=(Verdict("ari", "build", False, f"e {TOKEN}"),),
        title="title",
    )
    report.save(left, "plain", {}, log)
    assert log.left == Report(
        {"state": "a ***\ufffd"},
        (Row("ari", "failed", "b ***"),),
        values=(Value("state", "c ***", "--state"),),
        problems=("d ***",),
        verdicts=(Verdict("ari", "build", False, "e ***"),),
        title="title",
    )


def test_the_json_object_is_of_what_was_left_and_said(
    log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    log.say("notice", "a notice")
    report.save(Report({"outcome": "accepted"}), "plain", {}, log)
    report.print_json(log, 1)
    out = capsys.readouterr().out
    found = json.loads(out)
    assert (found["outcome"], found["exit-code"], found["notices"]) == ("accepted", 1, ["a notice"])
    assert out.count("\n") == 1


def test_a_text_is_printed_on_the_stream_that_was_meant(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report.print_text("out")
    report.print_text("err", error=True)
    assert capsys.readouterr() == ("out\n", "err\n")


class Gone(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_what_nobody_can_read_or_show_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    held = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(held, "ascii"))
    report.print_text("größer")
    assert held.getvalue() == b"gr??er\n"
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    report.print_text("größer")
    monkeypatch.setattr(sys, "stdout", Gone())
    report.print_text("größer")
