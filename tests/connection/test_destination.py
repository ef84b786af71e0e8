"""The token goes to the configured https host and nobody else; what is odd is refused."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from compass_action.connection.destination import (
    SANDBOX_TOKEN,
    Destination,
    find_destination,
    is_excepted,
)
from compass_action.errors import InputError
from compass_action.inputs.table import Inputs
from compass_action.sandbox import TOKEN

URLS = json.loads(Path(__file__).with_name("urls.json").read_text("utf-8"))


def inputs(
    name: str,
    value: str,
    email: str = "ada@acme.example",
    token: str = "t",  # noqa: S107 - made up
) -> Inputs:
    if name == "site":
        return Inputs(email=email, api_token=token, site=value)
    return Inputs(email=email, api_token=token, api_url=value)


@pytest.mark.parametrize("row", URLS["hostile"], ids=lambda row: repr(row["value"]))
def test_a_hostile_address_is_refused(row: dict[str, str]) -> None:
    """With the input's name and what to write instead; the value is shown printable."""
    with pytest.raises(InputError) as caught:
        find_destination(inputs(row["input"], row["value"]), {})
    [problem] = caught.value.problems
    assert problem.where == row["input"]
    assert "Write" in problem.what
    assert problem.what.isprintable()


def test_the_table_is_long_enough() -> None:
    assert len(URLS["hostile"]) >= 40
    values = [(row["input"], row["value"]) for row in URLS["hostile"]]
    assert len(set(values)) == len(values)


@pytest.mark.parametrize("row", URLS["good"], ids=lambda row: row["value"])
def test_a_good_address_is_used(row: dict[str, str]) -> None:
    found = find_destination(inputs(row["input"], row["value"]), {})
    assert found.url == row["base"] + "/compass/v1/events"


@given(
    st.sampled_from(["site", "api-url"]),
    st.text(max_size=40)
    | st.lists(
        st.sampled_from(
            [
                *("https://", "http://", "acme", ".atlassian.net", "evil.com", "@", "#", "?", "/"),
                *("\\", ":", "8443", "127.0.0.1", "localhost", "[::1]", "%", "..", "\u3002", " "),
            ]
        ),
        max_size=8,
    ).map("".join),
)
def test_whatever_is_let_through_means_one_host_to_every_reader(name: str, value: str) -> None:
    """What urllib, urllib3 and requests would connect to is what was checked."""
    try:
        url = find_destination(inputs(name, value), {}).url
    except InputError:
        return
    assert url.isascii()
    prepared = requests.Request("POST", url).prepare().url
    assert prepared == url
    parts = urlsplit(url)
    assert parts.hostname
    assert (parse_url(url).host or "").strip("[]") == parts.hostname
    assert parts.username is parts.password is None
    assert not parts.query
    assert not parts.fragment
    loopback = parts.hostname in ("localhost", "::1") or parts.hostname.startswith("127.")
    assert parts.scheme == "https" or loopback
    if name == "site":
        assert parts.hostname.endswith(".atlassian.net")
        assert parts.hostname.count(".") == 2


@pytest.mark.parametrize(
    "email",
    ["", "ada", "ada@", "@acme", "a:b@acme", "ada@acme\r\nX: 1", "ada@ac me", "a@b@c", "ada\x00@x"],
)
def test_an_email_that_could_change_the_header_is_refused(email: str) -> None:
    with pytest.raises(InputError) as caught:
        find_destination(inputs("site", "acme", email=email), {})
    assert [problem.where for problem in caught.value.problems] == ["email"]


@pytest.mark.parametrize("token", ["two words", "a\r\nX-Injected: 1", "täken", "a\x00b", "a\x7f"])
def test_a_token_that_could_change_the_header_is_refused_unseen(token: str) -> None:
    """The message does not repeat it."""
    with pytest.raises(InputError) as caught:
        find_destination(inputs("site", "acme", token=token), {})
    [problem] = caught.value.problems
    assert problem.where == "api-token"
    assert token not in problem.what


def test_the_token_is_not_in_the_record() -> None:
    found = find_destination(
        inputs("site", "acme", token="hidden-token"),
        {"HTTPS_PROXY": "http://user:hidden-password@proxy.example:3128"},
    )
    assert "hidden" not in repr(found) + str(found)
    assert repr(found) == repr(Destination(found.url, "", ""))


@pytest.mark.parametrize(
    ("env", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ({"https_proxy": "http://q:1", "HTTPS_PROXY": "http://p:1"}, "http://q:1"),
        ({"ALL_PROXY": "http://p:1"}, "http://p:1"),
        ({"HTTP_PROXY": "http://p:1"}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".atlassian.net"}, None),
        ({"HTTPS_PROXY": "http://p:1", "no_proxy": "*"}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "example.com"}, "http://p:1"),
    ],
)
def test_the_proxy_is_that_of_the_environment(env: dict[str, str], proxy: str | None) -> None:
    found = find_destination(inputs("site", "acme"), env)
    assert found.proxies == ({"https": proxy} if proxy else {})


def test_http_on_loopback_never_takes_a_proxy() -> None:
    env = {"HTTPS_PROXY": "http://p:1", "HTTP_PROXY": "http://p:1", "ALL_PROXY": "http://p:1"}
    assert find_destination(inputs("api-url", "http://127.0.0.1:1"), env).proxies == {}


@pytest.mark.parametrize(
    ("url", "exceptions", "excepted"),
    [
        ("https://acme.atlassian.net/x", "atlassian.net", True),
        ("https://acme.atlassian.net/x", "*.atlassian.net", True),
        ("https://acme.atlassian.net/x", "ACME.atlassian.net", True),
        ("https://acme.atlassian.net/x", "lassian.net", False),
        ("https://acme.atlassian.net/x", "acme.atlassian.net:443", True),
        ("https://acme.atlassian.net/x", "acme.atlassian.net:80", False),
        ("https://acme.atlassian.net:8443/x", "acme.atlassian.net:8443", True),
        ("https://acme.atlassian.net/x", "other, acme.atlassian.net", True),
        ("https://acme.atlassian.net/x", "other acme.atlassian.net", True),
        ("https://acme.atlassian.net/x", "", False),
        ("https://acme.atlassian.net/x", ".", False),
        ("https://10.1.2.3/x", "10.0.0.0/8", True),
        ("https://10.1.2.3/x", "10.1.2.3", True),
        ("https://10.1.2.3/x", "1.2.3", False),
        ("https://10.1.2.3/x", "11.0.0.0/8", False),
        ("https://10.1.2.3/x", "10.0.0.0/99", False),
        ("https://[2001:db8::1]:8443/x", "2001:db8::1", True),
        ("https://[2001:db8::1]:8443/x", "[2001:db8::1]:8443", True),
        ("https://[2001:db8::1]/x", "2001:db8::/32", True),
        ("https://[2001:db8::1]/x", "2001:db9::/32", False),
    ],
)
def test_no_proxy_is_read_as_curl_reads_it(url: str, exceptions: str, excepted: bool) -> None:
    assert is_excepted(url, exceptions) is excepted


@given(st.text(max_size=60))
def test_no_text_in_no_proxy_stops_the_program(exceptions: str) -> None:
    is_excepted("https://[::1]:8443/x", exceptions)
    is_excepted("https://acme.atlassian.net/x", exceptions)


def test_the_first_ca_variable_that_is_set_counts() -> None:
    env = {"SSL_CERT_FILE": "/b.pem", "REQUESTS_CA_BUNDLE": "/a.pem"}
    assert find_destination(inputs("site", "acme"), env).ca_bundle == "/a.pem"
    del env["REQUESTS_CA_BUNDLE"]
    assert find_destination(inputs("site", "acme"), env).ca_bundle == "/b.pem"
    assert find_destination(inputs("site", "acme"), {}).ca_bundle is None


@pytest.mark.parametrize(
    "address", ["http://sandbox:8377", "http://10.0.0.7:8377", "http://sandbox.acme.example"]
)
def test_http_beyond_this_machine_takes_the_sandbox_s_own_token_alone(address: str) -> None:
    """So that no real one can leak; the sandbox and the program know the same."""
    assert SANDBOX_TOKEN == TOKEN == "compass-event-sandbox-token"
    asked = Inputs(api_url=address, email="ada@acme.example", api_token=SANDBOX_TOKEN)
    assert find_destination(asked, {}).url == f"{address}/compass/v1/events"
    for real in ("ATATT3xFfGF0secret", SANDBOX_TOKEN + "x", SANDBOX_TOKEN.upper()):
        with pytest.raises(InputError, match="api-url"):
            find_destination(asked._replace(api_token=real), {})
