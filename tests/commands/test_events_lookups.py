"""What `compass-event events` looks up: components, starts, and whether what was sent counts."""

from __future__ import annotations

from typing import Any

import pytest

from compass_action.lookup import events as shown_events
from tests.building import ARI
from tests.commands.event_lines import write
from tests.lookup.compass import GITHUB, NONE, SHOP, Program, compass, program
from tests.lookup.stand_in import Fault, StandIn
from tests.lookup.test_read_back import OPENED, known, show

__all__ = ["compass", "program"]

TILL = {**SHOP, "id": ARI[:-1] + "5", "name": "till", "slug": "till"}
INCIDENTS = ("events", "events.jsonl", "--event-type", "incident")
OPEN = {"state": "open", "started-at": "2026-11-25T09:00:00Z"}


@pytest.fixture
def two(compass: StandIn) -> StandIn:
    """A Compass that knows two components."""
    compass.catalog = compass.catalog._replace(components=(SHOP, TILL))
    return compass


def send(program: Program, *lines: dict[str, Any], argv: tuple[str, ...] = (), **env: str) -> Any:
    write(program.folder, *lines)
    return program(*INCIDENTS, *argv, **env)


def received(server: StandIn) -> list[tuple[str, str]]:
    """The id and the component of each event that Compass shows, in order."""
    events = server.catalog.events
    return [(e.body["incidentProperties"]["id"], e.component_id) for e in events]


def starts(server: StandIn) -> dict[str, str]:
    """The start of each event that Compass shows, by id."""
    parts = [event.body["incidentProperties"] for event in server.catalog.events]
    return {part["id"]: part["startTime"] for part in parts}


def test_a_line_names_its_component_by_slug(two: StandIn, program: Program) -> None:
    """The one that all others are for is not meant."""
    lines = OPEN | {"event-id": "S1"}, OPEN | {"event-id": "S2", "component-slug": "till"}
    ran = send(program, *lines)
    assert ran.code == 0, ran.said
    assert received(two) == [("S1", ARI), ("S2", TILL["id"])]


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ({"component-id": TILL["id"]}, [TILL["id"]]),
        ({"component-slug": "till"}, [TILL["id"]]),
        ({"component-map": f"src = {TILL['id']}", "changed-files": ["src/a"]}, [TILL["id"]]),
        ({"component-id": TILL["id"], "component-slug": "shop-web"}, [TILL["id"], ARI]),
        ({"component-id": None}, [ARI]),
    ],
)
@pytest.mark.parametrize(
    ("common", "env"),
    [(("--component-slug", "shop-web"), NONE), ((), {"COMPASS_COMPONENT_ID": ARI})],
)
def test_what_a_line_says_of_components_counts_alone(
    own: dict[str, Any],
    found: list[str],
    common: tuple[str, ...],
    env: dict[str, str],
    two: StandIn,
    program: Program,
) -> None:
    write(program.folder, OPEN | {"event-id": "S"} | own)
    ran = program(*INCIDENTS, *common, **env)
    assert ran.code == 0, ran.said
    assert [component for _, component in received(two)] == found


def test_each_slug_is_asked_for_once(two: StandIn, program: Program) -> None:
    slugs = ["till", "shop-web", "till", "shop-web", "till"]
    lines = [OPEN | {"event-id": f"{n}", "component-slug": slug} for n, slug in enumerate(slugs)]
    ran = send(program, *lines)
    assert ran.code == 0, ran.said
    assert len(received(two)) == 5
    assert two.operations == ["CloudId", "BySlug", "BySlug"]


def test_a_slug_that_is_not_there_is_told_with_its_line(two: StandIn, program: Program) -> None:
    lines = OPEN | {"event-id": "1"}, OPEN | {"event-id": "2", "component-slug": "nope"}
    ran = send(program, *lines)
    assert ran.code == 2
    assert 'line 2, component-slug: the component "nope" could not be looked up:' in ran.said
    assert received(two) == []


def test_a_slug_for_all_lines_is_told_once(two: StandIn, program: Program) -> None:
    """And no file is missed where a slug was given."""
    lines = OPEN | {"event-id": "1"}, OPEN | {"event-id": "2"}
    ran = send(program, *lines, argv=("--component-slug", "nope"), **NONE)
    assert ran.code == 2
    assert ran.said.count('component-slug: the component "nope" could not be looked up:') == 1
    assert "line " not in ran.said
    assert "compass.yml" not in ran.said


def test_auto_finds_the_component_of_the_repository(two: StandIn, program: Program) -> None:
    two.catalog = two.catalog._replace(components=(SHOP, {**TILL, "links": []}))
    lines = OPEN | {"event-id": "1", "component-id": "auto"}, OPEN | {"event-id": "2"}
    write(program.folder, *lines)
    ran = program(*INCIDENTS, **(GITHUB | {"COMPASS_COMPONENT_ID": TILL["id"]}))
    assert ran.code == 0, ran.said
    assert received(two) == [("1", ARI), ("2", TILL["id"])]


def test_what_ends_takes_the_start_that_compass_shows(compass: StandIn, program: Program) -> None:
    show(compass, OPENED)
    ran = send(program, {"event-id": "INC-7", "state": "resolved"})
    assert ran.code == 0, ran.said
    assert (
        "Note: Line 1: The incident began at 2026-11-25T10:00:00Z, as Compass shows it." in ran.said
    )
    [event] = compass.catalog.events
    assert event.body["incidentProperties"]["startTime"] == "2026-11-25T10:00:00Z"
    assert event.body["incidentProperties"]["severity"] == {"label": "SEV2", "level": "TWO"}


def test_what_is_open_in_every_report_keeps_its_start(compass: StandIn, program: Program) -> None:
    """As many pages of Compass's events are looked through as the file may need, each once."""
    lines = [{"event-id": f"{n}", "state": "open"} for n in range(60)]
    assert send(program, *lines).code == 0
    begun = starts(compass)
    assert len(set(begun.values())) == 60
    compass.asked.clear()
    ran = send(program, *lines)
    assert ran.code == 0, ran.said
    assert starts(compass) == begun
    assert compass.operations == ["EventsOfSource", "EventsOfSource"]


def test_a_long_file_is_looked_through_to_its_end(compass: StandIn, program: Program) -> None:
    """A single event is sought on three pages."""
    part = OPENED.body["incidentProperties"]
    ids = [f"{number}" for number in range(220)]
    show(compass, *(known("incident", "incidentProperties", {**part, "id": one}) for one in ids))
    ran = send(program, *({"event-id": one, "state": "open"} for one in ids), argv=("--dry-run",))
    assert ran.code == 0, ran.said
    assert ran.said.count('"startTime": "2026-11-25T10:00:00Z"') == 220
    assert compass.operations == ["EventsOfSource"] * 5


def test_a_line_takes_the_start_of_one_before_it(compass: StandIn, program: Program) -> None:
    """Nothing of it was sent yet, so that Compass could not tell it."""
    lines = (
        {"event-id": "R2", "state": "open"},
        {"event-id": "R3", "state": "open", "started-at": "2026-11-25T09:00:00Z"},
        {"event-id": "R2", "state": "resolved"},
        {"event-id": "R3", "state": "resolved"},
    )
    ran = send(program, *lines)
    assert ran.code == 0, ran.said
    sent = [one for one in compass.asked if one.path == "/compass/v1/events"]
    assert len(sent) == 4
    parts = {
        e.body["incidentProperties"]["id"]: e.body["incidentProperties"]
        for e in compass.catalog.events
    }
    assert [part["state"] for part in parts.values()] == ["RESOLVED", "RESOLVED"]
    assert parts["R3"]["startTime"] == "2026-11-25T09:00:00Z"
    assert parts["R2"]["startTime"] in ran.said


def test_a_start_that_nobody_knows_is_told_with_its_line(
    compass: StandIn, program: Program
) -> None:
    show(compass, known("incident", "incidentProperties", {"id": "8", "state": "OPEN"}))
    ran = send(program, OPEN | {"event-id": "A"}, {"event-id": "B", "state": "resolved"})
    assert ran.code == 2
    assert "line 2, started-at: it is not given. An incident that is resolved needs" in ran.said


def test_a_start_that_is_filled_in_is_told_with_its_line(
    compass: StandIn, program: Program
) -> None:
    ran = send(program, OPEN | {"event-id": "A"}, {"event-id": "B", "state": "open"})
    assert ran.code == 0
    [note] = [line for line in ran.said.splitlines() if "No start was given" in line]
    assert note.startswith("Note: Line 2: No start was given, so the incident starts now, 20")


def test_many_notes_are_cut(compass: StandIn, program: Program) -> None:
    lines = [{"event-id": f"{n}", "state": "open"} for n in range(25)]
    said = send(program, *lines).said.splitlines()
    notes = [line for line in said if "No start was given" in line]
    assert [note.split(":")[1].strip() for note in notes] == [f"Line {n}" for n in range(1, 21)]
    assert any(line.endswith(" other notes like these.") for line in said)


def test_a_compass_that_cannot_be_asked_keeps_nothing_from_being_opened(
    compass: StandIn, program: Program
) -> None:
    """It is asked once, and said once."""
    compass.fault = lambda asked: Fault(500) if asked.path == "/graphql" else None
    ran = send(program, {"event-id": "A", "state": "open"}, {"event-id": "B", "state": "open"})
    assert ran.code == 0
    assert [name for name, _ in received(compass)] == ["A", "B"]
    told = "Note: Compass could not be asked when the incident began: HTTP 500."
    assert [line for line in ran.said.splitlines() if "could not be asked" in line] == [told]
    assert compass.operations == ["EventsOfSource"]


def test_a_line_that_compass_has_to_be_asked_for_fails_like_a_delivery(
    two: StandIn, program: Program
) -> None:
    """Where nobody is wrong but Compass: nothing of the file is sent."""
    two.fault = lambda asked: Fault(503) if asked.path == "/graphql" else None
    lines = OPEN | {"event-id": "A"}, {"event-id": "B", "state": "resolved"}
    slug = {"event-id": "C", "component-slug": "till"}
    assert send(program, *lines, OPEN | slug).code == 0
    ran = send(program, *lines, OPEN | slug, argv=("--on-error", "fail"))
    assert ran.code == 1
    assert (
        "line 2, started-at: Compass could not be asked when the incident began: HTTP 503."
        in ran.said
    )
    assert (
        "line 3, component-slug: Compass does not tell the site's cloud id: HTTP 503." in ran.said
    )
    assert received(two) == []
    ran = send(program, *lines, {"event-id": "D", "state": "gone"})
    assert ran.code == 2
    assert 'line 3, state: "gone" is not an incident state.' in ran.said


def test_what_was_sent_is_verified(
    compass: StandIn, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown_events, "WAITS_SECONDS", (0.01,) * 4)
    lines = [OPEN | {"event-id": f"{n}"} for n in range(5)]
    ran = send(program, *lines, argv=("--verify",))
    assert ran.code == 0
    assert ran.said.count("verify: Compass shows the incident as OPEN.") == 3
    assert "verify asks for 3 events at most; 2 were left out." in ran.said


def test_a_file_is_not_tracked(compass: StandIn, program: Program) -> None:
    """What is set for a whole pipeline is none of its business."""
    ran = send(program, OPEN | {"event-id": "A"}, argv=("--track",))
    assert ran.code == 2
    assert "track: a job is tracked, not a file of events. Leave it out." in ran.said
    assert send(program, OPEN | {"event-id": "A"}, COMPASS_TRACK="true").code == 0
