"""Whether an event counts: every verdict in its own words, and when waiting is of no use."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from compass_action.commands import verify
from compass_action.commands.verify import Sent, Verdict
from compass_action.connection.budget import Budget
from compass_action.connection.destination import Destination
from compass_action.delivery.failures import FAILURES
from compass_action.delivery.receipt import Receipt
from compass_action.lookup import events
from compass_action.lookup.asking import Failed, Told
from compass_action.lookup.sought import Seen, Sought
from compass_action.report import plain
from compass_action.report.log import Log
from compass_action.schemas import Payload
from tests.lookup.compass import Program, compass, program
from tests.lookup.stand_in import StandIn

__all__ = ["compass", "program"]

WHOM = Destination("https://acme.atlassian.net/gateway/api/compass/v1/events", "a@b", "t")
SOUGHT = Sought("build", "cloud", "ari/one", "source", ("b/7", None, None))
SHOWS = "Compass shows the build"
YET = (
    "Compass does not show the build yet. Look at the component's page in some minutes; if it is not "
    "there then, the event source may be detached."
)


@pytest.mark.parametrize(
    ("number", "state", "seen", "verdict"),
    [
        (7, "FAILED", None, Verdict(False, YET, is_final=False)),
        (7, "FAILED", Seen(8, "FAILED"), Verdict(True, "Compass shows a later update of the build (8).")),
        (7, "FAILED", Seen(7, "FAILED"), Verdict(True, f"{SHOWS} as FAILED.")),
        (
            7,
            "FAILED",
            Seen(6, "OPEN"),
            Verdict(
                False,
                "Compass shows an older update of the build (6, OPEN), not this one (7): it was "
                "ignored, or is not processed yet.",
                is_final=False,
            ),
        ),
        (
            7,
            "FAILED",
            Seen(7, "OPEN"),
            Verdict(
                False,
                f"{SHOWS} as OPEN, not as FAILED: this update was ignored, because its update sequence "
                "number does not rise above that of another report.",
            ),
        ),
        (
            None,
            "FAILED",
            Seen(7, "OPEN"),
            Verdict(
                False,
                f"{SHOWS} as OPEN, not as FAILED: this update was ignored, because its update sequence "
                "number does not rise above that of another report.",
                is_final=False,
            ),
        ),
        (None, "FAILED", Seen(7, "FAILED"), Verdict(True, f"{SHOWS} as FAILED.")),
        (7, "FAILED", Seen(None, None), Verdict(True, f"{SHOWS}.")),
        (7, None, Seen(None, "OPEN"), Verdict(True, f"{SHOWS} as OPEN.")),
    ],
)  # fmt: skip
def test_what_compass_shows_is_judged(
    number: int | None, state: str | None, seen: Seen | None, verdict: Verdict
) -> None:
    assert verify.judge(Sent(SOUGHT, number, state), seen) == verdict


def payload(kind: str, part: str, **own: Any) -> Payload:
    body = {"externalEventSourceId": "source", "updateSequenceNumber": 7, part: own}
    request = {"cloudId": "cloud", "componentId": "ari/one", "event": {kind: body}}
    return Payload(kind, "ari/one", json.dumps(request).encode())


BUILD = payload("build", "buildProperties", state="FAILED", pipeline={"pipelineId": "b/7"})


def test_what_is_sought_is_read_off_the_bytes_that_were_sent() -> None:
    assert verify.sent_in(BUILD) == Sent(SOUGHT, 7, "FAILED")
    custom = payload("custom", "customEventProperties", id="c", state="no state")
    assert verify.sent_in(custom) == Sent(
        SOUGHT._replace(event_type="custom", identity=("c",)), 7, None
    )
    assert verify.sent_in(payload("pullRequest", "pullRequestProperties", id="4")) is None


class Compass:
    """It tells of each event, in turn, what stands in the list."""

    def __init__(self, told: list[Any], patch: pytest.MonkeyPatch) -> None:
        self.told = iter(told)
        self.asked: list[str] = []
        self.budgets: list[float] = []
        self.enough: list[bool] = []
        patch.setattr(events, "wait_for_event", self.wait)

    def wait(
        self,
        ask: object,
        whom: Destination,
        sought: Sought,
        budget: Budget,
        is_enough: Callable[[Seen | None], bool],
    ) -> Told:
        self.asked.append(sought.component_id)
        self.budgets.append(round(budget.left))
        value = next(self.told)
        if not isinstance(value, Failed):
            self.enough.append(is_enough(value))
        return Told(value)


def confirm(many: int, **more: str) -> tuple[list[bool | None], list[tuple[str, str]]]:
    log = Log(plain.SPEAKER, stream=io.StringIO())
    said: list[tuple[str, str]] = []
    log.say = lambda level, text, *_: said.append((level, text))  # type: ignore[method-assign]
    sent = [Sent(SOUGHT._replace(component_id=str(n)), 7, "FAILED") for n in range(many)]
    return [verdict.counts for verdict in verify.confirm(sent, WHOM, Budget(9), log, **more)], said


def test_each_is_asked_for_and_the_bad_ones_have_the_level_that_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed = Failed(None, "there was no time left to ask")
    asked = Compass([None, Seen(7, "FAILED"), failed], monkeypatch)
    assert confirm(3, bad="error") == (
        [False, True, None],
        [
            ("error", f"verify: {YET}"),
            ("success", f"verify: {SHOWS} as FAILED."),
            ("error", "verify: Compass could not be asked: there was no time left to ask."),
        ],
    )
    assert (asked.asked, asked.enough) == (["0", "1", "2"], [False, True])
    Compass([None], monkeypatch)
    assert confirm(1) == ([False], [("warning", f"verify: {YET}")])


def test_of_more_than_three_the_rest_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is nothing to ask for, that is said."""
    asked = Compass([Seen(7, "FAILED")] * 4, monkeypatch)
    counts, said = confirm(4)
    assert (counts, asked.asked) == ([True] * 3, ["0", "1", "2"])
    assert said[3:] == [("notice", "verify asks for 3 events at most; 1 were left out.")]
    Compass([Seen(7, "FAILED")] * 3, monkeypatch)
    assert len(confirm(3)[1]) == 3
    nothing = "There is nothing to verify: Compass shows no events of this type."
    assert confirm(0) == ([], [("notice", nothing)])


def test_only_what_was_accepted_is_sought_and_for_half_a_minute_at_most(
    monkeypatch: pytest.MonkeyPatch, compass: StandIn, program: Program
) -> None:
    receipts = [Receipt(BUILD), Receipt(BUILD, FAILURES["server"])]
    log = Log(plain.SPEAKER, stream=io.StringIO())

    class Called:
        """As much of a call as is looked at."""

    called: Any = Called()
    called.log = log
    asked = Compass([Seen(7, "FAILED")] * 4, monkeypatch)
    for seconds in (29, 30, 31, 400):
        verify.verify_sent(called, receipts, WHOM, seconds)
    assert asked.budgets == [29, 30, 30, 30]


GIVEN = (
    "verify", "--event-type", "build", "--state", "failed", "--pipeline-id", "b/7",
    "--started-at", "2026-11-25T10:00:00Z",
)  # fmt: skip


@pytest.mark.parametrize(("seconds", "left"), [("29", 29), ("31", 30), ("120", 30)])
def test_the_command_asks_for_as_long(
    seconds: str, left: int, monkeypatch: pytest.MonkeyPatch, program: Program
) -> None:
    asked = Compass([Seen(9, "FAILED")], monkeypatch)
    assert program(*GIVEN, "--timeout", seconds).code == 0
    assert asked.budgets == [left]


def test_the_command_asks_also_where_a_dry_run_is_set(
    monkeypatch: pytest.MonkeyPatch, program: Program
) -> None:
    """For a whole pipeline, say. What happened not is skipped, and what Compass never shows fails."""
    asked = Compass([Seen(9, "FAILED")] * 2, monkeypatch)
    ran = program(*GIVEN, "--dry-run")
    assert ran.code == 0
    assert ran.said.splitlines()[0] == 'build FAILED "shop"'
    ran = program(*GIVEN, "--state", "skipped")
    assert (ran.code, ran.said.startswith("Note: Nothing was sent: ")) == (0, True)
    assert len(asked.asked) == 1
    request = ("--event-type", "pull-request", "--event-id", "4", "--state", "open")
    addresses = "{repoUrl: https://g.example/s, pullRequestUrl: https://g.example/s/4}"
    ran = program("verify", *request, "--properties", addresses)
    assert ran.code == 1
    assert "Note: There is nothing to verify: Compass shows no events of this type." in ran.said


def test_without_a_number_the_one_of_the_report_is_not_known(
    monkeypatch: pytest.MonkeyPatch, program: Program
) -> None:
    """The number that would be sent now is another one."""
    Compass([Seen(1, "FAILED"), Seen(1, "FAILED")], monkeypatch)
    assert program(*GIVEN).code == 0
    assert program(*GIVEN, "--update-sequence-number", "2").code == 1


def test_a_tracked_job_is_sought_as_begun(
    monkeypatch: pytest.MonkeyPatch, program: Program
) -> None:
    Compass([Seen(1, "IN_PROGRESS")], monkeypatch)
    given = [word for word in GIVEN if word not in ("--state", "failed")]
    env = {
        "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_RUN_ID": "7",
        "GITHUB_SERVER_URL": "https://github.com", "GITHUB_JOB": "test",
    }  # fmt: skip
    assert program(*given, "--track", **env).code == 0


@pytest.mark.parametrize("kind", ["incident", "vulnerability"])
def test_what_is_open_for_a_while_needs_no_start(
    kind: str, monkeypatch: pytest.MonkeyPatch, program: Program
) -> None:
    """Not even where its end is given, and lies behind or ahead."""
    Compass([Seen(1, "RESOLVED"), Seen(1, "REMEDIATED")] * 3, monkeypatch)
    word = "resolved" if kind == "incident" else "fixed"
    event = ("--event-type", kind, "--event-id", "7", "--state", word, "--severity", "high")
    for end in ((), ("--completed-at", "2020-01-01T00:00:00Z")):
        ran = program("verify", *event, *end)
        assert "started-at" not in ran.said
        assert f"verify: Compass shows the {kind} as " in ran.said
