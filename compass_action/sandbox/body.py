"""The bytes of a request's body, by Content-Length or in chunks (RFC 9112, sections 6 and 7)."""

from __future__ import annotations

import re
from email.message import Message
from typing import BinaryIO

LIMIT = 1024 * 1024
"""No limit is published. An event is a few kilobytes; a mebibyte is a mistake."""

_LINE = 8192


class UnreadableError(Exception):
    """The body cannot be told from what follows it, or is too big: answer and hang up."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class HungUpError(Exception):
    """The client went away in the middle of its body."""


def read_body(headers: Message, stream: BinaryIO) -> bytes:
    """The whole body. Raises UnreadableError or HungUpError."""
    encodings: list[str] = headers.get_all("Transfer-Encoding", [])
    lengths: list[str] = headers.get_all("Content-Length", [])
    if encodings:
        if lengths:
            raise UnreadableError(400, "There is both a Content-Length and a Transfer-Encoding")
        if [one.strip().lower() for one in encodings] != ["chunked"]:
            raise UnreadableError(501, "The only Transfer-Encoding known here is chunked")
        return _read_chunks(stream)
    if not lengths:
        return b""
    if len(set(lengths)) > 1 or not re.fullmatch(r"[0-9]{1,18}", lengths[0].strip()):
        raise UnreadableError(400, "Content-Length is not one whole number")
    return _read_exactly(stream, int(lengths[0]), 0)


def _read_chunks(stream: BinaryIO) -> bytes:
    body = bytearray()
    while True:
        size = _read_line(stream).partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9a-fA-F]{1,15}", size):
            raise UnreadableError(400, "The size of a chunk is not a hexadecimal number")
        if int(size, 16) == 0:
            break
        body += _read_exactly(stream, int(size, 16), len(body))
        if _read_line(stream) != b"":
            raise UnreadableError(400, "A chunk is longer than its size")
    for _ in range(100):
        if _read_line(stream) == b"":
            return bytes(body)
    raise UnreadableError(400, "There are too many trailers after the last chunk")


def _read_exactly(stream: BinaryIO, size: int, already: int) -> bytes:
    if already + size > LIMIT:
        raise UnreadableError(413, f"The body is larger than {LIMIT} bytes")
    piece = stream.read(size)
    if len(piece) < size:
        raise HungUpError
    return piece


def _read_line(stream: BinaryIO) -> bytes:
    line = stream.readline(_LINE)
    if not line.endswith(b"\n"):
        if len(line) < _LINE:
            raise HungUpError
        raise UnreadableError(400, "A line between the chunks is too long")
    return line.rstrip(b"\r\n")
