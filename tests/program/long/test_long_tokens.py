"""A token as long as Atlassian's (192 characters) is searched for before any text is cut.

Wherever it stands: no run of 16 of its characters is said, sent, kept or put out.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compass_action.inputs.table import INPUTS
from compass_action.sandbox import Sandbox, running_sandbox
from tests.program.steps import ARI, Job, Ran

TOKEN = "ATATT3xFfGF0" + "".join(chr(97 + n * n % 23) + str(n * 7 % 10) for n in range(90))
RUNS = {TOKEN[at : at + 16] for at in range(len(TOKEN) - 15)}
CUTS = {
    "whole": TOKEN,
    "its first 100": TOKEN[:100],
    "its last 40": TOKEN[-40:],
    "its middle": TOKEN[60:120],
    "behind 200 letters": "x" * 200 + TOKEN,
    "across the limit of a description": "y" * 180 + " " + TOKEN,
    "twice": f"{TOKEN} {TOKEN[:150]}",
}
GIVEN = [row.name for row in INPUTS if not row.type.is_secret]


def leaks(ran: Ran, folder: Path, sandbox: Sandbox) -> set[str]:
    """The runs of the token in all that came out of a run."""
    lines = (line for line in ran.log.splitlines() if not line.startswith("::add-mask::"))
    files = (file for file in folder.rglob("*") if file.is_file() and file.name not in INPUT_FILES)
    texts = [*lines, *(file.read_text("utf-8", "replace") for file in files)]
    texts += [request.body.decode() for request in sandbox.requests]
    everything = "\n".join(texts)
    return {run for run in RUNS if run in everything}


INPUT_FILES = {"event.json", "compass.yml"}


@pytest.mark.parametrize("name", GIVEN)
def test_no_input_shows_a_part_of_the_token(name: str, tmp_path: Path) -> None:
    """In whichever way it was cut; a whole one is refused (or no step is taken with it)."""
    for text in CUTS.values():
        with running_sandbox() as sandbox:
            job = Job(tmp_path, sandbox.url)
            ran = job.step({"api-token": TOKEN, "timeout": "5", name: text})
            assert ran.code in (0, 2)
            assert TOKEN not in text or ran.code == 2
            assert leaks(ran, tmp_path, sandbox) == set()


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(
    "variable",
    ["GITHUB_REF_NAME", "GITHUB_HEAD_REF", "GITHUB_WORKFLOW", "GITHUB_JOB", "GITHUB_ACTOR", "GITHUB_SHA",
     "GITHUB_TRIGGERING_ACTOR", "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_WORKFLOW_REF", "GITHUB_REF"],
)  # fmt: skip
def test_nothing_of_the_hosts_shows_a_part_of_the_token(
    variable: str, cut: str, tmp_path: Path
) -> None:
    """A branch, say, that somebody has named after it."""
    with running_sandbox() as sandbox:
        job = Job(tmp_path, sandbox.url)
        ran = job.step({"api-token": TOKEN, "debug": "true"}, **{variable: CUTS[cut]})
        assert leaks(ran, tmp_path, sandbox) == set()


@pytest.mark.parametrize("cut", CUTS)
def test_a_component_file_and_a_payload_show_nothing(cut: str, tmp_path: Path) -> None:
    text = CUTS[cut]
    (tmp_path / "compass.yml").write_text(f"name: {text}\nid: {text}\n")
    trigger = {"pull_request": {"number": 7, "head": {"ref": text, "sha": text}}}
    with running_sandbox() as sandbox:
        job = Job(tmp_path, sandbox.url, trigger=trigger)
        for inputs in ({"component-id": ""}, {"component-id": ARI}):
            ran = job.step({"api-token": TOKEN, **inputs}, GITHUB_EVENT_NAME="pull_request")
            assert leaks(ran, tmp_path, sandbox) == set()


@pytest.mark.parametrize("status", [202, 400, 403, 500])
@pytest.mark.parametrize("cut", CUTS)
def test_a_server_that_repeats_it_is_not_repeated(cut: str, status: int, tmp_path: Path) -> None:
    """In a type or a message, wherever that is cut."""
    for before in range(0, 300, 60):
        echo = "z" * before + CUTS[cut]
        body = json.dumps({"errors": [{"type": echo, "message": echo}]})
        with running_sandbox(faults=[{"status": status, "body": body, "times": 9}]) as sandbox:
            ran = Job(tmp_path, sandbox.url).step(
                {
                    "api-token": TOKEN,
                    "timeout": "1",
                    "debug": "true",
                    "outbox": str(tmp_path / "kept"),
                }
            )
            assert ran.code == 0
            assert leaks(ran, tmp_path, sandbox) == set()
