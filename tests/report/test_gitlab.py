"""GitLab's dotenv file: every line of it, and the limit of its size."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compass_action.report import gitlab
from compass_action.report.report import Kept, Report
from compass_action.tracking import Identity, Tracked

BEGUN = Tracked(Identity("build", "ci/shop"), "IN_PROGRESS", 7, "digest", ("ari/one",))
TOO_LARGE = ["The outputs are larger than 5 KiB, GitLab's limit."]


def left(folder: Path, report: Report) -> dict[str, str]:
    """What the file says after the report, by variable."""
    assert gitlab.save(report, {"CI_PROJECT_DIR": str(folder)}) == []
    lines = (folder / "compass-event.env").read_text().splitlines()
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def test_every_output_is_a_variable_and_so_is_every_input_of_its_name(tmp_path: Path) -> None:
    """Empty where nothing is said: an earlier job's value must not stay. A `$` would be expanded."""
    outputs = {
        "outcome": "accepted", "state": "FAILED", "pipeline-id": "a$b", "component-ids": "one",
        "payload": '{"a":\n 1}',
    }  # fmt: skip
    found = left(tmp_path, Report(outputs))
    assert json.loads(found.pop("COMPASS_TRACKED")) == {
        "outputs": {"state": "FAILED", "pipeline-id": "a$b"}
    }
    assert found == {
        "COMPASS_EVENT_TYPE": "",
        "COMPASS_STATE": "FAILED",
        "COMPASS_PIPELINE_ID": "",
        "COMPASS_ENVIRONMENT_ID": "",
        "COMPASS_ENVIRONMENT_CATEGORY": "",
        "COMPASS_SEQUENCE_NUMBER": "",
        "COMPASS_STARTED_AT": "",
        "COMPASS_UPDATE_SEQUENCE_NUMBER": "",
        "COMPASS_OUTCOME": "accepted",
        "COMPASS_COMPONENT_IDS": "one",
        "COMPASS_PAYLOAD": '{"a": 1}',
    }


def test_the_record_of_a_begun_event_has_no_components(tmp_path: Path) -> None:
    """They may be many, and only the end of a tracked job goes by them."""
    report = Report({"state": "IN_PROGRESS", "outcome": "accepted"}, tracked=BEGUN)
    record = json.loads(left(tmp_path, report)["COMPASS_TRACKED"])
    assert (record["components"], record["component_ids"]) == ("digest", [])
    assert record["outputs"] == {
        "event-type": "build",
        "state": "IN_PROGRESS",
        "pipeline-id": "ci/shop",
        "update-sequence-number": "7",
    }


def test_a_record_is_kept_before_there_are_outputs(tmp_path: Path) -> None:
    env = {"CI_PROJECT_DIR": str(tmp_path)}
    assert gitlab.keep(Kept(), env) == []
    assert list(tmp_path.iterdir()) == []
    assert gitlab.keep(Kept(BEGUN), env) == []
    assert '"ci/shop"' in (tmp_path / "compass-event.env").read_text()


def filled(folder: Path, size: int, **outputs: str) -> Report:
    """A report that makes a file of this size."""
    given = {name.replace("_", "-"): value for name, value in outputs.items()}
    left(folder, Report(given | {"outcome": "x"}))
    written = (folder / "compass-event.env").stat().st_size
    return Report(given | {"outcome": "x" * (1 + size - written)})


def test_a_file_of_five_kibibytes_is_written_and_none_that_is_larger(tmp_path: Path) -> None:
    left(tmp_path, filled(tmp_path, 5_120))
    assert (tmp_path / "compass-event.env").stat().st_size == 5_120
    env = {"CI_PROJECT_DIR": str(tmp_path)}
    assert gitlab.save(filled(tmp_path, 5_121), env) == TOO_LARGE


def test_what_is_long_is_left_out_first(tmp_path: Path) -> None:
    """The payload, then the components; neither while there is room."""
    long = {"payload": "p" * 99, "component_ids": "c" * 99}
    whole = left(tmp_path, filled(tmp_path, 5_120, **long))
    assert (len(whole["COMPASS_PAYLOAD"]), len(whole["COMPASS_COMPONENT_IDS"])) == (99, 99)
    less = left(tmp_path, filled(tmp_path, 5_121, **long))
    assert "COMPASS_PAYLOAD" not in less
    assert len(less["COMPASS_COMPONENT_IDS"]) == 99
    line = len("COMPASS_PAYLOAD=\n") + 99
    less = left(tmp_path, filled(tmp_path, 5_120 + line, **long))
    assert len(less["COMPASS_COMPONENT_IDS"]) == 99
    least = left(tmp_path, filled(tmp_path, 5_121 + line, **long))
    assert {"COMPASS_PAYLOAD", "COMPASS_COMPONENT_IDS"} & least.keys() == set()


def test_bytes_are_counted_and_not_characters(tmp_path: Path) -> None:
    report = filled(tmp_path, 5_120)
    wide = report._replace(outputs={"outcome": report.outputs["outcome"][:-1] + "ü"})
    assert gitlab.save(wide, {"CI_PROJECT_DIR": str(tmp_path)}) == TOO_LARGE


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert gitlab.save(Report(), {"CI_PROJECT_DIR": str(tmp_path / "file")}) == [
        "compass-event.env cannot be written (a part of its path is no folder)."
    ]
    (tmp_path / "compass-event.env").symlink_to(tmp_path / "file")
    assert gitlab.save(Report(), {"CI_PROJECT_DIR": str(tmp_path)}) == [
        "compass-event.env cannot be written (it or a folder above it is a symlink)."
    ]


def test_without_a_project_folder_it_is_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert gitlab.save(Report({"state": "OPEN"}), {}) == []
    assert "COMPASS_STATE=OPEN\n" in Path("compass-event.env").read_text()


def test_a_section_is_closed_at_first() -> None:
    """The name is of letters GitLab takes, and the same for the same title."""
    begin, *lines, end = gitlab.fold("8 components", ["one", "two"])
    assert lines == ["one", "two"]
    assert begin == (
        "\x1b[0Ksection_start:0:compass_event_9f97cf6d[collapsed=true]\r\x1b[0K8 components"
    )
    assert end == "\x1b[0Ksection_end:0:compass_event_9f97cf6d\r\x1b[0K"


def test_gitlab_speaks_in_plain_lines_that_may_be_coloured() -> None:
    speaker = gitlab.SPEAKER
    assert (speaker.name, speaker.dressed, speaker.mask(["secret"])) == ("gitlab", True, [])
    assert speaker.render("warning", "", "text") == ["Warning: text"]
