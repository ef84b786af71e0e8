"""One question to a server, which sends no event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from compass_action.text import Secrets


class Request(NamedTuple):
    """One request. Its repr shows no header, for they hold secrets."""

    url: str
    headers: Mapping[str, str] = {}
    body: bytes | None = None
    """What is posted; None for a GET."""
    basic: tuple[str, str] | None = None
    """Account and token, for Basic authentication."""
    proxies: Mapping[str, str] = {}
    ca_bundle: str | None = None
    secrets: Secrets = Secrets()
    """What is hidden in the answer, which may repeat what was sent."""

    def __repr__(self) -> str:
        return f"Request({'GET' if self.body is None else 'POST'} {self.url!r})"
