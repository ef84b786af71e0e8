"""Records that are damaged are none; those that say less than others are read as far as they go."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compass_action.tracking import Identity, Tracked, read_record

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
    assert read_record(json.dumps(GOOD)) is not None
    assert read_record(spoilt("later", "what a later version adds")) is not None
    assert read_record(spoilt("started_at", None)) is not None
    assert read_record(spoilt("component_ids", [])) is not None
    assert read_record(spoilt("component_ids", ...)) is not None


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
    assert read_record(spoilt(path, value)) is None


@pytest.mark.parametrize(
    "text",
    [None, "", " ", "{", "null", "7", "[]", '"x"', "NaN", "{}", "[" * 100_000, '{"a":' * 100_000,
     '{"outputs": ' + "9" * 5000 + "}", "\x00", "$COMPASS_TRACKED"],
)  # fmt: skip
def test_what_is_no_record_is_none(text: str | None) -> None:
    assert read_record(text) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.sampled_from(["outputs", "component_ids", "started_at", "environment"]), JSON)
def test_a_hostile_record_is_none_or_can_be_used(name: str, value: object) -> None:
    """Whatever stands in it, the reader raises nothing, and what it returns names an event."""
    record = read_record(spoilt(name, value))
    if record is not None:
        assert record.identity.is_whole()
        assert "event-type" in record.outputs
        assert read_record(record.to_json()) == record


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {}),
        ({"components": "abc"}, {"components": "abc"}),
        ({"components": ""}, {}),
        ({"component_ids": [], "components": "abc"}, {"component_ids": (), "components": "abc"}),
        ({"component_ids": []}, {"component_ids": (), "components": ""}),
        ({"started_at": None}, {"started_at": None}),
        ({"environment": None}, {"environment": None}),
        ({"environment": {}}, {"environment": None}),
        ({"source_id": "s"}, {"source_id": "s"}),
        ({"source_id": ""}, {}),
    ],
)
def test_a_record_that_says_less_is_read_as_far_as_it_goes(
    changed: dict[str, Any], expected: dict[str, Any]
) -> None:
    """That of 0.1.0 has the components alone, and no digest of them."""
    whole = Tracked(
        Identity("deployment", "p", "live", 1),
        "IN_PROGRESS",
        2,
        components="7692c3ad3540bb80",
        component_ids=("one",),
        started_at=datetime(2026, 11, 23, 8, tzinfo=UTC),
        environment=GOOD["environment"],
    )
    assert read_record(json.dumps(GOOD | changed)) == whole._replace(**expected)


@pytest.mark.parametrize(
    "changed", [{"components": 7}, {"source_id": 7}, {"components": ["x"]}, {"source_id": "\ud83d"}]
)  # fmt: skip
def test_a_record_that_says_nonsense_is_none(changed: dict[str, Any]) -> None:
    assert read_record(json.dumps(GOOD | changed)) is None


def test_a_record_of_a_type_without_duration_needs_no_state() -> None:
    """GitLab's dotenv file has the outputs of every event."""
    record = json.dumps({"outputs": {"event-type": "incident"}})
    assert read_record(record) == Tracked(Identity("incident"), None, None)
    build = {"event-type": "build", "pipeline-id": "p", "state": "FAILED"}
    assert read_record(json.dumps({"outputs": build})) is None
    numbered = build | {"update-sequence-number": "0"}
    assert read_record(json.dumps({"outputs": numbered})) == (
        Tracked(Identity("build", "p"), "FAILED", 0)
    )
    stateless = numbered | {"state": ""}
    assert read_record(json.dumps({"outputs": stateless})) is None
