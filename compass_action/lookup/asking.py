"""How a server is asked: for JSON, within a budget, by requests that change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from compass_action.connection.answer import Answer, TooLargeError
from compass_action.connection.budget import Budget
from compass_action.connection.request import Request

LOOKUP_SECONDS = 5.0
"""The longest that one look-up may take."""


class Failed(NamedTuple):
    """A look-up that told nothing."""

    answer: Answer | Exception | None = None
    """What came back in place of what was asked for; None if nothing was asked."""
    detail: str = ""
    """What more is known, as the rest of a sentence. May hold foreign text."""

    @property
    def status(self) -> int | None:
        """The HTTP status of the answer."""
        return self.answer.status if isinstance(self.answer, Answer) else None


class Told(NamedTuple):
    """What a server said."""

    value: Any
    """The JSON of its answer, or `Failed`."""
    clock_ahead_seconds: float | None = None


Ask = Callable[[Request], Told]
"""Asks for JSON."""


def asker(budget: Budget, seconds: float = LOOKUP_SECONDS) -> Ask:
    """Make what asks: each question takes at most `seconds`, all of them the budget."""

    def ask(request: Request) -> Told:
        left = min(seconds, budget.left)
        if left < 0.1:
            return Told(Failed(None, "there was no time left to ask"))
        from compass_action.connection.exchange import exchange  # who asks nobody needs no requests

        reply = exchange(request, left)
        return Told(read(reply.answer), reply.clock_ahead_seconds)

    return ask


def read(answer: Answer | Exception) -> Any:
    """Read the JSON of an answer that is 200; anything else has failed."""
    if isinstance(answer, TooLargeError):
        return Failed(None, "the answer is too large")
    if not isinstance(answer, Answer) or answer.status != 200:
        return Failed(answer)
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return Failed(answer, "the answer is not JSON")
