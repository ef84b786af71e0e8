"""What Compass is asked in GraphQL, and what its answers are read as."""

from __future__ import annotations

import json
from typing import Any

import pytest

from compass_action.connection.answer import Answer
from compass_action.connection.destination import Destination
from compass_action.lookup.asking import Failed, Told
from compass_action.lookup.compass import (
    Component,
    Source,
    ask_compass,
    find_by_slug,
    find_cloud_id,
    find_component,
    find_permission,
    search,
)
from compass_action.lookup.queries import QUERIES
from compass_action.text import secrets_of
from tests.building import ARI
from tests.lookup.scripted import scripted

TO = Destination(
    "https://acme.atlassian.net/gateway/api/compass/v1/events",
    "a@acme.example",
    "correct-horse-battery-staple",
    {"https": "http://proxy.example:3128"},
    "/ca.pem",
)
DENIED = {
    "__typename": "QueryError",
    "message": "You may\nnot",
    "extensions": [
        {"statusCode": 403, "errorType": "PERMISSION_DENIED"},
        {"errorType": "OTHER"},
        {"statusCode": 500},
        {},
        "odd",
    ],
}
DENIED_SAID = Failed(None, "You may not; PERMISSION_DENIED 403; OTHER; 500", 403)
DOWN = Failed(Answer(503, b""))


def test_a_question_goes_to_the_gateway_with_the_account() -> None:
    script = scripted({"data": {"compass": {}}}, ahead=1.5)
    told = ask_compass(script.ask, TO, "Component", {"id": ARI})
    assert told == Told({"compass": {}}, 1.5)
    [request] = script.asked
    assert request.url == "https://acme.atlassian.net/gateway/api/graphql"
    assert request.basic == ("a@acme.example", "correct-horse-battery-staple")
    assert request.proxies == {"https": "http://proxy.example:3128"}
    assert request.ca_bundle == "/ca.pem"
    assert request.secrets == secrets_of("correct-horse-battery-staple", "a@acme.example")
    assert json.loads(request.body or b"") == {
        "query": QUERIES["Component"],
        "operationName": "Component",
        "variables": {"id": ARI},
    }


NONE = "the answer is not Compass's"


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ({"data": {"a": 0}}, {"a": 0}),
        ({"data": {"a": None, "b": 7}}, {"a": None, "b": 7}),
        ({"data": {"a": None}}, Failed(None, NONE)),
        ({"data": {}}, Failed(None, NONE)),
        ({"data": [7]}, Failed(None, NONE)),
        ({"data": None, "errors": []}, Failed(None, NONE)),
        ({"data": None, "errors": [{"message": ""}, {}]}, Failed(None, NONE)),
        ([], Failed(None, NONE)),
        (
            {"errors": [{"message": "one\ntwo"}, {"message": 7}, "odd", {}, {"message": "three"}]},
            Failed(None, "one two; 7; three"),
        ),
        ({"errors": [{"message": "x" * 200}]}, Failed(None, "x" * 200)),
        ({"errors": [{"message": "x" * 201}]}, Failed(None, "x" * 199 + "…")),
        (DOWN, DOWN),
    ],
    ids=lambda value: str(value)[:50],
)
def test_data_counts_and_else_what_is_said_in_its_place(answer: Any, value: Any) -> None:
    assert ask_compass(scripted(answer).ask, TO, "CloudId", {}) == Told(value)


def test_why_there_are_gaps_in_the_data_is_kept() -> None:
    errors = [
        {"message": "Not\nauthorised", "extensions": {"statusCode": "403"}},
        {"message": "No"},
    ]
    told = ask_compass(scripted({"data": {"a": 7}, "errors": errors}).ask, TO, "CloudId", {})
    assert told == Told({"a": 7}, None, Failed(None, "Not authorised; No", 403))


NO_SITE = Failed(None, "Atlassian knows no site acme.atlassian.net", absent=True)


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ({"data": {"tenantContexts": [{"cloudId": "a5fd"}]}}, "a5fd"),
        ({"data": {"tenantContexts": [None]}}, NO_SITE),
        ({"data": {"tenantContexts": []}}, NO_SITE),
        ({"data": {"tenantContexts": {}}}, Failed(None, NONE)),
        (DOWN, DOWN),
    ],
)
def test_a_site_has_a_cloud_id(answer: Any, value: Any) -> None:
    script = scripted(answer, ahead=0.5)
    assert find_cloud_id(script.ask, TO) == Told(value, 0.5)
    assert script.questions == [{"CloudId": {"hosts": ["acme.atlassian.net"]}}]


ROW = {
    "id": ARI,
    "name": "shop",
    "slug": "shop-web",
    "typeId": "SERVICE",
    "url": "https://acme.atlassian.net/compass/component/shop",
    "links": [
        {"type": "REPOSITORY", "url": "https://github.com/acme/shop"},
        {"type": "DOCUMENT", "url": "https://docs.acme.example"},
        {"type": "REPOSITORY", "url": None},
        {"type": "REPOSITORY"},
        {"url": "https://github.com/acme/till"},
        "odd",
        {"type": "REPOSITORY", "url": "https://github.com/acme/shop-web"},
    ],
    "eventSources": [
        {"eventType": "BUILD", "externalEventSourceId": "https://a", "forgeAppId": "app"},
        {"externalEventSourceId": "https://b"},
        {"eventType": "BUILD", "externalEventSourceId": ""},
        {"eventType": "BUILD"},
        7,
    ],
}
SHOP = Component(
    ARI,
    "shop",
    "shop-web",
    "SERVICE",
    "https://acme.atlassian.net/compass/component/shop",
    ("https://github.com/acme/shop", "https://github.com/acme/shop-web"),
    (Source("BUILD", "https://a", "app"), Source("", "https://b")),
)
NO_ANSWER = Failed(None, "no answer to it", absent=True)
COMPONENTS = [
    pytest.param(ROW, SHOP, id="whole"),
    pytest.param({"id": ARI}, Component(ARI), id="no more than its id"),
    pytest.param({**ROW, "id": ""}, NO_ANSWER, id="without an id"),
    pytest.param(None, NO_ANSWER, id="none"),
    pytest.param(DENIED, DENIED_SAID, id="denied"),
    pytest.param({"message": "x" * 300}, Failed(None, "x" * 199 + "…"), id="denied at length"),
]


def within(field: str, value: Any) -> dict[str, Any]:
    return {"data": {"compass": {field: value}}}


@pytest.mark.parametrize(("row", "value"), COMPONENTS)
def test_a_component_is_found_by_its_id(row: Any, value: Any) -> None:
    script = scripted(within("component", row), ahead=0.5)
    assert find_component(script.ask, TO, ARI) == Told(value, 0.5)
    assert script.questions == [{"Component": {"id": ARI}}]


@pytest.mark.parametrize(("row", "value"), COMPONENTS)
def test_a_component_is_found_by_its_slug(row: Any, value: Any) -> None:
    script = scripted(within("componentByReference", row), ahead=0.5)
    assert find_by_slug(script.ask, TO, "a5fd", "shop-web") == Told(value, 0.5)
    assert script.questions == [{"BySlug": {"cloudId": "a5fd", "slug": "shop-web"}}]


FIND: list[Any] = [
    lambda script: find_component(script.ask, TO, ARI),
    lambda script: find_by_slug(script.ask, TO, "a5fd", "shop-web"),
    lambda script: search(script.ask, TO, "a5fd", name="shop"),
    lambda script: find_permission(script.ask, TO, ARI),
    lambda script: find_cloud_id(script.ask, TO),
]
REFUSED = "Not authorised to view this component"
GAPS: dict[str, Any] = {
    "component": None, "componentByReference": None, "searchComponents": None,
}  # fmt: skip


@pytest.mark.parametrize("find", FIND)
@pytest.mark.parametrize(
    "data", [{"compass": GAPS, "tenantContexts": [None]}, {"compass": None, "x": 1}]
)
def test_a_gap_is_told_with_the_reason_that_compass_gives_beside_it(data: Any, find: Any) -> None:
    script = scripted({"data": data, "errors": [{"message": REFUSED}]})
    assert find(script).value == Failed(None, REFUSED)


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        (404, True), ("404", True), (400, True), (401, False), (403, False), (408, False),
        (429, False), (500, False), (503, False), (None, False), ("many", False),
    ],
)  # fmt: skip
def test_what_is_not_there_is_told_from_what_could_not_be_asked(code: Any, absent: bool) -> None:
    """By the status that a refusal names; one that names none says nothing for sure."""
    extension = {"statusCode": code}
    row = {"__typename": "QueryError", "message": "no", "extensions": [extension]}
    found = find_by_slug(scripted(within("componentByReference", row)).ask, TO, "a5fd", "x").value
    assert found.absent is absent
    beside = {"data": {"compass": GAPS}, "errors": [{"message": "no", "extensions": extension}]}
    assert find_by_slug(scripted(beside).ask, TO, "a5fd", "x").value.absent is absent


def test_an_answer_without_the_field_is_not_compass_s() -> None:
    odd = scripted({"data": {"compass": {"component": None}}}, {"data": {"compass": 7}})
    assert find_by_slug(odd.ask, TO, "a5fd", "x").value == Failed(None, NONE)
    assert find_by_slug(odd.ask, TO, "a5fd", "x").value == Failed(None, NONE)


@pytest.mark.parametrize("find", FIND)
def test_a_failure_is_handed_on(find: Any) -> None:
    assert find(scripted(DOWN, ahead=0.5)) == Told(DOWN, 0.5)
