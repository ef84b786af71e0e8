"""How a server is asked: for JSON, within a budget, by requests that change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, ParamSpec

from compass_action.connection.answer import Answer, TooLargeError
from compass_action.connection.budget import Budget
from compass_action.connection.request import Request
from compass_action.errors import whereabouts

LOOKUP_SECONDS = 5.0
"""The longest that one look-up may take."""
WINDOW_SECONDS = 61.0
WINDOW_QUESTIONS = 100
"""Compass takes 100 requests per user and minute."""


class Failed(NamedTuple):
    """A look-up that told nothing."""

    answer: Answer | Exception | None = None
    """What came back in place of what was asked for; None if nothing was asked."""
    detail: str = ""
    """What more is known, as the rest of a sentence. May hold foreign text."""
    code: int | None = None
    """The status that an answer names in its text, such as GraphQL's, which is 200 itself."""
    absent: bool = False
    """Nobody failed: the answer is that what was sought is not there, or not just one."""
    is_ours: bool = False
    """We failed, and not who was asked."""

    @property
    def status(self) -> int | None:
        """The HTTP status of the answer."""
        return self.answer.status if isinstance(self.answer, Answer) else None


NO_TIME = Failed(None, "there was no time left to ask")
TOO_LARGE = Failed(None, "the answer is too large")


class Told(NamedTuple):
    """What a server said."""

    value: Any
    """The JSON of its answer, or `Failed`."""
    clock_ahead_seconds: float | None = None
    refusal: Failed = Failed()
    """Why there are gaps in the JSON, where its answer says that."""


P = ParamSpec("P")


def unbroken(look_up: Callable[P, Told]) -> Callable[P, Told]:
    """Make a look-up that raises nothing: where it meets a fault of ours, it has told nothing."""

    @wraps(look_up)
    def find(*given: P.args, **named: P.kwargs) -> Told:
        try:
            return look_up(*given, **named)
        except Exception as error:
            return Told(broken(error))

    return find


def broken(error: Exception) -> Failed:
    """Word a look-up that has met a fault of ours."""
    detail = f"a fault of Compass Event itself ({whereabouts(error)})"
    return Failed(None, detail, is_ours=True)


Ask = Callable[[Request], Told]
"""Asks for JSON."""


def asker(budget: Budget, seconds: float = LOOKUP_SECONDS) -> Ask:
    """Make what asks: each question takes at most `seconds`, all of them the budget."""

    def ask(request: Request) -> Told:
        left = min(seconds, budget.left)
        if left < 0.1:
            return Told(NO_TIME)
        from compass_action.connection.exchange import exchange  # who asks nobody needs no requests

        reply = exchange(request, left)
        return Told(read(reply.answer), reply.clock_ahead_seconds)

    return ask


def once(budget: Budget) -> Ask:
    """Make what asks each question once, for many events that share the answers, and no more of them
    a minute than Compass takes.
    """
    ask = asker(budget)
    asked: list[float] = []
    told: dict[tuple[str, bytes | None], Told] = {}

    def ask_once(request: Request) -> Told:
        question = (request.url, request.body)
        if question in told:
            return told[question]
        if len(asked) >= WINDOW_QUESTIONS:
            again = asked[-WINDOW_QUESTIONS] + WINDOW_SECONDS
            if not budget.wait(again - budget.spent):
                return Told(NO_TIME)
        asked.append(budget.spent)
        told[question] = ask(request)
        return told[question]

    return ask_once


def read(answer: Answer | Exception) -> Any:
    """Read the JSON of an answer that is 200; anything else has failed."""
    if isinstance(answer, TooLargeError):
        return TOO_LARGE
    if not isinstance(answer, Answer) or answer.status != 200:
        return Failed(answer)
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return Failed(answer, "the answer is not JSON")
