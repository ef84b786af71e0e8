"""Sending over connections, and keeping in the outbox what did not arrive but may yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from compass_action.connection import Asking, connect
from compass_action.connection.answer import ACCEPTED, Answer, Reply
from compass_action.connection.destination import Destination
from compass_action.errors import OUTBOX_UNWRITTEN, Interrupted, reason, whereabouts
from compass_action.schemas import Payload

from . import interruption, retry
from .failures import FAILURES
from .receipt import Receipt

if TYPE_CHECKING:
    from .client import Attempt  # imported for real where it is used: it costs a start

Say = Callable[[str, str, str], None]
"""Says one thing: level, text, title (which may be empty). Of the level `count` the text is `7/40`."""
UNCOUNTED_MAX = 10
"""So many requests are sent without a word."""


def deliver(
    payloads: Sequence[Payload],
    destination: Destination,
    seconds: float,
    outbox: str | None,
    say: Say,
) -> tuple[Receipt, ...]:
    """Send the payloads within `seconds`; what fails but may pass later goes to the file `outbox`.

    Returns one receipt for each, in order. Failures are receipts, not exceptions.
    """
    return keep(transmit(payloads, destination, seconds, say), destination, outbox, say)


def keep(
    receipts: Sequence[Receipt], destination: Destination, outbox: str | None, say: Say
) -> tuple[Receipt, ...]:
    """Keep in the file `outbox` what has failed but may pass later; returns the receipts anew."""
    waiting = [r.payload for r in receipts if r.failure and r.failure.spool]
    if not outbox or not waiting:
        return tuple(receipts)
    from .outbox import spool

    try:
        spool(outbox, waiting, destination.url)
    except OSError as error:
        say("error", f"{outbox} cannot be written ({reason(error)}).", OUTBOX_UNWRITTEN)
        return tuple(receipts)
    return tuple(r._replace(spooled=True) if r.failure and r.failure.spool else r for r in receipts)


def budget(number: int, noun: str, seconds: float, say: Say, *, fixed: bool, rest: str) -> float:
    """Seconds for sending so many payloads: as given, and what the limit adds unless that is `fixed`.

    Says how long it will take where the limit holds some of them up; `noun` names them, and `rest`
    says what becomes of those for which the time is too short.
    """
    pacing = retry.pacing(number)
    if not pacing:
        return seconds
    minutes = -(-number * retry.WINDOW_SECONDS // retry.WINDOW_REQUESTS // 60)
    rate = f"{retry.WINDOW_REQUESTS} requests a minute"
    text = f"{number} {noun}: about {minutes:.0f} minutes at {rate}."
    room = retry.room(seconds)
    if fixed and room < number:
        text += f" The {seconds:.0f} s of timeout have room for {room}. {rest}"
    say("info", text, "")
    return seconds if fixed else seconds + pacing


def _counted(asking: Asking, number: int, say: Say) -> Asking:
    """Count what is accepted, where there is so much of it that people would wait and wonder."""
    if number <= UNCOUNTED_MAX:
        return asking
    accepted: list[Reply] = []

    def hear(seconds: float) -> tuple[int, Reply] | None:
        heard = asking.hear(seconds)
        answer = heard and heard[1].answer
        if heard and isinstance(answer, Answer) and answer.status == ACCEPTED:
            accepted.append(heard[1])
            say("count", f"{len(accepted)}/{number}", "")
        return heard

    return asking._replace(hear=hear)


def transmit(
    payloads: Sequence[Payload],
    destination: Destination,
    seconds: float,
    say: Say,
    *,
    alone: bool = False,
) -> tuple[Receipt, ...]:
    """Send the payloads (see `client.send`); a signal ends it at once."""
    try:
        from . import client

        with connect(destination, len(payloads)) as asking:
            receipts = client.send(
                payloads,
                _counted(asking, len(payloads), say),
                seconds,
                tell=lambda attempt: say(*_sentence(attempt), ""),
                alone=alone,
            )
        interruption.ignore()  # what is left to do is done at once, and must be done
    except Interrupted:  # between the lines; while it sends, the client takes it itself
        interrupted = FAILURES["interrupted"]
        receipts = tuple(Receipt(payload, interrupted) for payload in payloads)
    except Exception as error:  # a fault of ours, which loses nothing
        interruption.ignore()
        fault, detail = FAILURES["fault"], whereabouts(error)
        receipts = tuple(Receipt(payload, fault, detail) for payload in payloads)
    return receipts


def _sentence(attempt: Attempt) -> tuple[str, str]:
    """Say what became of an attempt: level and text. What is given up for good is told at the end."""
    if attempt.wait is None:
        return "debug", f"attempt {attempt.number}: {attempt.detail}"
    next_one = f"Trying again in {attempt.wait:.0f} s." if attempt.wait >= 1 else "Trying again."
    return "info", f"Attempt {attempt.number} failed: {attempt.detail}. {next_one}"
