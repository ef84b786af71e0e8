"""A host's token is shown to the host's own API alone."""

from __future__ import annotations

import pytest

from compass_action.connection.request import Request
from compass_action.lookup.asking import Failed
from compass_action.lookup.whom import Whom, api_request
from compass_action.text import Secrets

TOKEN = "ghs_0123456789abcdefghijklmnopqrstuvwxyz"
SECRETS = Secrets((TOKEN,))
WHOM = Whom(
    {"HTTPS_PROXY": "http://proxy.example:3128", "SSL_CERT_FILE": "/ca.pem"}, TOKEN, SECRETS
)
NOWHERE = "the run does not say where its API is"
UNSAFE = "its API is not at an https address, so it gets no token"


@pytest.mark.parametrize(
    ("api", "server", "url"),
    [
        ("https://api.github.com", "https://github.com", "https://api.github.com/user"),
        ("https://API.GitHub.com/", "https://GITHUB.com", "https://API.GitHub.com/user"),
        ("https://git.acme.example/api/v4", "https://git.acme.example", "https://git.acme.example/api/v4/user"),
        ("https://git.acme.example:8443/api", "https://git.acme.example:8443", "https://git.acme.example:8443/api/user"),
        ("http://127.0.0.1:8080/api", "http://127.0.0.1:8080", "http://127.0.0.1:8080/api/user"),
    ],
)  # fmt: skip
def test_the_api_of_the_server_is_asked(api: str, server: str, url: str) -> None:
    request = api_request(WHOM, api, server, "/user", {"A": "b"})
    assert request == Request(
        url,
        {"A": "b"},
        proxies={"https": "http://proxy.example:3128"} if url.startswith("https") else {},
        ca_bundle="/ca.pem",
        secrets=SECRETS,
    )


@pytest.mark.parametrize(
    ("api", "server", "why"),
    [
        (None, "https://github.com", NOWHERE),
        ("", "https://github.com", NOWHERE),
        ("https://api.github.com", None, NOWHERE),
        ("https://api.github.com", "", NOWHERE),
        ("http://api.github.com", "https://github.com", UNSAFE),
        ("ftp://127.0.0.1", "http://127.0.0.1", UNSAFE),
        ("http://localhost.example", "http://localhost.example", UNSAFE),
        (
            "https://evil.example/api",
            "https://github.com",
            "the API's host evil.example is not that of github.com, so it gets no token",
        ),
        (
            "https://git.acme.example:8443",
            "https://git.acme.example",
            "the API's host git.acme.example:8443 is not that of git.acme.example, so it gets no token",
        ),
        (
            "https://xapi.github.com",
            "https://github.com",
            "the API's host xapi.github.com is not that of github.com, so it gets no token",
        ),
    ],
)
def test_nobody_else_gets_the_token(api: str | None, server: str | None, why: str) -> None:
    assert api_request(WHOM, api, server, "/user", {}) == Failed(None, why)


def test_its_repr_shows_nothing() -> None:
    assert repr(WHOM) == "Whom()"
