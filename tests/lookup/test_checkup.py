"""The check-up: every line of it in its good and its bad form."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.lookup.compass import SHOP, TOKEN, Program, compass, program
from tests.lookup.stand_in import Answers, Fault, StandIn

__all__ = ["compass", "program"]

CHECK = (
    "check", "--event-type", "build", "--state", "success", "--pipeline-id", "b/7",
    "--started-at", "2026-11-25T10:00:00Z",
)  # fmt: skip
WHATS = ("site", "credentials", "component", "event sources", "permission", "clock")


def lines(said: str) -> dict[str, str]:
    """What each part of the check-up said, by its name."""
    split = (line.partition(": ") for line in said.splitlines())
    found = {}
    for what, _, text in split:
        what = what.removeprefix("Error: ").removeprefix("Warning: ")
        if what in WHATS:
            found[what] = text
        for level in ("Error", "Warning"):
            if what == level and text.partition(": ")[0] in WHATS:
                name, _, rest = text.partition(": ")
                found[name] = rest
    return found


def only(operation: str, fault: Fault) -> Answers:
    """Put a fault in the place of one answer."""
    return lambda asked: (
        fault if asked.path == "/graphql" and asked.operation == operation else None
    )


def test_all_is_well(compass: StandIn, program: Program) -> None:
    ran = program(*CHECK)
    assert ran.code == 0
    assert lines(ran.said) == {
        "site": f"ok. {compass.url[7:]} answers; its cloud id is a5fd7e86-1037-4957-88e1-656b1179d617.",
        "credentials": "ok. Compass takes them.",
        "component": "ok. shop, SERVICE, https://acme.atlassian.net/compass/component/shop",
        "event sources": "ok. shop has 0, 0 of them of build events.",
        "permission": "ok. the account may connect event sources to shop.",
        "clock": "ok. it agrees with Compass's.",
    }
    assert compass.operations == ["CloudId", "Component", "Permission"]
    assert compass.catalog.events == ()


@pytest.mark.parametrize("options", [CHECK, CHECK[:-2]])
def test_offline_nobody_is_asked(
    options: tuple[str, ...], compass: StandIn, program: Program
) -> None:
    """Not even for a start that is missing."""
    ran = program(*options, "--offline")
    assert ran.code == 0
    assert compass.asked == []
    assert '"pipelineId":"b/7"' in ran.said.replace(" ", "")


def test_offline_a_slug_leads_nowhere(compass: StandIn, program: Program) -> None:
    ran = program(*CHECK, "--offline", "--component-slug", "shop-web", COMPASS_COMPONENT_ID="")
    assert ran.code == 2
    assert "and no --offline" in ran.said
    assert compass.asked == []


def test_the_site_is_another_one(compass: StandIn, program: Program) -> None:
    compass.catalog = compass.catalog._replace(cloud_id="11111111-1111-1111-1111-111111111111")
    ran = program(*CHECK)
    assert ran.code == 1
    assert "failed." in lines(ran.said)["site"]
    assert "11111111-1111-1111-1111-111111111111, but the component belongs to" in ran.said
    assert lines(ran.said)["component"].startswith("ok. shop")


def test_the_site_does_not_answer(compass: StandIn, program: Program) -> None:
    compass.fault = lambda asked: Fault(404, b"nothing")
    found = lines(program(*CHECK).said)
    assert found["site"].startswith("failed. ")
    assert "does not tell its cloud id: HTTP 404. Check site." in found["site"]
    assert found["component"].startswith("failed. Compass could not be asked for ari:")


def test_the_token_has_ended(compass: StandIn, program: Program) -> None:
    compass.fault = lambda asked: Fault(401)
    ran = program(*CHECK)
    assert ran.code == 1
    found = lines(ran.said)
    assert found["credentials"].startswith(
        "failed. Compass does not take them (HTTP 401). Most likely the token has ended:"
    )
    assert "docs/tokens.md" in found["credentials"]
    assert found["site"].startswith("ok. ")
    assert "component" not in found


def test_only_the_component_is_refused(compass: StandIn, program: Program) -> None:
    """The site's id may be told to anybody."""
    compass.fault = only("Component", Fault(401))
    assert lines(program(*CHECK).said)["credentials"].startswith("failed. ")


def test_the_account_has_no_seat(compass: StandIn, program: Program) -> None:
    compass.fault = lambda asked: Fault(403)
    ran = program(*CHECK)
    assert ran.code == 1
    assert lines(ran.said)["credentials"] == (
        "failed. the account has no access to Compass on this site (HTTP 403). Give it a seat."
    )


def test_the_component_does_not_exist(compass: StandIn, program: Program) -> None:
    compass.catalog = compass.catalog._replace(components=())
    ran = program(*CHECK)
    assert ran.code == 1
    assert "failed. Compass does not show ari:" in lines(ran.said)["component"]
    assert "COMPONENT_NOT_FOUND 404" in ran.said
    assert lines(ran.said)["clock"].startswith("ok")


def test_an_app_feeds_it_already(compass: StandIn, program: Program) -> None:
    """Compass would count each build twice."""
    app = "ari:cloud:ecosystem::app/3f1b"
    source = {"eventType": "BUILD", "externalEventSourceId": "gh-42", "forgeAppId": app}
    compass.catalog = compass.catalog._replace(components=({**SHOP, "eventSources": [source]},))
    ran = program(*CHECK)
    assert ran.code == 0
    assert lines(ran.said)["event sources"] == (
        f"warning. the installed app {app} feeds shop with build events already (gh-42). What both "
        "report counts twice: detach one of them."
    )


def test_an_app_that_feeds_something_else_is_no_matter(compass: StandIn, program: Program) -> None:
    source = {"eventType": "PUSH", "externalEventSourceId": "gh-42", "forgeAppId": "app"}
    compass.catalog = compass.catalog._replace(components=({**SHOP, "eventSources": [source]},))
    assert (
        lines(program(*CHECK).said)["event sources"] == "ok. shop has 1, 0 of them of build events."
    )


def test_there_is_hardly_room_for_another_source(compass: StandIn, program: Program) -> None:
    sources = [{"eventType": "BUILD", "externalEventSourceId": f"s{n}"} for n in range(18)]
    compass.catalog = compass.catalog._replace(components=({**SHOP, "eventSources": sources},))
    ran = program(*CHECK)
    assert ran.code == 0
    assert lines(ran.said)["event sources"] == (
        "warning. shop has 18, 18 of them of build events. Compass may take no more than 20."
    )


def test_no_source_may_be_connected(compass: StandIn, program: Program) -> None:
    denied = {"allowed": False, "denialReasons": ["NOT_AN_EDITOR"]}
    compass.catalog = compass.catalog._replace(permission=denied)
    ran = program(*CHECK)
    assert ran.code == 1
    assert "failed. the account may not connect event sources to shop (NOT_AN_EDITOR)." in ran.said


@pytest.mark.parametrize(
    "fault", [Fault(400), Fault(200, b'{"errors":[{"message":"unknown field"}]}')]
)
def test_the_beta_field_is_gone(fault: Fault, compass: StandIn, program: Program) -> None:
    compass.fault = only("Permission", fault)
    ran = program(*CHECK)
    assert ran.code == 0
    assert lines(ran.said)["permission"].startswith("ok. Compass does not tell it (")


@pytest.mark.parametrize(("minutes", "side"), [(5, "behind"), (-5, "ahead of")])
def test_the_clock_is_wrong(minutes: int, side: str, compass: StandIn, program: Program) -> None:
    """As far as the Date header tells; update sequence numbers are times."""
    theirs = datetime.now(UTC) + timedelta(minutes=minutes)
    compass.date = format_datetime(theirs, usegmt=True)
    ran = program(*CHECK)
    assert ran.code == 0
    assert f"s {side} Compass's." in lines(ran.said)["clock"]
    assert lines(ran.said)["clock"].startswith("warning. ")


def test_a_clock_that_is_no_time_says_nothing(compass: StandIn, program: Program) -> None:
    compass.date = "yesterday"
    assert "clock" not in lines(program(*CHECK).said)


def test_several_components_are_looked_at_each(compass: StandIn, program: Program) -> None:
    other = SHOP["id"][:-1] + "5"
    compass.catalog = compass.catalog._replace(
        components=(SHOP, {**SHOP, "id": other, "name": "till"})
    )
    ran = program(*CHECK, "--component-id", other)
    both = program(*CHECK, "--component-id", SHOP["id"], "--component-id", other)
    assert "component: ok. till" in ran.said
    assert "component: ok. shop" in both.said
    assert "component: ok. till" in both.said


def test_the_token_is_sent_as_basic_authentication_alone(
    compass: StandIn, program: Program
) -> None:
    program(*CHECK)
    assert all(one.headers["Authorization"].startswith("Basic ") for one in compass.asked)
    assert not any(TOKEN.encode() in one.body for one in compass.asked)
    assert all(one.path == "/graphql" for one in compass.asked)


def test_a_sandbox_that_has_seen_nothing_yet_is_no_failure(
    compass: StandIn, program: Program
) -> None:
    """It learns the cloud from the first event; a real site that tells none is a wrong one."""
    compass.catalog = compass.catalog._replace(cloud_id="")
    ran = program(*CHECK)
    assert ran.code == 0
    assert "warning. 127.0.0.1:" in lines(ran.said)["site"]
    assert "a sandbox learns it from its first event." in ran.said


def test_for_machines_each_line_is_there_in_good_and_bad(
    compass: StandIn, program: Program
) -> None:
    """On standard output, with the level of each; the log is on standard error."""
    ran = program(*CHECK, "--json")
    record = json.loads(next(line for line in ran.said.splitlines() if line.startswith("{")))
    levels = {check["what"]: check["level"] for check in record["checks"]}
    assert levels["site"] == levels["credentials"] == levels["component"] == "ok"
    assert {"event sources", "permission", "clock"} <= set(levels)
    compass.fault = lambda asked: Fault(401)
    ran = program(*CHECK, "--json")
    record = json.loads(next(line for line in ran.said.splitlines() if line.startswith("{")))
    assert (ran.code, record["exit-code"]) == (1, 1)
    assert {check["what"]: check["level"] for check in record["checks"]}["credentials"] == "failed"
