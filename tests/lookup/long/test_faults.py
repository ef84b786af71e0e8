"""The fault matrix: whatever a server does, a look-up ends in time, raises nothing and tells nothing
wrong; where it is optional the event is sent without it, and where it is needed of Compass the delivery
has failed.
"""

from __future__ import annotations

import gzip
import re
import socket
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from compass_action.commands import lookups
from compass_action.connection import exchange
from compass_action.connection.request import Request
from compass_action.lookup import asking, events
from tests.lookup.compass import TOKEN, Program, compass, program
from tests.lookup.stand_in import Asked, Fault, StandIn, standing_in

__all__ = ["compass", "program"]

ERRORS = b'{"errors":[{"message":"Something failed"}],"data":null}'
QUERY_ERROR = b"""{"data":{"compass":{"eventSource":{"__typename":"QueryError","message":"denied"},
"component":{"__typename":"QueryError","message":"denied"},
"componentByReference":{"__typename":"QueryError","message":"denied",
"extensions":[{"statusCode":403,"errorType":"PERMISSION_DENIED"}]}},
"tenantContexts":[{"cloudId":"a5fd7e86-1037-4957-88e1-656b1179d617"}]}}"""
WRONG = (
    b"null", b"[]", b'"text"', b"7", b"{}", b'{"data":null}', b'{"data":{}}', b'{"data":{"compass":7}}',
    b'{"data":{"compass":{"eventSource":[]},"tenantContexts":{}}}',
    b'{"data":{"compass":{"eventSource":{"events":{"nodes":[7,null]}}},"tenantContexts":[null]}}',
    b'{"errors":"no"}', b'{"errors":[7,{"message":7}]}',
    b'{"started_at":7}', b'{"started_at":"yesterday"}', b'{"jobs":{"id":1},"total_count":"many"}',
    b"[" * 100_000, b'{"data":', b"\xff\xfe",
)  # fmt: skip

BOMB = gzip.compress(bytes(8 * 1024 * 1024), 9)
FAULTS: Mapping[str, Fault] = {
    "slow": Fault(delay=3.0),
    "dripping": Fault(200, b"{" + b" " * 2000 + b"}", drip=0.05),
    "401": Fault(401),
    "403": Fault(403, b'{"message":"Forbidden"}'),
    "404": Fault(404),
    "429": Fault(429, b"", {"Retry-After": "60"}),
    "500": Fault(500),
    "202": Fault(202),
    "redirect": Fault(302, b"", {"Location": "http://127.0.0.1:9/"}),
    "redirect to an address that is none": Fault(302, b"<html>", {"Location": "http://[::bad"}),
    "redirect with a bomb": Fault(302, BOMB, {"Location": "/", "Content-Encoding": "gzip"}),
    "absurd date": Fault(200, b"{}", {"Date": "Mon, 01 Jan 2035 00:00:00 +99999999999999"}),
    "HTML": Fault(200, b"<!doctype html><title>Log in</title>", {"Content-Type": "text/html"}),
    "huge": Fault(200, b'{"data":"' + b"x" * (5 * 1024 * 1024) + b'"}'),
    "cut": Fault(200, b'{"data":', {"Content-Length": "1000", "Connection": "close"}),
    "secret": Fault(400, b'{"errors":[{"type":"X","message":"' + TOKEN.encode() + b'"}]}'),
    "GraphQL errors beside the data": Fault(200, ERRORS),
    "GraphQL errors in the data": Fault(200, QUERY_ERROR),
    **{f"wrong JSON {n}": Fault(200, body) for n, body in enumerate(WRONG)},
}


NOTHING_THERE = "wrong JSON 9"
"""No fault: an answer of Compass's own, by which neither the site nor the event is there."""


class Case(NamedTuple):
    """A run with a look-up."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    code: int
    """With the look-up failed."""
    says: str
    """What the log then says."""
    is_sent: bool = False
    """With the look-up failed, the event is sent all the same."""


_GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_RUN_ID": "7",
    "GITHUB_JOB": "test",
    "INPUT_CHECK-RUN-ID": "33",
    "INPUT_HOST-TOKEN": "ghs_0123456789abcdefghijklmnopqrstuvwxyz",
}
_GITLAB = {
    "GITLAB_CI": "true",
    "CI_PROJECT_URL": "https://gitlab.example/acme/shop",
    "CI_PROJECT_ID": "42",
    "CI_PIPELINE_ID": "901",
    "CI_JOB_ID": "7788",
    "COMPASS_HOST_TOKEN": "glpat-0123456789abcdefghijklmnopqrstuvwxyz",
    "COMPASS_SCOPE": "run",
}
CASES: Mapping[str, Case] = {
    "a build's start, optional": Case(
        ("--event-type", "build", "--state", "success", "--pipeline-id", "b/7"),
        {},
        0,
        "No start time",
        True,
    ),
    "an incident's start, needed": Case(
        ("--event-type", "incident", "--state", "resolved", "--properties", "id: 7"),
        {},
        0,
        "started-at: ",
    ),
    "a slug, needed": Case(
        (
            "--event-type", "build", "--state", "success", "--pipeline-id", "b/7",
            "--started-at", "2026-11-25T10:00:00Z", "--component-slug", "shop-web",
        ),
        {"COMPASS_COMPONENT_ID": ""},
        0,
        "component-slug: ",
    ),
    "a job's start, optional": Case(("--state", "success"), _GITHUB, 0, "Note: GitHub ", True),
    "a run's outcome on GitHub, needed": Case(("--scope", "run"), _GITHUB, 2, "state: it is not given"),
    "a pipeline's outcome on GitLab, needed": Case((), _GITLAB, 2, "state: it is not given"),
    "verify, optional": Case(
        (
            "--event-type", "build", "--state", "success", "--pipeline-id", "b/7", "--verify",
            "--started-at", "2026-11-25T10:00:00Z", "--timeout", "3",
        ),
        {},
        0,
        "Warning: verify: Compass",
        True,
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def short_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look-ups have half a second, so that the matrix takes minutes no longer; an event is looked for
    at once.
    """
    monkeypatch.setattr(asking, "LOOKUP_SECONDS", 0.5)
    monkeypatch.setattr(lookups, "HOST_SECONDS", 0.5)
    monkeypatch.setattr(asking.asker, "__defaults__", (0.5,))
    monkeypatch.setattr(events, "WAITS_SECONDS", (0.1, 0.2))


def run(case: Case, program: Program, url: str) -> tuple[int, str, float]:
    where = {"GITHUB_API_URL": url, "GITHUB_SERVER_URL": url, "CI_SERVER_URL": url}
    where |= {"CI_API_V4_URL": f"{url}/api/v4"}
    env = {**case.env, **(where if case.env else {})}
    begun = time.monotonic()
    ran = program(*case.argv, **env)
    return ran.code, ran.said, time.monotonic() - begun


def is_lookup(asked: Asked) -> bool:
    return not asked.path.endswith("/events")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", CASES)
def test_a_fault_ends_in_time_and_tells_nothing_wrong(
    name: str, fault: str, compass: StandIn, program: Program
) -> None:
    compass.fault = lambda asked: FAULTS[fault] if is_lookup(asked) else None
    case = CASES[name]
    code, said, seconds = run(case, program, compass.url)
    needed_of_compass = not (case.is_sent or case.code)
    assert code == (2 if needed_of_compass and fault == NOTHING_THERE else case.code), said
    assert case.says in said
    assert seconds < 3.5
    assert TOKEN not in said
    assert "Traceback" not in said
    assert not re.search(r": ?\.$|\(\)", said, re.MULTILINE), "a reason is empty"
    assert len(compass.catalog.events) == case.is_sent
    assert ("The event is lost: " in said) == (needed_of_compass and fault != NOTHING_THERE)
    for event in compass.catalog.events:
        part: dict[str, Any] = event.body["buildProperties"]
        assert part["state"] == "SUCCESSFUL"
        invented = part["startedAt"] != "2026-11-25T10:00:00Z"
        assert not (invented and "completedAt" in part)


@pytest.mark.parametrize("name", [name for name in CASES if "GitHub" in name or "GitLab" in name])
def test_nobody_listens_at_the_host(name: str, compass: StandIn, program: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    code, said, _ = run(CASES[name], program, url)
    assert code == CASES[name].code
    assert "the connection was refused" in said


@pytest.mark.parametrize("name", [name for name in CASES if "incident" in name or "slug" in name])
def test_nobody_listens_at_compass(name: str, program: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    ran = program(*CASES[name].argv, COMPASS_API_URL=url, **CASES[name].env)
    assert ran.code == 0
    assert ran.said.startswith("Warning: Compass could not be reached")
    assert "the connection was refused" in ran.said
    ran = program(*CASES[name].argv, "--on-error", "fail", COMPASS_API_URL=url, **CASES[name].env)
    assert ran.code == 1
    assert ran.said.startswith("Error: Compass could not be reached")


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        request = Request(f"http://127.0.0.1:{silent.getsockname()[1]}/")
        begun = time.monotonic()
        reply = exchange.exchange(request, 0.5)
    assert isinstance(reply.answer, Exception)
    assert time.monotonic() - begun < 5


def test_netrc_and_proxies_of_the_surroundings_are_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with standing_in(rest={"/x": {}}) as server:
        reply = exchange.exchange(Request(f"{server.url}/x"), 2.0)
    assert not isinstance(reply.answer, Exception)
    assert "Authorization" not in server.asked[0].headers


def test_a_request_shows_no_header() -> None:
    request = Request("https://api.acme.example/", {"Authorization": "Bearer secret"})
    assert repr(request) == "Request(GET 'https://api.acme.example/')"
