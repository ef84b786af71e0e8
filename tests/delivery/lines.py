"""Small requests, and the lines that an outbox has for them."""

from __future__ import annotations

from compass_action.schemas import Payload

URL = "http://127.0.0.1:1/compass/v1/events"
LINE = b'{"version":1,"url":"%s","event_type":"build","component_id":"c","body":"%s"}\n'


def small(text: str) -> Payload:
    return Payload("build", "c", text.encode())


def line(text: bytes) -> bytes:
    return LINE % (URL.encode(), text)
