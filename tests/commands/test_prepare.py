"""What is prepared before anything is sent: what it takes, what is asked for, what is skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from compass_action.ci.run import CiRun
from compass_action.commands import prepare
from compass_action.commands.opening import open_call
from compass_action.inputs.command_line import CommandLine
from compass_action.snapshot import Snapshot
from tests.building import ARI
from tests.lookup.compass import BUILD, GITHUB, Program, compass, program
from tests.lookup.stand_in import StandIn
from tests.recorded import NOW

__all__ = ["compass", "program"]

TRACKED = (
    '{"outputs":{"event-type":"build","pipeline-id":"%s","state":"IN_PROGRESS",'
    '"update-sequence-number":"7"}}'
)


@pytest.mark.parametrize(
    ("more", "env", "said"),
    [
        ((), {}, ["track: only GitHub has a stage at the job's end. Report state in_progress, then the "
                  "outcome."]),
        (("--event-type", "incident"), GITHUB, ["track: a job can be tracked as a build or deployment, "
                                                "not as incident."]),
        (("--event-type", "pullRequest"), GITHUB, ["track: a job can be tracked as a build or deployment, "
                                                   "not as pull-request."]),
        (("--state", "sucess"), GITHUB, ['state: "sucess" is not a build state. Did you mean success?']),
        (("--state", "sucess", "--event-type", "deployment"), GITHUB,
         ['state: "sucess" is not a deployment state. Did you mean success?']),
        (("--state", "", "--scope", "run"), GITHUB,
         ["state: with scope run it has to be given: a job cannot tell how its run ended."]),
        (("--scope", "run"), GITHUB, []),
        (("--state", ""), GITHUB, []),
        (("--event-type", "auto"), GITHUB, []),
    ],
)  # fmt: skip
def test_what_cannot_be_tracked_is_not_begun(
    more: tuple[str, ...], env: dict[str, str], said: list[str]
) -> None:
    given = ("--track", "true", "--event-type", "build", "--state", "success", *more)
    pairs = {given[at].removeprefix("--"): given[at + 1] for at in range(0, len(given), 2)}
    begun = prepare.as_begun(open_call(CommandLine(arguments=pairs), env))
    assert [str(problem) for problem in begun.problems] == said
    begins = not any(problem.startswith("track: ") for problem in said)
    assert (begun.inputs.state == "in_progress") is begins
    assert begun.inputs.completed_at is None


def test_a_job_that_is_not_tracked_is_taken_as_it_is() -> None:
    call = open_call(CommandLine(arguments={"state": "failed"}), {})
    assert prepare.as_begun(call) is call


REHEARSED = (
    "act only rehearses this workflow: its runs all have the same id. Use dry-run, or an api-url on this "
    "machine."
)


@pytest.mark.parametrize(
    ("arguments", "run", "said"),
    [
        ({}, CiRun("github"), None),
        ({}, CiRun("github", rehearsal="act"), REHEARSED),
        ({"api-url": "https://a.example"}, CiRun("github", rehearsal="act"), REHEARSED),
        ({"api-url": "http://127.0.0.1:8377"}, CiRun("github", rehearsal="act"), None),
        ({"dry-run": "true"}, CiRun("github", rehearsal="act"), None),
        ({}, CiRun("github", withholds_secrets="a fork"), "GitHub hands no secrets to a fork."),
        ({"api-token": "correct-horse"}, CiRun("github", withholds_secrets="a fork"), None),
        ({"dry-run": "true"}, CiRun("github", withholds_secrets="a fork"), None),
    ],
)
def test_a_run_that_has_nothing_true_to_send_is_skipped(
    arguments: dict[str, str], run: CiRun, said: str | None
) -> None:
    call = open_call(CommandLine(arguments=arguments), GITHUB)
    assert prepare.unsent(call, call.inputs, run) == said


def test_records_are_read_nearest_first() -> None:
    """Those of the step's own stage, of which there may be several, then an earlier job's."""
    env = GITHUB | {
        "STATE_COMPASS_TRACKED": "\n".join([TRACKED % "one", "damaged", TRACKED % "two"]),
        "COMPASS_TRACKED": TRACKED % "three",
    }
    call = open_call(CommandLine(), env)
    taken = Snapshot(env, NOW, records=(TRACKED % "four", f"COMPASS_TRACKED={TRACKED % 'five'}"))
    found = [record.identity.pipeline_id for record in prepare.read_all_records(call, taken)]
    assert found == ["one", "two", "three", "four", "five"]


def test_a_start_is_not_asked_for_where_nothing_is_sent(compass: StandIn, program: Program) -> None:
    """Neither offline nor where inputs are wrong; nor of what has no duration or has not ended."""
    started = BUILD[:-2]
    for argv in (
        ("check", "--offline", *started),
        (*started, "--timeout", "soon"),
        (*started, "--state", "in_progress"),
        ("--event-type", "custom", "--event-id", "c", "--display-name", "it"),
        BUILD,
    ):
        program(*argv)
        assert [one for one in compass.asked if one.path == "/graphql"] == []
    program(*started)
    assert compass.operations == ["EventsOfSource"]


@pytest.mark.parametrize(
    ("argv", "asked"),
    [
        (BUILD[:-2], True),
        (BUILD, False),
        ((*BUILD[:-2], "--state", "in_progress"), False),
        (("--event-type", "custom", "--event-id", "c"), False),
        (
            ("--event-type", "incident", "--event-id", "c", "--state", "open", "--severity", "1"),
            False,
        ),
    ],
)
def test_the_host_is_asked_only_for_a_start_that_an_end_lacks(
    argv: tuple[str, ...], asked: bool, program: Program
) -> None:
    ran = program(*argv, **GITHUB)
    assert ran.code == 0, ran.said
    assert ("Note: GitHub knows when the job began." in ran.said) is asked


def test_a_file_with_a_slug_is_asked_about_only_where_no_component_is_named(
    compass: StandIn, program: Program
) -> None:
    (program.folder / "compass.yml").write_text("slug: shop-web\n")
    (program.folder / "map").write_text("")
    assert program(*BUILD).code == 0
    program(
        *BUILD, "--component-map", f"** = {ARI}", "--changed-files", "a", COMPASS_COMPONENT_ID=""
    )
    assert compass.operations == []
    assert program(*BUILD, COMPASS_COMPONENT_ID="").code == 0
    assert compass.operations == ["CloudId", "BySlug"]
    Path("compass.yml").unlink()
    assert program(*BUILD, COMPASS_COMPONENT_ID="").code == 2
    assert compass.operations == ["CloudId", "BySlug"]


def test_the_endpoint_is_named_where_it_is_known() -> None:
    for arguments, address in (
        ({"site": "acme"}, "https://acme.atlassian.net/gateway/api/compass/v1/events"),
        ({}, ""),
    ):
        assert (
            prepare.site_address(open_call(CommandLine(arguments=arguments), {}).inputs) == address
        )
