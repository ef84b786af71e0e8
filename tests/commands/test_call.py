"""What a command is called with shows no secret, and reads what it names."""

from __future__ import annotations

from pathlib import Path

from compass_action.commands.call import Call, read
from compass_action.commands.opening import open_call
from compass_action.inputs.command_line import CommandLine
from tests.building import ARI

TOKEN = "correct-horse-battery"


def called(folder: Path, **arguments: str) -> Call:
    given = {name.replace("_", "-"): value for name, value in arguments.items()}
    env = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(folder), "COMPASS_API_TOKEN": TOKEN}
    return open_call(
        CommandLine(arguments=given), env | {"GITHUB_EVENT_PATH": f"{folder}/event.json"}
    )


def test_it_shows_no_secret(tmp_path: Path) -> None:
    shown = repr(called(tmp_path, state="failed"))
    assert shown.startswith("Call('github', Inputs(")
    assert "state='failed'" in shown
    assert TOKEN not in shown


def test_the_usual_component_files_are_read_where_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "compass.yml").write_text(f"id: {ARI}\nname: {TOKEN}\n")
    (tmp_path / "event.json").write_text(f'{{"action": "{TOKEN}"}}')
    taken = read(called(tmp_path))
    [file] = [file for file in taken.component_files.files if file.text]
    assert (file.path, file.text) == ("compass.yml", f"id: {ARI}\nname: ***\n")
    assert taken.trigger == {"action": "***"}
    assert taken.records == ()


def test_a_named_record_is_read_before_the_system_s_own(tmp_path: Path) -> None:
    (tmp_path / "record").write_text("one\n")
    assert read(called(tmp_path, record=str(tmp_path / "record"))).records == ("one",)


def test_a_component_file_that_is_named_has_to_be_there(tmp_path: Path) -> None:
    """The usual ones need not."""
    files = read(called(tmp_path)).component_files
    named = read(called(tmp_path, component_file="other.yml")).component_files
    assert files != named
    assert "other.yml" in repr(named)
