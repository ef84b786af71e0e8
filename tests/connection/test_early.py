"""Answers that come before the answer are passed over, up to a number of them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from compass_action.connection.early import POOLS, PatientAdapter
from compass_action.connection.session import open_session
from tests.faults.certificates import server_context, write_bundle


def early(status: int) -> bytes:
    return f"HTTP/1.1 {status} Early\r\nLink: </style.css>; rel=preload\r\n\r\n".encode()


def last(status: int) -> bytes:
    return f"HTTP/1.1 {status} Last\r\nX-Last: yes\r\nContent-Length: 2\r\n\r\nok".encode()


@contextmanager
def answering(answer: bytes, scheme: str = "http") -> Iterator[str]:
    """A server that gives this one answer; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            if scheme == "https":
                connection = server_context("good").wrap_socket(connection, server_side=True)
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join()


@pytest.mark.parametrize(
    "before",
    [
        [], [100], [102], [103], [199], [103, 100, 103], [103] * 19, [100] * 25,
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("status", [200, 202, 404])
def test_the_answer_is_the_first_that_is_one(before: list[int], status: int) -> None:
    """With its own headers and body."""
    with answering(b"".join(map(early, before)) + last(status)) as url, open_session({}, None) as s:
        found = s.get(url, timeout=5)
    assert (found.status_code, found.headers.get("X-Last"), found.content) == (status, "yes", b"ok")
    assert "Link" not in found.headers


def test_they_are_passed_over_inside_tls_too(tmp_path: Path) -> None:
    bundle = str(write_bundle(tmp_path))
    with answering(early(103) + last(202), "https") as url, open_session({}, bundle) as session:
        assert session.get(url, timeout=5).status_code == 202


def test_who_switches_the_protocol_has_answered() -> None:
    """101 is the last answer that HTTP gives."""
    with answering(early(101) + last(200)) as url, open_session({}, None) as session:
        assert session.get(url, timeout=5).status_code == 101


def test_who_gives_twenty_early_answers_gives_no_other() -> None:
    with (
        answering(early(103) * 20 + last(202)) as url,
        open_session({}, None) as session,
        pytest.raises(requests.ConnectionError, match="too many early answers"),
    ):
        session.get(url, timeout=5)


def test_they_are_passed_over_behind_a_proxy_too() -> None:
    adapter = PatientAdapter()
    assert adapter.poolmanager.pool_classes_by_scheme is POOLS
    assert adapter.proxy_manager_for("http://127.0.0.1:1").pool_classes_by_scheme is POOLS
    assert {scheme: pool.scheme for scheme, pool in POOLS.items()} == {
        "http": "http",
        "https": "https",
    }
