"""The connection, for real on loopback: kept alive, given up, proxied; and what an answer costs."""

from __future__ import annotations

import base64
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
from urllib3.exceptions import ProtocolError

from compass_action.connection import connection as module
from compass_action.connection.answer import Answer, AttemptTimeoutError, Reply
from compass_action.connection.connection import Connection, first, read_body
from compass_action.connection.destination import Destination
from compass_action.sandbox import running_sandbox
from tests.connection.playing import Nobody, Piece, Response, Session, Time
from tests.faults.certificates import write_bundle
from tests.faults.places import running_proxy
from tests.faults.server import make_answer, read_request, running_adversary
from tests.recorded import TESTS

EVENT = (TESTS / "events" / "valid" / "deployment-full.json").read_bytes()
EMAIL, TOKEN = "ada@acme.example", "made-up-token"


def at(port: int) -> Destination:
    return Destination(f"http://127.0.0.1:{port}/compass/v1/events", EMAIL, TOKEN)


def asking(destination: Destination, *bodies: bytes, seconds: float = 10) -> list[Reply]:
    """What becomes of these requests over one connection."""
    connection = Connection(destination)
    replies = [connection.ask(body, seconds) for body in bodies]
    connection.close()
    return replies


@contextmanager
def talking(conversation: Callable[[socket.socket, int], None]) -> Iterator[Destination]:
    """A server whose every connection, numbered, has this conversation."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def listen() -> None:
            number = 0
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                thread = threading.Thread(
                    target=conversation, args=(connection, number), daemon=True
                )
                thread.start()
                number += 1

        threading.Thread(target=listen, daemon=True).start()
        yield at(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)


def undated(answer: object) -> object:
    """The answer without the server's clock."""
    return answer._replace(date=None) if isinstance(answer, Answer) else answer


def test_a_request_is_what_the_contract_says() -> None:
    """POST, HTTP Basic, JSON; uncompressed, so that no answer can be a bomb."""
    with running_sandbox(credentials=(EMAIL, TOKEN)) as sandbox:
        [reply] = asking(at(sandbox.server_port), EVENT)
        [request] = sandbox.requests
    assert undated(reply.answer) == Answer(202, b"")
    assert request.body == EVENT
    assert request.users == (EMAIL,)  # and 202 is the answer to the right token alone
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Accept-Encoding"] == "identity"
    assert request.headers["User-Agent"].startswith("compass-event/")


def test_a_connection_is_kept_and_when_it_is_closed_another_one_is_opened() -> None:
    """It is told which kind the failed request was made on: a closed one that was kept is no outage."""

    def answer_once(connection: socket.socket, number: int) -> None:
        with connection:
            read_request(connection)
            connection.sendall(make_answer(202, b""))
            read_request(connection)

    with talking(answer_once) as where:
        first, second, third = asking(where, b"a", b"b", b"b")
    assert first == third == Reply(Answer(202, b""), was_kept=False)
    assert isinstance(second.answer, requests.ConnectionError)
    assert second.was_kept


def test_a_late_answer_is_not_taken_for_that_to_another_question() -> None:
    """The first attempt is given up; its refusal arrives while the second is under way."""

    def answer_late(connection: socket.socket, number: int) -> None:
        with connection:
            read_request(connection)
            time.sleep(0.8 if number == 0 else 0.4)
            connection.sendall(make_answer(404 if number == 0 else 202, b'{"errors":[{}]}'))

    with talking(answer_late) as where:
        connection = Connection(where)
        first, second = connection.ask(b"a", 0.6), connection.ask(b"a", 10)
        connection.close()
    assert isinstance(first.answer, AttemptTimeoutError | requests.Timeout)
    assert undated(second.answer) == Answer(202, b"")


def test_many_requests_share_one_connection() -> None:
    with running_sandbox() as sandbox, running_adversary({}, sandbox.server_port) as server:
        replies = asking(at(server.port), *[EVENT] * 5)
    assert [undated(reply.answer) for reply in replies] == [Answer(202, b"")] * 5
    assert [reply.was_kept for reply in replies] == [False, True, True, True, True]
    assert server.connections == 1


def test_an_answer_is_read_with_its_body_and_retry_after() -> None:
    faults = [{"status": 429, "headers": {"Retry-After": "7"}, "body": "slow down"}]
    with running_sandbox(faults=faults) as sandbox:
        [reply] = asking(at(sandbox.server_port), EVENT)
    assert undated(reply.answer) == Answer(429, b"slow down", "7")


def test_netrc_neither_supplies_nor_replaces_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor do a proxy or a CA of the process's surroundings that the snapshot does not have."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login mallory password other\ndefault login m password p\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    assert requests.utils.get_netrc_auth("http://127.0.0.1/") == ("mallory", "other")
    with running_sandbox(credentials=(EMAIL, TOKEN)) as sandbox:
        [reply] = asking(at(sandbox.server_port), EVENT)
        [request] = sandbox.requests
    assert undated(reply.answer) == Answer(202, b"")
    assert request.users == (EMAIL,)  # and 202 is the answer to the right token alone


def test_a_proxy_sees_the_host_and_nothing_else(tmp_path: Path) -> None:
    """CONNECT, with the proxy's own credentials; the token travels inside TLS."""
    with (
        running_sandbox() as sandbox,
        running_adversary({"tls": "good"}, sandbox.server_port) as server,
        running_proxy() as proxy,
    ):
        where = Destination(
            f"https://127.0.0.1:{server.port}/compass/v1/events",
            EMAIL,
            TOKEN,
            {"https": f"http://user:pass@127.0.0.1:{proxy.port}"},
            str(write_bundle(tmp_path)),
        )
        replies = asking(where, EVENT, EVENT)
        assert [undated(reply.answer) for reply in replies] == [Answer(202, b"")] * 2
        [asked] = proxy.asked
        assert asked.startswith(f"CONNECT 127.0.0.1:{server.port} HTTP/1.".encode())
        assert b"Proxy-Authorization: Basic " + base64.b64encode(b"user:pass") in asked
        token = base64.b64encode(b"ada@acme.example:made-up-token")
        assert token not in asked
        assert server.requests == 2


def test_asking_leaves_the_process_environment_alone() -> None:
    before = dict(os.environ)
    with running_sandbox() as sandbox:
        connection = Connection(at(sandbox.server_port))
        connection.ask(EVENT, 10)
        seen = dict(os.environ)
        connection.close()
    assert seen == before


@pytest.mark.parametrize("seconds", [1, 3])
def test_a_server_that_says_nothing_costs_the_time_given_and_no_more(seconds: float) -> None:
    """In real time; the rest is what a busy machine takes."""

    def say_nothing(connection: socket.socket, number: int) -> None:
        with connection:
            read_request(connection)
            connection.recv(1)  # until the client hangs up

    with talking(say_nothing) as where:
        start = time.monotonic()
        [reply] = asking(where, b"a", seconds=seconds)
        assert seconds - 0.1 < time.monotonic() - start < seconds + 1.5
    assert isinstance(reply.answer, AttemptTimeoutError | requests.Timeout)


def test_the_token_is_not_shown() -> None:
    connection = Connection(at(1))
    assert TOKEN not in repr(connection) + str(connection)


def test_an_attempt_waits_for_each_part_of_an_answer_no_longer_than_it_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten seconds for a connection, thirty for the headers; less where less is left."""
    session = Session([Response(202), Response(202), Response(202)])
    monkeypatch.setattr(module, "open_session", session.open)
    where = Destination("https://acme.example/x", "äda", "tökn", {"https": "http://p:1"}, "/ca.pem")
    asking(where, b"a", seconds=100)
    asking(where, b"b", seconds=20)
    asking(where, b"c", seconds=0)
    while len(session.asked) < 3:  # nobody has waited for the answer
        time.sleep(0.01)
    assert session.opened == [({"https": "http://p:1"}, "/ca.pem")] * 3
    assert [asked.options.pop("timeout") for asked in session.asked] == [
        (10, 30),
        (pytest.approx(10), pytest.approx(19, abs=0.5)),
        (0.00095, 0.00095),
    ]
    auths = [asked.options.pop("auth") for asked in session.asked]
    assert {(auth.username, auth.password) for auth in auths} == {("äda".encode(), "tökn".encode())}
    assert {(asked.method, asked.url, asked.daemon) for asked in session.asked} == {
        ("POST", "https://acme.example/x", True)
    }
    assert [asked.options for asked in session.asked] == [
        {"data": body, "allow_redirects": False, "stream": True} for body in (b"a", b"b", b"c")
    ]


@pytest.mark.parametrize(("seconds", "for_the_body"), [(100, 5), (4, 1.9)])
def test_a_body_is_waited_for_only_so_long(
    seconds: float, for_the_body: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five seconds, or half of what is left."""
    given: list[float] = []

    def read(_: object, seconds: float) -> bytes:
        given.append(seconds)
        return b"read"

    monkeypatch.setattr(module, "open_session", Session([Response(400)]).open)
    monkeypatch.setattr(module, "read_body", read)
    [reply] = asking(at(9), b"a", seconds=seconds)
    assert reply == Reply(Answer(400, b"read"))
    assert given == [pytest.approx(for_the_body, abs=0.1)]


def test_an_answer_that_repeats_what_was_sent_holds_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor what is no UTF-8."""
    said = b"\xff ada@acme.example:made-up-token made-up-token"
    monkeypatch.setattr(module, "open_session", Session([Response(400, [said, b""])]).open)
    [reply] = asking(at(9), b"a")
    assert reply.answer == Answer(400, "\ufffd *** ***".encode())


def test_an_answer_brings_what_is_looked_at_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    headers = {"Retry-After": "7", "Date": "then", "Server": "x"}
    monkeypatch.setattr(module, "open_session", Session([Response(429, headers=headers)]).open)
    assert asking(at(9), b"a") == [Reply(Answer(429, b"", "7", "then"), was_kept=False)]


def test_a_reply_came_over_a_new_connection_unless_it_is_said() -> None:
    assert Reply(Answer(202, b"")).was_kept is False


KIB = 1024


@pytest.mark.parametrize(
    ("pieces", "size", "closed"),
    [
        ([b""], 0, False),
        ([b"ab", b"c", b""], 3, False),
        ([b"x" * (64 * KIB - 1), b""], 64 * KIB - 1, False),
        ([b"x" * 64 * KIB], 64 * KIB, True),
        ([b"x" * (64 * KIB - 1), b"yz"], 64 * KIB + 1, True),
        ([b"ab", ConnectionResetError()], 2, True),
        ([b"ab", ProtocolError()], 2, True),
    ],
)
def test_a_body_is_read_as_far_as_it_comes(pieces: list[Piece], size: int, closed: bool) -> None:
    """And not unpacked; a connection on which something is left cannot be used again."""
    response = Response(200, pieces)
    body = read_body(response, 10)  # type: ignore[arg-type]
    assert len(body) == size
    assert response.raw.closed is closed
    assert set(response.raw.reads) == {(64 * KIB, False)}


@pytest.mark.parametrize(("each", "read"), [(1.0, 3), (1.5, 2), (3.0, 1), (0.5, 6)])
def test_a_body_is_read_as_long_as_there_is_time(
    each: float, read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = Time()
    monkeypatch.setattr(module, "time", time)

    def drip() -> bytes:
        time.sleep(each)
        return b"x"

    response = Response(200, [drip] * 9)
    assert read_body(response, 3) == b"x" * read  # type: ignore[arg-type]
    assert response.raw.closed


@pytest.mark.parametrize(
    ("seconds", "waits"),
    [(0.5, [0.2, 0.2, 0.1]), (0.2, [0.2]), (0.1, [0.1]), (0, [0.001]), (-1, [0.001])],
)
def test_an_answer_is_waited_for_in_pieces(
    seconds: float, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a signal is heard within a fifth of a second."""
    time = Time()
    monkeypatch.setattr(module, "time", time)
    answer = first(Nobody(time), seconds)  # type: ignore[arg-type]
    assert isinstance(answer, AttemptTimeoutError)
    assert time.waits == pytest.approx(waits)


def speaking() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.endswith("(_speak)")}


def end(threads: set[threading.Thread]) -> bool:
    """Whether they all end."""
    for thread in threads:
        thread.join(5)
    return not any(thread.is_alive() for thread in threads)


def test_no_thread_goes_on_once_its_connection_is_given_up_or_closed() -> None:
    """Neither after a failure nor after the last answer."""

    def answer_once(connection: socket.socket, number: int) -> None:
        with connection:
            read_request(connection)
            if number:
                connection.sendall(make_answer(202, b""))
                read_request(connection)

    before = speaking()
    with talking(answer_once) as where:
        connection = Connection(where)
        assert isinstance(connection.ask(b"a", 5).answer, Exception)
        assert isinstance(connection.ask(b"a", 5).answer, Answer)
        assert len(speaking() - before) >= 1
        connection.close()
        assert end(speaking() - before)


def test_who_is_busy_with_the_rest_of_an_answer_is_not_waited_for() -> None:
    """After half of the time, at most a second, another connection is opened; the old one is closed."""
    over = threading.Event()

    def accept_and_drip(connection: socket.socket, number: int) -> None:
        with connection:
            read_request(connection)
            if number == 0:
                connection.sendall(make_answer(202, b""))
                read_request(connection)
                connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 99\r\n\r\nx")
                over.wait(10)
            elif number == 2:
                connection.sendall(make_answer(202, b""))

    before = speaking()
    with talking(accept_and_drip) as where:
        connection = Connection(where)
        for _ in range(2):
            assert undated(connection.ask(b"a", 10).answer) == Answer(202, b"")
        second = connection.ask(b"b", 1)  # it is closed without an answer
        assert isinstance(second.answer, requests.ConnectionError)
        assert second.was_kept is False
        assert undated(connection.ask(b"c", 10).answer) == Answer(202, b"")
        over.set()
        connection.close()
        assert end(speaking() - before)


@pytest.mark.parametrize(("seconds", "wait"), [(10, 1), (2, 1), (1, 0.5)])
def test_a_connection_is_waited_for_half_of_the_time_at_most_a_second(
    seconds: float, wait: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float | None] = []

    class Event(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout)
            return super().wait(timeout)

    monkeypatch.setattr(module, "threading", SimpleNamespace(Event=Event, Thread=threading.Thread))
    monkeypatch.setattr(module, "open_session", Session([Response(400), Response(400)]).open)
    connection = Connection(at(9))
    connection.ask(b"a", 10)
    waits.clear()
    assert connection.ask(b"b", seconds).was_kept
    assert waits == [wait]
    connection.close()
