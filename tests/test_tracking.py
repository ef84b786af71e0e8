"""What one stage of a job tells the next: there and back unchanged, and nothing of what is damaged."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compass_action.tracking import (
    Identity,
    Tracked,
    digest_of,
    read_echoes,
    read_record,
    read_records,
    record_of_echoes,
)

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1)
NUMBERS = st.integers(0, 2**53)
# In whole milliseconds, as events have them.
TIMES = st.integers(0, 7_258_118_400_000).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC))


@st.composite
def records(draw: st.DrawFn) -> Tracked:
    """Any record that we could have written."""
    kind, pipeline = draw(st.sampled_from(["build", "deployment"])), draw(TEXTS)
    identity, environment = Identity(kind, pipeline), None
    if kind == "deployment":
        identity = Identity(kind, pipeline, draw(TEXTS), draw(NUMBERS))
        identified = {"environmentId": identity.environment_id or ""}
        environment = {"category": "TESTING", "displayName": draw(TEXTS)} | identified
    ids = tuple(draw(st.lists(TEXTS, min_size=1, max_size=3)))
    return Tracked(
        identity,
        state=draw(TEXTS),
        update_sequence_number=draw(NUMBERS),
        components=digest_of(ids),
        component_ids=ids if draw(st.booleans()) else (),
        started_at=draw(st.none() | TIMES),
        environment=environment,
        source_id=draw(st.none() | TEXTS),
    )


@given(records())
def test_a_record_comes_back_as_it_was(record: Tracked) -> None:
    """On one ASCII line in which no shell and no dotenv file finds anything to expand."""
    line = record.to_json()
    assert read_record(line) == record
    assert line.isascii()
    assert line.isprintable()
    assert "$" not in line


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


WHOLE = Identity("deployment", "p", "live", 0)


@pytest.mark.parametrize(
    ("identity", "whole"),
    [
        (WHOLE, True),
        (WHOLE._replace(pipeline_id=""), False),
        (WHOLE._replace(environment_id=None), False),
        (WHOLE._replace(sequence_number=None), False),
        (Identity("build", "p"), True),
        (Identity("build"), False),
        (Identity("incident"), True),
    ],
)
def test_a_later_stage_needs_the_whole_identity(identity: Identity, whole: bool) -> None:
    """A build is its pipeline's id; a deployment is three things together; others have their own id."""
    assert identity.is_whole() is whole


def test_what_is_not_known_is_no_output() -> None:
    assert Tracked(Identity("build", "p/1"), "FAILED", 7).outputs == {
        "event-type": "build",
        "state": "FAILED",
        "pipeline-id": "p/1",
        "update-sequence-number": "7",
    }


def test_every_event_has_a_file_of_its_own_and_its_updates_share_it() -> None:
    begun = Tracked(WHOLE, "IN_PROGRESS", 1)
    assert begun.file_name == Tracked(WHOLE, "FAILED", 2, component_ids=("a",)).file_name
    others = [
        WHOLE._replace(pipeline_id="q"),
        WHOLE._replace(environment_id=None),
        WHOLE._replace(sequence_number=1),
    ]
    names = {begun.file_name, *(begun._replace(identity=one).file_name for one in others)}
    names.add(begun._replace(components=digest_of(["a"])).file_name)
    assert len(names) == 5
    assert all(len(name) == len("compass-event-0123456789abcdef.json") for name in names)


def test_records_are_found_among_other_lines() -> None:
    """A dotenv file names the variable in front of it; a file of its own does not."""
    record = Tracked(Identity("build", "p"), "IN_PROGRESS", 1)
    lines = ["", "PATH=/bin", record.to_json(), f"COMPASS_TRACKED={record.to_json()}", "{"]
    assert list(read_records(lines)) == [record, record]


def test_the_outputs_of_an_earlier_job_are_known_by_the_record_beside_them() -> None:
    """Also where the event is over, and the record holds nothing but the outputs."""
    outputs = {"event-type": "build", "state": "FAILED", "pipeline-id": "p"}
    outputs |= {"update-sequence-number": "7"}
    assert read_echoes({"COMPASS_TRACKED": record_of_echoes(outputs)}) == outputs
    assert read_echoes({"COMPASS_TRACKED": "damaged"}) == read_echoes({}) == {}
