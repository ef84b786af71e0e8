"""A stand-in for the part of Bitbucket's API that keeps a repository's Downloads, on loopback.

As Atlassian documents it: a list in pages, a redirect to a storage for the content, uploads as forms.
"""

from __future__ import annotations

import json
import re
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OUTBOX_TOKEN = "only-for-bitbucket"
PATH = "/2.0/repositories/acme/billing/downloads"


class Bitbucket(ThreadingHTTPServer):
    """A repository's Downloads."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.downloads: dict[str, bytes] = {}
        self.leaked = False

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    """The answers of `Bitbucket`, one download on a page, and of the storage behind it."""

    server: Bitbucket

    def do_GET(self) -> None:
        """List the downloads, or hand one out."""
        path, _, query = self.path.partition("?")
        name = path.rpartition("/")[2]
        if path.startswith("/storage/"):
            self.server.leaked |= self.headers["Authorization"] is not None
            self._answer(200, self.server.downloads[name])
        elif not self._is_known():
            self._answer(401)
        elif path == PATH:
            names, at = (
                list(self.server.downloads),
                int((re.findall(r"page=(\d+)$", query) or [0])[0]),
            )
            page: dict[str, Any] = {"values": [{"name": name} for name in names[at : at + 1]]}
            if at + 1 < len(names):
                page["next"] = f"{self.server.url}{PATH}?page={at + 1}"
            self._answer(200, json.dumps(page).encode())
        else:
            self._answer(302, location=f"{self.server.url}/storage/{name}")

    def do_POST(self) -> None:
        """Take a download."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._is_known() or self.path != PATH:
            self._answer(401)
            return
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        for part in message_from_bytes(head + body).walk():
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                self.server.downloads[str(part.get_filename())] = content
        self._answer(201)

    def do_DELETE(self) -> None:
        """Delete a download."""
        if self._is_known():
            del self.server.downloads[self.path.rpartition("/")[2]]
        self._answer(204 if self._is_known() else 401)

    def _is_known(self) -> bool:
        return self.headers["Authorization"] == f"Bearer {OUTBOX_TOKEN}"

    def _answer(self, status: int, body: bytes = b"", location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""
