"""The end of a run: how long sending may take, what is said, what is left, the exit code."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from compass_action.commands import ending
from compass_action.commands.call import Call
from compass_action.commands.opening import open_call
from compass_action.delivery.failures import FAILURES
from compass_action.delivery.receipt import Receipt
from compass_action.errors import EventError, InputError, Problem
from compass_action.inputs.command_line import CommandLine
from compass_action.report.report import Report, Row
from compass_action.schemas import Payload

PAYLOAD = Payload("build", "ari/one", b"{}")
ACCEPTED = Receipt(PAYLOAD, http_status=202, attempts=1)
LOST = Receipt(PAYLOAD, FAILURES["server"], "HTTP 503", 503, 2)
SITE = {"site": "acme", "email": "a@acme.example", "api-token": "correct-horse"}


def called(arguments: Mapping[str, str], env: Mapping[str, str] | None = None) -> Call:
    return open_call(CommandLine(arguments=arguments), env or {})


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return "".join(capsys.readouterr()).splitlines()


PACE = "600 components: about 6 minutes at 100 requests a minute."
LOSES = "The others are lost: raise timeout, or give outbox."


@pytest.mark.parametrize(
    ("arguments", "env", "asked", "seconds", "text"),
    [
        ({}, {}, {}, 425, PACE),
        ({"timeout": "120"}, {}, {}, 120, f"{PACE} The 120 s of timeout have room for 200. {LOSES}"),
        ({}, {"INPUT_TIMEOUT": "120"}, {}, 425, PACE),
        ({}, {"INPUT_TIMEOUT": "119"}, {}, 119, f"{PACE} The 119 s of timeout have room for 200. {LOSES}"),
        ({}, {}, {"hurried": True}, 120, f"{PACE} The 120 s of timeout have room for 200. {LOSES}"),
        ({"timeout": "9", "outbox": "o"}, {}, {}, 9,
         f"{PACE} The 9 s of timeout have room for 100. The others go to the outbox."),
        ({"timeout": "9", "outbox": "o"}, {}, {"begins": True}, 9,
         f"{PACE} The 9 s of timeout have room for 100. The others begin with their outcome."),
    ],
)  # fmt: skip
def test_the_time_is_what_the_limit_takes_or_what_somebody_chose(
    arguments: dict[str, str],
    env: dict[str, str],
    asked: dict[str, bool],
    seconds: float,
    text: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Surfaces hand on the default, which nobody chose."""
    assert ending.budget(called(arguments, env), 600, **asked) == pytest.approx(seconds)  # type: ignore[arg-type]
    assert said(capsys) == [text]


def test_what_is_counted_has_its_noun(capsys: pytest.CaptureFixture[str]) -> None:
    ending.budget(called({}), 600, "events")
    assert said(capsys) == [PACE.replace("components", "events")]
    assert ending.budget(called({}), 100) == 120
    assert said(capsys) == []


FAILURE = (
    "Compass could not take the event now",
    "  HTTP 503 (attempts: 2)",
    "  Compass or something in front of it has a problem; see Atlassian's status page.",
    "  Component: one",
)


@pytest.mark.parametrize(
    ("arguments", "kept", "level", "last"),
    [
        ({}, None, "Warning", "The event is lost. Give outbox to keep such events for a replay."),
        ({"on-error": "fail"}, None, "Error",
         "The event is lost. Give outbox to keep such events for a replay."),
        ({"outbox": "o"}, None, "Warning", "It could not be kept in the outbox, so the event is lost."),
        ({"outbox": "o"}, "box", "Warning", "It stays in box."),
    ],
)  # fmt: skip
def test_a_failure_is_told_and_fails_the_job_only_where_that_is_wanted(
    arguments: dict[str, str],
    kept: str | None,
    level: str,
    last: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    call = called(SITE | arguments)
    late = LOST._replace(clock_ahead_seconds=60.0)
    left = Report({"outcome": "failed"}, (Row("ari/one", "failed"),))
    code = ending.conclude(call, [late], left, kept=kept)
    assert code == (1 if level == "Error" else 0)
    first, *rest = said(capsys)
    assert first == f"{level}: {FAILURE[0]}"
    assert rest[:-1] == [*FAILURE[1:], f"  {last}"]
    assert rest[-1].startswith("Warning: The clocks disagree: This runner's clock is 60 s ahead of")
    assert call.log.left == left._replace(facts={"site": "acme.atlassian.net"})


def test_what_was_accepted_fails_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call = called(SITE | {"on-error": "fail"})
    assert ending.conclude(call, [ACCEPTED], Report()) == 0
    assert said(capsys) == ["accepted by Compass"]
    other = ACCEPTED._replace(payload=PAYLOAD._replace(component_id="ari/two"))
    assert ending.conclude(call, [other, LOST], Report(names={"ari/one": "Shop"})) == 1
    assert "  Component: Shop" in said(capsys)


def test_a_begin_never_fails_a_job(capsys: pytest.CaptureFixture[str]) -> None:
    """What arrived is said, what did not and what its end will do about it."""
    call = called(SITE | {"on-error": "fail"})
    begin = "Compass could not take the event now (HTTP 503), so the start is not shown yet. "
    assert ending.conclude_begin(call, [LOST], Report({"state": "x"}), remembered=True) == 0
    assert said(capsys) == [f"Warning: {begin}The outcome will carry it."]
    assert call.log.left
    assert call.log.left.outputs == {"state": "x"}
    ending.conclude_begin(call, [ACCEPTED, LOST], Report(), remembered=False)
    assert said(capsys) == [
        "accepted by Compass for 1 of 2 components",
        f"Warning: {begin}Pass started-at with the outcome.",
    ]
    late = ACCEPTED._replace(clock_ahead_seconds=-60.0)
    ending.conclude_begin(call, [late], Report(), remembered=True)
    first, second = said(capsys)
    assert first == "accepted by Compass"
    assert second.startswith("Warning: The clocks disagree: This runner's clock is 60 s behind")


@pytest.mark.parametrize(
    ("on_error", "softened", "code", "level"),
    [
        ("warn", False, 2, "Error"), ("fail", False, 2, "Error"), ("warn-all", False, 0, "Warning"),
        ("warn", True, 0, "Warning"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_all_at_once(
    on_error: str, softened: bool, code: int, level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call = called(SITE | {"on-error": on_error})
    problems = (Problem("state", "no."), Problem("site", "no."))
    for error, headline in (
        (InputError(problems), "Some inputs are missing or wrong"),
        (EventError(problems), "The event does not satisfy its schema"),
    ):
        assert ending.refuse(call, error, softened=softened) == code
        assert said(capsys) == [f"{level}: {headline}", "  state: no.", "  site: no."]
        assert call.log.left == Report(
            {"outcome": "failed"},
            title=headline,
            problems=("state: no.", "site: no."),
            facts={"site": "acme.atlassian.net"},
        )
        assert call.log.said[-1].problems == problems


def test_what_is_skipped_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    call = called({"on-error": "fail"})
    assert ending.skip(call, "It was skipped.") == 0
    assert said(capsys) == ["Note: Nothing was sent: It was skipped."]
    assert call.log.left == Report({"outcome": "skipped"}, facts={"site": ""})


def test_the_facts_that_are_left_keep_the_event_s_own() -> None:
    call = called(SITE)
    assert ending.leave(call, Report(facts={"duration": "1 s"})) == 0
    assert call.log.left
    assert call.log.left.facts == {"duration": "1 s", "site": "acme.atlassian.net"}
