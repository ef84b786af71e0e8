"""What becomes of a request once its body is here: credentials, rate limit, contract, queue.

As with Compass, 202 means "accepted for processing": a worker thread fills the feed afterwards.
Reading the feed waits for the worker, so that whoever was answered 202 finds the event.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Queue
from threading import Lock, Thread
from typing import Any

from compass_action.sandbox.contract import Accepted, Complaint, Refused, validate
from compass_action.sandbox.feed import Feed, source_of
from compass_action.sandbox.limit import RateLimit

STAND_IN = (
    "This is a local stand-in for Compass, faithful to the published contract as far as that "
    "goes; it is not Atlassian's server."
)


@dataclass(frozen=True)
class Answer:
    """What to say to a request."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def answer_json(status: int, document: object, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer with a JSON body."""
    return Answer(status, json.dumps(document, indent=1).encode() + b"\n", headers or {})


def answer_errors(
    status: int, complaints: Collection[Complaint], headers: Mapping[str, str] | None = None
) -> Answer:
    """An answer in the shape in which Compass reports errors (`ErrorResponseDto`)."""
    return answer_json(status, {"errors": [one._asdict() for one in complaints]}, headers)


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class Intake:
    """Safe for threads. The worker runs from construction until `close`."""

    def __init__(
        self,
        *,
        credentials: tuple[str, str] | None,
        components: Iterable[str] | None,
        rate_limit: int | None,
        retry_after: int | None,
        clock: Callable[[], float],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._credentials = credentials
        self._components = None if components is None else frozenset(components)
        self._limit = RateLimit(rate_limit, clock)
        self._retry_after = retry_after
        self._now = now
        self._lock = Lock()
        self._feed = Feed()
        self._refused: list[dict[str, Any]] = []
        self._sources: dict[tuple[object, ...], dict[str, None]] = {}
        self._queue: Queue[tuple[Accepted, list[str | None], str] | None] = Queue()
        self._worker = Thread(target=self._work, name="sandbox-worker", daemon=True)
        self._worker.start()

    def decide(self, authorization: str | None, raw: bytes) -> Answer:
        """Accept or refuse one request to the events operation."""
        credentials = parse_basic(authorization)
        if credentials is None or self._credentials not in (None, credentials):
            why = "Send HTTP Basic credentials: the account's email and its API token"
            return self.refuse(
                401,
                [Complaint("PERMISSION_DENIED", why)],
                {"WWW-Authenticate": 'Basic realm="Compass sandbox"'},
            )
        if not self._limit.admit(credentials[0]):
            self.note_refusal(429, [], f"{credentials[0]} has used up this minute's requests")
            # The contract gives the answer 429 neither a body nor a header.
            headers = {} if self._retry_after is None else {"Retry-After": str(self._retry_after)}
            return Answer(429, headers=headers)
        verdict = validate(raw, self._components)
        if isinstance(verdict, Refused):
            return self.refuse(verdict.status, verdict.complaints)
        # One lock for both, so that the feed takes events in the order of their acceptance.
        with self._lock:
            targets = self._targets(verdict)
            if targets:
                self._queue.put((verdict, targets, self._now().isoformat(timespec="milliseconds")))
        if not targets:
            why = "There is no such event source yet; with componentId it would be created"
            return self.refuse(404, [Complaint("CREATE_EVENT_SOURCE_NOT_FOUND", why)])
        return Answer(202)

    def _targets(self, event: Accepted) -> list[str | None]:
        """The components whose feed the event goes to.

        With componentId, Compass creates and attaches the event source itself. Without it, the
        source must exist; that the event then reaches every component to which the source is
        attached is our assumption.
        """
        source = source_of(event.event_type, event.body)
        if source is None:
            return [event.component_id]
        key = (event.cloud_id, source, event.event_type)
        if event.component_id is None:
            return list(self._sources.get(key, ()))
        self._sources.setdefault(key, {})[event.component_id] = None
        return [event.component_id]

    def refuse(
        self,
        status: int,
        complaints: Collection[Complaint],
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Note a refusal, and word the answer."""
        types = [one.type for one in complaints if one.type is not None]
        self.note_refusal(status, types, "; ".join(one.message for one in complaints))
        return answer_errors(status, complaints, headers)

    def note_refusal(self, status: int | None, types: list[str], why: str) -> None:
        """Keep a refusal for `GET /activity`. `status` None: there was no answer at all."""
        with self._lock:
            self._refused.append({"status": status, "types": types, "why": why})

    def activity(self) -> dict[str, Any]:
        """The feed, once everything accepted so far is in it."""
        self._queue.join()
        with self._lock:
            return {
                "stand_in": STAND_IN,
                "events": self._feed.shown(),
                "not_shown": self._feed.not_shown(),
                "refused": list(self._refused),
            }

    def clear(self) -> None:
        """Forget events, event sources and refusals; not how many requests a user has sent."""
        self._queue.join()
        with self._lock:
            self._feed = Feed()
            self._sources.clear()
            self._refused.clear()

    def close(self) -> None:
        """Stop the worker."""
        self._queue.put(None)
        self._worker.join()

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            event, targets, received_at = job
            with self._lock:
                for component_id in targets:
                    self._feed.apply(event, component_id, received_at)
            self._queue.task_done()


def parse_basic(authorization: str | None) -> tuple[str, str] | None:
    """Email and token from an `Authorization: Basic …` header (RFC 7617), neither of them empty."""
    scheme, _, encoded = (authorization or "").strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        email, _, token = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (email, token) if email and token else None
