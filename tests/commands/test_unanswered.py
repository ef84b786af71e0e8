"""A Compass that does not answer fails a delivery, and makes no input wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compass_action.commands import unanswered
from compass_action.commands.call import Call
from compass_action.commands.known import Known
from compass_action.commands.unanswered import Missed
from compass_action.connection.answer import Answer
from compass_action.errors import Problem
from compass_action.lookup.asking import NO_TIME, TOO_LARGE, Failed
from compass_action.lookup.compass import NOT_COMPASS
from tests.commands.spanning import at_once, called, report
from tests.lookup.compass import AUTO, BUILD, GITHUB, NONE, Program, compass, program
from tests.lookup.stand_in import Asked, Fault, StandIn

__all__ = ["at_once", "compass", "program"]

SLUG = ("--component-slug", "shop-web")
INCIDENT = ("--event-type", "incident", "--event-id", "INC-7", "--state", "resolved")
LOST = (
    "The event is lost: without its component, outbox cannot keep it either. Give component-id, and "
    "nothing has to be looked up."
)
NO_START = (
    "The event is lost: without its start, outbox cannot keep it either. Give started-at, and nothing "
    "has to be looked up."
)
TOKENS = "https://github.com/compass-event/compass-event/blob/main/docs/tokens.md"


@pytest.mark.parametrize(
    ("failed", "key"),
    [
        (Failed(Answer(401, b"")), "credentials"),
        (Failed(Answer(403, b"")), "permission"),
        (Failed(Answer(429, b"")), "rate-limit"),
        (Failed(Answer(503, b"")), "server"),
        (Failed(Answer(302, b"")), "redirect"),
        (Failed(Answer(404, b'{"errors":[{"type":"T"}]}')), "unexpected"),
        (Failed(Answer(400, b"")), "unexpected"),
        (Failed(Answer(409, b"")), "unexpected"),
        (Failed(Answer(200, b"<html>"), "the answer is not JSON"), "unexpected"),
        (Failed(Answer(202, b"")), "unexpected"),
        (Failed(ConnectionRefusedError()), "connection"),
        (Failed(None, "no", 403), "permission"),
        (Failed(None, "no", 429), "rate-limit"),
        (Failed(None, "no", 502), "server"),
        (Failed(None, "something failed"), "server"),
        (NO_TIME, "budget"),
        (TOO_LARGE, "unexpected"),
        (NOT_COMPASS, "unexpected"),
        (Failed(None, "no such component", 404, absent=True), None),
    ],
    ids=str,
)
def test_a_look_up_that_failed_is_a_failure_of_delivery(failed: Failed, key: str | None) -> None:
    """But not where Compass has answered that there is no such thing."""
    found = unanswered.find_failure(failed)
    assert (found.key if found else None) == key


ONE, TWO = Problem("component-slug", "one."), Problem("component-slug", "two.")
DOWN, NOBODY = Failed(Answer(503, b"")), Failed(None, "nobody", absent=True)


def noted(*missed: Missed) -> Known:
    known: Any = Known(None, None)  # type: ignore[arg-type]
    for one in missed:
        known = unanswered.note(known, [one], "Lost.")
    return unanswered.note(known, [], "Lost.")


def test_compass_is_to_blame_only_where_it_is_for_everything() -> None:
    both = noted(Missed(ONE, DOWN), Missed(TWO, DOWN))
    assert both.unanswered
    assert both.problems == both.unanswered.problems == (ONE, TWO)
    assert both.unanswered.headline == "Compass could not take the event now"
    assert both.unanswered.lost == "Lost."
    for missed in ((DOWN, NOBODY), (NOBODY, DOWN), (DOWN, None), (None, DOWN)):
        mixed = noted(Missed(ONE, missed[0]), Missed(TWO, missed[1]))
        assert (mixed.unanswered, mixed.problems) == (None, (ONE, TWO))
    assert noted() == Known(None, None)  # type: ignore[arg-type]


def down(asked: Asked) -> Fault | None:
    return Fault(503) if asked.path.endswith("/graphql") else None


def ways(program: Program) -> list[tuple[tuple[str, ...], dict[str, str], str]]:
    """The ways to name a component for which Compass is asked, and the input that is named."""
    (program.folder / "compass.yml").write_text("slug: shop-web\n")
    return [
        (SLUG, NONE, "component-slug"),
        (("--outbox", "kept.jsonl", *SLUG), NONE, "component-slug"),
        ((), AUTO | GITHUB, "component-id"),
        ((), NONE, "site"),
    ]


@pytest.mark.parametrize(
    ("on_error", "code", "level"),
    [("warn", 0, "warning"), ("warn-all", 0, "warning"), ("fail", 1, "error")],
)
def test_a_component_that_could_not_be_asked_for_is_a_lost_event(
    on_error: str, code: int, level: str, compass: StandIn, program: Program
) -> None:
    compass.fault = down
    for more, env, where in ways(program):
        ran = program(*BUILD, *more, "--on-error", on_error, "--json", **env)
        assert ran.code == code
        [line] = [line for line in ran.said.splitlines() if line.startswith("{")]
        found = json.loads(line)
        assert (found["outcome"], found["exit-code"]) == ("failed", code)
        assert found["problems"] == [
            {
                "level": level,
                "headline": "Compass could not take the event now",
                "what": f"{where}: Compass does not tell the site's cloud id: HTTP 503.\nCompass or "
                "something in front of it has a problem; see Atlassian's status page.\n" + LOST,
            }
        ]
    assert not (program.folder / "kept.jsonl").exists()
    assert compass.catalog.events == ()


@pytest.mark.parametrize(
    ("status", "first", "hint"),
    [
        (401, "Warning: Compass refused the credentials", "Most likely the token has ended: they live"),
        (403, "Warning: Compass denied permission", "The token's account needs access to Compass on this"),
    ],
)  # fmt: skip
def test_a_refused_token_is_told_with_its_reasons(
    status: int, first: str, hint: str, compass: StandIn, program: Program
) -> None:
    """And as a failed delivery, as it is where nothing has to be looked up."""
    compass.fault = lambda asked: Fault(status)
    for env, more in ((NONE, SLUG), ({}, ())):
        ran = program(*BUILD, *more, **env)
        assert ran.code == 0
        assert ran.said.splitlines()[0 if more else 2] == first
        assert hint in ran.said
        assert TOKENS in ran.said
        assert program(*BUILD, *more, "--on-error", "fail", **env).code == 1


def test_a_slug_that_is_not_there_is_wrong_also_beside_one_that_could_not_be_asked_for(
    compass: StandIn, program: Program
) -> None:
    answers = iter([None, None, Fault(503)])
    compass.fault = lambda asked: next(answers)
    ran = program(*BUILD, "--component-slug", "nobody,shop-web", **NONE)
    assert ran.code == 2
    assert (
        'component-slug: the component "nobody" could not be looked up: The component' in ran.said
    )
    assert 'component-slug: the component "shop-web" could not be looked up: HTTP 503.' in ran.said
    assert "The event is lost" not in ran.said


def test_an_input_that_is_wrong_is_wrong_whoever_answers(
    compass: StandIn, program: Program
) -> None:
    compass.fault = down
    ran = program(*BUILD, *SLUG, "--state", "qqqq", **NONE)
    assert ran.code == 2
    assert 'state: "qqqq" is not a build state.' in ran.said


@pytest.mark.parametrize(
    ("more", "env", "where", "lost"),
    [((), {}, "started-at", NO_START), (SLUG, NONE, "component-slug", LOST)],
)
def test_the_start_of_an_incident_that_could_not_be_asked_for_is_a_lost_event(
    more: tuple[str, ...],
    env: dict[str, str],
    where: str,
    lost: str,
    compass: StandIn,
    program: Program,
) -> None:
    """Also where its component is not known either, so that nobody is asked for the start."""
    compass.fault = down
    ran = program(*INCIDENT, *more, **env)
    assert ran.code == 0
    assert ran.said.splitlines()[0] == "Warning: Compass could not take the event now"
    assert f"  {where}: Compass " in ran.said
    assert "it is not given" not in ran.said
    assert ran.said.endswith(lost)
    assert program(*INCIDENT, *more, "--on-error", "fail", **env).code == 1


@pytest.mark.parametrize("command", ["check", "verify"])
def test_who_only_asks_fails_and_loses_nothing(
    command: str, compass: StandIn, program: Program
) -> None:
    compass.fault = down
    ran = program(command, *BUILD, *SLUG, **NONE)
    assert ran.code == 1
    assert ran.said.startswith("Error: Compass could not take the event now")
    assert "lost" not in ran.said
    assert "lost" not in program(*BUILD, *SLUG, "--dry-run", **NONE).said


def test_a_start_fails_no_job_unless_nothing_would_end_it(
    compass: StandIn, program: Program
) -> None:
    """The end of a tracked job goes by the record of its start, which there is none of."""
    compass.fault = down
    begin = ("--event-type", "build", "--pipeline-id", "b/7", "--on-error", "fail", *SLUG)
    ran = program(*begin, "--state", "running", **NONE)
    assert (ran.code, ran.said) == (
        0,
        "Warning: Compass could not take the event now (Compass does not tell the site's cloud id: HTTP "
        "503), so the start is not shown yet. Pass started-at with the outcome.",
    )
    assert program(*begin, "--track", **NONE, **GITHUB).code == 1
    flag = ("--event-type", "flag", "--event-id", "f", "--state", "created", "--on-error", "fail")
    assert program(*flag, *SLUG, **NONE).code == 1


def called_by_slug(compass: StandIn, folder: Path, **given: str) -> Call:
    call = called(compass, folder, component_slug="shop-web", **given)  # type: ignore[arg-type]
    return call._replace(inputs=call.inputs._replace(component_id=None))


def test_a_command_s_outcome_asks_again_for_what_its_start_was_not_told(
    compass: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([Fault(503)])
    compass.fault = lambda asked: next(answers, None)
    assert report(called_by_slug(compass, tmp_path), 3) == 3
    said = capsys.readouterr().err
    assert said.startswith(
        "Note: The start could not be reported while the command ran (Compass could not take the event "
        "now). The outcome carries it.\n"
    )
    [event] = compass.catalog.events
    part = event.body["buildProperties"]
    assert (part["state"], part["startedAt"]) == ("FAILED", "2026-11-25T10:00:00Z")
    assert part["completedAt"] == "2026-11-25T10:00:12Z"


@pytest.mark.parametrize(("on_error", "code"), [("warn", 0), ("fail", 1)])
def test_a_command_s_code_becomes_1_only_where_a_lost_report_fails(
    on_error: str, code: int, compass: StandIn, tmp_path: Path
) -> None:
    compass.fault = down
    call = called_by_slug(compass, tmp_path, on_error=on_error)
    assert (report(call, 0), report(call, 5)) == (code, 5)
