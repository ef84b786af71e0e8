"""What one stage of a job tells the next: there and back unchanged, and nothing of what is damaged."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from compass_action.events import Event
from compass_action.outcomes import track
from hypothesis import given
from hypothesis import strategies as st

from compass_action.tracking import REQUIRED, Tracked

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1)
NUMBERS = st.integers(0, 2**53).map(str)
# In whole milliseconds, as events have them.
TIMES = st.integers(0, 7_258_118_400_000).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC))


@st.composite
def records(draw: st.DrawFn) -> Tracked:
    """Any record that we could have written."""
    kind = draw(st.sampled_from(sorted(REQUIRED)))
    outputs = {"event-type": kind} | {
        name: draw(NUMBERS if name.endswith("number") else TEXTS) for name in REQUIRED[kind]
    }
    environment = None
    if kind == "deployment":
        identified = {"environmentId": outputs["environment-id"]}
        environment = {"category": "TESTING", "displayName": draw(TEXTS)} | identified
    components = tuple(draw(st.lists(TEXTS, min_size=1, max_size=3)))
    return Tracked(outputs, components, draw(st.none() | TIMES), environment)


@given(records())
def test_a_record_comes_back_as_it_was(record: Tracked) -> None:
    """On one ASCII line in which no shell and no dotenv file finds anything to expand."""
    line = record.to_json()
    assert Tracked.from_json(line) == record
    assert line.isascii()
    assert line.isprintable()
    assert "$" not in line


def test_the_record_of_an_event_names_it_and_keeps_its_start() -> None:
    environment = {"category": "PRODUCTION", "displayName": "Live", "environmentId": "live"}
    part = {
        "sequenceNumber": 96_002_000,
        "state": "IN_PROGRESS",
        "pipeline": {"pipelineId": "github.com/acme/shop/x", "displayName": "Shop"},
        "environment": environment,
        "startedAt": "2026-11-23T08:00:00.250Z",
    }
    body = {
        "updateSequenceNumber": 7,
        "externalEventSourceId": "https://github.com/acme/shop",
        "deploymentProperties": part,
    }
    event = Event("deployment", "c", "one", body)
    record = track(event, ("one", "two"))
    assert record == Tracked(
        {
            "event-type": "deployment",
            "state": "IN_PROGRESS",
            "pipeline-id": "github.com/acme/shop/x",
            "environment-id": "live",
            "sequence-number": "96002000",
            "update-sequence-number": "7",
        },
        ("one", "two"),
        datetime(2026, 11, 23, 8, 0, 0, 250_000, tzinfo=UTC),
        environment,
        "https://github.com/acme/shop",
    )
    assert record.identity == ("deployment", "github.com/acme/shop/x", "live", "96002000")
    assert (record.number("update-sequence-number"), record.number("missing")) == (7, None)


GOOD: dict[str, Any] = {
    "outputs": {
        "event-type": "deployment",
        "state": "IN_PROGRESS",
        "pipeline-id": "p",
        "environment-id": "live",
        "sequence-number": "1",
        "update-sequence-number": "2",
    },
    "component_ids": ["one"],
    "started_at": "2026-11-23T08:00:00Z",
    "environment": {"category": "PRODUCTION", "displayName": "Live", "environmentId": "live"},
}


def spoilt(path: str, value: object) -> str:
    """The good record with another value at a dotted path; `...` takes it out."""
    record = json.loads(json.dumps(GOOD))
    *folders, name = path.split(".")
    place = record
    for folder in folders:
        place = place[folder]
    if value is ...:
        del place[name]
    else:
        place[name] = value
    return json.dumps(record)


def test_the_good_record_is_good() -> None:
    """So that each of the spoilt ones below is refused for its one fault."""
    assert Tracked.from_json(json.dumps(GOOD)) is not None
    assert Tracked.from_json(spoilt("later", "what a later version adds")) is not None
    assert Tracked.from_json(spoilt("started_at", None)) is not None
    assert Tracked.from_json(spoilt("component_ids", [])) is not None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *((f"outputs.{name}", ...) for name in GOOD["outputs"]),
        *((f"outputs.{name}", "") for name in GOOD["outputs"]),
        *((f"outputs.{name}", None) for name in GOOD["outputs"]),
        ("outputs.event-type", "banana"),
        ("outputs.event-type", ["build"]),
        ("outputs.pipeline-id", "half a pair: \ud83d"),
        ("outputs.sequence-number", "-1"),
        ("outputs.sequence-number", "٣"),
        ("outputs.sequence-number", "9" * 5000),
        ("outputs.update-sequence-number", "1e3"),
        ("outputs.update-sequence-number", str(2**63)),
        ("outputs", ...),
        ("outputs", []),
        ("outputs", "event-type"),
        ("component_ids", ...),
        ("component_ids", "one"),
        ("component_ids", {"one": "two"}),
        ("component_ids", [1]),
        ("component_ids", ["\udc00"]),
        ("started_at", "yesterday"),
        ("started_at", 1),
        ("started_at", "2026-11-23T08:00:00"),
        ("environment", "live"),
        ("environment", {"displayName": "Live"}),
        ("environment.environmentId", "elsewhere"),
        ("environment.displayName", 7),
    ],
)
def test_a_damaged_record_is_none(path: str, value: object) -> None:
    assert Tracked.from_json(spoilt(path, value)) is None


@pytest.mark.parametrize(
    "text",
    [None, "", " ", "{", "null", "7", "[]", '"x"', "NaN", "{}", "[" * 100_000, '{"a":' * 100_000,
     '{"outputs": ' + "9" * 5000 + "}", "\x00", "$COMPASS_TRACKED"],
)  # fmt: skip
def test_what_is_no_record_is_none(text: str | None) -> None:
    assert Tracked.from_json(text) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.sampled_from(["outputs", "component_ids", "started_at", "environment"]), JSON)
def test_a_hostile_record_is_none_or_can_be_used(name: str, value: object) -> None:
    """Whatever stands in it, the reader raises nothing, and what it returns names an event."""
    record = Tracked.from_json(spoilt(name, value))
    if record is not None:
        wanted = ("event-type", *REQUIRED.get(record.outputs["event-type"], ()))
        assert all(record.outputs[name] for name in wanted)
        assert Tracked.from_json(record.to_json()) == record
