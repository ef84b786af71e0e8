"""What is kept of an event that was begun, and what the report of its end takes from that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from compass_action.ci import SYSTEMS
from compass_action.ci.run import CiRun
from compass_action.errors import InputError
from compass_action.event import find_missing, track, tracked_of
from compass_action.event.event import Event, Events
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot
from compass_action.tracking import Identity, Tracked
from tests.event.failed_job import FAILED, NOON, NOON_MS, ONE, PATH, RUN, TWO, built

BEGUN = Tracked(
    Identity("build", "old"),
    "IN_PROGRESS",
    NOON_MS + 5,
    components="",
    component_ids=(TWO,),
    started_at=NOON - timedelta(minutes=7),
    source_id="https://old.example#",
)


def test_what_was_begun_is_ended_whatever_is_asked_now() -> None:
    asked = FAILED._replace(
        event_type="deployment",
        pipeline_id="new",
        external_event_source_id="new",
        properties={"pipeline": {"pipelineId": "new", "x": 1}, "sequenceNumber": 1, "y": "z"},
    )
    [event] = built(asked, resumed=BEGUN).events
    assert (event.event_type, event.component_id) == ("build", TWO)
    assert event.part["pipeline"]["pipelineId"] == "old"
    assert (event.part["pipeline"]["x"], event.part["y"]) == (1, "z")
    assert "sequenceNumber" not in event.part
    assert event.part["startedAt"] == "2026-11-23T11:53:00Z"
    assert event.body["updateSequenceNumber"] == NOON_MS + 6
    assert event.body["externalEventSourceId"] == (
        "https://old.example#c34578a8-98c2-43e3-8b47-ee9b4fe598e2"
    )


def test_a_begun_deployment_keeps_its_environment_s_id() -> None:
    begun = BEGUN._replace(identity=Identity("deployment", "old", "live", 3), source_id=None)
    own = {"environment": {"environmentId": "new", "displayName": "New"}}
    [event] = built(FAILED._replace(properties=own), resumed=begun).events
    assert event.part["environment"] == {
        "category": "PRODUCTION", "displayName": "New", "environmentId": "live",
    }  # fmt: skip
    assert event.part["sequenceNumber"] == 3
    assert event.body["externalEventSourceId"].startswith("https://gitlab.com/acme/shop#")


def test_among_the_records_the_very_event_s_lends_its_start() -> None:
    [event] = built(FAILED._replace(pipeline_id="p")).events
    record = track(Events((event,)))._replace(
        state="IN_PROGRESS", started_at=NOON - timedelta(hours=5), update_sequence_number=NOON_MS
    )
    other = record._replace(identity=Identity("build", "q"))
    [event] = built(FAILED._replace(pipeline_id="p"), records=(other, record)).events
    assert event.part["startedAt"] == "2026-11-23T07:00:00Z"
    assert event.body["updateSequenceNumber"] == NOON_MS + 1
    [event] = built(FAILED._replace(pipeline_id="p"), records=(other,)).events
    assert event.part["startedAt"] == "2026-11-23T11:00:00Z"


@pytest.mark.parametrize(
    ("begun", "now", "lent"),
    [
        ("mine", "mine", True),
        ("mine", None, True),
        ("theirs", "mine", False),
        ("https://gitlab.com/acme/shop#", "mine", False),
        (None, "mine", True),
    ],
)
def test_a_record_of_another_source_than_the_one_given_is_another_event_s(
    begun: str | None, now: str | None, lent: bool
) -> None:
    """Else what somebody has left would decide over an input."""
    asked = FAILED._replace(pipeline_id="p", external_event_source_id=now)
    [event] = built(asked).events
    record = track(Events((event,)))._replace(
        state="IN_PROGRESS", started_at=NOON - timedelta(hours=5), source_id=begun
    )
    [event] = built(asked, records=(record,)).events
    assert (event.part["startedAt"] == "2026-11-23T07:00:00Z") is lent
    assert event.body["externalEventSourceId"] == (now or begun)


@pytest.mark.parametrize(
    ("record", "env", "state", "remembers"),
    [
        (None, {}, "", False),
        ("file", {}, "", True),
        (None, {"RUNNER_TEMP": "/tmp"}, "", True),
        (None, {}, "STATE", True),
    ],
)
def test_where_a_record_could_go_a_first_report_may_take_its_number_from_the_clock(
    record: str | None, env: dict[str, str], state: str, remembers: bool
) -> None:
    system = SYSTEMS["github"]._replace(state=state)
    run = CiRun("github", "https://github.com/acme/shop", workflow="w.yml", run_id="1", job="j",
                environment="live")  # fmt: skip
    asked = Inputs(component_id=(ONE,), state="running", record=record)
    taken = Snapshot(env, NOON)
    if remembers:
        [event] = built(asked, run, system=system, taken=taken).events
        assert event.part["sequenceNumber"] == NOON_MS
    else:
        with pytest.raises(InputError, match="sequence-number"):
            built(asked, run, system=system, taken=taken)


def test_what_is_kept_of_an_event_is_what_was_sent() -> None:
    [event] = built(FAILED._replace(state="running")).events
    kept = tracked_of(event)
    assert kept == Tracked(
        Identity("build", PATH), "IN_PROGRESS", NOON_MS, started_at=NOON - timedelta(hours=1)
    )
    assert track(Events((event,))) == kept._replace(
        components="23b77707401e77c0",
        component_ids=(ONE,),
        source_id="https://gitlab.com/acme/shop#",
    )


def test_a_start_that_nobody_knew_is_not_kept() -> None:
    [event] = built(run=RUN._replace(job_started_at=None)).events
    assert not event.start_is_known
    assert tracked_of(event).started_at is None


@pytest.mark.parametrize(
    ("part", "kept"),
    [
        ({"state": 7}, Tracked(Identity("build"), "7", None)),
        ({"startedAt": "soon"}, Tracked(Identity("build"), None, None)),
        ({"startedAt": 7}, Tracked(Identity("build"), None, None)),
        ({"environment": "x"}, Tracked(Identity("build"), None, None)),
        ("no mapping", Tracked(Identity("build"), None, None)),
    ],
)
def test_of_an_odd_event_is_kept_what_can_be_read(part: object, kept: Tracked) -> None:
    assert tracked_of(Event("build", "c", "x", {"buildProperties": part})) == kept


def test_compass_is_asked_for_the_start_of_what_another_job_has_begun() -> None:
    asked = FAILED._replace(scope="run", component_id=(ONE, TWO))
    found = find_missing(asked, RUN, SYSTEMS["gitlab"], Snapshot({}, NOON))
    assert found
    assert found.component_ids == (ONE, TWO)
    assert found.sought == (
        "build",
        "a5fd7e86-1037-4957-88e1-656b1179d617",
        ONE,
        "https://gitlab.com/acme/shop#c34578a8-98c2-43e3-8b47-ee9b4fe598e1",
        ("gitlab.com/acme/shop/pipelines/9", None, None),
    )
    nobody = asked._replace(component_id=("x",))
    assert find_missing(nobody, RUN, SYSTEMS["gitlab"], Snapshot({}, NOON)) is None
