"""The connection: kept alive, one at a time, with the thread that speaks on it."""

from __future__ import annotations

import queue
import threading
import time
from typing import NamedTuple

import requests
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import HTTPError

from compass_action.text import secrets_of

from .answer import ACCEPTED, Answer, AttemptTimeoutError, Reply
from .destination import Destination
from .session import open_session

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
BODY_SECONDS = 5.0
"""What of an answer's body has not come by then is done without: the status is known."""
ANSWER_MAX_BYTES = 64 * 1024
HEARING_SECONDS = 0.2
"""No wait is longer in one piece: a signal that comes between the interpreter's last look and the
beginning of a wait does not end it, and is heard only after."""

Replies = queue.SimpleQueue[Answer | Exception]


class Question(NamedTuple):
    """One request to be made."""

    body: bytes
    seconds: float
    """How long somebody waits for the answer."""
    replies: Replies
    """Each question has its own: a late answer cannot be taken for that to another question."""


class Connection:
    """State, for a connection is one: one that has been given up is replaced by a new one."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._questions: queue.SimpleQueue[Question | None] = queue.SimpleQueue()
        self._idle: threading.Event | None = None
        self._answered = False

    def ask(self, body: bytes, seconds: float) -> Reply:
        """Post a body; what became of it is told at the latest after `seconds`."""
        until = time.monotonic() + seconds
        # A thread may still be busy with the rest of an answer that is known already.
        idle = self._idle
        if idle is None or not idle.wait(min(1.0, seconds / 2)):
            self.close()
            idle = self._open()
        idle.clear()
        replies: Replies = queue.SimpleQueue()
        seconds = max(until - time.monotonic(), 0.001)
        self._questions.put(Question(body, seconds, replies))
        answer = first(replies, until)
        was_kept, self._answered = self._answered, not isinstance(answer, Exception)
        if isinstance(answer, Exception):
            self.close()  # the thread is left to itself; it ends with its attempt or the process
            self._idle = None
        return Reply(answer, was_kept)

    def _open(self) -> threading.Event:
        """Begin a new connection; the event is set while nothing is under way on it."""
        self._questions, self._idle = queue.SimpleQueue(), threading.Event()
        self._answered = False
        arguments = (self._destination, self._questions, self._idle)
        threading.Thread(target=_speak, args=arguments, daemon=True).start()
        return self._idle

    def close(self) -> None:
        """End the thread as soon as it listens."""
        self._questions.put(None)


def first(replies: Replies, until: float) -> Answer | Exception:
    """Wait for an answer, in pieces, so that a signal is heard whenever it comes."""
    while True:
        left = until - time.monotonic()
        try:
            return replies.get(timeout=max(min(left, HEARING_SECONDS), 0.001))
        except queue.Empty:
            if left <= HEARING_SECONDS:
                return AttemptTimeoutError()


def _speak(
    destination: Destination,
    questions: queue.SimpleQueue[Question | None],
    idle: threading.Event,
) -> None:
    with open_session(destination.proxies, destination.ca_bundle) as session:
        while (question := questions.get()) is not None:
            try:
                _post(session, destination, question)
            except Exception as error:  # after an answer nobody reads it
                question.replies.put(error)
            idle.set()


def _post(session: requests.Session, destination: Destination, question: Question) -> None:
    # A little less than the whole, so that it is the socket that says what did not come in time.
    seconds = question.seconds * 0.95
    with session.post(
        destination.url,
        data=question.body,
        auth=HTTPBasicAuth(destination.email.encode(), destination.token.encode()),
        timeout=(min(CONNECT_SECONDS, seconds), min(READ_SECONDS, seconds)),
        allow_redirects=False,
        stream=True,
    ) as response:
        headers = response.headers
        answer = Answer(response.status_code, b"", headers.get("Retry-After"), headers.get("Date"))
        if answer.status == ACCEPTED:  # whatever becomes of the rest
            question.replies.put(answer)
        body = read_body(response, min(BODY_SECONDS, seconds / 2))
        # An answer may repeat what was sent; whoever cuts its words later must not cut a secret.
        secrets = secrets_of(destination.token, destination.email)
        hidden = secrets.hide_in(body.decode("utf-8", "replace")).encode()
        question.replies.put(answer._replace(body=hidden))


def read_body(response: requests.Response, seconds: float, limit: int = ANSWER_MAX_BYTES) -> bytes:
    """Read a body as far as it comes: bounded in size and time, never unpacked."""
    until = time.monotonic() + seconds
    body = b""
    try:
        while len(body) < limit and time.monotonic() < until:
            piece = response.raw.read1(ANSWER_MAX_BYTES, decode_content=False)
            if not piece:
                return body
            body += piece
    except (OSError, HTTPError):
        pass  # broken off
    response.raw.close()  # the rest is not read, so the connection cannot be used again
    return body
