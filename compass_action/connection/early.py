"""Answers that come before the answer: 100 Continue, 103 Early Hints and their like.

`http.client` passes over 100 alone, and would take any other of them for the answer.
"""

from __future__ import annotations

import http.client
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

EARLY_MAX = 20
"""A server that sends more of them will never answer."""


class _Response(http.client.HTTPResponse):
    """Reads on until an answer comes that is one."""

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(EARLY_MAX):
            status: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
            if not 100 <= status[1] < 200 or status[1] in (100, 101):
                return status
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException("too many early answers")


class _Plain(HTTPConnection):
    response_class = _Response


class _Secure(HTTPSConnection):
    response_class = _Response


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


POOLS: dict[str, Any] = {"http": _PlainPool, "https": _SecurePool}


class PatientAdapter(HTTPAdapter):
    """Makes requests as requests does, and waits for the answer that is one."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Use the pools above."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Use them behind a proxy, too."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager
