"""Whose event it is, read in the worst way: events belong to their source, whatever came along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from compass_action.sandbox import Sandbox, running_sandbox
from tests.sandbox.sending import changed, post, sample

SHOP = sample("build-full")["componentId"]
CART = SHOP[:-1] + "0"
BUILD, PART = "event.build", "event.build.buildProperties"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


def send_build(sandbox: Sandbox, component: Any, number: int, **changes: Any) -> None:
    given = {f"{PART}.{name}": value for name, value in changes.items()}
    given |= {"componentId": component, f"{BUILD}.updateSequenceNumber": number}
    assert post(sandbox, changed("build-full", given)).status_code == 202


def test_equal_identity_in_one_source_overwrites_whatever_component_came_along(
    sandbox: Sandbox,
) -> None:
    send_build(sandbox, SHOP, 1, state="FAILED")
    send_build(sandbox, CART, 2, state="SUCCESSFUL")
    [event] = sandbox.feed()["events"]
    assert (event["state"], event["component_id"]) == ("SUCCESSFUL", CART)
    assert [one["concern"] for one in event["history"]] == [None, "collision"]
    assert [one["component_id"] for one in event["history"]] == [SHOP, CART]


def test_a_second_component_may_even_be_ignored(sandbox: Sandbox) -> None:
    """One report to two components with one update number: the second is lost."""
    send_build(sandbox, SHOP, 5)
    send_build(sandbox, CART, 5)
    [event] = sandbox.feed()["events"]
    assert [one["verdict"] for one in event["history"]] == ["created", "ignored"]
    assert event["component_id"] == SHOP


def test_a_source_shows_on_every_component_that_was_ever_attached_to_it(sandbox: Sandbox) -> None:
    send_build(sandbox, SHOP, 1)
    assert [len(sandbox.feed(one)["events"]) for one in (SHOP, CART)] == [1, 0]
    another = {"pipelineId": "another", "displayName": "CI"}
    send_build(sandbox, CART, 1, pipeline=another)
    for component in (SHOP, CART):
        url = f"{sandbox.url}/activity"
        page = requests.get(url, params={"component": component}, timeout=10).json()
        assert [event["component_id"] for event in page["events"]] == [SHOP, CART]
        assert page["events"][0]["component_ids"] == sorted([SHOP, CART])


def test_an_event_without_a_component_goes_into_the_source_it_names(sandbox: Sandbox) -> None:
    send_build(sandbox, SHOP, 1)
    send_build(sandbox, ..., 2, state="ERROR")
    [event] = sandbox.feed(SHOP)["events"]
    assert (event["state"], event["component_id"]) == ("ERROR", None)


@pytest.mark.parametrize(
    "changes",
    [
        {f"{BUILD}.externalEventSourceId": "https://github.com/acme/shop#another"},
        {f"{PART}.pipeline.pipelineId": "another"},
        {
            "cloudId": "b5fd7e86-1037-4957-88e1-656b1179d617",
            "componentId": SHOP.replace("compass:a5", "compass:b5"),
        },
    ],
    ids=str,
)
def test_another_source_identity_or_site_is_another_event(
    sandbox: Sandbox, changes: dict[str, Any]
) -> None:
    post(sandbox, sample("build-full"))
    post(sandbox, changed("build-full", changes))
    assert [len(event["history"]) for event in sandbox.feed()["events"]] == [1, 1]


def test_a_source_is_of_one_type(sandbox: Sandbox) -> None:
    """The same externalEventSourceId is another event source for deployments."""
    post(sandbox, sample("build-full"))
    deployment = changed("deployment-full", {"componentId": CART})
    assert post(sandbox, deployment).status_code == 202
    assert [event["type"] for event in sandbox.feed(SHOP)["events"]] == ["build"]
    assert [event["type"] for event in sandbox.feed(CART)["events"]] == ["deployment"]


def test_a_pull_request_has_no_source_and_is_kept_for_its_component(sandbox: Sandbox) -> None:
    for component in (SHOP, CART, SHOP):
        post(sandbox, changed("pullRequest-full", {"componentId": component}))
    found = [(one["component_id"], len(one["history"])) for one in sandbox.feed()["not_shown"]]
    assert found == [(SHOP, 2), (CART, 1)]
    assert [one["component_ids"] for one in sandbox.feed(CART)["not_shown"]] == [[CART]]


@pytest.mark.parametrize(
    ("first", "second", "concern"),
    [
        ({"state": "IN_PROGRESS"}, {"state": "FAILED"}, None),
        ({"state": "FAILED"}, {"state": "FAILED"}, None),
        ({"state": "FAILED"}, {"state": "SUCCESSFUL"}, "overwritten"),
        ({"state": "FAILED"}, {"state": "IN_PROGRESS"}, "overwritten"),
        ({}, {"startedAt": "2026-11-23T17:00:00Z"}, "overwritten"),
        (
            {"state": "IN_PROGRESS"},
            {"state": "FAILED", "startedAt": "2026-11-23T17:00:00Z"},
            "start-moved",
        ),
    ],
)
def test_an_overwritten_outcome_and_a_moved_start_are_of_concern(
    sandbox: Sandbox, first: dict[str, Any], second: dict[str, Any], concern: str | None
) -> None:
    send_build(sandbox, SHOP, 1, **first)
    send_build(sandbox, SHOP, 2, **second)
    [event] = sandbox.feed()["events"]
    assert [one["concern"] for one in event["history"]] == [None, concern]


def test_a_deployment_that_is_rolled_back_is_of_no_concern(sandbox: Sandbox) -> None:
    for number, state in [(1, "SUCCESSFUL"), (2, "ROLLED_BACK")]:
        place = "event.deployment.deploymentProperties.state"
        update = "event.deployment.updateSequenceNumber"
        post(sandbox, changed("deployment-full", {place: state, update: number}))
    [event] = sandbox.feed()["events"]
    assert [one["concern"] for one in event["history"]] == [None, None]


def test_a_retry_is_ignored_without_concern_and_any_other_ignored_update_is_one(
    sandbox: Sandbox,
) -> None:
    send_build(sandbox, SHOP, 7, state="FAILED")
    send_build(sandbox, SHOP, 7, state="FAILED")
    send_build(sandbox, SHOP, 7, state="SUCCESSFUL")
    [event] = sandbox.feed()["events"]
    told = [(one["verdict"], one["concern"]) for one in event["history"]]
    assert told == [("created", None), ("ignored", None), ("ignored", "ignored")]
    assert event["state"] == "FAILED"


@pytest.mark.parametrize("number", [9007199254740993, 9007199254740993.0])
def test_a_whole_number_is_one_however_it_is_written(sandbox: Sandbox, number: float) -> None:
    """JSON Schema takes 7.0 for an integer: 7 and 7.0 are one sequenceNumber."""
    place = "event.deployment.deploymentProperties.sequenceNumber"
    for written in (7, 7.0):
        post(sandbox, changed("deployment-full", {place: written}))
    assert len(sandbox.feed()["events"]) == 1
    post(sandbox, changed("deployment-full", {place: number}))
    assert len(sandbox.feed()["events"]) == 2
