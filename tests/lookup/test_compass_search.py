"""Components that Compass is searched for, and what this account may do with one."""

from __future__ import annotations

from typing import Any

import pytest

from compass_action.lookup.asking import Failed, Told
from compass_action.lookup.compass import Component, Permission, find_permission, search
from tests.building import ARI
from tests.lookup.scripted import Script, scripted
from tests.lookup.test_compass import DENIED, DENIED_SAID, NO_ANSWER, ROW, SHOP, TO, within

CONNECTION = {
    "__typename": "CompassSearchComponentConnection",
    "nodes": [{"component": ROW}, {"component": None}, {}, 7, {"component": {"id": "other"}}],
    "pageInfo": {"hasNextPage": False},
}


@pytest.mark.parametrize(
    ("found", "value"),
    [
        (CONNECTION, (SHOP, Component("other"))),
        ({**CONNECTION, "nodes": []}, ()),
        ({**CONNECTION, "nodes": None}, ()),
        ({**CONNECTION, "pageInfo": {}}, (SHOP, Component("other"))),
        (
            {**CONNECTION, "pageInfo": {"hasNextPage": True}},
            Failed(None, "more than 50 components match", absent=True),
        ),
        ({**CONNECTION, "__typename": "QueryError"}, NO_ANSWER),
        (DENIED, DENIED_SAID),
        (None, NO_ANSWER),
    ],
)
def test_a_search_has_all_that_match_or_none(found: Any, value: Any) -> None:
    script = scripted({"data": {"compass": {"searchComponents": found}, "x": 1}}, ahead=0.5)
    assert search(script.ask, TO, "a5fd", name="shop") == Told(value, 0.5)


def asked(script: Script) -> dict[str, Any]:
    [question] = script.questions
    return dict(question["Search"])


def test_a_search_is_for_a_link_a_name_or_both() -> None:
    by_link = {
        "fieldFilters": [{"name": "links", "filter": {"eq": "https://github.com/acme/shop"}}]
    }
    for link, name, query in [
        ("https://github.com/acme/shop", "", {"first": 50, **by_link}),
        ("", "shop", {"first": 50, "query": "shop"}),
        ("https://github.com/acme/shop", "shop", {"first": 50, **by_link, "query": "shop"}),
    ]:
        script = scripted(within("searchComponents", CONNECTION))
        search(script.ask, TO, "a5fd", link=link, name=name)
        assert asked(script) == {"cloudId": "a5fd", "query": query}


@pytest.mark.parametrize(
    ("found", "value"),
    [
        ({"allowed": True, "denialReasons": []}, Permission(allowed=True)),
        ({"allowed": True}, Permission(allowed=True)),
        (
            {"allowed": False, "denialReasons": ["no role", "", None, 7]},
            Permission(allowed=False, reasons=("no role", "7")),
        ),
        ({"allowed": False, "denialReasons": "no"}, Permission(allowed=False)),
        ({"allowed": "yes"}, Failed(None, "the answer does not tell it")),
        ({"allowed": 1}, Failed(None, "the answer does not tell it")),
        (None, Failed(None, "the answer does not tell it")),
    ],
)
def test_a_permission_is_told_with_its_reasons(found: Any, value: Any) -> None:
    row = {"viewerPermissions": {"connectEventSource": found}}
    script = scripted(within("component", row), ahead=0.5)
    assert find_permission(script.ask, TO, ARI) == Told(value, 0.5)
    assert script.questions == [{"Permission": {"id": ARI}}]
