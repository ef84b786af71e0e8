"""What is told of several things that are wrong: each of them, and none that another one brings about."""

from __future__ import annotations

from pathlib import Path

import pytest

from compass_action.commands.problems import certain
from compass_action.errors import Problem
from tests.commands.program import call, shell
from tests.commands.test_prepare_messages import problems
from tests.lookup.compass import GITHUB, Program, compass, program

__all__ = ["compass", "program"]

NOTHING = {"COMPASS_URL": "", "COMPASS_EXTERNAL_EVENT_SOURCE_ID": "", "COMPASS_API_URL": ""}


def wheres(said: str) -> list[str]:
    return [line.partition(":")[0] for line in problems(said)]


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        ("--event-type incidnt --state open --event-id 1", ["event-type"]),
        ("--event-type PR --state open", ["event-type"]),
        ("--event-type deploy --severity high --properties {state:\u00a0open}", ["event-type"]),
        ("--event-type incidnt --timeout soon", ["event-type", "timeout"]),
        ("--event-type incidnt --component-id x", ["event-type", "component-id"]),
        ("--ci jenkin", ["ci"]),
        ("--ci jenkin --state sucess", ["ci", "state"]),
        ("--ci jenkin --event-type push", ["ci"]),
        ("--commit main --event-type push --ref main", ["commit"]),
        ("--properties [ --event-type vulnerability", ["properties"]),
        ("--properties [ --event-type push", ["properties"]),
        ("--track --event-type flag --event-id 7 --state on", ["track", "track"]),
        ("--track --event-type flag", ["track", "track", "state", "event-id"]),
        ("--track maybe --state sucess --pipeline-id p", ["track", "state"]),
    ],
)
def test_one_mistake_is_one_problem(argv: str, told: list[str], program: Program) -> None:
    ran = program(*(word.replace("\u00a0", " ") for word in argv.split(" ")))
    assert wheres(ran.said) == told


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--event-type", "incident"], ["event-type"]),
        (["--pipelin-id", "x"], ["command line"]),
        (["--scop", "x", "--event-type", "deployment"], ["command line"]),
    ],
)
def test_one_mistake_around_a_command_is_one_problem(
    argv: list[str], told: list[str], tmp_path: Path
) -> None:
    done = call(
        ["run", *argv, "--", "true"],
        shell(COMPASS_URL="https://ci.acme.example", COMPASS_EXTERNAL_EVENT_SOURCE_ID="mine"),
        tmp_path,
    )
    assert wheres(done.stderr) == told


@pytest.mark.parametrize(
    ("named", "problem"),
    [("component-map", "x"), ("component-slug", "a b")],
)
def test_a_component_may_stand_in_what_could_not_be_read(
    named: str, problem: str, program: Program
) -> None:
    ran = program("--state", "success", "--pipeline-id", "p", f"--{named}", problem,
                  COMPASS_COMPONENT_ID="")  # fmt: skip
    assert wheres(ran.said) == [named]


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        ("--event-type vulnerability --event-id V --state qqqq --severity foo", ["state", "severity"]),
        ("--event-type alert --state foo", ["state", "event-id"]),
        ("--event-type flag --state foo", ["state", "event-id"]),
        ("--event-type lifecycle --state foo", ["state", "event-id"]),
        ("--event-type pull-request --state foo", ["state", "event-id", "properties"]),
        ("--event-type custom --properties {icon:\u00a0STAR}",
         ["event-id", "$.event.custom.customEventProperties.icon"]),
        ("--event-type build --pipeline-id p --properties {pipelin:\u00a0{}}",
         ["state", "$.event.build.buildProperties.pipelin"]),
        ("--event-type incident --state resolved --event-id 7 --properties {endTime:\u00a0soon}",
         ["started-at", "$.event.incident.incidentProperties.endTime"]),
        ("--event-type incident --state open --properties {severity:\u00a0{lvel:\u00a0one}}",
         ["event-id", "$.event.incident.incidentProperties.severity.lvel"]),
        ("--event-type deployment --state failed --sequence-number 7 --environment qa "
         "--properties {sequenceNumber:\u00a07.5}",
         ["pipeline-id", "$.event.deployment.deploymentProperties.sequenceNumber"]),
    ],
)  # fmt: skip
def test_no_problem_hides_another_one(argv: str, told: list[str], program: Program) -> None:
    ran = program(*(word.replace("\u00a0", " ") for word in argv.split(" ")), "--dry-run")
    assert wheres(ran.said) == told


@pytest.mark.parametrize(
    ("event_type", "needs"),
    [
        ("build", ["pipeline-id", "state"]),
        ("deployment", ["pipeline-id", "sequence-number", "environment", "state"]),
        ("incident", ["state", "event-id"]),
        ("flag", ["state", "event-id"]),
        ("alert", ["state", "event-id"]),
        ("lifecycle", ["state", "event-id"]),
        ("custom", ["event-id"]),
        ("push", ["event-id", "ref"]),
        ("pull-request", ["state", "event-id", "properties", "properties"]),
        ("vulnerability", ["state", "event-id", "severity"]),
    ],
)
def test_what_a_type_needs_is_told_by_the_names_of_its_inputs(
    event_type: str, needs: list[str], program: Program
) -> None:
    ran = program("--event-type", event_type, "--dry-run", **NOTHING)
    common = [] if event_type == "pull-request" else ["external-event-source-id", "url"]
    assert wheres(ran.said) == [*needs, *common]


@pytest.mark.parametrize(
    "given",
    [
        ("--ref", "main", "--event-id", "8e1f5c0"),
        ("--ref", "refs/heads/main", "--commit", "8e1f5c0"),
    ],
)
def test_a_push_takes_no_more_than_commit_and_branch(
    given: tuple[str, ...], program: Program
) -> None:
    ran = program("--event-type", "push", *given, "--dry-run")
    assert ran.code == 0, ran.said
    assert '"branchName": "main"' in ran.said


@pytest.mark.parametrize(
    "word", ["pull-request", "pullRequest", "PULL_REQUEST", "Pull Request", "pull_request"]
)
def test_an_event_type_may_be_spelt_as_elsewhere(word: str, program: Program) -> None:
    ran = program("--event-type", word, "--event-id", "7", "--state", "merged", "--dry-run",
                  "--properties", "{pullRequestUrl: https://github.com/acme/shop/pull/7}")  # fmt: skip
    assert ran.code == 0, ran.said
    assert '"pullRequestProperties"' in ran.said


@pytest.mark.parametrize(
    ("given", "where"),
    [
        (("--site", "ac me"), "site"),
        (("--site", "acme.com"), "site"),
        (("--api-url", "http://acme.example"), "api-url"),
        (("--api-url", "acme"), "api-url"),
        (("--email", "ada"), "email"),
    ],
)
def test_a_dry_run_does_without_an_address_but_not_with_a_wrong_one(
    given: tuple[str, str], where: str, program: Program
) -> None:
    build = ("--state", "success", "--pipeline-id", "p", "--dry-run")
    assert program(*build, COMPASS_API_URL="", COMPASS_EMAIL="").code == 0
    ran = program(*build, *given, COMPASS_API_URL="")
    assert (ran.code, wheres(ran.said)) == (2, [where])


def test_the_host_s_word_for_a_job_is_no_problem_of_an_unread_type(program: Program) -> None:
    """It is a build's or a deployment's."""
    ran = program("--event-type", "incidnt", "--environment", "qa", **GITHUB)
    assert wheres(ran.said) == ["event-type"]


@pytest.mark.parametrize(
    ("wrong", "where", "what", "kept"),
    [
        ([], "state", "it is not given. Use one of: open.", True),
        (["timeout"], "state", "it is not given. Use one of: open.", True),
        (["state"], "state", "it is not given. Use one of: open.", False),
        (["state"], "state", '"x" is not a build state.', True),
        (["event-type"], "state", '"x" is not a build state.', False),
        (["event-type"], "url", "it is not given.", True),
        (["event-type"], "component-id", "it is not given.", True),
        (["event-type"], "last-updated", "it lies ahead.", True),
        (["ci"], "url", "it is not given.", False),
        (["ci"], "component-id", "it is not given.", True),
        (["ci"], "properties", "repoUrl is not given.", False),
        (["ci"], "properties", "state is not a word.", True),
        (["track"], "state", '"x" is not a flag status.', True),
        (["command line"], "component-id", "it is not given, and there is none.", False),
        (["command line"], "component-id", '"x" is not the ARI of a component.', True),
    ],
)
def test_what_stands_whatever_was_meant_is_told(
    wrong: list[str], where: str, what: str, kept: bool
) -> None:
    found = Problem(where, what)
    unread = [Problem(name, "it could not be read.") for name in wrong]
    assert certain(unread, [found]) == ([found] if kept else [])
