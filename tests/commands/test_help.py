"""Help: what stands on each page, how wide it is, and that its examples run."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from compass_action.commands import help as pages
from compass_action.commands.event_guide import GUIDES
from compass_action.errors import InputError
from compass_action.sandbox import Sandbox, running_sandbox
from compass_action.tool_words import SEVERITIES, TOOLS
from tests.commands import pages as made
from tests.commands.program import ROOT, call, job, shell

TOPICS = sorted(pages.topics())
EXAMPLES = [(name, example) for name, guide in GUIDES.items() for example in guide.examples]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


@pytest.mark.parametrize("file", sorted(made.made()), ids=lambda file: file.name)
def test_a_page_is_as_it_is_kept(file: Path) -> None:
    """`python -m tests.commands.pages` writes them anew; look at what has changed."""
    assert file.read_text() == made.made()[file]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_fits_a_terminal_of_eighty_columns(topic: str) -> None:
    assert [line for line in pages.page(topic).split("\n") if len(line) > 80] == []


def test_the_first_page_begins_with_commands_and_three_examples(tmp_path: Path) -> None:
    for argv in (["--help"], ["-h"], ["help"]):
        done = call(argv, {"PATH": "/usr/bin:/bin"}, tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        lines = done.stdout.split("\n")
        commands, examples = lines.index("Commands:"), lines.index("Examples:")
        assert commands == 4
        assert len(lines[examples + 1 : lines.index("", examples)]) == 3
        assert lines.index("Connection:") > examples


@pytest.mark.parametrize(
    ("argv", "first"),
    [
        (["run", "--help"], "compass-event run: run a command and report how it went."),
        (["--help", "events"], "compass-event events: report many events from a file of JSON lines."),
        (["help", "exit-codes"], "Exit codes:"),
        (["help", "pull_request"], "Reporting a pull-request event (event-type: pull-request)"),
        (["help", "pullRequest"], "Reporting a pull-request event (event-type: pull-request)"),
        (["help", "INCIDENT"], "Reporting an incident event (event-type: incident)"),
    ],
)  # fmt: skip
def test_a_topic_has_its_own_page(argv: list[str], first: str, tmp_path: Path) -> None:
    done = call(argv, {"PATH": "/usr/bin:/bin"}, tmp_path)
    assert (done.returncode, done.stdout.split("\n")[0]) == (0, first)


def test_an_unknown_topic_is_told(tmp_path: Path) -> None:
    done = call(["help", "inciden"], {"PATH": "/usr/bin:/bin"}, tmp_path)
    assert done.returncode == 2
    assert '"inciden" is not a topic. Did you mean incident?' in done.stderr


@pytest.mark.parametrize(("event_type", "example"), EXAMPLES)
def test_an_example_of_an_event_type_runs(
    event_type: str, example: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Given credentials and a component; `run` needs a CI system and a command that exists."""
    argv = shlex.split(example)[1:]
    env = shell(sandbox.url)
    if argv[0] == "run":
        argv = [*argv[: argv.index("--")], "--", "true"]
        env = job(
            tmp_path, sandbox.url, CI_PIPELINE_URL="https://gitlab.com/acme/search/-/pipelines/1"
        )
    sandbox.clear()
    done = call(argv, env, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {*json.loads(sandbox.requests[-1].body)["event"]} == {event_type}


def test_docs_and_manifest_of_the_package_stay_with_the_tables() -> None:
    """A tool that is added has a page, an example and severities that mean something."""
    text = (ROOT / "docs" / "tools.md").read_text()
    for name, tool in TOOLS.items():
        assert f"\n## {name}\n" in text
        for event_type in tool.words:
            unknown = [
                word for word in tool.severities
                if event_type in SEVERITIES
                and word.lower().replace(" ", "") not in SEVERITIES[event_type]
            ]  # fmt: skip
            assert unknown == [], (name, event_type)
    assert json.dumps(sorted(SEVERITIES)) == '["alert", "incident", "vulnerability"]'


def test_the_kept_pages_are_those_of_all_topics() -> None:
    """One that has gone from the program would be compared with nothing."""
    assert sorted(file.stem for file in made.HELP.iterdir()) == [
        "alert", "build", "check", "compass-event", "completion", "custom", "demo", "deployment",
        "events", "exit-codes", "flag", "help", "incident", "inputs", "lifecycle", "post",
        "pull-request", "push", "replay", "run", "sandbox", "send", "verify", "vulnerability",
    ]  # fmt: skip


def test_these_are_the_topics() -> None:
    assert sorted(pages.topics()) == [
        "", "alert", "build", "check", "completion", "custom", "demo", "deployment", "events",
        "exit-codes", "flag", "help", "incident", "inputs", "lifecycle", "post", "pull-request", "push",
        "replay", "run", "sandbox", "send", "verify", "vulnerability",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("Inciden", 'help: "Inciden" is not a topic. Did you mean incident?'),
        ("xyz", 'help: "xyz" is not a topic. Use one of: run, incident, inputs, exit-codes.'),
    ],
)
def test_an_unknown_topic_has_an_advice(topic: str, said: str) -> None:
    with pytest.raises(InputError) as raised:
        pages.page(topic)
    assert [str(problem) for problem in raised.value.problems] == [said]


def test_a_topic_is_named_in_any_case_and_the_first_one_counts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept = (made.HELP / "exit-codes.txt").read_text()
    assert pages.explain(["Exit_CODES", "build"]) == 0
    assert capsys.readouterr() == (kept, "")
    assert pages.explain([]) == 0
    assert capsys.readouterr().out == (made.HELP / "compass-event.txt").read_text()


def test_a_paragraph_is_broken_at_blanks_and_a_table_goes_on_below_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At eighty columns; what has a hyphen, as all options have, stays whole in a paragraph."""
    words = ("x" * 70, "a-very-long-hyphen", "y" * 61, "z", "z")
    monkeypatch.setattr(pages, "INPUTS_TEXT", " ".join(words))
    page = pages.page("inputs").split("\n")
    assert page[:3] == ["x" * 70, "a-very-long-hyphen " + "y" * 61, "z z"]
    monkeypatch.setattr(pages, "EXIT_CODES", {"0": "a", "10": f"{'x' * 74} y"})
    assert pages.page("exit-codes").split("\n")[:4] == [
        "Exit codes:",
        "  0   a",
        f"  10  {'x' * 74}",
        "      y",
    ]


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        (
            f"compass-event --a {'x' * 57} --b y",
            [f"  compass-event --a {'x' * 57} \\", "      --b y"],
        ),
        (
            f"compass-event --a {'x' * 58} --b y",
            ["  compass-event \\", f"      --a {'x' * 58} --b y"],
        ),
        (f"{'x' * 90} --b y", [f"  {'x' * 90} \\", "      --b y"]),
        ("a --b 'c\nd' --e f", ["  a --b 'c", "d' --e f"]),
        (f"a --b 'c\n{'d' * 90}'", ["  a --b 'c", "d" * 90 + "'"]),
    ],
)
def test_a_call_is_broken_before_an_option(
    call: str, shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the line would pass the eightieth column with its backslash."""
    guide = GUIDES["custom"]._replace(examples=(call,))
    monkeypatch.setattr(pages, "GUIDES", {**GUIDES, "custom": guide})
    lines = pages.page("custom").split("\n")
    assert lines[lines.index("Examples:") + 1 :] == shown
