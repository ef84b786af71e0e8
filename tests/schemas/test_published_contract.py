"""Whatever our schemas accept, the published contract accepts: examples and generated requests."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from compass_action.errors import EventError
from compass_action.event_types import EVENT_TYPES
from compass_action.schemas import Payload, load_schema, validate
from compass_action.text import Secrets

if TYPE_CHECKING:
    from compass_action.event.event import Event

VALID = sorted((Path(__file__).parents[1] / "events" / "valid").glob("*.json"))
CONTRACT = Path(__file__).parents[2] / "compass_action" / "sandbox" / "contract.json"
REQUEST = "#/components/schemas/CreateStreamlinedEventRequest"


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def read_type(path: Path) -> str:
    return path.stem.partition("-")[0]


def check(event_type: str, request: object) -> Payload | EventError:
    event = SimpleNamespace(event_type=event_type, request=lambda: request)
    try:
        return validate(cast("Event", event), Secrets())
    except EventError as refused:
        return refused


def build_contract() -> Draft202012Validator:
    """Build a validator of the published contract, whose formats are asserted."""
    formats = FormatChecker(formats=())
    formats.checks("int64")(lambda value: not isinstance(value, int) or -(2**63) <= value < 2**63)
    formats.checks("double")(lambda value: not isinstance(value, float) or math.isfinite(value))
    formats.checks("date-time", raises=ValueError)(
        lambda value: not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None
    )
    return Draft202012Validator({**read(CONTRACT), "$ref": REQUEST}, format_checker=formats)


PUBLISHED = build_contract()


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_the_published_contract_accepts_every_valid_event(path: Path) -> None:
    assert [error.message for error in PUBLISHED.iter_errors(read(path))] == []


NAMES = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=12)
TEXTS = st.text(st.characters(exclude_categories=()), max_size=12)
COUNTS = st.one_of(st.integers(0, 2**63 - 1), st.just(2**63 - 1))
TIMES = st.sampled_from(
    ["2026-11-23T17:59:00Z", "2026-11-23T17:59:00.1234567+05:30", "2024-02-29T00:00:00-00:00"]
)
ADDRESSES = st.sampled_from(["https://example.com/é", "http://[::1]:8080", "https://a?b"])
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, False, [], {}, {1: 2}, {"a": {"b"}}, date(2026, 11, 23), b"x", ""),
        *(-1, 0, 10, 1.0, 0.5, 2**63, -(2**63), 10**5000, math.nan, math.inf),
        *(
            "2026-02-29T00:00:00Z",
            "2026-11-23T17:59:00",
            "2026-11-23T17:59:60Z",
            "20261123T175900Z",
        ),
        *("2026-11-23t17:59:00z", "2026-W48-1T00:00:00Z", "2026-11-23T17:59:00Z\n", "SUCCESSFUL"),
        *("https://a:b@c", "ftp://c", "http://", "https://c/ d", "x" * 255, "x" * 256, "\ud800"),
    ]
)
ANYTHING = st.one_of(ODD.map(deepcopy), TEXTS, TIMES, COUNTS, ADDRESSES, st.integers(), st.floats())
IDS = read(VALID[0])


def instances(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Generate what `schema` asks for; what it says about two values together is left to chance."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "properties" in schema:
        properties = {name: instances(inner) for name, inner in schema["properties"].items()}
        required = {name: properties.pop(name) for name in schema["required"]}
        return st.fixed_dictionaries(required, optional=properties)
    if schema["title"] in ("a cloud id", "a component id"):
        return st.just(IDS["cloudId" if "cloud id" in schema["title"] else "componentId"])
    if schema["type"] == "number":
        return st.one_of(st.floats(0, 10), st.integers(0, 10))
    if schema["type"] == "integer":
        return COUNTS
    formats = {"date-time": TIMES, "url": ADDRESSES, None: NAMES}
    return formats[schema.get("format")]


GENERATED = {event_type: instances(load_schema(event_type)) for event_type in EVENT_TYPES}


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw a request, and drop, replace or add something at up to two places."""
    path = draw(st.sampled_from(VALID))
    event_type = read_type(path)
    request = draw(GENERATED[event_type]) if draw(st.booleans()) else read(path)
    for change in draw(st.lists(st.sampled_from(["drop", "replace", "add"]), max_size=2)):
        at = request
        while inner := [value for value in at.values() if isinstance(value, dict) and value]:
            if not draw(st.integers(0, 4)):
                break
            at = draw(st.sampled_from(inner))
        name = draw(st.sampled_from(sorted(at, key=str))) if at else "id"
        if change == "drop":
            at.pop(name, None)
        elif change == "replace":
            at[name] = draw(ANYTHING)
        else:
            at[draw(st.one_of(TEXTS, st.sampled_from([*EVENT_TYPES, "state"])))] = draw(ANYTHING)
    return event_type, request


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(requests())
def test_whatever_we_accept_the_contract_accepts(drawn: tuple[str, Any]) -> None:
    """And whatever we refuse, we refuse with problems, never with a foreign exception."""
    event_type, request = drawn
    outcome = check(event_type, request)
    if isinstance(outcome, EventError):
        assert outcome.problems
        assert all(problem.where.startswith("$") for problem in outcome.problems)
        assert str(outcome).encode()
        return
    sent = json.loads(outcome.body)
    assert [error.message for error in PUBLISHED.iter_errors(sent)] == []
    assert set(sent["event"]) == {event_type}
