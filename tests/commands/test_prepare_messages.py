"""What is told of what is prepared: all that is wrong together, and notes where nothing is."""

from __future__ import annotations

import pytest

from compass_action import __version__
from tests.building import ARI
from tests.lookup.compass import BUILD, GITHUB, Program, compass, program
from tests.lookup.stand_in import StandIn

__all__ = ["compass", "program"]


def problems(said: str) -> list[str]:
    """The sentences about wrong inputs."""
    text = said.replace("%0A", "\n").replace("%25", "%")
    for head in ("Error: ", "::error title="):
        text = text.removeprefix(head)
    text = text.removeprefix("Some inputs are missing or wrong").lstrip(": \n")
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_all_that_is_wrong_is_told_together(compass: StandIn, program: Program) -> None:
    """Inputs, the place to send to, and where that is all, what the event itself lacks."""
    ran = program(*BUILD, "--timeout", "soon", "--email", "ada", "--component-id", "x")
    assert ran.code == 2
    wheres = [line.partition(":")[0] for line in problems(ran.said)]
    assert sorted(wheres) == ["component-id", "email", "timeout"]
    ran = program(*BUILD, "--email", "ada", "--properties", "{pipeline: 7}")
    wheres = [line.partition(":")[0] for line in problems(ran.said)]
    assert wheres == ["email", "$.event.build.buildProperties.pipeline"]
    ran = program(*BUILD, "--completed-at", "soon", "--properties", "{pipeline: 7}")
    wheres = [line.partition(":")[0] for line in problems(ran.said)]
    assert wheres == ["completed-at", "$.event.build.buildProperties.pipeline"]
    assert compass.asked == []


def test_what_was_given_and_could_not_be_read_is_not_missing_too(program: Program) -> None:
    """Nor what may stand in properties that could not be read."""
    ran = program("--event-type", "incident", "--properties", "[", "--severity", "high")
    assert [line.partition(":")[0] for line in problems(ran.said)] == ["properties"]
    ran = program("--event-type", "deployment", "--properties", "[")
    assert [line.partition(":")[0] for line in problems(ran.said)] == ["properties"]
    ran = program("--event-type", "incident", "--severity", "high")
    assert [line.partition(":")[0] for line in problems(ran.said)] == ["state", "event-id"]
    ran = program(*BUILD, "--timeout", "soon", COMPASS_API_TOKEN="")
    assert [line.partition(":")[0] for line in problems(ran.said)] == ["timeout", "api-token"]
    ran = program(*BUILD, COMPASS_EMAIL="", COMPASS_API_TOKEN="")
    assert [line.partition(":")[0] for line in problems(ran.said)] == ["email", "api-token"]


def test_what_did_not_happen_is_skipped_unless_inputs_are_wrong(
    compass: StandIn, program: Program
) -> None:
    ran = program(*BUILD, "--state", "skipped")
    assert ran.code == 0
    assert ran.said.startswith("Note: Nothing was sent: ")
    ran = program(*BUILD, "--state", "skipped", "--timeout", "soon")
    assert ran.code == 2
    assert [line.partition(":")[0] for line in problems(ran.said)] == ["timeout"]
    assert compass.asked == []


def test_a_secret_in_an_event_stops_it(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """However it has got there: here two harmless values make it."""
    ran = program(*BUILD, "--properties", '{pipeline: {pipelineId: "q-1234", displayName: "5678-q"}}',
                  COMPASS_API_TOKEN='displayName":"5678-q')  # fmt: skip
    assert ran.code == 2
    assert (
        "$: the API token stands in the event. Take it out of the input it came from." in ran.said
    )


def test_more_than_three_components_are_listed(program: Program) -> None:
    ids = [ARI[:-1] + digit for digit in "4567"]
    for many, listed in ((3, False), (4, True)):
        ran = program(*BUILD, "--dry-run", COMPASS_COMPONENT_ID=",".join(ids[:many]))
        assert ran.code == 0
        section = f"{many} components\n" + "\n".join(one.rpartition("/")[2] for one in ids[:many])
        assert (section in ran.said) is listed


@pytest.mark.parametrize(
    ("argv", "env", "said"),
    [
        (("--environment", "prod"), {}, True),
        ((), {"INPUT_ENVIRONMENT": "prod"}, True),
        ((), {"COMPASS_ENVIRONMENT": "prod"}, False),
        ((), {}, False),
    ],
)
def test_an_input_that_makes_no_difference_is_told_where_it_was_given_to_this_event(
    argv: tuple[str, ...], env: dict[str, str], said: bool, program: Program
) -> None:
    """Not where it is set for a whole project."""
    ran = program(*BUILD, "--dry-run", *argv, **env)
    assert ran.code == 0
    assert ("Note: " in ran.said and "environment" in ran.said.partition("POST")[0]) is said


def test_for_somebody_who_looks_into_it_version_and_system_are_named(program: Program) -> None:
    ran = program(*BUILD, "--dry-run", "--debug", **GITHUB)
    assert f"Debug: Compass Event {__version__}, GitHub\n" in ran.said


def test_of_what_compass_could_not_tell_the_missing_component_is_not_told_again(
    program: Program,
) -> None:
    """But a wrong one is."""
    ran = program(*BUILD, "--component-slug", "nobody", COMPASS_COMPONENT_ID="")
    assert [line.partition(":")[0] for line in problems(ran.said)] == ["component-slug"]
    ran = program(*BUILD, "--component-slug", "nobody", COMPASS_COMPONENT_ID="nonsense")
    wheres = [line.partition(":")[0] for line in problems(ran.said)]
    assert sorted(wheres) == ["component-id", "component-slug"]
