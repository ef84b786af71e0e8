"""Sending: payloads over HTTPS to Compass, within a budget of time.

An attempt runs in a thread of its own, so that nothing the network does (a name server that stalls,
a handshake that hangs, an answer that comes byte by byte) can hold the program beyond its budget, and
a signal is heard at once. An attempt given up may still arrive: it carries the very same bytes, so
Compass stores one event.
"""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple

import requests
from requests.auth import HTTPBasicAuth

from . import __version__, answers, retry
from .connection import Connection
from .errors import Interrupted
from .receipt import Receipt
from .schemas import Payload

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
ATTEMPT_SECONDS = 45.0
"""The longest one attempt may take, whatever trickles in."""
ANSWER_MAX_BYTES = 64 * 1024


class Answer(NamedTuple):
    """One HTTP answer, as far as it is looked at."""

    status: int
    body: bytes
    retry_after: str | None


@dataclass(frozen=True)
class Clockwork:
    """The client's clock, waits and chance; tests put others in their place."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[float, float], float] = field(
        default_factory=lambda: random.SystemRandom().uniform
    )


def send(
    payloads: Sequence[Payload],
    connection: Connection,
    seconds: float,
    clockwork: Clockwork | None = None,
    on_attempt: Callable[[str], None] = lambda line: None,
) -> tuple[Receipt, ...]:
    """Send the payloads one after another; one receipt for each, in order. Raises nothing.

    `seconds` bounds everything, waits included. `on_attempt` is told of each attempt, for debugging.
    """
    clock = clockwork or Clockwork()
    deadline = clock.monotonic() + seconds
    receipts: list[Receipt] = []
    line = Line(connection)
    sent: list[float] = []
    stopped: answers.Failure | None = None
    for payload in payloads:
        if stopped is None:
            receipt = _deliver(payload, line, deadline, clock, sent, on_attempt)
            # What stopped this one would stop the rest as well.
            if receipt.failure and receipt.failure.key in ("interrupted", "budget", "credentials"):
                stopped = receipt.failure
        else:
            receipt = Receipt(payload, stopped, "not tried")
        receipts.append(receipt)
    line.hang_up()
    return tuple(receipts)


def _deliver(
    payload: Payload,
    line: Line,
    deadline: float,
    clock: Clockwork,
    sent: list[float],
    on_attempt: Callable[[str], None],
) -> Receipt:
    """Try until it is accepted, refused for good, or the budget is spent."""
    receipt = Receipt(payload, answers.FAILURES["budget"])
    refusals = 0
    wait = retry.pace(sent, clock.monotonic())
    try:
        while True:
            remaining = deadline - clock.monotonic()
            if wait >= remaining:
                return _out_of_time(receipt, wait, remaining)
            if wait > 0:
                on_attempt(f"waiting {wait:.1f} s")
                clock.sleep(wait)
            sent.append(clock.monotonic())
            limit = min(ATTEMPT_SECONDS, deadline - clock.monotonic())
            answer = line.ask(payload.body, max(limit, 0.001))
            receipt = _judge(receipt, answer)
            on_attempt(f"attempt {receipt.attempts}: {receipt.detail or 'HTTP 202'}")
            if receipt.failure is None or not receipt.failure.retry:
                return receipt
            refusals += receipt.failure.key == "rate-limit"
            wait = max(_wait(receipt, answer, refusals, clock), retry.pace(sent, clock.monotonic()))
    except Interrupted:
        return replace(receipt, failure=answers.FAILURES["interrupted"])


def _wait(receipt: Receipt, answer: Answer | Exception, refusals: int, clock: Clockwork) -> float:
    """Seconds until the next attempt: as the server asks, else as the policy says."""
    if isinstance(answer, Answer):
        asked = retry.retry_after(answer.retry_after, datetime.now(UTC))
        if asked is not None:
            return asked + clock.uniform(0, 1)
    if receipt.failure and receipt.failure.key == "rate-limit":
        return retry.rate_limit_wait(refusals, clock.uniform)
    return retry.backoff(receipt.attempts, clock.uniform)


def _out_of_time(receipt: Receipt, wait: float, remaining: float) -> Receipt:
    """Keep the last failure, which says more, if there was an attempt."""
    if receipt.attempts == 0:
        return replace(receipt, detail="no attempt was made in time")
    note = f"the next attempt was due in {wait:.0f} s, with {max(remaining, 0):.0f} s of the budget left"
    return replace(receipt, detail=f"{receipt.detail}; {note}" if receipt.detail else note)


def _judge(receipt: Receipt, answer: Answer | Exception) -> Receipt:
    attempts = receipt.attempts + 1
    if isinstance(answer, Answer):
        failure, detail = answers.read(answer.status, answer.body)
        return replace(
            receipt, failure=failure, detail=detail, http_status=answer.status, attempts=attempts
        )
    failure, detail = answers.read_exception(answer)
    return replace(receipt, failure=failure, detail=detail, http_status=None, attempts=attempts)


class Line:
    """One kept-alive connection, and the thread that speaks on it.

    State, for a connection is one: a line that has been given up is replaced by a new one.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._questions: queue.SimpleQueue[bytes | None] | None = None
        self._answers: queue.SimpleQueue[Answer | Exception] = queue.SimpleQueue()

    def ask(self, body: bytes, seconds: float) -> Answer | Exception:
        """Post a body; the answer, or what went wrong, at the latest after `seconds`."""
        if self._questions is None:
            self._questions, self._answers = queue.SimpleQueue(), queue.SimpleQueue()
            threading.Thread(
                target=_speak,
                args=(self._connection, self._questions, self._answers, seconds),
                daemon=True,
            ).start()
        self._questions.put(body)
        try:
            return self._answers.get(timeout=seconds)
        except queue.Empty:
            self._questions = None  # the thread is left to itself; it ends with the process
            return answers.AttemptTimeoutError()

    def hang_up(self) -> None:
        """End the thread, if it listens."""
        if self._questions is not None:
            self._questions.put(None)


def _speak(
    connection: Connection,
    questions: queue.SimpleQueue[bytes | None],
    replies: queue.SimpleQueue[Answer | Exception],
    seconds: float,
) -> None:
    with requests.Session() as session:
        # Nothing from the process's surroundings: no netrc, no proxies but those of the snapshot.
        session.trust_env = False
        session.verify = connection.ca_bundle or True
        if not requests.utils.should_bypass_proxies(connection.url, connection.no_proxy):
            session.proxies = dict(connection.proxies)
        session.headers = requests.structures.CaseInsensitiveDict(
            {
                "Accept": "application/json",
                # Answers are short; a compressed one could be a bomb.
                "Accept-Encoding": "identity",
                "Content-Type": "application/json",
                "User-Agent": f"compass-event/{__version__}",
            }
        )
        while (body := questions.get()) is not None:
            try:
                replies.put(_post(session, connection, body, seconds))
            except Exception as error:
                replies.put(error)


def _post(session: requests.Session, connection: Connection, body: bytes, seconds: float) -> Answer:
    with session.post(
        connection.url,
        data=body,
        auth=HTTPBasicAuth(connection.email.encode(), connection.token.encode()),
        timeout=(min(CONNECT_SECONDS, seconds), min(READ_SECONDS, seconds)),
        allow_redirects=False,
        stream=True,
    ) as response:
        content = response.raw.read(ANSWER_MAX_BYTES, decode_content=False) or b""
        if len(content) == ANSWER_MAX_BYTES:
            response.raw.close()  # the rest is not read, so the connection cannot be used again
        return Answer(response.status_code, content, response.headers.get("Retry-After"))
