"""A page that somebody visits can neither read the sandbox nor send to it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
import requests

from compass_action.sandbox import TOKEN, Sandbox, running_sandbox
from compass_action.sandbox.guard import is_loopback
from tests.sandbox.sending import AUTH, EVENTS, post, sample


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None, allowed_hosts=["Sandbox.Svc"]) as running:
        yield running


def ask(sandbox: Sandbox, method: str, path: str, headers: list[tuple[str, str]]) -> int:
    connection = HTTPConnection("127.0.0.1", sandbox.server_port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    for name, value in headers:
        connection.putheader(name, value)
    connection.putheader("Content-Length", "0")
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8377", 200),
        ("localhost", 200),
        ("LOCALHOST.:8377", 200),
        ("shop.localhost", 200),
        ("[::1]:8377", 200),
        ("10.1.2.3:8377", 200),
        ("host.docker.internal:8377", 200),
        ("sandbox.svc:8377", 200),
        ("evil.example", 421),
        ("evil.example:8377", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example", 421),
        ("notlocalhost", 421),
        ("2130706433", 421),
        ("0x7f.1", 421),
        ("[::1].evil.example", 421),
        ("", 421),
        ("a@localhost", 421),
    ],
)
def test_the_host_must_be_a_name_of_the_sandbox(sandbox: Sandbox, host: str, status: int) -> None:
    """DNS rebinding: the page's own name leads to loopback, and its Host header says so."""
    assert ask(sandbox, "GET", "/activity", [("Host", host)]) == status


@pytest.mark.parametrize("hosts", [[], [("Host", "localhost"), ("Host", "evil.example")]])
def test_there_must_be_one_host(sandbox: Sandbox, hosts: list[tuple[str, str]]) -> None:
    assert ask(sandbox, "GET", "/activity", hosts) == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/faults"), ("DELETE", "/faults"), ("DELETE", "/activity"), ("POST", EVENTS)],
)
@pytest.mark.parametrize(
    "header",
    [
        ("Origin", "https://evil.example"),
        ("Origin", "http://localhost:1"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ],
    ids=": ".join,
)
def test_what_changes_something_must_not_come_from_another_page(
    sandbox: Sandbox, method: str, path: str, header: tuple[str, str]
) -> None:
    assert ask(sandbox, method, path, [("Host", "localhost:8377"), header]) == 403


@pytest.mark.parametrize(
    ("method", "headers", "problems"),
    [
        ("POST", [("Host", "localhost"), ("Origin", "https://evil.example")], 0),
        ("POST", [("Host", "localhost"), ("Sec-Fetch-Site", "cross-site")], 0),
        ("POST", [("Host", "evil.example"), ("Origin", "http://evil.example")], 0),
        ("GET", [("Host", "evil.example")], 0),
        ("POST", [("Host", "sandbox.misspelt")], 1),
        ("POST", [], 1),
    ],
    ids=str,
)
def test_a_web_page_makes_no_problem(
    sandbox: Sandbox, method: str, headers: list[tuple[str, str]], problems: int
) -> None:
    """Else any page could fail the jobs that look for problems; a job with a wrong address is one."""
    sandbox.clear()
    assert ask(sandbox, method, EVENTS, headers) in (400, 403, 421)
    found = requests.get(f"{sandbox.url}/problems?ended=true&fail=true", timeout=10)
    assert (found.json()["count"], found.status_code) == (problems, 409 if problems else 200)


def test_the_sandbox_s_own_page_may(sandbox: Sandbox) -> None:
    headers = [("Host", "localhost:8377"), ("Origin", "http://localhost:8377")]
    headers.append(("Sec-Fetch-Site", "same-origin"))
    assert ask(sandbox, "DELETE", "/faults", headers) == 204


def test_a_stranger_takes_no_fault_away(sandbox: Sandbox) -> None:
    sandbox.add_faults([{"status": 503}])
    ask(sandbox, "POST", EVENTS, [("Host", "evil.example")])
    assert post(sandbox, sample("build-full")).status_code == 503


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104
        ("::", False),
        ("172.17.0.1", False),
        ("example.com", False),
    ],
)
def test_loopback_is_told_from_the_rest(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(("token", "status"), [("a-real-token", 401), (TOKEN, 202)])
def test_beyond_loopback_only_the_fixed_token_is_right(token: str, status: int) -> None:
    """So that no real one travels over plain http; the refusal says which."""
    with running_sandbox(host="0.0.0.0") as sandbox:  # noqa: S104
        connection = HTTPConnection("127.0.0.1", sandbox.server_port, timeout=10)
        basic = base64.b64encode(f"{AUTH[0]}:{token}".encode()).decode()
        connection.request("POST", EVENTS, b"{", {"Authorization": f"Basic {basic}"})
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == (401 if status == 401 else 400)  # 400: it was looked at
        assert (TOKEN.encode() in text) is (status == 401)
        assert b"a-real-token" not in text + repr(sandbox.requests).encode()
        connection.close()


def test_the_fixed_token_is_fixed() -> None:
    """Senders know it by heart."""
    assert TOKEN == "compass-event-sandbox-token"
    assert re.fullmatch(r"[\x21-\x7e]+", TOKEN)
