"""The page as the server renders it; what a browser makes of it is in tests/browser."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.request import urlopen

import pytest
import requests
from markupsafe import escape

from compass_action.sandbox import Sandbox, running_sandbox
from compass_action.sandbox.page import render
from tests.sandbox.sending import VALID, changed, post, sample

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SHOP = sample("build-full")["componentId"]
PAGES = ["/", "/metrics", "/problems", "/connect"]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None, names={SHOP: "shop"}) as running:
        yield running


def ask(sandbox: Sandbox, path: str, **headers: str) -> requests.Response:
    return requests.get(sandbox.url + path, headers=HTML | headers, timeout=10)


class Elements(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def send_all(sandbox: Sandbox, **changes: Any) -> None:
    for path in VALID:
        assert post(sandbox, changed(path.stem, changes)).status_code == 202


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_before_and_after_events(sandbox: Sandbox, path: str) -> None:
    for _ in range(2):
        answer = ask(sandbox, path)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        send_all(sandbox)


def test_every_event_has_a_page(sandbox: Sandbox) -> None:
    send_all(sandbox)
    feed = sandbox.feed()
    for event in [*feed["events"], *feed["not_shown"]]:
        assert ask(sandbox, f"/events/{event['id']}").status_code == 200
    assert ask(sandbox, "/events/999").status_code == 404
    assert ask(sandbox, "/events/" + "9" * 15).status_code == 404


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "</pre></details><script>alert(1)</script>",
    "javascript:alert(1)",
    "'\"<>&",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_stranger_wrote_stays_text(sandbox: Sandbox, text: str) -> None:
    build: dict[str, Any] = {
        f"event.build.{name}": text for name in ("displayName", "description", "url")
    }
    build |= {"event.build.externalEventSourceId": f"https://x/{text}"}
    pipeline = {"pipelineId": text, "displayName": text, "url": text}
    build |= {"event.build.buildProperties.pipeline": pipeline}
    post(sandbox, changed("build-full", build))
    environment = {"environmentId": text, "displayName": text, "category": "PRODUCTION"}
    place = "event.deployment.deploymentProperties.environment"
    post(sandbox, changed("deployment-full", {place: environment}))
    post(sandbox, changed("flag-full", {"event.flag.flagProperties.status": text}))
    post(sandbox, changed("build-full", {"event.build.buildProperties.state": text}))
    requests.post(f"{sandbox.url}/nowhere/{text}", timeout=10)
    asked = [*PAGES, "/events/1", "/events/2", "/events/3", f"/?search={text}&component={text}"]
    for path in asked:
        answer = ask(sandbox, path)
        for tag, attributes in Elements(answer.text).found:
            assert not [name for name in attributes if name.startswith("on") or name == "style"]
            if tag == "script":
                assert re.fullmatch(r"/static/page\.js\?v=[0-9a-f]{8}", str(attributes["src"]))
            if tag == "img":
                assert str(attributes["src"]).startswith("/static/icon.svg")
            if "href" in attributes:
                assert re.match(r"(/|#|(?i:https?)://)", str(attributes["href"]))
        if path in ("/", "/events/1", "/events/2"):
            assert str(escape(text)) in answer.text


def test_nothing_may_be_loaded_from_elsewhere(sandbox: Sandbox) -> None:
    send_all(sandbox)
    for path in [*PAGES, "/events/1"]:
        answer = ask(sandbox, path)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'")
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        for tag, attributes in Elements(answer.text).found:
            if tag in ("link", "script", "img", "form"):
                address = attributes.get("href") or attributes.get("src") or attributes["action"]
                assert str(address).startswith("/")


@pytest.mark.parametrize("name", sorted(render.KINDS))
def test_static_files_are_served_with_their_types(sandbox: Sandbox, name: str) -> None:
    answer = ask(sandbox, f"/static/{name}?v=1")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == render.KINDS[name]
    assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/static/nothing.css", "/static/", "/static/%2e"])
def test_nothing_else_is_served_as_a_file(sandbox: Sandbox, path: str) -> None:
    assert ask(sandbox, path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/problems", "/events/1"])
def test_programs_are_answered_with_json(sandbox: Sandbox, path: str) -> None:
    post(sandbox, sample("build-full"))
    for headers, query in [({"Accept": "*/*"}, ""), (HTML, "?format=json")]:
        answer = requests.get(sandbox.url + path + query, headers=headers, timeout=10)
        assert answer.headers["Content-Type"] == "application/json"
    assert ask(sandbox, path).headers["Vary"] == "Accept"


def test_without_jinja2_the_api_is_there_and_says_how_to_get_the_page(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job's image has none."""
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.setattr(render, "is_installed", lambda: False)
    post(sandbox, sample("build-full"))
    said = ask(sandbox, "/")
    assert said.headers["Content-Type"] == "application/json"
    assert "compass-event[sandbox]" in said.json()["page"]
    assert ask(sandbox, "/events/1").json()["type"] == "build"
    answer = ask(sandbox, "/metrics")
    assert (answer.status_code, "compass-event[sandbox]" in answer.text) == (406, True)
    assert "page" in requests.get(sandbox.url, timeout=10).json()


def test_a_page_hears_of_changes(sandbox: Sandbox) -> None:
    with urlopen(f"{sandbox.url}/live", timeout=10) as answer:  # noqa: S310 - loopback
        assert answer.headers["Content-Type"] == "text/event-stream"
        begin = [answer.readline() for _ in range(4)]
        assert begin == [b"retry: 1000\n", b"event: hello\n", b"data: 0\n", b"\n"]
        post(sandbox, sample("build-full"))
        assert [answer.readline() for _ in range(2)] == [b"event: change\n", b"data: 1\n"]


def test_so_many_pages_hear_of_changes_and_no_more(sandbox: Sandbox) -> None:
    live = sandbox.service.live
    for _ in range(64):
        assert live.enter()
    assert requests.get(f"{sandbox.url}/live", timeout=10).status_code == 503
    live.leave()
    with requests.get(f"{sandbox.url}/live", stream=True, timeout=10) as answer:
        assert answer.status_code == 200


def test_the_list_goes_on_to_older_events(sandbox: Sandbox) -> None:
    pipeline = "event.build.buildProperties.pipeline.pipelineId"
    for number in range(60):
        named = {"event.build.displayName": f"Build {number:02}", pipeline: str(number)}
        post(sandbox, changed("build-full", named))
    first = ask(sandbox, "/?type=build").text
    older = re.search(r'href="(/\?[^"]+)" rel="next"', first)
    assert older
    second = ask(sandbox, older[1].replace("&amp;", "&")).text
    found = [re.findall(r'href="/events/\d+">(Build \d\d)<', text) for text in (first, second)]
    assert found[0] + found[1] == [f"Build {number:02}" for number in range(59, -1, -1)]
    assert [len(part) for part in found] == [50, 10]


def test_problems_are_counted_in_words_as_well(sandbox: Sandbox) -> None:
    """`1 time`, `2 times`: what is read out to those who do not see the number's place."""
    for times in ("1 time", "2 times"):
        requests.post(
            sandbox.url + "/compass/v1/events", data="x", auth=("a@b.example", "t"), timeout=10
        )
        counted = re.search(
            r'rejected".*?<span class="count">(.*?)</span></span>',
            ask(sandbox, "/problems").text,
            re.DOTALL,
        )
        assert counted
        assert re.sub("<[^>]+>", "", counted[1]) == times
