"""The check-up, line by line: each answer of Compass, and the sentence that is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from compass_action.commands import checkup
from compass_action.connection.answer import Answer
from compass_action.connection.budget import Budget
from compass_action.connection.destination import Destination
from compass_action.event.event import Event
from compass_action.lookup import compass as asked
from compass_action.lookup.asking import Failed, Told
from compass_action.lookup.compass import Component, Permission, Source
from compass_action.report.report import Check
from tests.lookup.compass import Program, compass, program
from tests.lookup.stand_in import Fault, StandIn

__all__ = ["compass", "program"]

WHOM = Destination("https://acme.atlassian.net/gateway/api/compass/v1/events", "a@b", "t")
HERE = WHOM._replace(url="http://127.0.0.1:8377/compass/v1/events")
SHOP = Component("ari/shop", "shop", "shop", "SERVICE", "https://acme.example/shop")
EVENT = Event("build", "cloud", "ari/shop", {})
SITE = Check("ok", "site", "acme.atlassian.net answers; its cloud id is cloud.")
TAKEN = Check("ok", "credentials", "Compass takes them.")
COMPONENT = Check("ok", "component", "shop, SERVICE, https://acme.example/shop")
NO_SOURCES = Check("ok", "event sources", "shop has 0, 0 of them of build events.")
ALLOWED = Check("ok", "permission", "the account may connect event sources to shop.")
ANSWERS: Mapping[str, Any] = {
    "find_cloud_id": "cloud",
    "find_component": SHOP,
    "find_permission": Permission(True),
}


def refused(status: int) -> Failed:
    return Failed(Answer(status, b""))


def examine(
    patch: pytest.MonkeyPatch,
    events: tuple[Event, ...] = (EVENT,),
    whom: Destination = WHOM,
    **answers: Any,
) -> list[Check]:
    """What is said where Compass answers so: a value, or what is told with a clock."""
    for name, value in {**ANSWERS, **answers}.items():
        told = value if isinstance(value, Told) else Told(value)
        patch.setattr(asked, name, lambda *_, told=told: told)
    return list(checkup.examine(events, whom, Budget(9)))


def test_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    assert examine(monkeypatch) == [SITE, TAKEN, COMPONENT, NO_SOURCES, ALLOWED]


@pytest.mark.parametrize(
    ("answer", "check"),
    [
        ("other", Check("failed", "site", "acme.atlassian.net is the cloud other, but the component "
                        "belongs to cloud. Give its site.")),
        (refused(401), Check("ok", "site", "acme.atlassian.net answers.")),
        (refused(403), Check("ok", "site", "acme.atlassian.net answers.")),
        (refused(404), Check("failed", "site", "acme.atlassian.net does not tell its cloud id: HTTP "
                             "404. Check site.")),
        (Failed(None, "nothing"), Check("failed", "site", "acme.atlassian.net does not tell its cloud "
                                        "id: nothing. Check site.")),
    ],
)  # fmt: skip
def test_the_site(answer: Any, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    assert examine(monkeypatch, find_cloud_id=answer)[0] == check


def test_a_sandbox_need_not_know_the_cloud_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not answer at all is no sandbox that works."""
    [site, *_] = examine(monkeypatch, whom=HERE, find_cloud_id=Failed(None, "no site"))
    text = "127.0.0.1:8377 tells no cloud id yet: a sandbox learns it from its first event."
    assert site == Check("warning", "site", text)
    [site, *_] = examine(monkeypatch, whom=HERE, find_cloud_id=refused(500))
    text = "127.0.0.1:8377 does not tell its cloud id: HTTP 500. Check site."
    assert site == Check("failed", "site", text)


ENDED = (
    "Most likely the token has ended: they live a year at most. Or it is one with scopes, or of a "
    "service account, which do not work at the site's address. Or email is not that of the token's "
    "account. https://github.com/compass-event/compass-event/blob/main/docs/tokens.md"
)


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (401, f"Compass does not take them (HTTP 401). {ENDED}"),
        (403, "the account has no access to Compass on this site (HTTP 403). Give it a seat."),
    ],
)
def test_refused_credentials_are_told_once(
    status: int, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing more is asked of that component."""
    found = examine(monkeypatch, find_component=refused(status))
    assert found == [SITE, Check("failed", "credentials", text)]
    found = examine(monkeypatch, find_cloud_id=refused(status))
    assert found[1] == Check("failed", "credentials", text)


def test_where_no_component_is_told_there_is_no_saying_whether_they_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = examine(monkeypatch, find_component=Failed(None, "it is not there"))
    text = (
        "Compass does not show ari/shop: it is not there. Compare component-id with the component's "
        "page; it may have been deleted, or the account may not see it."
    )
    assert found == [SITE, Check("failed", "component", text)]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (refused(500), "Compass could not be asked for ari/shop: HTTP 500."),
        (Failed(TimeoutError()), "Compass could not be asked for ari/shop: the connection failed "
                                 "(TimeoutError)."),
        (None, "ari/shop is not there."),
    ],
)  # fmt: skip
def test_a_component_that_is_not_told(
    answer: Any, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = examine(monkeypatch, find_component=answer)
    assert found == [SITE, Check("failed", "component", text)]


def test_a_component_without_a_type(monkeypatch: pytest.MonkeyPatch) -> None:
    found = examine(monkeypatch, find_component=SHOP._replace(kind=""))
    assert found[2] == Check("ok", "component", "shop, no type, https://acme.example/shop")


def sources(many: int, app: str | None = None, kind: str = "BUILD") -> tuple[Source, ...]:
    return tuple(Source(kind, f"s{number}", app) for number in range(many))


FULL = " Compass may take no more than 20."


@pytest.mark.parametrize(
    ("held", "level", "text"),
    [
        (sources(17), "ok", "shop has 17, 17 of them of build events."),
        (sources(18), "warning", f"shop has 18, 18 of them of build events.{FULL}"),
        (sources(18, kind="PUSH"), "warning", f"shop has 18, 0 of them of build events.{FULL}"),
        (sources(2, "app", "PUSH"), "ok", "shop has 2, 0 of them of build events."),
        (sources(19, "app"), "warning", "the installed app app feeds shop with build events already "
         "(s0). What both report counts twice: detach one of them."),
    ],
)  # fmt: skip
def test_event_sources(
    held: tuple[Source, ...], level: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = examine(monkeypatch, find_component=SHOP._replace(sources=held))
    assert found[3:] == [Check(level, "event sources", text), ALLOWED]


@pytest.mark.parametrize(
    ("answer", "level", "text"),
    [
        (refused(500), "ok", "Compass does not tell it (HTTP 500); the first event will."),
        (Permission(False), "failed", "the account may not connect event sources to shop (no reason is "
         "given). Let it edit the component, or have somebody else's token used."),
        (Permission(False, ("A", "B")), "failed", "the account may not connect event sources to shop "
         "(A, B). Let it edit the component, or have somebody else's token used."),
    ],
)  # fmt: skip
def test_permission(answer: Any, level: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = examine(monkeypatch, find_permission=answer)
    assert found[4:] == [Check(level, "permission", text)]


@pytest.mark.parametrize(
    ("seconds", "level", "text"),
    [
        (30.0, "ok", "it agrees with Compass's."),
        (-30.0, "ok", "it agrees with Compass's."),
        (30.4, "warning", "it is 30 s ahead of Compass's. Updates are numbered by time, so that one from "
         "another runner may be ignored. Set it."),
        (-31.0, "warning", "it is 31 s behind Compass's. Updates are numbered by time, so that one from "
         "another runner may be ignored. Set it."),
    ],
)  # fmt: skip
def test_clocks(seconds: float, level: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer that tells the time counts."""
    found = examine(monkeypatch, find_component=Told(SHOP, seconds))
    assert found[5:] == [Check(level, "clock", text)]
    found = examine(
        monkeypatch, find_cloud_id=Told("cloud", seconds), find_component=Told(SHOP, 99.0)
    )
    assert found[5:] == [Check(level, "clock", text)]


def test_no_more_than_twenty_components_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    events = tuple(EVENT._replace(component_id=f"ari/{number}") for number in range(22))
    assert len(examine(monkeypatch, events[:20])) == 2 + 20 * 3
    found = examine(monkeypatch, events)
    assert found[-1] == Check("ok", "components", "2 more were not looked at.")
    assert len(found) == 2 + 20 * 3 + 1


CHECK = (
    "check", "--event-type", "build", "--state", "success", "--pipeline-id", "b/7",
    "--started-at", "2026-11-25T10:00:00Z",
)  # fmt: skip


def test_each_line_has_its_level(compass: StandIn, program: Program) -> None:
    compass.catalog = compass.catalog._replace(permission={"allowed": False, "denialReasons": []})
    compass.date = "Wed, 25 Nov 2020 10:00:00 GMT"
    ran = program(*CHECK, FORCE_COLOR="1")
    assert ran.code == 1
    for text in ("\x1b[32mcredentials: ok. ", "\x1b[31mError: permission: failed. ",
                 "\x1b[33mWarning: clock: warning. "):  # fmt: skip
        assert text in ran.said


def test_without_an_account_nobody_is_asked(compass: StandIn, program: Program) -> None:
    ran = program(*CHECK, COMPASS_EMAIL="")
    assert ran.code == 0
    assert "Note: Compass was not asked: that needs site, email and api-token.\n" in ran.said
    assert compass.asked == []


@pytest.mark.parametrize(("given", "seconds"), [("44", 44), ("45", 45), ("46", 45), ("120", 45)])
def test_it_takes_three_quarters_of_a_minute_at_most(
    given: str, seconds: int, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    budgets: list[float] = []

    def examining(events: object, whom: object, budget: Budget) -> list[Check]:
        budgets.append(budget.left)
        return []

    monkeypatch.setattr(checkup, "examine", examining)
    program(*CHECK, "--timeout", given)
    assert [round(left) for left in budgets] == [seconds]


def test_one_that_does_not_answer_leaves_the_others_standing(
    compass: StandIn, program: Program
) -> None:
    compass.fault = lambda asked: Fault(500) if asked.operation == "Component" else None
    ran = program(*CHECK)
    assert "site: ok. " in ran.said
    assert "Error: component: failed. Compass could not be asked for ari:" in ran.said
