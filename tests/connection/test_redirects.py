"""A redirect is an answer like any other: nobody follows it, and its body is not read on its account."""

from __future__ import annotations

import gzip
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest

from compass_action.connection.answer import Answer
from compass_action.connection.exchange import exchange
from compass_action.connection.request import Request
from compass_action.connection.session import open_session
from tests.connection.loopback import asking, at, undated

LOCATIONS = ("https://login.acme.example/", "http://[::bad", "/login", "http://127.0.0.1:1/")
BUFFERS_BYTES = 32 * 1024 * 1024
"""More than a system takes from a server for a client that does not read."""
POURED_MAX_BYTES = 256 * 1024 * 1024


@dataclass
class Server:
    """Redirects whoever asks. State: how often, and how much of a body it could hand over."""

    port: int
    requests: int = 0
    sent: int = 0
    done: threading.Event = field(default_factory=threading.Event)


def take_request(client: socket.socket) -> bool:
    """Take a whole request; False if there is none any more."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = client.recv(65536)
        if not piece:
            return False
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    while len(body) < (int(length[1]) if length else 0):
        body += client.recv(65536)
    return True


@contextmanager
def redirecting(location: str, body: bytes | None = None, encoding: str = "") -> Iterator[Server]:
    """A server that redirects; without a body it sends one that has no end."""
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\n{encoding}"
    size = "Transfer-Encoding: chunked" if body is None else f"Content-Length: {len(body)}"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(listener.getsockname()[1])

        def answer(client: socket.socket) -> None:
            with suppress(OSError), client:
                while take_request(client):
                    server.requests += 1
                    client.sendall(f"{head}{size}\r\n\r\n".encode() + (body or b""))
                    while body is None and server.sent < POURED_MAX_BYTES:
                        client.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                        server.sent += 65536
            server.done.set()

        def listen() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    threading.Thread(target=answer, args=(client,), daemon=True).start()

        threading.Thread(target=listen, daemon=True).start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("location", LOCATIONS)
def test_a_redirect_is_an_answer_wherever_it_leads(location: str) -> None:
    """And the next request goes over the same connection."""
    with redirecting(location, b"log in") as server:
        replies = asking(at(server.port), b"{}", b"{}")
    assert [undated(reply.answer) for reply in replies] == [Answer(302, b"log in")] * 2
    assert [reply.was_kept for reply in replies] == [False, True]
    assert server.requests == 2


@pytest.mark.parametrize("location", LOCATIONS)
def test_a_question_that_is_redirected_has_its_answer(location: str) -> None:
    with redirecting(location, b"log in") as server:
        answer = exchange(Request(f"http://127.0.0.1:{server.port}/graphql"), 10).answer
    assert answer == Answer(302, b"log in")


def test_of_a_body_without_an_end_no_more_is_read_than_of_any() -> None:
    with redirecting(LOCATIONS[0]) as server:
        [reply] = asking(at(server.port), b"{}")
        assert isinstance(reply.answer, Answer)
        assert (reply.answer.status, reply.answer.body[:3]) == (302, b"xxx")
        assert server.done.wait(20)
    assert len(reply.answer.body) < 2 * 65536
    assert server.sent < BUFFERS_BYTES


def test_of_a_question_s_answer_neither() -> None:
    with redirecting(LOCATIONS[0]) as server:
        answer = exchange(Request(f"http://127.0.0.1:{server.port}/graphql"), 20).answer
        assert isinstance(answer, Answer)
        assert server.done.wait(20)
    assert (answer.status, len(answer.body) < 2 * 65536) == (302, True)
    assert server.sent < BUFFERS_BYTES


def test_a_redirect_is_not_unpacked() -> None:
    """Nothing of its body is touched before somebody asks for it."""
    bomb = gzip.compress(bytes(8 * 1024 * 1024), 9)
    encoding = "Content-Encoding: gzip\r\n"
    with redirecting(LOCATIONS[0], bomb, encoding) as server, open_session({}, None) as session:
        url = f"http://127.0.0.1:{server.port}/"
        with session.get(url, allow_redirects=False, stream=True, timeout=10) as response:
            assert response.status_code == 302
            assert response.raw.tell() == 0
        [reply] = asking(at(server.port), b"{}")
    assert undated(reply.answer) == Answer(302, bomb.decode("utf-8", "replace").encode())
