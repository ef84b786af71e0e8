"""The bytes of a request's body, by Content-Length or in chunks (RFC 9112, sections 6 and 7).

What it takes is bounded: a body in size and time, and the large ones in number.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from io import BufferedIOBase
from threading import Semaphore

LIMIT = 1024 * 1024
"""No limit is published. An event is a few kilobytes; a mebibyte is a mistake."""
SMALL = 64 * 1024
LARGE_MOST = 16
"""So many bodies that are not small are in memory at a time."""
SECONDS = 30.0
"""For one body, however slowly it comes."""

_LINE = 8192


class UnreadableError(Exception):
    """The body cannot be told from what follows it, or is too big: answer and hang up."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class HungUpError(Exception):
    """The client went away in the middle of its body."""


@contextmanager
def reading(headers: Message, stream: BufferedIOBase, large: Semaphore) -> Iterator[bytes]:
    """The whole body; if it is not small it has one of the places for such until the end of the block.

    Raises UnreadableError or HungUpError.
    """
    takes_place = _may_be_large(headers)
    if takes_place and not large.acquire(blocking=False):
        raise UnreadableError(503, "Too many large requests are under way")
    try:
        yield _read_body(headers, stream)
    finally:
        if takes_place:
            large.release()


def _may_be_large(headers: Message) -> bool:
    length = headers.get("Content-Length", "0").strip()
    told = re.fullmatch(r"[0-9]{1,5}", length) and "Transfer-Encoding" not in headers
    return not told or int(length) > SMALL


def _read_body(headers: Message, stream: BufferedIOBase) -> bytes:
    encodings: list[str] = headers.get_all("Transfer-Encoding", [])
    lengths: list[str] = headers.get_all("Content-Length", [])
    until = time.monotonic() + SECONDS
    if encodings:
        if lengths:
            raise UnreadableError(400, "There is both a Content-Length and a Transfer-Encoding")
        if [one.strip().lower() for one in encodings] != ["chunked"]:
            raise UnreadableError(501, "The only Transfer-Encoding known here is chunked")
        return _read_chunks(stream, until)
    if not lengths:
        return b""
    if len(set(lengths)) > 1 or not re.fullmatch(r"[0-9]{1,18}", lengths[0].strip()):
        raise UnreadableError(400, "Content-Length is not one whole number")
    return bytes(_read_exactly(stream, int(lengths[0]), 0, until))


def _read_chunks(stream: BufferedIOBase, until: float) -> bytes:
    body = bytearray()
    while True:
        size = _read_line(stream).partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9a-fA-F]{1,15}", size):
            raise UnreadableError(400, "The size of a chunk is not a hexadecimal number")
        if int(size, 16) == 0:
            break
        body += _read_exactly(stream, int(size, 16), len(body), until)
        if _read_line(stream) != b"":
            raise UnreadableError(400, "A chunk is longer than its size")
    for _ in range(100):
        if _read_line(stream) == b"":
            return bytes(body)
    raise UnreadableError(400, "There are too many trailers after the last chunk")


def _read_exactly(stream: BufferedIOBase, size: int, already: int, until: float) -> bytearray:
    if already + size > LIMIT:
        raise UnreadableError(413, f"The body is larger than {LIMIT} bytes")
    body = bytearray()
    while len(body) < size:
        piece = stream.read1(size - len(body))
        if not piece:
            raise HungUpError
        if time.monotonic() > until:
            raise UnreadableError(408, f"The body took longer than {SECONDS:.0f} seconds")
        body += piece
    return body


def _read_line(stream: BufferedIOBase) -> bytes:
    line = stream.readline(_LINE)
    if not line.endswith(b"\n"):
        if len(line) < _LINE:
            raise HungUpError
        raise UnreadableError(400, "A line between the chunks is too long")
    return line.rstrip(b"\r\n")
