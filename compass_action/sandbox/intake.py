"""What becomes of a request once its body is here: credentials, rate limit, contract, feed.

Compass answers 202 for "accepted for processing"; here the event is in the feed by then.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Collection, Iterable

from compass_action.sandbox.answer import Answer, answer_errors
from compass_action.sandbox.contract import Complaint, Refused, validate
from compass_action.sandbox.feed import Feed
from compass_action.sandbox.guard import TOKEN
from compass_action.sandbox.limit import RateLimit
from compass_action.sandbox.store import StoreError

CREDENTIALS = "Send HTTP Basic credentials: the account's email and its API token"
ONLY_TOKEN = (
    "This sandbox can be reached from other machines over plain http, so it takes no real token: "
    f"send {TOKEN}"
)


class Intake:
    """Safe for threads."""

    def __init__(
        self,
        feed: Feed,
        *,
        credentials: tuple[str, str] | None,
        fixed_token: bool,
        components: Iterable[str] | None,
        rate_limit: int | None,
        retry_after: int | None,
        clock: Callable[[], float],
    ) -> None:
        """`fixed_token`: no token is right but TOKEN."""
        self._feed = feed
        self._credentials = credentials
        self._fixed_token = fixed_token
        self._components = None if components is None else frozenset(components)
        self._limit = RateLimit(rate_limit, clock)
        self._retry_after = retry_after

    def decide(self, authorization: str | None, raw: bytes) -> Answer:
        """Accept or refuse one request to the events operation."""
        credentials = parse_basic(authorization)
        if credentials is None or not self.knows(authorization):
            # No error type: the contract has none for this, and PERMISSION_DENIED reads as a 403.
            wrong_token = self._fixed_token and credentials is not None and credentials[1] != TOKEN
            why = ONLY_TOKEN if wrong_token else CREDENTIALS
            headers = {"WWW-Authenticate": 'Basic realm="Compass sandbox"'}
            return self._refuse(401, [Complaint(None, why)], headers)
        if not self._limit.admit(credentials[0]):
            why = f"{credentials[0]} has used up this minute's requests"
            self._feed.refuse(429, [Complaint(None, why)])
            # The contract gives the answer 429 neither a body nor a header.
            headers = {} if self._retry_after is None else {"Retry-After": str(self._retry_after)}
            return Answer(429, headers=headers)
        verdict = validate(raw, self._components)
        if isinstance(verdict, Refused):
            return self._refuse(verdict.status, verdict.complaints)
        try:
            taken = self._feed.take(verdict, raw)
        except StoreError as error:
            why = f"The sandbox's file cannot be written: {error}"
            return self._refuse(500, [Complaint("INTERNAL_SERVER_ERROR", why)])
        if not taken:
            why = "There is no such event source yet; with componentId it would be created"
            return self._refuse(404, [Complaint("CREATE_EVENT_SOURCE_NOT_FOUND", why)])
        return Answer(202)

    @property
    def components(self) -> frozenset[str] | None:
        """The components that exist; None: any."""
        return self._components

    def knows(self, authorization: str | None) -> bool:
        """Whether somebody's credentials are right."""
        credentials = parse_basic(authorization)
        if credentials is None or (self._fixed_token and credentials[1] != TOKEN):
            return False
        return self._credentials in (None, credentials)

    def _refuse(
        self,
        status: int,
        complaints: Collection[Complaint],
        headers: dict[str, str] | None = None,
    ) -> Answer:
        self._feed.refuse(status, complaints)
        return answer_errors(status, complaints, headers or {})


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
