"""Certificates for servers on loopback, good and bad, made anew for each run."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import trustme

AUTHORITY = trustme.CA()
STRANGER = trustme.CA()
LONG_AGO = datetime.now(UTC) - timedelta(days=90)


@cache
def server_context(kind: str) -> ssl.SSLContext:
    """What a server shows: `good`, `wrong-name`, `expired`, or of an `unknown` authority."""
    leaf = {
        "good": lambda: AUTHORITY.issue_cert("localhost", "127.0.0.1"),
        "wrong-name": lambda: AUTHORITY.issue_cert("elsewhere.example"),
        "expired": lambda: AUTHORITY.issue_cert(
            "localhost", "127.0.0.1", not_before=LONG_AGO, not_after=LONG_AGO + timedelta(days=60)
        ),
        "unknown": lambda: STRANGER.issue_cert("localhost", "127.0.0.1"),
    }[kind]()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    return context


def write_bundle(folder: Path) -> Path:
    """The file a user names in REQUESTS_CA_BUNDLE."""
    path = folder / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(path))
    return path
