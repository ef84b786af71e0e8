"""Around the part: the fields that all types share, the notices, and the components."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from compass_action.ci import SYSTEMS
from compass_action.ci.run import CiRun
from compass_action.errors import InputError
from compass_action.event import find_missing
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot
from compass_action.workspace import ComponentFile, ComponentFiles
from tests.event.failed_job import FAILED, NOON, NOON_MS, ONE, PATH, RUN, TWO, built


def told(inputs: Inputs, run: CiRun = RUN) -> list[str]:
    with pytest.raises(InputError) as raised:
        built(inputs, run)
    return [str(problem) for problem in raised.value.problems]


def test_an_event_is_this_request() -> None:
    [event] = built().events
    assert event.request() == {
        "cloudId": "a5fd7e86-1037-4957-88e1-656b1179d617",
        "componentId": ONE,
        "event": {
            "build": {
                "displayName": "Shop / test #9",
                "description": "Shop #9",
                "url": "https://gitlab.com/job",
                "externalEventSourceId": (
                    "https://gitlab.com/acme/shop#c34578a8-98c2-43e3-8b47-ee9b4fe598e1"
                ),
                "lastUpdated": "2026-11-23T12:00:00Z",
                "updateSequenceNumber": NOON_MS,
                "buildProperties": {
                    "state": "FAILED",
                    "pipeline": {
                        "pipelineId": PATH,
                        "displayName": "Shop / test",
                        "url": "https://gitlab.com/run",
                    },
                    "startedAt": "2026-11-23T11:00:00Z",
                    "completedAt": "2026-11-23T12:00:00Z",
                },
            }
        },
    }
    assert (event.start_is_known, event.component_name) == (True, "")


@pytest.mark.parametrize(
    ("asked", "run", "url"),
    [
        ({"url": "https://own.example"}, {}, "https://own.example"),
        ({"scope": "run"}, {}, "https://gitlab.com/run"),
        ({}, {"job_url": None}, "https://gitlab.com/run"),
        ({}, {"job_url": None, "run_url": None}, "https://gitlab.com/acme/shop"),
    ],
)
def test_an_event_links_to_the_nearest_page(
    asked: dict[str, Any], run: dict[str, Any], url: str
) -> None:
    [event] = built(FAILED._replace(**asked), RUN._replace(**run)).events
    assert event.body["url"] == url


@pytest.mark.parametrize(
    ("asked", "run", "updated", "number"),
    [
        ({}, {}, "2026-11-23T12:00:00Z", NOON_MS),
        ({}, {"updated_at": NOON - timedelta(seconds=9)}, "2026-11-23T11:59:51Z", NOON_MS - 9_000),
        ({"last_updated": NOON - timedelta(hours=1)}, {"updated_at": NOON}, "2026-11-23T11:00:00Z",
         NOON_MS),
        ({"last_updated": NOON + timedelta(minutes=5)}, {}, "2026-11-23T12:05:00Z", NOON_MS + 300_000),
    ],
)  # fmt: skip
def test_an_event_says_when_it_was_updated(
    asked: dict[str, Any], run: dict[str, Any], updated: str, number: int
) -> None:
    [event] = built(FAILED._replace(**asked), RUN._replace(**run)).events
    assert (event.body["lastUpdated"], event.body["updateSequenceNumber"]) == (updated, number)


def test_an_update_from_the_future_is_refused() -> None:
    """Clocks may differ by five minutes."""
    ahead = FAILED._replace(last_updated=NOON + timedelta(minutes=5, seconds=1))
    assert told(ahead) == [
        "last-updated: 2026-11-23T12:05:01Z lies ahead. Write a time that has come."
    ]


SOURCE = "external-event-source-id: it is not given, and {} does not say. Give the URL of the repository{}."


@pytest.mark.parametrize(
    ("system", "problems"),
    [
        (
            "github",
            [
                SOURCE.format("GitHub", ""),
                "url: it is not given. Give the page the event links to.",
            ],
        ),
        (
            "tekton",
            [
                SOURCE.format("Tekton", ': "$(params.repo-url)", the repository'),
                "url: it is not given. Give the page the event links to: x.",
            ],
        ),
    ],
)
def test_an_event_without_a_page_or_a_source_is_refused(system: str, problems: list[str]) -> None:
    asked = FAILED._replace(pipeline_id="p")
    hints = {"url": "x", "external-event-source-id": '"$(params.repo-url)", the repository'}
    record = SYSTEMS[system]._replace(hints=hints if system == "tekton" else {})
    with pytest.raises(InputError) as raised:
        built(asked, CiRun(system), system=record)
    assert [str(problem) for problem in raised.value.problems] == problems


def test_all_that_is_wrong_is_told_in_one_round() -> None:
    asked = Inputs(component_id=("x",), last_updated=NOON + timedelta(hours=1), state="qqqq")
    found = [problem.partition(":")[0] for problem in told(asked, CiRun("unknown"))]
    assert found == [
        "component-id", "pipeline-id", "state", "last-updated", "external-event-source-id", "url",
    ]  # fmt: skip


def test_a_source_that_components_share_is_told() -> None:
    """Not where each has its own, or there is but one; a pull request has none."""
    shared = FAILED._replace(component_id=(ONE, TWO), external_event_source_id="mine")
    found = built(shared)
    assert [event.body["externalEventSourceId"] for event in found.events] == ["mine", "mine"]
    assert found.notices == (
        "Several components share the event source mine. Compass may show each of these events on all of "
        "them. Leave external-event-source-id out, and each component has its own.",
    )
    assert built(shared._replace(external_event_source_id=None)).notices == ()
    assert built(shared._replace(component_id=(ONE,))).notices == ()
    merged = Inputs(component_id=(ONE, TWO), event_type="pullRequest", state="merged", event_id="3")
    merged = merged._replace(properties={"pullRequestUrl": "https://gitlab.com/acme/shop/3"})
    found = built(merged)
    assert [list(event.body) for event in found.events] == [
        ["lastUpdated", "pullRequestProperties"]
    ] * 2
    assert [notice[:9] for notice in found.notices] == ["Atlassian"]


def test_notices_come_in_order() -> None:
    """The checkout, the components, the part, the source."""
    run = CiRun("unknown", "https://gitlab.com/acme/shop", is_local=True)
    shared = FAILED._replace(
        component_id=(ONE, TWO),
        external_event_source_id="mine",
        pipeline_id="p",
        changed_files=("a",),
    )
    assert [notice[:10] for notice in built(shared, run).notices] == [
        "No CI syst", "changed-fi", "No start t", "Several co",
    ]  # fmt: skip


def test_a_component_has_the_name_that_its_file_gives() -> None:
    text = f"id: {ONE}\nname: Shop"
    files = ComponentFiles((ComponentFile("compass.yml", text), ComponentFile("b", f"id: {TWO}")))
    taken = Snapshot({}, NOON, component_files=files)
    found = built(Inputs(state="failed"), taken=taken)
    assert [(event.component_id, event.component_name) for event in found.events] == [
        (ONE, "Shop"), (TWO, ""),
    ]  # fmt: skip


def test_a_component_that_compass_told_counts() -> None:
    files = ComponentFiles((ComponentFile("compass.yml", "slug: shop"),))
    taken, ids = Snapshot({}, NOON, component_files=files), {"compass.yml": TWO}
    asked = Inputs(state="failed", scope="run")
    assert [event.component_id for event in built(asked, taken=taken, ids=ids).events] == [TWO]
    found = find_missing(asked, RUN, SYSTEMS["gitlab"], taken, (), ids)
    assert found
    assert found.component_ids == (TWO,)


def test_the_name_is_one_line_of_at_most_255_characters() -> None:
    asked = FAILED._replace(display_name="a\nb", description="c\x00d" + "e" * 300)
    [event] = built(asked).events
    assert event.body["displayName"] == "a b"
    assert event.body["description"] == "c d" + "e" * 251 + "…"
