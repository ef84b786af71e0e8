"""What a fault of the network means: it is known by its cause, and its own text is not shown."""

from __future__ import annotations

import errno
import socket
import ssl
from itertools import pairwise

import pytest
import requests

from compass_action.delivery import answers


def chain(*links: BaseException) -> BaseException:
    """The first one, made from the others, as requests wraps what urllib3 wraps."""
    for outer, inner in pairwise(links):
        outer.__context__ = inner
    return links[0]


PROXY = "Tunnel connection failed: "


@pytest.mark.parametrize(
    ("error", "key", "detail", "again"),
    [
        (chain(requests.ConnectionError(), socket.gaierror(-2, "x")),
         "name", "no address was found for the host", True),
        (chain(requests.ConnectionError(), ConnectionRefusedError(errno.ECONNREFUSED, "x")),
         "connection", "the connection was refused", True),
        (chain(requests.ConnectionError(), ConnectionResetError(errno.ECONNRESET, "x")),
         "connection", "the connection was cut", True),
        (requests.ConnectTimeout(), "timeout", "no connection was made in time", True),
        (requests.ReadTimeout(), "timeout", "no answer came in time", True),
        (chain(requests.exceptions.SSLError(), ssl.SSLCertVerificationError("x")),
         "tls", "the certificate could not be verified", False),
        (chain(requests.exceptions.ProxyError(), OSError(PROXY + "407 Proxy Auth")),
         "proxy", "the proxy did not open the connection (HTTP 407)", False),
        (chain(requests.exceptions.ProxyError(), OSError(PROXY + "503 Later")),
         "proxy", "the proxy did not open the connection (HTTP 503)", True),
        (requests.exceptions.InvalidProxyURL(),
         "proxy", "the proxy's address is not valid; write http://HOST:PORT", False),
        (requests.exceptions.InvalidSchema(),
         "proxy", "a proxy of this kind is not supported; write http://HOST:PORT", False),
        (OSError("Could not find a suitable TLS CA certificate bundle, invalid path: /x"),
         "tls", "the file of trusted certificates cannot be read", False),
        (ValueError("s3cret"), "connection", "the connection failed (ValueError)", True),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)  # fmt: skip
def test_a_fault_of_the_network_is_known_by_its_cause(
    error: BaseException, key: str, detail: str, again: bool
) -> None:
    """Wherever it stands in the chain; its own text, which can hold anything, is not shown."""
    failure, told = answers.read_exception(error)
    assert (failure.key, told, failure.retry) == (key, detail, again)


def test_a_circle_of_causes_comes_to_an_end() -> None:
    one, other = ValueError(), KeyError()
    one.__context__, other.__context__ = other, one
    assert answers.read_exception(one)[0].key == "connection"


@pytest.mark.parametrize(
    "words",
    [
        "Could not find a suitable TLS CA certificate bundle, invalid path: /x",
        "[X509] PEM lib (_ssl.c:4149)",
        "[X509: NO_CERTIFICATE] none (_ssl.c:4149)",
        "[SSL] PEM lib (_ssl.c:4149)",
        "[SSL: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found",
    ],
)
def test_a_file_of_certificates_that_cannot_be_read_is_known_by_these_words(words: str) -> None:
    """Of an error of the system alone."""
    failure, detail = answers.read_exception(chain(requests.ConnectionError(), OSError(words)))
    assert (failure.key, detail) == ("tls", "the file of trusted certificates cannot be read")
    failure, detail = answers.read_exception(ValueError(words))
    assert (failure.key, detail) == ("connection", "the connection failed (ValueError)")


def tls(kind: type[ssl.SSLError], **words: object) -> ssl.SSLError:
    """As OpenSSL's module raises it, with words of its own."""
    error = kind(1, "correct-horse-battery")
    for name, value in words.items():
        setattr(error, name, value)
    return error


X = "x"
NO_TLS = "no TLS connection could be made"
UNVERIFIED = "the certificate could not be verified"


@pytest.mark.parametrize(
    ("error", "key", "detail"),
    [
        (tls(ssl.SSLError, reason="WRONG_VERSION_NUMBER"), "connection",
         NO_TLS + " (WRONG_VERSION_NUMBER)"),
        (tls(ssl.SSLError, reason=""), "connection", NO_TLS),
        (tls(ssl.SSLError, reason=7), "connection", NO_TLS),
        (tls(ssl.SSLCertVerificationError, verify_message="certificate has expired",
             reason="CERTIFICATE_VERIFY_FAILED"), "tls",
         UNVERIFIED + " (certificate has expired)"),
        (tls(ssl.SSLCertVerificationError, verify_message="", reason="FAILED"), "tls",
         UNVERIFIED + " (FAILED)"),
        (chain(tls(ssl.SSLError, reason="outer"),
               tls(ssl.SSLCertVerificationError, verify_message="inner")), "tls",
         UNVERIFIED + " (inner)"),
        (tls(ssl.SSLEOFError, reason="UNEXPECTED_EOF"), "connection",
         "the connection was cut during the TLS handshake (UNEXPECTED_EOF)"),
        (tls(ssl.SSLError, reason=X * 120), "connection", f"{NO_TLS} ({X * 120})"),
        (tls(ssl.SSLError, reason=X * 121), "connection", f"{NO_TLS} ({X * 119}…)"),
        (tls(ssl.SSLError, reason="a\n b"), "connection", NO_TLS + " (a b)"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)  # fmt: skip
def test_openssl_s_own_short_words_are_shown(error: BaseException, key: str, detail: str) -> None:
    failure, told = answers.read_exception(error)
    assert (failure.key, told) == (key, detail)


NO_TUNNEL = "the proxy did not open the connection"


@pytest.mark.parametrize(
    ("words", "detail", "again"),
    [
        (PROXY + "299 X", NO_TUNNEL + " (HTTP 299)", True),
        (PROXY + "300 X", NO_TUNNEL + " (HTTP 300)", False),
        (PROXY + "499 X", NO_TUNNEL + " (HTTP 499)", False),
        (PROXY + "500 X", NO_TUNNEL + " (HTTP 500)", True),
        (PROXY + "5000 X", NO_TUNNEL, True),
        ("failed: 403", NO_TUNNEL, True),
    ],
)
def test_a_proxy_s_refusal_is_no_matter_of_time(words: str, detail: str, again: bool) -> None:
    error = chain(requests.exceptions.ProxyError(), OSError(words))
    failure, told = answers.read_exception(error)
    assert (failure.key, told, failure.retry) == ("proxy", detail, again)


def made_from(link: str) -> BaseException:
    """An error that was made from a refused connection in one of the ways in which they are."""
    outer, inner = ValueError(), ConnectionRefusedError()
    if link == "args":
        return ValueError("x", inner)
    setattr(outer, link, inner)
    return outer


@pytest.mark.parametrize("link", ["__cause__", "__context__", "reason", "args"])
def test_a_cause_is_found_wherever_it_hangs(link: str) -> None:
    assert answers.read_exception(made_from(link))[1] == "the connection was refused"


@pytest.mark.parametrize(
    ("place", "detail"),
    [(50, "the connection was refused"), (51, "the connection failed (ValueError)")],
)
def test_fifty_causes_are_looked_at(place: int, detail: str) -> None:
    error = chain(*(ValueError() for _ in range(place - 1)), ConnectionRefusedError())
    assert answers.read_exception(error)[1] == detail
