"""The line to Compass: one kept-alive connection, and the thread that speaks on it."""

from __future__ import annotations

import queue
import threading
import time
from typing import NamedTuple

import requests
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import HTTPError

from . import __version__, answers
from .answers import Answer
from .connection import Connection
from .interruption import HEARING_SECONDS

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
BODY_SECONDS = 5.0
"""What of an answer's body has not come by then is done without: the status is known."""
ANSWER_MAX_BYTES = 64 * 1024

Replies = queue.SimpleQueue[Answer | Exception]


class Question(NamedTuple):
    """One request to be made."""

    body: bytes
    seconds: float
    """How long somebody waits for the answer."""
    replies: Replies
    """Each question has its own: a late answer cannot be taken for that to another question."""


class Line:
    """State, for a connection is one: a line that has been given up is replaced by a new one."""

    was_stale = False
    """The server had closed the kept-alive connection when the last question was asked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._questions: queue.SimpleQueue[Question | None] = queue.SimpleQueue()
        self._idle: threading.Event | None = None
        self._kept = False

    def ask(self, body: bytes, seconds: float) -> Answer | Exception:
        """Post a body; the answer, or what went wrong, at the latest after `seconds`."""
        until = time.monotonic() + seconds
        # A thread may still be busy with the rest of an answer that is known already.
        idle = self._idle
        if idle is None or not idle.wait(min(1.0, seconds / 2)):
            self.hang_up()
            idle = self._call()
        idle.clear()
        replies: Replies = queue.SimpleQueue()
        seconds = max(until - time.monotonic(), 0.001)
        self._questions.put(Question(body, seconds, replies))
        answer = _first(replies, until)
        self.was_stale = False
        if isinstance(answer, Exception):
            self.was_stale = self._kept and answers.read_exception(answer)[0].key == "connection"
            self.hang_up()  # the thread is left to itself; it ends with its attempt or the process
            self._idle = None
        self._kept = not isinstance(answer, Exception)
        return answer

    def _call(self) -> threading.Event:
        """Begin a new connection; the event is set while nothing is under way on it."""
        self._questions, self._idle = queue.SimpleQueue(), threading.Event()
        self._kept = False
        arguments = (self._connection, self._questions, self._idle)
        threading.Thread(target=_speak, args=arguments, daemon=True).start()
        return self._idle

    def hang_up(self) -> None:
        """End the thread as soon as it listens."""
        self._questions.put(None)


def _first(replies: Replies, until: float) -> Answer | Exception:
    """Wait for an answer, in pieces, so that a signal is heard whenever it comes."""
    while True:
        left = until - time.monotonic()
        try:
            return replies.get(timeout=max(min(left, HEARING_SECONDS), 0.001))
        except queue.Empty:
            if left <= HEARING_SECONDS:
                return answers.AttemptTimeoutError()


def _speak(
    connection: Connection,
    questions: queue.SimpleQueue[Question | None],
    idle: threading.Event,
) -> None:
    with requests.Session() as session:
        # Nothing from the process's surroundings: no netrc, no proxies but those of the snapshot.
        session.trust_env = False
        session.verify = connection.ca_bundle or True
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
        while (question := questions.get()) is not None:
            try:
                _post(session, connection, question)
            except Exception as error:  # after an answer nobody reads it
                question.replies.put(error)
            idle.set()


def _post(session: requests.Session, connection: Connection, question: Question) -> None:
    # A little less than the whole, so that it is the socket that says what did not come in time.
    seconds = question.seconds * 0.95
    with session.post(
        connection.url,
        data=question.body,
        auth=HTTPBasicAuth(connection.email.encode(), connection.token.encode()),
        timeout=(min(CONNECT_SECONDS, seconds), min(READ_SECONDS, seconds)),
        allow_redirects=False,
        stream=True,
    ) as response:
        status, retry_after = response.status_code, response.headers.get("Retry-After")
        if status == answers.ACCEPTED:  # whatever becomes of the rest
            question.replies.put(Answer(status, b"", retry_after))
        body = _read_body(response, min(BODY_SECONDS, seconds / 2))
        question.replies.put(Answer(status, body, retry_after))


def _read_body(response: requests.Response, seconds: float) -> bytes:
    """Read a body as far as it comes: bounded in size and time, never unpacked."""
    until = time.monotonic() + seconds
    body = b""
    try:
        while len(body) < ANSWER_MAX_BYTES and time.monotonic() < until:
            piece = response.raw.read1(ANSWER_MAX_BYTES, decode_content=False)
            if not piece:
                return body
            body += piece
    except (OSError, HTTPError):
        pass  # broken off
    response.raw.close()  # the rest is not read, so the connection cannot be used again
    return body
