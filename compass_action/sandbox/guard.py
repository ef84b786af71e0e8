"""Who may ask: a web page that the user visits must neither read the feed nor post to it. Pure.

A page of another site can let the browser send requests to loopback, and by DNS rebinding even read
the answers: its own name then leads here. So the Host of a request has to be an address, a name of
this machine, or one that was allowed; and what changes something must not come from another origin.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from email.message import Message
from functools import lru_cache
from typing import NamedTuple

TOKEN = "compass-event-sandbox-token"  # noqa: S105 - no secret: it opens nothing but sandboxes
"""What a sandbox that listens beyond loopback takes for a token, and nothing else.

It lies open on the network there, so a real token must never be sent; the sender, in turn, sends over
plain http beyond loopback with this token only.
"""
OWN_NAMES = frozenset({"localhost", "host.docker.internal", "host.containers.internal"})
"""Names that lead to this machine, on it and in its containers; no public name server answers them."""
READING = frozenset({"GET", "HEAD"})


class Refusal(NamedTuple):
    """Why a request is not answered."""

    status: int
    why: str


def check(method: str, headers: Message, allowed: Collection[str]) -> Refusal | None:
    """Refuse what a strange web page may have sent. `allowed`: more names of this server."""
    hosts: list[str] = headers.get_all("Host", [])
    if len(hosts) != 1:
        return Refusal(400, "There must be one Host header")
    host = re.sub(r":\d*$", "", hosts[0].strip().lower(), flags=re.ASCII).rstrip(".")
    if not (
        is_address(host) or host in OWN_NAMES or host.endswith(".localhost") or host in allowed
    ):
        why = "This is not a name of the sandbox. If it is, start it with --allow-host and the name"
        return Refusal(421, why)
    if method in READING:
        return None
    origins: list[str] = headers.get_all("Origin", [])
    same = {f"{scheme}://{hosts[0].strip().lower()}" for scheme in ("http", "https")}
    if any(origin.strip().lower() not in same for origin in origins):
        return Refusal(403, "The request comes from a page of another origin")
    if headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return Refusal(403, "The request comes from a page of another site")
    return None


def is_from_page(headers: Message) -> bool:
    """Whether a browser says that a web page sends the request."""
    return "Origin" in headers or "Sec-Fetch-Site" in headers


@lru_cache(maxsize=64)
def is_address(host: str) -> bool:
    """Whether a host is an IP address, which no name server can lead elsewhere."""
    try:
        if host.startswith("["):
            return host.endswith("]") and bool(ipaddress.IPv6Address(host[1:-1]))
        return bool(ipaddress.IPv4Address(host))
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether what listens at this host is reached from this machine only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
