"""Delivery: send, and keep in the outbox what did not arrive but may yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from . import interruption
from .answers import FAILURES
from .errors import OUTBOX_UNWRITTEN, Interrupted
from .receipt import Receipt

if TYPE_CHECKING:
    from .connection import Connection
    from .inputs import Inputs
    from .report import Log
    from .schemas import Payload


def deliver(
    payloads: Sequence[Payload], where: Connection, asked: Inputs, log: Log
) -> tuple[Receipt, ...]:
    """Send the payloads; one receipt for each, in order. Failures are receipts, not exceptions."""
    from . import outbox

    try:
        from . import client

        receipts = client.send(
            payloads, where, asked.timeout, on_attempt=lambda text: log.say("debug", text)
        )
        interruption.ignore()  # what is left to do is done at once, and must be done
    except Interrupted:  # between the lines; while it sends, the client takes it itself
        interrupted = FAILURES["interrupted"]
        receipts = tuple(Receipt(payload, interrupted) for payload in payloads)
    waiting = [r.payload for r in receipts if r.failure and r.failure.spool]
    if not asked.outbox or not waiting:
        return receipts
    try:
        outbox.spool(asked.outbox, waiting, where.url)
    except OSError as error:
        text = f"{asked.outbox} cannot be written ({type(error).__name__})."
        log.say("error", text, OUTBOX_UNWRITTEN)
        return receipts
    return tuple(replace(r, spooled=True) if r.failure and r.failure.spool else r for r in receipts)
