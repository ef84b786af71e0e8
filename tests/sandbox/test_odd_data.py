"""Whatever is sent is kept and shown: odd texts, odd times, and while more is coming."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
import requests

from compass_action.sandbox import Sandbox, rows, running_sandbox
from tests.sandbox.sending import changed, post, sample

HTML = {"Accept": "text/html"}
PART = "event.build.buildProperties"
HALF = "\ud83d"
"""The first half of a surrogate pair, which JSON may hold and no character is."""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None) as running:
        yield running


def page(sandbox: Sandbox, path: str) -> str:
    answer = requests.get(sandbox.url + path, headers=HTML, timeout=10)
    assert answer.status_code == 200, path
    return answer.text


def test_half_a_character_is_kept_and_shown_as_it_was_sent(sandbox: Sandbox) -> None:
    flag = "event.flag.flagProperties"
    for number in (2, 1):  # the second is ignored, and told as a problem
        changes = {f"{flag}.id": HALF, f"{flag}.status": f"a{HALF}", "event.flag.url": f"a:{HALF}"}
        numbered = {"event.flag.updateSequenceNumber": number}
        assert post(sandbox, changed("flag-full", changes | numbered)).status_code == 202
    assert "\\ud83d" in page(sandbox, "/events/1")
    for path in ("/", "/problems", "/activity"):
        page(sandbox, path)


def test_half_a_character_in_a_link_makes_no_other_link_of_it(sandbox: Sandbox) -> None:
    for number in (1, 2):
        linked = {"event.build.url": f"https://x/{HALF}", f"{PART}.state": "FAILED"}
        post(sandbox, changed("build-full", linked | {"event.build.updateSequenceNumber": number}))
    assert sandbox.problems() == []


@pytest.mark.parametrize(
    ("began", "ended", "told"),
    [
        ("0001-01-01T00:00:00+10:00", "2026-11-23T18:00:00Z", "0001-01-01 00:00:00 UTC"),
        ("2026-11-23T18:00:00Z", "9999-12-31T23:59:59-10:00", "9999-12-31 23:59:59 UTC"),
        ("0033-04-03T15:00:00Z", "2026-11-23T18:00:00Z", "0033-04-03 15:00:00 UTC"),
    ],
)
def test_times_at_the_ends_of_the_calendar_are_shown(
    sandbox: Sandbox, began: str, ended: str, told: str
) -> None:
    times = {f"{PART}.startedAt": began, f"{PART}.completedAt": ended}
    assert post(sandbox, changed("build-full", times)).status_code == 202
    for path in ("/", "/metrics", "/problems", "/metrics.json", "/activity"):
        page(sandbox, path)
    assert told in page(sandbox, "/events/1")


def test_a_component_that_comes_while_the_page_is_made_is_on_the_next(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(sandbox, sample("build-full"))
    ari = sample("build-full")["componentId"][:-2] + "77"
    another = changed("build-full", {"componentId": ari, f"{PART}.pipeline.pipelineId": "another"})
    with meanwhile(monkeypatch, "newest", lambda: post(sandbox, another)):
        page(sandbox, "/")
    assert ari in page(sandbox, "/")


@pytest.mark.parametrize("path", ["/activity", "/events/1"])
def test_what_is_forgotten_while_it_is_told_is_told_whole(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    post(sandbox, sample("build-full"))
    with meanwhile(monkeypatch, "request", sandbox.clear):
        assert "Test and build" in page(sandbox, path)
    assert sandbox.feed()["events"] == []


@contextmanager
def meanwhile(
    patch: pytest.MonkeyPatch, name: str, happens: Callable[[], object]
) -> Iterator[None]:
    """Let something happen, or begin to wait for its turn, before this part of the feed is read."""
    read = getattr(rows, name)
    thread = Thread(target=happens)

    def read_late(*asked: object) -> object:
        if thread.ident is None:
            thread.start()
            thread.join(0.3)
        return read(*asked)

    with patch.context() as patched:
        patched.setattr(rows, name, read_late)
        yield
        thread.join()
