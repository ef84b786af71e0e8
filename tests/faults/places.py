"""Places on loopback where no server waits, or a proxy does."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.faults.server import HOST, Adversary


@contextmanager
def full_backlog() -> Iterator[int]:
    """A port that lets no more connections in: its queue is full and nobody takes any out."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex((HOST, port))
            waiting.append(client)
        time.sleep(0.05)
        try:
            yield port
        finally:
            for client in waiting:
                client.close()


@contextmanager
def closed_port() -> Iterator[int]:
    """A port at which nobody listens, and which nobody else is given meanwhile."""
    with socket.socket() as holder:
        holder.bind((HOST, 0))
        yield holder.getsockname()[1]


class Proxy(Adversary):
    """An HTTP proxy that opens tunnels, or refuses to; remembers what it was asked for."""

    def __init__(self, status: int) -> None:
        super().__init__({"status": status}, 0)
        self.asked: list[bytes] = []
        self.RequestHandlerClass = Tunnel


class Tunnel(socketserver.BaseRequestHandler):
    """One CONNECT."""

    server: Proxy

    def handle(self) -> None:
        connection: socket.socket = self.request
        head = connection.recv(65536)
        self.server.asked.append(head)
        status = self.server.fault["status"]
        connection.sendall(f"HTTP/1.1 {status} Whatever\r\n\r\n".encode())
        if status != 200:
            return
        port = int(head.split(b" ")[1].rpartition(b":")[2])
        with suppress(OSError), socket.create_connection((HOST, port)) as target:
            threading.Thread(target=_pump, args=(target, connection), daemon=True).start()
            _pump(connection, target)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def running_proxy(status: int = 200) -> Iterator[Proxy]:
    with Proxy(status) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.stopping.set()
            proxy.shutdown()
