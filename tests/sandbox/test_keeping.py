"""What the sandbox keeps: page by page, and within bounds."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from email.message import Message
from typing import Any

import pytest
import requests

from compass_action.sandbox import received, running_sandbox
from compass_action.sandbox.contract import Accepted, Complaint, validate
from compass_action.sandbox.feed import Feed
from compass_action.sandbox.store import Store
from tests.sandbox.sending import PIPELINE, build, changed, ids, post, sample


def take(feed: Feed, document: dict[str, Any]) -> None:
    raw = json.dumps(document).encode()
    verdict = validate(raw)
    assert isinstance(verdict, Accepted)
    assert feed.take(verdict, raw)


def test_the_feed_is_read_page_by_page() -> None:
    with running_sandbox(rate_limit=None) as sandbox:
        for number in range(7):
            post(sandbox, build(number))
        found, path, pages = [], "/activity?limit=3", 0
        while path:
            page = requests.get(sandbox.url + path, timeout=10).json()
            found += ids(page)
            path, pages = page["next"], pages + 1
        assert (found, pages) == ([f"builds/{number}" for number in range(7)], 3)
        assert ids(sandbox.feed()) == found


def test_a_page_keeps_what_was_asked_for() -> None:
    with running_sandbox(rate_limit=None) as sandbox:
        for number in range(4):
            post(sandbox, build(number))
            post(sandbox, sample("deployment-full"))
        url, wanted = f"{sandbox.url}/activity", {"type": "build", "limit": "2"}
        first = requests.get(url, params=wanted, timeout=10).json()
        second = requests.get(sandbox.url + first["next"], timeout=10).json()
        assert ids(first) + ids(second) == [f"builds/{number}" for number in range(4)]
        assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"type": "deployment"}, ["deployment"]),
        ({"environment": "Production"}, ["deployment"]),
        ({"state": "ROLLED_BACK"}, ["deployment"]),
        ({"state": "FAILED"}, []),
        ({"search": "JOBS/deploy"}, ["deployment"]),
        ({"search": "acme 9c1f0e2"}, ["build", "deployment"]),
        ({"search": "acme nowhere"}, []),
        ({"component": "ari:cloud:compass:1:component/1/1"}, []),
        ({}, ["build", "deployment"]),
    ],
    ids=str,
)
def test_events_are_found_by_what_they_say(query: dict[str, str], found: list[str]) -> None:
    with running_sandbox() as sandbox:
        for name in ("build-full", "deployment-full"):
            post(sandbox, changed(name, {f"event.{name[:-5]}.description": "acme at 9c1f0e2"}))
        page = requests.get(f"{sandbox.url}/activity", params=query, timeout=10).json()
        assert [event["type"] for event in page["events"]] == found


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "after=-1", "after=1e3"])
def test_a_page_that_cannot_be_is_refused(query: str) -> None:
    with running_sandbox() as sandbox:
        assert requests.get(f"{sandbox.url}/activity?{query}", timeout=10).status_code == 400


def test_one_event_is_found_by_its_number() -> None:
    with running_sandbox() as sandbox:
        post(sandbox, build(1))
        [event] = sandbox.feed()["events"]
        url = f"{sandbox.url}/events/{event['id']}"
        assert requests.get(url, timeout=10).json() == event
        assert requests.get(url + "7", timeout=10).status_code == 404


def test_the_newest_events_are_kept_and_the_oldest_go_first() -> None:
    with running_sandbox(rate_limit=None, keep=5) as sandbox:
        for number in range(12):
            post(sandbox, build(number, source=f"https://github.com/acme/{number}"))
        assert ids(sandbox.feed()) == [f"builds/{number}" for number in range(7, 12)]
        with sandbox.service.store.reading() as db:
            assert db.execute("SELECT count(*) FROM source").fetchone() == (5,)
            assert db.execute("SELECT count(*) FROM change").fetchone() == (5,)


def test_an_event_that_is_updated_is_not_among_the_oldest() -> None:
    with running_sandbox(rate_limit=None, keep=3) as sandbox:
        for number, update in [(0, 1), (1, 1), (2, 1), (0, 2), (3, 1)]:
            post(sandbox, build(number, update))
        assert ids(sandbox.feed()) == ["builds/0", "builds/2", "builds/3"]


def test_bytes_are_bounded_as_well() -> None:
    feed = Feed(store := Store(), lambda: datetime.now(UTC), limit=100_000)
    for number in range(40):
        text = os.urandom(5_000).hex()  # does not compress to less than half
        take(feed, changed("build-full", {PIPELINE: f"{number}", "event.build.description": text}))
    with store.reading() as db:
        [count] = db.execute("SELECT count(*) FROM event").fetchone()
        [size] = db.execute("SELECT sum(length(body)) FROM change").fetchone()
    assert 5 < count < 20
    assert size < 100_000
    store.close()


def test_components_of_one_source_are_bounded_as_well() -> None:
    feed = Feed(store := Store(), lambda: datetime.now(UTC), limit=50_000)
    ari = sample("build-full")["componentId"][:-4]
    for number in range(200):
        take(feed, build(1, number) | {"componentId": f"{ari}{number:04x}"})
    with store.reading() as db:
        [count] = db.execute("SELECT count(*) FROM attachment").fetchone()
    assert 10 < count < 60
    store.close()


def test_a_thousand_updates_of_one_event_do_not_pile_up() -> None:
    """The first and the one that counts stay."""
    feed = Feed(store := Store(), lambda: datetime.now(UTC))
    for update in [*range(2, 900), 1, 1]:
        take(feed, build(1, update))
    with store.reading() as db:
        numbers = [number for (number,) in db.execute("SELECT number FROM change ORDER BY id")]
        assert db.execute("SELECT changes FROM event").fetchone() == (900,)
    assert (numbers[0], numbers[-3:], len(numbers)) == (2, [899, 1, 1], 100)
    store.close()


def test_refusals_and_requests_are_bounded() -> None:
    with running_sandbox(rate_limit=None) as sandbox:
        for _ in range(1_100):
            sandbox.service.feed.refuse(400, [Complaint(None, "x" * 10_000)] * 100)
        refused = sandbox.feed()["refused"]
        assert len(refused) == 1_000
        assert len(refused[0]["why"]) <= 20 * 302
    kept = received.Requests()
    for number in range(3_000):
        headers = Message()
        kept.add(received.Received("POST", f"/{number}", headers, (), b" " * 10_000, 0.0))
    assert kept.total == 3_000
    assert sum(len(request.body) for request in kept.kept()) <= 8 * 1024 * 1024
    assert kept.kept()[-1].path == "/2999"


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "ß" * 300, "\u202e", "𝄞"])
def test_any_text_can_be_kept(text: str) -> None:
    """Half of a surrogate pair is valid JSON, and no character."""
    with running_sandbox() as sandbox:
        changes = {"event.build.displayName": text, "event.build.description": text}
        changes |= {PIPELINE: text, "event.build.externalEventSourceId": text}
        assert post(sandbox, changed("build-full", changes)).status_code == 202
        [event] = sandbox.feed()["events"]
        assert event["identity"] == {"pipelineId": text}
        assert event["event"]["displayName"] == text
        asked = requests.get(f"{sandbox.url}/activity", timeout=10)
        assert asked.json()["events"] == [event]
