"""Other tools' words for states and severities, written out, each as its tool spells it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compass_action.event import severity, states
from tests.commands.program import call, shell

HERE = Path(__file__).parent


def pairs(file: str) -> list[tuple[str, str, str]]:
    table = json.loads((HERE / file).read_text())
    return [(kind, word, meant) for kind, words in table.items() for word, meant in words.items()]


@pytest.mark.parametrize(("event_type", "word", "state"), pairs("tool_words.json"))
def test_a_tool_s_word_is_a_state(event_type: str, word: str, state: str) -> None:
    assert states.read(event_type, word) == state


@pytest.mark.parametrize(("event_type", "word", "level"), pairs("severities.json"))
def test_a_tool_s_severity_is_a_level(event_type: str, word: str, level: str) -> None:
    assert severity.read(event_type, word) == level


@pytest.mark.parametrize(
    ("event_type", "word"),
    [("vulnerability", "UNKNOWN"), ("vulnerability", "none"), ("vulnerability", "5"),
     ("incident", "0"), ("incident", "6"), ("alert", "P9"), ("alert", ""),
     ("vulnerability", "page"), ("incident", "Wichtig - P1"), ("incident", "P1-Critical")],
)  # fmt: skip
def test_what_compass_has_no_level_for_is_said(event_type: str, word: str) -> None:
    with pytest.raises(ValueError, match=f"is not a severity of {event_type} events") as raised:
        severity.read(event_type, word)
    assert str(raised.value).endswith((".", "?"))


COMMON = ["check", "--offline", "--json", "--event-id", "7", "--state", "open", "--url", "https://a.example",
          "--external-event-source-id", "s"]  # fmt: skip


@pytest.mark.parametrize(
    ("argv", "part"),
    [
        (["--event-type", "incident", "--severity", "SEV1"], {"level": "ONE", "label": "SEV1"}),
        (["--event-type", "incident", "--severity", "one"], {"level": "ONE"}),
        (["--event-type", "incident", "--properties", "severity: high"],
         {"level": "TWO", "label": "high"}),
        (["--event-type", "incident", "--properties", "severity: {level: p1, label: Bad}"],
         {"level": "ONE", "label": "Bad"}),
        (["--event-type", "incident", "--severity", "2", "--properties", "severity: {label: Bad}"],
         {"level": "TWO", "label": "Bad"}),
        (["--event-type", "vulnerability", "--severity", "moderate"],
         {"level": "MEDIUM", "label": "moderate"}),
        (["--event-type", "alert", "--severity", "critical"], "P1"),
        (["--event-type", "alert", "--properties", "priority: high"], "P2"),
    ],
)  # fmt: skip
def test_a_severity_is_given_as_an_input_or_in_properties(
    argv: list[str], part: object, tmp_path: Path
) -> None:
    """The label keeps the word that was given."""
    done = call([*COMMON, *argv], shell(), tmp_path)
    [request] = json.loads(done.stdout)["requests"]
    [(kind, event)] = request["event"].items()
    properties = event[f"{kind}Properties"]
    assert properties["priority" if kind == "alert" else "severity"] == part


def test_properties_may_be_a_file_in_the_workspace(tmp_path: Path) -> None:
    """Read as carefully as component files: nothing outside, no device, no endless text."""
    (tmp_path / "own.yml").write_text("score: 8.1\nseverity: high\n")
    (tmp_path / "huge.yml").write_text("x" * 200_000)
    (tmp_path / "link.yml").symlink_to("/etc/passwd")
    argv = [*COMMON, "--event-type", "vulnerability", "--properties"]
    done = call([*argv, "@own.yml"], shell(), tmp_path)
    [request] = json.loads(done.stdout)["requests"]
    assert request["event"]["vulnerability"]["vulnerabilityProperties"]["score"] == 8.1
    for path, said in (
        ("@nowhere.yml", "it is not there."),
        ("@../outside.yml", "it leads out of the workspace."),
        ("@/etc/passwd", "it leads out of the workspace."),
        ("@link.yml", "it leads out of the workspace."),
        ("@huge.yml", "it is larger than 128 KiB."),
        ("@.", "it is not a regular file."),
    ):
        done = call([*argv, path], shell(), tmp_path)
        assert done.returncode == 2
        [problem] = [p for p in json.loads(done.stdout)["problems"] if p["where"] == "properties"]
        assert said in problem["what"]
        assert "root:" not in done.stdout + done.stderr


def test_an_id_is_given_as_an_input_for_every_type_that_has_one(tmp_path: Path) -> None:
    for event_type, state in (
        ("incident", "open"), ("flag", "on"), ("alert", "open"), ("lifecycle", "production"),
        ("custom", "open"), ("push", "open"), ("vulnerability", "open"),
    ):  # fmt: skip
        argv = [*COMMON, "--event-type", event_type, "--state", state, "--severity", "high",
                "--properties", "{branchName: main, author: {name: Ann}}"
                if event_type == "push" else "{}"]  # fmt: skip
        done = call(argv, shell(), tmp_path)
        assert done.returncode == 0, (event_type, done.stderr)
        [request] = json.loads(done.stdout)["requests"]
        [event] = request["event"].values()
        [part] = [value for key, value in event.items() if key.endswith("Properties")]
        assert part["id"] == "7"
