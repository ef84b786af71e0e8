"""One question and its answer: a GET or POST that sends no event.

Bounded in size and time; no redirects, nothing from the process's surroundings.
"""

from __future__ import annotations

import queue
import threading
import time
from datetime import UTC, datetime
from typing import NamedTuple

import requests
from requests.auth import HTTPBasicAuth

from .answer import Answer, TooLargeError
from .connection import BODY_SECONDS, CONNECT_SECONDS, Replies, first, read_body
from .dates import seconds_until
from .request import Request
from .session import open_session

OK = 200
ANSWER_MAX_BYTES = 4 * 1024 * 1024
"""A page of a hundred jobs with all their steps has about one."""


class Reply(NamedTuple):
    """What became of it."""

    answer: Answer | Exception
    clock_ahead_seconds: float | None = None
    """By how much our clock is ahead of the server's, where its answer tells."""


def exchange(request: Request, seconds: float) -> Reply:
    """Make a request; what became of it is told at the latest after `seconds`. Raises nothing."""
    until = time.monotonic() + seconds
    replies: Replies = queue.SimpleQueue()
    # A thread of its own: requests bounds each wait for bytes, not their sum.
    arguments = (request, seconds, replies)
    threading.Thread(target=_speak, args=arguments, daemon=True).start()
    answer = first(replies, until)
    date = answer.date if isinstance(answer, Answer) else None
    behind = seconds_until(date, datetime.now(UTC))
    return Reply(answer, None if behind is None else -behind)


def _speak(request: Request, seconds: float, replies: Replies) -> None:
    try:
        with open_session(request.proxies, request.ca_bundle) as session:
            # A little less than the whole, so that it is the socket that says what did not come.
            replies.put(_ask(session, request, seconds * 0.95))
    except Exception as error:  # whatever it is, it is told
        replies.put(error)


def _ask(session: requests.Session, request: Request, seconds: float) -> Answer | Exception:
    account = request.basic
    with session.request(
        "GET" if request.body is None else "POST",
        request.url,
        data=request.body,
        headers=dict(request.headers),
        auth=HTTPBasicAuth(*(text.encode() for text in account)) if account else None,
        timeout=(min(CONNECT_SECONDS, seconds), seconds),
        allow_redirects=False,
        stream=True,
    ) as response:
        if response.status_code == OK:
            body = read_body(response, seconds, ANSWER_MAX_BYTES + 1)
            if len(body) > ANSWER_MAX_BYTES:
                return TooLargeError()
        else:  # its status says what there is to know, however long its body is
            body = read_body(response, min(BODY_SECONDS, seconds / 2))
        hidden = request.secrets.hide_in(body.decode("utf-8", "replace")).encode()
        headers = response.headers
        return Answer(response.status_code, hidden, headers.get("Retry-After"), headers.get("Date"))
