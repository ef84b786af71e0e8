"""What a sandbox takes of its machine is bounded: answers, connections, bodies that are under way."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from compass_action.sandbox import Sandbox, body, running_sandbox
from compass_action.sandbox.contract import Accepted, Complaint, parse_json, validate
from compass_action.sandbox.feed import Feed
from compass_action.sandbox.store import Store
from tests.sandbox.sending import AUTH, EVENTS, PIPELINE, build, changed, ids, post, sample

LARGE = "d" * 900_000
"""A text that is kept in a few hundred bytes."""
MEBIBYTE = 1024 * 1024


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None) as running:
        yield running


def large(number: int, **more: Any) -> dict[str, Any]:
    changes = {PIPELINE: f"builds/{number}", "event.build.description": LARGE}
    return changed("build-full", changes | more)


def test_a_page_ends_where_its_requests_have_four_mebibytes(sandbox: Sandbox) -> None:
    for number in range(9):
        assert post(sandbox, large(number)).status_code == 202
    found, path, sizes = [], "/activity?limit=1000", []
    while path:
        answer = requests.get(sandbox.url + path, timeout=10)
        found += ids(answer.json())
        path = answer.json()["next"]
        sizes.append(len(answer.content))
    assert found == [f"builds/{number}" for number in range(9)]
    assert len(sizes) == 3
    assert max(sizes) < 5 * MEBIBYTE


def test_one_event_is_on_a_page_however_large_it_is(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compass_action.sandbox.activity.with_requests.__defaults__", (1,))
    monkeypatch.setattr("compass_action.sandbox.activity.BYTES", 1)
    for number in range(2):
        post(sandbox, large(number))
    page = requests.get(f"{sandbox.url}/activity", timeout=10).json()
    assert ids(page) == ["builds/0"]
    assert page["next"] == "/activity?limit=200&after=1"


def test_a_question_looks_at_the_newest_events_that_there_is_room_for(sandbox: Sandbox) -> None:
    for number in range(9):
        post(sandbox, large(number))
    ari = sample("build-full")["componentId"]
    asked = {
        "query": "query($id: ID!) { compass { component(id: $id) { ... on CompassComponent { events(query:"
        " {first: 50}) { ... on CompassEventConnection { nodes { ... on CompassBuildEvent {"
        " buildProperties { pipeline { pipelineId } } } } } } } } } }",
        "variables": {"id": ari},
    }
    answer = requests.post(f"{sandbox.url}/graphql", json=asked, auth=AUTH, timeout=10).json()
    nodes = answer["data"]["compass"]["component"]["events"]["nodes"]
    named = [node["buildProperties"]["pipeline"]["pipelineId"] for node in nodes]
    assert named == ["builds/8", "builds/7", "builds/6", "builds/5"]


def test_the_page_of_an_event_shows_so_many_requests_and_that_which_counts(
    sandbox: Sandbox,
) -> None:
    for update in (30, *range(1, 10)):  # the first counts, all the others are ignored
        post(sandbox, large(1, **{"event.build.updateSequenceNumber": update}))
    page = requests.get(f"{sandbox.url}/events/1", headers={"Accept": "text/html"}, timeout=10)
    assert page.text.count("<pre") == 5
    assert "updateSequenceNumber&#34;: 30" in page.text
    assert len(page.content) < 6 * MEBIBYTE


@pytest.mark.parametrize("field", ["displayName", "url", "externalEventSourceId", "pipeline"])
def test_texts_of_columns_count_among_the_bytes_that_are_kept(field: str) -> None:
    """They are not compressed; of the longest a column has the beginning."""
    feed = Feed(store := Store(), lambda: datetime.now(UTC), limit=400_000)
    for number in range(60):
        text = f"https://acme.example/{number}/" + "x" * 20_000
        place = PIPELINE if field == "pipeline" else f"event.build.{field}"
        raw = json.dumps(changed("build-full", {PIPELINE: f"{number}", place: text})).encode()
        verdict = validate(raw)
        assert isinstance(verdict, Accepted)
        assert feed.take(verdict, raw)
    with store.reading() as db:
        [kept] = db.execute(
            "SELECT sum(length(identity) + length(name) + length(url)) FROM event"
        ).fetchone()
        [sources] = db.execute(
            "SELECT sum(length(key) + length(external_id)) FROM source"
        ).fetchone()
        [count] = db.execute("SELECT count(*) FROM event").fetchone()
        [size] = db.execute("SELECT sum(size) FROM event").fetchone()
    assert kept + sources <= size <= 400_000
    assert count >= 10
    store.close()


def test_an_update_with_longer_texts_counts_as_what_it_is() -> None:
    feed = Feed(store := Store(), lambda: datetime.now(UTC))
    sizes = []
    for update, name in enumerate(["short", "n" * 900, "short"], start=1):
        changes = {"event.build.displayName": name, "event.build.updateSequenceNumber": update}
        raw = json.dumps(changed("build-full", changes)).encode()
        verdict = validate(raw)
        assert isinstance(verdict, Accepted)
        feed.take(verdict, raw)
        with store.reading() as db:
            [size] = db.execute(
                "SELECT size - (SELECT sum(length(body)) FROM change) FROM event"
            ).fetchone()
        sizes.append(size)
    assert sizes[1] >= sizes[0] + 895
    assert sizes[2] == sizes[0]
    store.close()


def test_of_the_components_of_an_event_two_hundred_are_shown(sandbox: Sandbox) -> None:
    """A source may be attached to any number, and each of its events shows on all."""
    ari = sample("build-full")["componentId"][:-4]
    for number in range(205):
        assert post(sandbox, build(1, number) | {"componentId": f"{ari}{number:04x}"}).ok
    [event] = requests.get(f"{sandbox.url}/activity", timeout=10).json()["events"]
    assert len(event["component_ids"]) == 200


@pytest.mark.parametrize(("depth", "taken"), [(32, True), (33, False)])
def test_json_is_nested_so_deeply_and_no_deeper(depth: int, taken: bool) -> None:
    text = "[" * depth + "]" * depth
    if taken:
        parse_json(text.encode())
        parse_json(json.dumps([[]] * 1_000).encode())
    else:
        with pytest.raises(ValueError, match="nested too deeply"):
            parse_json(text.encode())


def connect(sandbox: Sandbox) -> socket.socket:
    return socket.create_connection(("127.0.0.1", sandbox.server_port), timeout=10)


def test_beyond_so_many_connections_there_is_no_room(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until one of them ends. Who is turned away is told when to come again."""
    monkeypatch.setattr(sandbox.connections, "most", 3)
    with ExitStack() as stack:
        held = [stack.enter_context(connect(sandbox)) for _ in range(3)]
        for one in held:  # each is served, and silent
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert one.recv(15) == b"HTTP/1.1 200 OK"
        for _ in range(5):
            answer = requests.get(f"{sandbox.url}/healthz", timeout=10)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
            assert answer.json()["errors"][0]["message"] == "Too many connections are open"
        held[0].close()
        until = time.monotonic() + 10
        while requests.get(f"{sandbox.url}/healthz", timeout=10).status_code == 503:
            assert time.monotonic() < until
    assert sandbox.problems() == []


def test_who_is_turned_away_is_let_go(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for it: it is closed after a second, or when many others have come."""
    monkeypatch.setattr(sandbox.connections, "most", 1)
    with connect(sandbox), connect(sandbox) as one:
        whole = b"".join(iter(lambda: one.recv(65536), b""))
        assert whole.startswith(b"HTTP/1.1 503 ")
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                one.sendall(b"x")
            except OSError:
                break
            time.sleep(0.1)
        else:
            pytest.fail("it is still open")


def head(length: int) -> bytes:
    return f"POST {EVENTS} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n".encode()


def test_only_some_large_bodies_are_in_memory_at_a_time(sandbox: Sandbox) -> None:
    """Small ones always have room; what is turned away is no problem of the sender's."""
    with ExitStack() as stack:
        half_sent = [stack.enter_context(connect(sandbox)) for _ in range(16)]
        for one in half_sent:
            one.sendall(head(MEBIBYTE) + b"x" * 1_000)
        until = time.monotonic() + 10
        while (answer := post(sandbox, large(1))).status_code != 503:
            assert time.monotonic() < until
        assert answer.json()["errors"][0]["message"] == "Too many large requests are under way"
        assert post(sandbox, sample("build-full")).status_code == 202
    until = time.monotonic() + 10
    while post(sandbox, large(1)).status_code != 202:
        assert time.monotonic() < until
    assert sandbox.problems() == []


def test_a_body_that_trickles_in_is_given_up(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "SECONDS", 0.3)
    began = time.monotonic()
    with connect(sandbox) as connection:
        connection.sendall(head(1_000))
        connection.settimeout(0.1)
        answer = b""
        while not answer and time.monotonic() < began + 10:
            connection.sendall(b" ")
            try:
                answer = connection.recv(65536)
            except TimeoutError:
                continue
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_what_does_no_harm_pushes_no_problem_out(sandbox: Sandbox) -> None:
    """A web page, say, that asks for a thousand things which are not there."""
    post(sandbox, b"{")
    for _ in range(1_100):
        sandbox.service.feed.refuse(404, [Complaint(None, "nothing there")], harmless=True)
    assert [problem.kind for problem in sandbox.problems()] == ["rejected"]
    assert len(sandbox.feed()["refused"]) == 1_001
