"""The proxy and the CA bundle on the way to a destination: those that the process's variables name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compass_action.connection.destination import (
    find_ca_bundle,
    find_destination,
    find_proxies,
    is_excepted,
)
from tests.connection.account import inputs


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


def test_the_proxy_variables_count_in_this_order() -> None:
    names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    for place, name in enumerate(names):
        env = {other: f"http://{other}" for other in names[place:]}
        assert find_proxies("https://acme.example/x", env) == {"https": f"http://{name}"}
        assert find_proxies("https://acme.example/x", {name: ""}) == {}
        assert find_proxies("http://acme.example/x", env) == {}


@pytest.mark.parametrize(
    ("exceptions", "proxied"),
    [
        ({"no_proxy": "acme.example", "NO_PROXY": "other"}, False),
        ({"no_proxy": "other", "NO_PROXY": "acme.example"}, True),
        ({"no_proxy": "", "NO_PROXY": "acme.example"}, False),
        ({"NO_PROXY": "acme.example"}, False),
        ({"NO_PROXY": "other"}, True),
    ],
)
def test_no_proxy_in_small_letters_comes_first(exceptions: dict[str, str], proxied: bool) -> None:
    found = find_proxies("https://acme.example/x", {"HTTPS_PROXY": "http://p:1", **exceptions})
    assert found == ({"https": "http://p:1"} if proxied else {})


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
        ("https://[2001:db8::1]/x", "[2001:db8::1]:8443", False),
        ("https://[::1]/x", "::1", True),
        ("https://[::1]/x", "[::1]", True),
        ("https://[::1]/x", "::2", False),
        ("https://10.1.2.3/x", "10.1.2.9/8", True),
        ("https://10.1.2.3/x", "10.0.0.0/8/8", False),
        ("https://10.1.2.3/x", "10.1.2.3:443,", True),
        ("https://10.1.2.3/x", "acme/8", False),
        ("https://acme.atlassian.net/x", "other,*", True),
        ("https://acme.atlassian.net/x", "*,other", True),
        ("https://acme.atlassian.net/x", "acme", False),
        ("https://acme.atlassian.net/x", "[,]", False),
        ("https://acme.atlassian.net/x", ".atlassian.net:443", True),
        ("https://acme.atlassian.net/x", "net\tother", True),
        ("https://acme.atlassian.net", "acme.atlassian.net", True),
        ("https://ACME.atlassian.net/x", "acme.atlassian.net", True),
        ("https://acme.atlassian.net/net", "x.net", False),
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
    "names",
    [["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"]],
)
def test_the_ca_variables_count_in_this_order(names: list[str]) -> None:
    for place, name in enumerate(names):
        env = {other: f"/{other}" for other in names[place:]}
        assert find_ca_bundle(env) == f"/{name}"
        assert find_ca_bundle({name: ""}) is None
