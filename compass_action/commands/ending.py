"""The end of a run: what is said, what is left behind, the exit code."""

from __future__ import annotations

from collections.abc import Sequence

from compass_action import report
from compass_action.delivery.receipt import Receipt
from compass_action.errors import CompassEventError
from compass_action.report import lines, outcomes
from compass_action.report.report import Report

from .call import Call
from .prepare import site_address


def conclude(
    call: Call, receipts: Sequence[Receipt], left: Report, *, kept: str | None = None
) -> int:
    """Say what became of the payloads, leave the report behind, and return the exit code.

    `kept`: where the payloads are anyhow, in a replay.
    """
    fails = call.inputs.on_error == "fail"
    level = "error" if fails else "warning"
    outbox = None if kept else call.inputs.outbox
    for message in outcomes.closing(receipts, level, outbox, kept or "", left.names):
        call.log.say(*message)
    leave(call, left)
    return 1 if fails and not all(receipt.accepted for receipt in receipts) else 0


def leave(call: Call, left: Report) -> int:
    """Leave a report behind; the exit code is that of a run in which nothing failed."""
    left = left._replace(facts={**left.facts, "site": lines.host(site_address(call.inputs))})
    report.save(left, call.system.speaker, call.env, call.log)
    return 0


def refuse(call: Call, error: CompassEventError) -> None:
    """Say all that is wrong with the inputs or the event, and leave a report of it."""
    told = tuple(map(str, error.problems))
    call.log.say("error", "\n".join(told), error.headline, error.problems)
    left = Report({"outcome": "failed"}, title=error.headline, problems=told)
    report.save(left, call.system.speaker, call.env, call.log)
