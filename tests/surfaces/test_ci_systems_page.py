"""docs/ci-systems.md: its matrix is made from the recorded runs, and every system has its section."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from compass_action import ci
from compass_action.ci import unknown
from compass_action.ci.run import CiRun
from compass_action.ci.system import System
from tests.recorded import RECORDED, interpret, read_json, snapshot

PAGE = (Path(__file__).parents[2] / "docs" / "ci-systems.md").read_text("utf-8")

COLUMNS: dict[str, Callable[[System, CiRun], object]] = {
    "repository": lambda system, run: run.repository_url,
    "commit": lambda system, run: run.commit,
    "branch": lambda system, run: run.branch,
    "tag": lambda system, run: run.tag,
    "pull request": lambda system, run: run.pull_request,
    "actor": lambda system, run: run.actor,
    "page": lambda system, run: run.run_url,
    "environment": lambda system, run: run.environment,
    "start": lambda system, run: run.job_started_at or run.run_started_at,
    "outcome": lambda system, run: run.status,
    "rising number": lambda system, run: (
        system.naming.job_number(run) is not None if system.naming else None
    ),
}
"""What a run tells, by the column's title."""


def matrix() -> str:
    """What the systems tell: at least one of their recorded runs does."""
    told: dict[str, set[str]] = {name: set() for name in ci.SYSTEMS if name != "unknown"}
    for path in RECORDED:
        _, system, run = interpret(snapshot(path.stem))
        if system is not unknown.SYSTEM:
            told[system.name] |= {title for title, of in COLUMNS.items() if of(system, run)}
    rows = ["| `ci` | " + " | ".join(COLUMNS) + " |", "| --- |" + " --- |" * len(COLUMNS)]
    for name, titles in told.items():
        cells = ("yes" if title in titles else "" for title in COLUMNS)
        rows.append(f"| `{name}` | " + " | ".join(cells) + " |")
    return "\n".join(row.replace("|  |", "| |").replace("|  |", "| |") for row in rows)


def test_the_matrix_is_what_the_recorded_runs_tell() -> None:
    """If it is not, this is what has to stand there."""
    [found] = re.findall(r"^\| `ci` \| repository(?:.*\n)+?(?=\n)", PAGE, re.MULTILINE)
    assert found.strip() == matrix()


def ids() -> str:
    """The id of a build of each system: of its first recorded run that has one."""
    rows = ["| `ci` | a build |", "| --- | --- |"]
    for name in ci.SYSTEMS:
        for path in RECORDED:
            found = read_json(path.with_suffix(".expected.json"))
            build = found.get("event", {}).get("build")
            if found["run"]["system"] == name and build:
                rows.append(
                    f"| `{name}` | `{build['buildProperties']['pipeline']['pipelineId']}` |"
                )
                break
    return "\n".join(rows)


def test_the_ids_are_those_of_the_recorded_runs() -> None:
    """If they are not, this is what has to stand there."""
    [found] = re.findall(r"^\| `ci` \| a build \|\n(?:.*\n)+?(?=\n)", PAGE, re.MULTILINE)
    assert found.strip() == ids()


def test_every_system_has_a_section_in_the_order_of_detection() -> None:
    """A section may be of two systems that are alike."""
    headings = re.findall(r"^### .*\((.+)\)$", PAGE, re.MULTILINE)
    named = [name for heading in headings for name in re.findall(r"`(\w+)`", heading)]
    assert named == [name for name in ci.SYSTEMS if name != "unknown"]


def test_every_section_says_what_must_be_given_and_what_rests_on_documentation_alone() -> None:
    sections = re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]
    for section in sections:
        labels = re.findall(r"^- \*\*([^*]+)\*\*", section, re.MULTILINE)
        assert labels == ["To give", "Good to know", "From documentation alone"], section[:40]


def test_the_variables_that_are_ours_are_read() -> None:
    """The page has the names that a user has to map; each leads to something."""
    for name, system in (("Tekton", "tekton"), ("TeamCity", "teamcity")):
        section = PAGE.partition(f"### {name}")[2].partition("### ")[0]
        ours = set(re.findall(rf"`({name.upper()}_\w+)`", section))
        assert len(ours) > 3
        recorded = {
            variable
            for path in RECORDED
            if interpret(snapshot(path.stem)).system.name == system
            for variable in snapshot(path.stem).env
        }
        assert ours <= recorded
