"""One list of inputs and outputs: every surface has the same names, texts and defaults.

Each surface has a small reader that gives its declarations in the words of the one list. What a
surface leaves out or says differently stands here, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from compass_action.inputs.table import BY_NAME, INPUTS
from compass_action.tracking import OUTPUTS
from tests.surfaces.documents import section

ROOT = Path(__file__).parents[2]


class Declared(NamedTuple):
    """One input as a surface declares it."""

    help: str
    default: str
    required: bool = False


def read_yaml(path: str) -> Any:
    """The first document, with all values as the texts that were written."""
    documents = yaml.load_all((ROOT / path).read_text(), yaml.BaseLoader)
    return next(iter(documents))


def read_action(path: str) -> dict[str, Declared]:
    return {
        name: Declared(row["description"], row.get("default", ""), row.get("required") == "true")
        for name, row in read_yaml(path)["inputs"].items()
    }


def read_pipe(path: str) -> dict[str, Declared]:
    """Variables; one whose default is its own name is taken from the repository's variables."""
    names = {row.variable: row.name for row in INPUTS}
    return {
        names.get(row["name"], row["name"]): Declared(
            row["description"],
            "" if row["default"] == f"${row['name']}" else row["default"],
            row.get("required") == "true",
        )
        for row in read_yaml(path)["variables"]
    }


def read_template(path: str) -> dict[str, Declared]:
    """The inputs of the template that are ours; an input without a default would be required."""
    return {
        name: Declared(row["description"], row.get("default", ""), "default" not in row)
        for name, row in read_yaml(path)["spec"]["inputs"].items()
        if name in BY_NAME
    }


def read_reference(path: str) -> dict[str, Declared]:
    """The rows of the tables under "Inputs": | `name` | text | `default` |."""
    inputs = section(ROOT / path, "Inputs")
    rows = re.findall(r"^\| `([\w-]+)` \| (.*?) \| *(?:(?:on GitHub )?`(.*?)`)? *\|$", inputs, re.M)
    return {name: Declared(text, default) for name, text, default in rows}


# What only the runner knows: the defaults of action.yml ask it.
RUNNER = {
    "job-index": "${{ strategy.job-index }}",
    "job-total": "${{ strategy.job-total }}",
    "check-run-id": "${{ job.check_run_id }}",
    "job-status": "${{ job.status }}",
    "workflow-ref": "${{ job.workflow_ref }}",
}
# A composite action cannot act at the end of the job.
TWICE = {
    "track": "Report IN_PROGRESS now. The outcome is reported by a second use of this action, with "
    "the same inputs but this one, at the job's end under if: always()."
}
# `track` is GitHub's; on the others a later step or job reports the end.
NOT_ELSEWHERE = {*RUNNER, "track", "ci"}
# An input of a template is the same for all jobs of the pipeline, and everybody can read it: neither
# secrets nor what is of one moment can be one. Which scope it is, the input `report` decides.
NOT_IN_TEMPLATE = NOT_ELSEWHERE | {
    *("email", "api-token", "host-token"),
    *("state", "started-at", "completed-at", "last-updated"),
    *("sequence-number", "update-sequence-number", "scope"),
    *("commit", "ref"),
    *("event-id", "severity"),
    "json",  # a job's log is read by people
    "record",  # the dotenv file keeps what was begun
}


class Surface(NamedTuple):
    path: str
    read: Callable[[str], dict[str, Declared]]
    defaults: Mapping[str, str] = {}
    """Where a surface has other ones than the list."""
    texts: Mapping[str, str] = {}
    left_out: frozenset[str] = frozenset()


SURFACES = (
    Surface("action.yml", read_action, RUNNER),
    Surface("no-docker/action.yml", read_action, RUNNER, TWICE),
    Surface("bitbucket-pipe.yml", read_pipe, left_out=frozenset(NOT_ELSEWHERE)),
    Surface("pipe.yml", read_pipe, left_out=frozenset(NOT_ELSEWHERE)),
    Surface("templates/compass-event.yml", read_template, left_out=frozenset(NOT_IN_TEMPLATE)),
    Surface("docs/reference.md", read_reference, RUNNER),
)
ACTIONS = ("action.yml", "no-docker/action.yml")


@pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: surface.path)
def test_every_surface_has_the_same_inputs_in_the_same_order(surface: Surface) -> None:
    """With the same texts and defaults, and none required: whatever misses is told at once."""
    expected = {
        row.name: Declared(
            surface.texts.get(row.name, row.help), surface.defaults.get(row.name, row.default)
        )
        for row in INPUTS
        if row.name not in surface.left_out
    }
    declared = surface.read(surface.path)
    assert declared == expected
    assert list(declared) == list(expected)


@pytest.mark.parametrize("path", ACTIONS)
def test_both_actions_have_the_same_outputs(path: str) -> None:
    outputs = read_yaml(path)["outputs"]
    assert {name: row["description"] for name, row in outputs.items()} == OUTPUTS


def test_the_reference_has_the_same_outputs() -> None:
    outputs = section(ROOT / "docs" / "reference.md", "Outputs")
    rows = re.findall(r"^\| `([\w-]+)` \| (.*?) \|$", outputs, re.M)
    assert dict(rows) == OUTPUTS


def test_the_composite_action_maps_every_output_to_its_step() -> None:
    values = {name: row["value"] for name, row in read_yaml(ACTIONS[1])["outputs"].items()}
    failed = {"outcome": " || 'failed'"}  # what could not even be installed was not delivered
    assert values == {
        name: f"${{{{ steps.event.outputs.{name}{failed.get(name, '')} }}}}" for name in OUTPUTS
    }


@pytest.mark.parametrize(
    ("stage", "program"),
    [
        ("entrypoint", "/usr/local/bin/compass-event"),
        ("post-entrypoint", "/usr/local/bin/compass-event-post"),
    ],
)
def test_the_stages_are_programs_of_the_image(stage: str, program: str) -> None:
    """The runner hands them to Docker as --entrypoint, where no shell looks them up; a runner on
    Kubernetes may refuse an action that leaves the first one to the image.
    """
    assert read_yaml("action.yml")["runs"][stage] == program
    assert f"program{program}" in (ROOT / "Dockerfile").read_text()


def read_uses(path: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    for job in read_yaml(str(path))["jobs"].values():
        for step in job.get("steps", []):
            if "uses" in step:
                yield step["uses"], step.get("with", {})


WORKFLOWS = sorted(
    [*(ROOT / "examples" / "github").glob("*.yml"), *(ROOT / ".github" / "workflows").glob("*.yml")]
)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_give_known_inputs_only(path: Path) -> None:
    """The runner only warns of others. `args` is taken by every action that runs in Docker."""
    ours = [
        given
        for used, given in read_uses(path)
        if used.startswith(("compass-event/compass-event", "./"))
    ]
    assert ours or path.name in ("release.yml", "codeql.yml", "mutants.yml", "scorecard.yml")
    for given in ours:
        assert set(given) <= {*BY_NAME, "args"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_of_others_are_pinned_by_commit(path: Path) -> None:
    """With the version in a comment, by which a reader and an updater know what it is."""
    for used in re.findall(r"uses: (\S.*)$", path.read_text(), re.M):
        if not used.startswith(("compass-event/compass-event", "./")):
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_have_least_privilege_and_an_end(path: Path) -> None:
    """No permission that is not asked for, no job without a limit, no credentials left behind."""
    workflow = read_yaml(str(path))
    assert workflow["permissions"] in ({}, {"contents": "read"})
    assert "concurrency" in workflow
    for job in workflow["jobs"].values():
        assert "uses" in job or int(job["timeout-minutes"]) <= 45
    for used, given in read_uses(path):
        if used.startswith("actions/checkout@"):
            assert given["persist-credentials"] == "false"
