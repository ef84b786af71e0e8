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
    is_loopback,
    only_strongest,
)
from compass_action.errors import InputError
from compass_action.inputs.given import Given
from compass_action.inputs.table import Inputs
from compass_action.sandbox import TOKEN
from tests.connection.account import ADA, inputs

URLS = json.loads(Path(__file__).with_name("urls.json").read_text("utf-8"))


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


def test_a_destination_is_all_that_sending_needs_to_know() -> None:
    env = {"HTTPS_PROXY": "http://p:1", "SSL_CERT_DIR": "/certs"}
    asked = Inputs(site="acme", email=ADA, api_token="!made~up!")
    url = "https://acme.atlassian.net/gateway/api/compass/v1/events"
    found = find_destination(asked, env)
    assert found == Destination(url, ADA, "!made~up!", {"https": "http://p:1"}, "/certs")
    assert repr(found) == f"Destination('{url}', ca_bundle='/certs')"


def test_an_address_of_one_s_own_comes_before_the_site() -> None:
    asked = Inputs(site="acme", api_url="https://api.example", email=ADA, api_token="t")
    assert find_destination(asked, {}).url == "https://api.example/compass/v1/events"


BOTH = Inputs(site="acme", api_url="https://api.example")
SITE, API_URL = "site", "api_url"


@pytest.mark.parametrize(
    ("site", "api_url", "left"),
    [
        (None, None, {SITE, API_URL}),
        (None, Given("x", "COMPASS_API_URL"), {SITE, API_URL}),
        (Given("x", "COMPASS_SITE"), None, {SITE, API_URL}),
        (Given("x", "--site"), Given("x", "COMPASS_API_URL"), {SITE}),
        (Given("x", "INPUT_SITE"), Given("x", "COMPASS_API_URL"), {SITE}),
        (Given("x", "PLUGIN_SITE"), Given("x", "--api-url"), {API_URL}),
        (Given("x", "--site"), Given("x", "--api-url"), {API_URL}),
        (Given("x", "COMPASS_SITE"), Given("x", "INPUT_API_URL", True), {SITE}),
        (Given("x", "PLUGIN_SITE"), Given("x", "COMPASS_API_URL"), {SITE}),
    ],
)
def test_the_stronger_of_site_and_api_url_counts(
    site: Given | None, api_url: Given | None, left: set[str]
) -> None:
    given = {"site": site, "api-url": api_url}
    found, problems = only_strongest(BOTH, {name: value for name, value in given.items() if value})
    assert {name for name in (SITE, API_URL) if getattr(found, name)} == left
    assert problems == ()


@pytest.mark.parametrize(
    ("site", "api_url"),
    [
        (Given("acme", "COMPASS_SITE"), Given("https://api.example", "COMPASS_API_URL")),
        (Given("acme", "COMPASS_SITE"), Given("https://api.example", "INPUT_API_URL")),
        (Given("acme", "COMPASS_SITE"), Given("https://api.example", "PLUGIN_API_URL")),
        (Given("acme", "INPUT_SITE"), Given("https://api.example", "INPUT_API-URL")),
        (Given("acme", "PLUGIN_SITE"), Given("https://api.example", "PLUGIN_API_URL")),
        (Given("acme", "INPUT_SITE", True), Given("https://api.example", "INPUT_API_URL", True)),
        (Given("acme", "INPUT_SITE", True), Given("https://api.example", "COMPASS_API_URL")),
    ],
)
def test_an_address_in_a_variable_does_not_replace_a_site(site: Given, api_url: Given) -> None:
    """One of them may have been planted. Until that is settled only the site is safe to ask."""
    found, problems = only_strongest(BOTH, {"site": site, "api-url": api_url})
    assert (found.site, found.api_url) == ("acme", None)
    assert list(problems) == [
        (
            "api-url",
            f"{api_url.source} and {site.source} both say where to send, and an earlier step may have "
            f"set one of them. Leave {api_url.source} out if you mean the site, and {site.source} out "
            "if you mean the other address.",
        )
    ]


@pytest.mark.parametrize(
    ("site", "api_url", "left"),
    [
        (Given("acme", "INPUT_SITE"), Given("x", "INPUT_API-URL"), {API_URL}),
        (Given("acme", "INPUT_SITE"), Given("x", "INPUT_API_URL", True), {SITE}),
        (Given("acme", "COMPASS_SITE"), Given("x", "INPUT_API-URL"), {API_URL}),
        (Given("acme", "COMPASS_SITE"), Given("x", "COMPASS_API_URL"), None),
    ],
)
def test_an_action_s_own_inputs_are_nobody_else_s(
    site: Given, api_url: Given, left: set[str] | None
) -> None:
    """Where the runner sets them all; what stands beside the action may be planted there, too."""
    given = {"site": site, "api-url": api_url}
    found, problems = only_strongest(BOTH, given, by_runner=True)
    assert bool(problems) is (left is None)
    assert left is None or {name for name in (SITE, API_URL) if getattr(found, name)} == left


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        (None, False),
        ("", False),
        ("http://127.0.0.1", True),
        ("http://127.0.0.1:8377/x", True),
        ("https://127.255.255.255", True),
        ("http://localhost", True),
        ("http://localhost:1", True),
        ("http://[::1]", True),
        ("http://[::1]:8377", True),
        ("http://128.0.0.1", False),
        ("http://127.0.0.256", False),
        ("http://localhost.acme.example", False),
        ("https://acme.example:443", False),
        ("localhost", False),
        ("http://a@localhost", False),
    ],
)
def test_this_very_machine_is_known(url: str | None, loopback: bool) -> None:
    assert is_loopback(url) is loopback
