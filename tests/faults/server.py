"""An adversary on loopback: it stands in front of the sandbox and does what a fault says.

A request that no fault befalls is passed on to the sandbox, so that what was stored can be counted.
The faults are raw bytes and pauses on a socket, because a well-behaved server cannot make them.
"""

from __future__ import annotations

import gzip
import http.client
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from tests.faults.certificates import server_context

HOST = "127.0.0.1"
DRIP_SECONDS = 0.05


class Adversary(socketserver.ThreadingTCPServer):
    """Listens until its block ends. `fault` is a row of faults.json; `upstream` the sandbox's port."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, fault: Mapping[str, Any], upstream: int) -> None:
        self.fault = fault
        self.upstream = upstream
        self.requests = 0
        self.connections = 0
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        super().__init__((HOST, 0), Conversation)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def misbehaves(self) -> bool:
        """Count a request, and tell whether the fault befalls it."""
        with self.lock:
            self.requests += 1
            return "does" in self.fault and self.requests <= self.fault.get("times", 1_000_000)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are what this is about."""


class Conversation(socketserver.BaseRequestHandler):
    """One connection, with as many requests as the client makes on it."""

    server: Adversary

    def handle(self) -> None:
        self.server.connections += 1
        connection: socket.socket = self.request
        if tls := self.server.fault.get("tls"):
            connection = server_context(tls).wrap_socket(connection, server_side=True)
        with suppress(OSError), connection:
            if "greets" in self.server.fault:  # before anybody has asked
                connection.sendall(self.server.fault["greets"].encode())
                connection.recv(65536)
                return
            while request := read_request(connection):
                if not self.server.misbehaves():
                    connection.sendall(pass_on(self.server.upstream, *request))
                elif not FAULTS[self.server.fault["does"]](self.server, connection, request):
                    return

    def finish(self) -> None:
        with suppress(OSError):
            self.request.close()


Request = tuple[bytes, bytes]
"""The headers and the body."""


def read_request(connection: socket.socket) -> Request | None:
    """Read one request; None if the client has gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head, body


def pass_on(port: int, head: bytes, body: bytes) -> bytes:
    """Let the sandbox answer, and repeat its answer."""
    path = head.split(b" ")[1].decode()
    headers = dict(line.decode().split(": ", 1) for line in head.split(b"\r\n")[1:])
    upstream = http.client.HTTPConnection(HOST, port, timeout=10)
    upstream.request("POST", path, body, headers)
    answer = upstream.getresponse()
    content = answer.read()
    upstream.close()
    return make_answer(answer.status, content)


def make_answer(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    lines = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines |= headers or {}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + body


def reset(connection: socket.socket) -> None:
    """Close so that the other side sees a reset, not an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def answer(adversary: Adversary, connection: socket.socket, request: Request) -> bool:
    """Answer with a status, headers, and a body that may be repeated to any size."""
    fault = adversary.fault
    body = fault.get("body", "").encode(fault.get("charset", "utf-8"))
    body *= fault.get("repeat", 1)
    if "gzip" in fault:  # so many zeros, packed
        body = gzip.compress(bytes(fault["gzip"]), 9)
    connection.sendall(make_answer(fault["status"], body, fault.get("headers")))
    return True


def cut(adversary: Adversary, connection: socket.socket, request: Request) -> bool:
    """Send the first part of an answer, perhaps none of it, then reset or close."""
    connection.sendall(adversary.fault.get("sends", "").encode())
    if adversary.fault.get("resets"):
        reset(connection)
    return False


def store_and_cut(adversary: Adversary, connection: socket.socket, request: Request) -> bool:
    """Let the sandbox accept, and lose its answer."""
    pass_on(adversary.upstream, *request)
    reset(connection)
    return False


def store_and_drip(adversary: Adversary, connection: socket.socket, request: Request) -> bool:
    """Accept at once, and let the answer's body never come to its end."""
    pass_on(adversary.upstream, *request)
    return drip(adversary, connection, request)


def hint(adversary: Adversary, connection: socket.socket, request: Request) -> bool:
    """Send early answers, as many as the fault says, and then the sandbox's."""
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
    connection.sendall(early * adversary.fault["early"])
    connection.sendall(pass_on(adversary.upstream, *request))
    return True


def drip(adversary: Adversary, connection: socket.socket, request: Request) -> bool:
    """Send the beginning in one piece, and then a byte now and then, for ever."""
    connection.sendall(adversary.fault["sends"].encode())
    while not adversary.stopping.wait(DRIP_SECONDS):
        connection.sendall(b"a")
    return False


def pour(adversary: Adversary, connection: socket.socket, request: Request) -> bool:
    """Send the beginning, and then one large piece of the body after the other, for ever."""
    connection.sendall(adversary.fault["sends"].encode())
    while not adversary.stopping.is_set():
        connection.sendall(b"10000\r\n" + bytes(65536) + b"\r\n")
    return False


def stay_silent(adversary: Adversary, connection: socket.socket, request: Request) -> bool:
    adversary.stopping.wait()
    return False


FAULTS: dict[str, Callable[[Adversary, socket.socket, Request], bool]] = {
    "answer": answer,
    "cut": cut,
    "store-and-cut": store_and_cut,
    "store-and-drip": store_and_drip,
    "drip": drip,
    "hint": hint,
    "pour": pour,
    "stay-silent": stay_silent,
}
"""What a fault does with a request; True if the connection lives on."""


@contextmanager
def running_adversary(fault: Mapping[str, Any], upstream: int) -> Iterator[Adversary]:
    with Adversary(fault, upstream) as adversary:
        thread = threading.Thread(target=adversary.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield adversary
        finally:
            adversary.stopping.set()
            adversary.shutdown()
