"""What one stage of a job tells the next: there and back unchanged, under a name that is known."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compass_action.tracking import (
    DOTENV_NAME,
    FILE_NAMES,
    FOLDER_NAME,
    NAME,
    NOTE_NAME,
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
    forged = outputs | {"site": "acme", "api-url": "x", "component-ids": "a", "http-status": "202"}
    assert read_echoes({"COMPASS_TRACKED": record_of_echoes(forged)}) == outputs
    assert read_echoes({"COMPASS_TRACKED": "damaged"}) == read_echoes({}) == {}


LIVE = {"category": "PRODUCTION", "displayName": "Live $", "environmentId": "live"}
FULL = Tracked(
    Identity("deployment", "github.com/acme/shop/x", "live", 7),
    state="IN_PROGRESS",
    update_sequence_number=1_795_435_200_250,
    components="21066d108d5319ec",
    component_ids=("one", "two"),
    started_at=datetime(2026, 11, 23, 8, 0, 0, 250_000, tzinfo=UTC),
    environment=LIVE,
    source_id="https://github.com/acme/shop#",
)
OUTPUTS = {
    "event-type": "deployment",
    "state": "IN_PROGRESS",
    "pipeline-id": "github.com/acme/shop/x",
    "environment-id": "live",
    "environment-category": "PRODUCTION",
    "sequence-number": "7",
    "started-at": "2026-11-23T08:00:00.250Z",
    "update-sequence-number": "1795435200250",
}


def test_a_record_is_written_so() -> None:
    """Other versions read it: a later stage may run in another one."""
    assert FULL.outputs == OUTPUTS
    assert json.loads(FULL.to_json({"outcome": "accepted", "state": "FAILED"})) == {
        "outputs": OUTPUTS | {"outcome": "accepted", "state": "FAILED"},
        "components": "21066d108d5319ec",
        "component_ids": ["one", "two"],
        "started_at": "2026-11-23T08:00:00.250Z",
        "environment": LIVE,
        "source_id": "https://github.com/acme/shop#",
    }
    bare = Tracked(Identity("build", "p"), None, None)
    assert bare.to_json() == (
        '{"outputs":{"event-type":"build","pipeline-id":"p"},"components":"","component_ids":[],'
        '"started_at":null,"environment":null,"source_id":null}'
    )
    assert read_record(FULL.to_json()) == FULL


def test_its_file_and_its_variable_have_these_names() -> None:
    assert FULL.file_name == "compass-event-fd41dba70b9d2eaf.json"
    assert Tracked(Identity("build", "p"), "FAILED", 1).file_name == (
        "compass-event-cf37fdeb13ba2a0f.json"
    )
    assert (NAME, FOLDER_NAME, NOTE_NAME, DOTENV_NAME) == (
        "COMPASS_TRACKED", "compass-event", "compass-event-note.json", "compass-event.env",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("compass-event-0123456789abcdef.json", True),
        ("compass-event-0123456789abcde.json", False),
        ("compass-event-0123456789abcdef0.json", False),
        ("compass-event-0123456789ABCDEF.json", False),
        ("compass-event-0123456789abcdef_json", False),
        ("compass-event-note.json", False),
    ],
)
def test_a_record_s_file_is_known_by_its_name(name: str, ours: bool) -> None:
    assert bool(FILE_NAMES.fullmatch(name)) is ours


def test_a_digest_is_that_of_the_components_in_any_order() -> None:
    assert digest_of(("one", "two")) == digest_of(["two", "one", "two"]) == "21066d108d5319ec"
    assert digest_of(()) == ""


def test_records_are_read_with_the_variable_s_name_or_without() -> None:
    line = Tracked(Identity("build", "p"), "FAILED", 0).to_json()
    assert len(list(read_records([line, f"COMPASS_TRACKED={line}", f"COMPASS_TRACKE={line}"]))) == 2


def test_the_outputs_of_an_event_that_is_over_are_written_alone() -> None:
    assert record_of_echoes({"state": "$x"}) == '{"outputs":{"state":"\\u0024x"}}'
    assert read_echoes({"COMPASS_TRACKED": '{"outputs": {"state": 7}}'}) == {}
    assert read_echoes({"OTHER": record_of_echoes({"state": "x"})}) == {}
