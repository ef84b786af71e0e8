"""Requests to this very machine: to a port of it, or to a server that has a given conversation."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from compass_action.connection.answer import Answer, Reply
from compass_action.connection.connection import Connection
from compass_action.connection.destination import Destination

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
