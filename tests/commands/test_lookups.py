"""What is asked where a run lacks something: for how long, and what Compass and the host tell of times."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from compass_action.commands import lookups, unanswered
from compass_action.connection.answer import Answer
from compass_action.connection.budget import Budget
from compass_action.lookup import events
from compass_action.lookup.asking import Failed, Told
from compass_action.lookup.hosts import HOSTS
from compass_action.lookup.sought import Seen
from compass_action.lookup.whom import Host, ToldRun
from tests.lookup.compass import BUILD, GITHUB, NONE, Program, compass, program
from tests.lookup.stand_in import StandIn

__all__ = ["compass", "program"]


@pytest.mark.parametrize(
    ("failed", "said"),
    [
        (Failed(Answer(401, b""), "a hint"), "HTTP 401, a hint"),
        (Failed(Answer(400, b'{"errors":[{"type":"T","message":"m"}]}')), "HTTP 400, T: m"),
        (Failed(TimeoutError()), "the connection failed (TimeoutError)"),
        (Failed(None, "nothing"), "nothing"),
        (Failed(Answer(202, b"")), "HTTP 202"),
        (Failed(Answer(200, b"<"), "the answer is not JSON"), "HTTP 200, the answer is not JSON"),
        (Failed(), ""),
    ],
)
def test_a_failure_is_worded_by_its_answer_and_what_more_is_known(
    failed: Failed, said: str
) -> None:
    assert unanswered.why(failed) == said


@pytest.mark.parametrize(
    ("timeout", "components", "times"),
    [("8", 8, 4), ("19", 19, 10), ("20", 20, 10), ("21", 20, 10), ("120", 20, 10)],
)
def test_looking_up_has_a_part_of_the_time(
    timeout: str,
    components: int,
    times: int,
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[float] = []

    class Kept(Budget):
        def __init__(self, seconds: float) -> None:
            given.append(seconds)
            super().__init__(seconds)

    monkeypatch.setattr(lookups, "Budget", Kept)
    assert program(*BUILD, "--component-slug", "shop-web", "--timeout", timeout, **NONE).code == 0
    assert program(*BUILD[:-2], "--timeout", timeout).code == 0
    assert [round(seconds) for seconds in given] == [components, round(float(timeout) / 2) if
                                                     float(timeout) < 20 else times]  # fmt: skip


STARTED = datetime(2026, 11, 25, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "said", "start"),
    [
        (Seen(7, "IN_PROGRESS", STARTED), "Note: The build began at 2026-11-25T10:00:00Z, as Compass "
         "shows it.", "2026-11-25T10:00:00Z"),
        (Failed(None, "nothing"), "Note: Compass could not be asked when the build began: nothing.", None),
        (Seen(7, "IN_PROGRESS"), "", None),
        (None, "", None),
    ],
)  # fmt: skip
def test_compass_is_asked_for_a_start_that_nobody_knows(
    told: Any,
    said: str,
    start: str | None,
    compass: StandIn,
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events, "find_event", lambda *_: Told(told))
    ran = program(*BUILD[:-2])
    assert ran.code == 0
    notes = [line for line in ran.said.splitlines() if "Compass" in line and "began" in line]
    assert notes == [line for line in [said] if line]
    [event] = compass.catalog.events
    assert (event.body["buildProperties"]["startedAt"] == start) is bool(start)


def test_an_incident_that_ends_has_the_start_and_severity_that_it_began_with(
    compass: StandIn, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is given says more."""
    seen = Seen(7, "OPEN", STARTED, {"level": "SEV1"})
    monkeypatch.setattr(events, "find_event", lambda *_: Told(seen))
    incident = ("--event-type", "incident", "--event-id", "7", "--state", "resolved")
    ran = program(*incident)
    assert ran.code == 0, ran.said
    assert "Note: The incident began at 2026-11-25T10:00:00Z, as Compass shows it." in ran.said
    ran = program(*incident, "--properties", "{severity: {level: SEV2}}")
    assert ran.code == 0, ran.said
    parts = [
        json.loads(one.body)["event"]["incident"]["incidentProperties"]
        for one in compass.asked
        if one.path == "/compass/v1/events"
    ]
    assert [part["severity"]["level"] for part in parts] == ["ONE", "TWO"]
    assert {part["startTime"] for part in parts} == {"2026-11-25T10:00:00Z"}


class Asked:
    """A host that is asked, and what it tells."""

    def __init__(self, told: Any, patch: pytest.MonkeyPatch, *, knows_all: bool = True) -> None:
        self.told = told
        self.asked: list[str] = []
        one = self.named
        patch.setitem(
            HOSTS,
            "github",
            Host(
                "host-token: T, and more",
                one("run"),
                one("run start") if knows_all else None,
                one("job start") if knows_all else None,
            ),
        )

    def named(self, name: str) -> Any:
        def tell(ask: object, whom: object, run: object) -> Any:
            self.asked.append(name)
            return self.told

        return tell


def ask(program: Program, *more: str, **env: str) -> list[str]:
    """What is said of the host, in a job on GitHub that has ended."""
    argv = ("--event-type", "build", "--pipeline-id", "b/7", *more)
    said = program(*argv, **GITHUB, **env).said
    return [line for line in said.splitlines() if line.startswith("Note: GitHub")]


TOKEN = ("--host-token", "ghs-0123456789")
SCOPE = ("--scope", "run")
STATE = ("--state", "success")


@pytest.mark.parametrize(
    ("more", "what", "asked"),
    [
        (STATE, "when the job began", "job start"),
        ((*SCOPE, *STATE), "when the run began", "run start"),
        (SCOPE, "how the run ended", "run"),
    ],
)
def test_the_host_is_asked_for_what_it_does_not_tell(
    more: tuple[str, ...],
    what: str,
    asked: str,
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a token; without one it says which."""
    host = Asked(Failed(None, "nothing"), monkeypatch)
    note = f"Note: GitHub could not be asked {what}: nothing."
    assert ask(program, *more, *TOKEN) == [note]
    assert host.asked == [asked]
    assert ask(program, *more) == [
        f"Note: GitHub knows {what}. To have it asked, set host-token: T, and more."
    ]
    assert host.asked == [asked]


def test_a_host_that_cannot_be_asked_for_that_is_not(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = Asked(Failed(None, "nothing"), monkeypatch, knows_all=False)
    assert ask(program, *STATE, *TOKEN) == ask(program, *SCOPE, *STATE, *TOKEN) == []
    assert host.asked == []


def test_what_the_host_tells_is_taken_where_the_run_says_nothing(
    compass: StandIn, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = datetime(2026, 11, 25, 11, tzinfo=UTC)
    host = Asked(ToldRun(STARTED, later, "failure"), monkeypatch)
    assert ask(program, *STATE, *TOKEN) == []
    assert ask(program, *SCOPE, *TOKEN) == []
    assert host.asked == ["job start", "run"]
    parts = [json.loads(one.body)["event"]["build"]["buildProperties"] for one in compass.asked]
    assert [(part["state"], part["startedAt"]) for part in parts] == [
        ("SUCCESSFUL", "2026-11-25T10:00:00Z"),
        ("FAILED", "2026-11-25T11:00:00Z"),
    ]


def test_one_question_to_the_host_takes_three_seconds_at_most(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[float] = []
    monkeypatch.setattr(lookups, "asker", lambda budget, seconds=0.0: limits.append(seconds))
    Asked(ToldRun(STARTED), monkeypatch)
    ask(program, *STATE, *TOKEN)
    assert limits == [3.0]
