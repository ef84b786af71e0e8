"""Which requests update one and the same event."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from compass_action.connection import one_at_a_time
from compass_action.delivery import client
from compass_action.delivery.receipt import Receipt
from compass_action.delivery.updates import event_of, line_up
from compass_action.schemas import Payload
from tests.delivery.sending import Clock, Compass, keys
from tests.recorded import TESTS

BUILD = (TESTS / "events" / "valid" / "build-full.json").read_text()
DEPLOYMENT = (TESTS / "events" / "valid" / "deployment-full.json").read_text()


def payload(sample: str, path: str = "", value: object = None, component: str = "shop") -> Payload:
    """A request of a sample, in which the value at a path is another one."""
    request = json.loads(sample)
    [(event_type, body)] = request["event"].items()
    place: Any = body
    *folders, name = path.split(".")
    for folder in folders:
        place = place[folder]
    if path:
        place[name] = value
    return Payload(event_type, component, json.dumps(request).encode())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("updateSequenceNumber", 99),
        ("displayName", "another name"),
        ("deploymentProperties.state", "FAILED"),
    ],
)
def test_an_update_changes_what_is_no_part_of_the_identity(path: str, value: object) -> None:
    assert event_of(payload(DEPLOYMENT, path, value)) == event_of(payload(DEPLOYMENT))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("externalEventSourceId", "https://github.com/acme/other"),
        ("deploymentProperties.sequenceNumber", 99),
        ("deploymentProperties.pipeline.pipelineId", "another"),
        ("deploymentProperties.environment.environmentId", "another"),
    ],
)
def test_another_id_is_another_event(path: str, value: object) -> None:
    assert event_of(payload(DEPLOYMENT, path, value)) != event_of(payload(DEPLOYMENT))


def test_an_event_is_named_by_its_component_its_source_and_its_ids() -> None:
    assert event_of(payload(DEPLOYMENT)) == (
        "deployment",
        "shop",
        "https://github.com/acme/shop",
        '[null, "github.com/acme/shop/.github/workflows/deploy.yml/jobs/deploy", "production", '
        "9223372036854775807]",
    )


SMALL = {
    "event": {"alert": {"externalEventSourceId": "s", "alertProperties": {"id": "a"}, "other": {}}}
}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (SMALL, ("alert", "shop", "s", '["a", null, null, null]')),
        ({"event": {"alert": {"alertProperties": {}}}},
         ("alert", "shop", None, "[null, null, null, null]")),
        ({"event": {"alert": {"alertProperties": {"pipeline": {"pipelineId": 1},
          "environment": {"environmentId": 2}, "sequenceNumber": 3}}}},
         ("alert", "shop", None, "[null, 1, 2, 3]")),
    ],
)  # fmt: skip
def test_what_an_event_lacks_has_no_part_in_its_name(body: object, name: object) -> None:
    assert event_of(Payload("alert", "shop", json.dumps(body).encode())) == name


@pytest.mark.parametrize(
    "body",
    [
        b"no JSON", b"7", b"{}", b'{"event": {}}', b'{"event": {"a": {}, "b": {}}}',
        b'{"event": {"a": 7}}', b'{"event": {"a": {}}}', b'{"event": {"a": {"xProperties": 7}}}',
        b'{"event": {"a": {"xProperties": {}, "yProperties": {}}}}',
    ],
)  # fmt: skip
def test_what_is_no_event_is_named_by_itself(body: bytes) -> None:
    assert event_of(Payload("alert", "shop", body)) == body


def test_an_event_of_another_component_is_another_event() -> None:
    assert event_of(payload(BUILD, component="web")) != event_of(payload(BUILD))


@pytest.mark.parametrize(
    "path", sorted((TESTS / "events" / "valid").glob("*.json")), ids=lambda p: p.name
)
def test_every_type_of_event_is_known_again(path: Any) -> None:
    """By its component, its source and its ids: the name is short, and not the whole request."""
    found = event_of(payload(path.read_text()))
    assert isinstance(found, tuple)
    assert len(found) == 4


def test_updates_stand_in_line_in_their_order() -> None:
    later = payload(BUILD, "updateSequenceNumber", 99)
    payloads = [payload(BUILD), payload(DEPLOYMENT), later, payload(BUILD, component="web")]
    assert [list(line) for line in line_up(payloads)] == [[0, 2], [1], [3]]


def test_nothing_is_compared_where_no_component_stands_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor is anything imported for it: that costs a start."""
    monkeypatch.setitem(sys.modules, "compass_action.delivery.updates", None)
    payloads = [payload(BUILD, component=name) for name in ("shop", "web")]
    assert keys(send(payloads)) == [None, None]
    with pytest.raises(ImportError):
        send([*payloads, payload(BUILD)])


def send(payloads: list[Payload]) -> tuple[Receipt, ...]:
    asking = one_at_a_time(Compass([202]).ask)
    return client.send(payloads, asking, 9, Clock().work)
