"""The types' own parts: the input `properties` laid over what was derived, whatever it holds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from compass_action.errors import CompassEventError, EventError
from compass_action.event import tracked_of
from compass_action.event_types import EVENT_TYPES
from compass_action.inputs.mappings import read_mapping
from compass_action.report import outcomes
from compass_action.schemas import validate
from compass_action.text import Secrets
from tests.building import built, part, refused


@pytest.mark.parametrize(
    ("kind", "written", "name", "read"),
    [
        ("flag", "id: f\nstatus: on", "status", "on"),
        ("flag", "id: f\nstatus: beta", "status", "beta"),
        ("flag", '{"id": "f", "status": true}', "status", "on"),
        ("build", '{"state": 0}', "state", "SUCCESSFUL"),
        ("build", "state: timed_out", "state", "TIMED_OUT"),
        ("custom", "id: 0123", "id", "0123"),
        ("custom", "id: 1.10", "id", "1.10"),
        ("custom", "id: on", "id", "on"),
        ("custom", "id: ~", "id", "~"),
        ("custom", '{"id": 42}', "id", "42"),
        ("lifecycle", "stage: end-of-life", "stage", "END_OF_LIFE"),
        ("vulnerability", "id: v\nstate: declined\nscore: 9.80\nseverity: {level: HIGH}\n"
         "vulnerabilityStartTime: 2026-01-31T00:00:00Z", "score", 9.8),
        ("deployment", "sequenceNumber: 0123\nenvironment: {environmentId: p}", "sequenceNumber", 123),
    ],
)  # fmt: skip
def test_properties_become_what_the_contract_wants(
    kind: str, written: str, name: str, read: object
) -> None:
    """YAML stays what was written, but for numbers where a number belongs; states are folded."""
    asked = {"event-type": kind, "properties": written, "environment": "prod"}
    assert part("github-push", asked)[name] == read


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("build", '{"pipeline": "x"}'), ("build", '{"startedAt": 7}'),
        ("build", '{"pipeline": {"pipelineId": ["x"]}}'), ("build", '{"x": 1}'),
        ("build", '{"startedAt": "\\ud800"}'),
        ("deployment", '{"environment": 5}'), ("deployment", '{"sequenceNumber": true}'),
        ("deployment", '{"sequenceNumber": 1e999}'), ("deployment", "sequenceNumber: 1.0"),
        ("deployment", '{"sequenceNumber": 99999999999999999999}'),
        ("custom", '{"id": true}'), ("custom", '{"id": {}}'),
        ("custom", '{"icon": NaN}'), ("push", '{"id": []}'),
        ("vulnerability", '{"id": "v", "state": "open", "severity": {"level": "LOW"}, "score": NaN}'),
        ("vulnerability", "id: v\nstate: open\nseverity: {level: LOW}\nscore: .nan"),
        ("vulnerability", "id: v\nstate: open\nseverity: {level: LOW}\nscore: nan"),
        ("vulnerability", '{"id": "v", "state": "open", "severity": true}'),
        ("vulnerability", '{"id": "v", "state": "open", "severity": {"label": "bad"}}'),
    ],
)  # fmt: skip
def test_properties_of_a_wrong_type_are_told_with_their_path(kind: str, written: str) -> None:
    """JSON's null is no way to leave something out."""
    asked = {"event-type": kind, "properties": written, "environment": "prod"}
    with pytest.raises(EventError) as raised:
        validate(built("github-push", asked).events[0], Secrets())
    assert all(problem.where.startswith(f"$.event.{kind}.") for problem in raised.value.problems)


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ('{"state": null}', "Use one of: open, resolved, deleted."),
        ('{"state": ["open"]}', "Use one of: open, resolved, deleted."),
        ('{"state": "qqq"}', "Use one of: open, resolved, deleted."),
        ('{"state": "opne"}', "Did you mean open"),
    ],
)
def test_a_wrong_state_in_properties_is_told_what_to_write(written: str, advice: str) -> None:
    problems = refused("github-push", {"event-type": "incident", "properties": written})
    assert advice in problems["properties"]


NAMES = st.sampled_from(
    ["id", "state", "status", "stage", "pipeline", "pipelineId", "displayName", "url", "environment",
     "environmentId", "category", "sequenceNumber", "startedAt", "completedAt", "severity", "score",
     "level", "author", "name", "startTime", "x"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
    | st.sampled_from(["open", "success", "2026-11-23T12:00:00Z", "nan", "HIGH"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)  # fmt: skip


@settings(max_examples=150)
@given(st.sampled_from(list(EVENT_TYPES)), st.dictionaries(NAMES, VALUES, max_size=5))
@example("deployment", {"environment": {"displayName": {"x": [None]}}, "pipeline": []})
@example("build", {"pipeline": {"displayName": float("nan"), "url": None}})
@example("deployment", {"startedAt": "0"})
def test_no_properties_are_too_odd(kind: str, properties: dict[str, Any]) -> None:
    """A payload, or an error of ours with a path or an input's name: never a traceback."""
    text = json.dumps(properties)
    try:
        read_mapping(text)
    except ValueError:
        return  # told with the input's name (inputs/test_values.py)
    try:
        word = "pull-request" if kind == "pullRequest" else kind
        asked = {"event-type": word, "properties": text, "environment": "prod"}
        [event] = built("github-push", asked).events
        outcomes.opening([event])
        assert tracked_of(event).outputs["event-type"] == kind
        body = json.loads(validate(event, Secrets()).body)
        assert list(body["event"]) == [kind]
    except CompassEventError as error:
        found = error.problems
    else:
        found = ()
    assert all(problem.where and problem.what for problem in found)
