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
DENIED_SAID = Failed(None, "You may not; PERMISSION_DENIED 403; OTHER; 500")
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
        ({"data": {"a": 7}, "errors": [{"message": "half"}]}, {"a": 7}),
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


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ({"data": {"tenantContexts": [{"cloudId": "a5fd"}]}}, "a5fd"),
        (
            {"data": {"tenantContexts": [None]}},
            Failed(None, "Atlassian knows no site acme.atlassian.net"),
        ),
        (
            {"data": {"tenantContexts": []}},
            Failed(None, "Atlassian knows no site acme.atlassian.net"),
        ),
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
COMPONENTS = [
    pytest.param(ROW, SHOP, id="whole"),
    pytest.param({"id": ARI}, Component(ARI), id="no more than its id"),
    pytest.param({**ROW, "id": ""}, Failed(None, "no answer to it"), id="without an id"),
    pytest.param(None, Failed(None, "no answer to it"), id="none"),
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


@pytest.mark.parametrize(
    "find",
    [
        lambda script: find_component(script.ask, TO, ARI),
        lambda script: find_by_slug(script.ask, TO, "a5fd", "shop-web"),
        lambda script: search(script.ask, TO, "a5fd", name="shop"),
        lambda script: find_permission(script.ask, TO, ARI),
        lambda script: find_cloud_id(script.ask, TO),
    ],
)
def test_a_failure_is_handed_on(find: Any) -> None:
    assert find(scripted(DOWN, ahead=0.5)) == Told(DOWN, 0.5)
