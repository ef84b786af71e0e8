"""The end of a run: what is said, what is left behind, the exit code."""

from __future__ import annotations

from collections.abc import Sequence

from compass_action import report
from compass_action.delivery import dispatch
from compass_action.delivery.receipt import Receipt
from compass_action.errors import SKIPPED, CompassEventError, Unanswered
from compass_action.inputs.table import BY_NAME
from compass_action.report import lines, outcomes
from compass_action.report.report import Report

from .call import Call
from .prepare import site_address


def budget(
    call: Call,
    number: int,
    noun: str = "components",
    *,
    begins: bool = False,
    hurried: bool = False,
) -> float:
    """Give the sending the time that the rate limit takes, unless somebody has said how long it may take,
    or the host is about to kill the job.
    """
    rest = "The others are lost: raise timeout, or give outbox."
    if call.inputs.outbox:
        rest = "The others go to the outbox."
    if begins:
        rest = "The others begin with their outcome."
    said = call.given.get("timeout")
    # Surfaces hand on the default as if somebody had chosen it; on a command line somebody has.
    chosen = said and (said.source.startswith("--") or said.text != BY_NAME["timeout"].default)
    fixed = hurried or bool(chosen)
    return dispatch.budget(number, noun, call.inputs.timeout, call.log.say, fixed=fixed, rest=rest)


def conclude(
    call: Call, receipts: Sequence[Receipt], left: Report, *, kept: str | None = None
) -> int:
    """Say what became of the payloads, leave the report behind, and return the exit code.

    `kept`: where the payloads are anyhow, in a replay.
    """
    fails = call.inputs.on_error == "fail"
    level = "error" if fails else "warning"
    for message in outcomes.closing(receipts, level, call.inputs.outbox, kept or "", left.names):
        call.log.say(*message)
    warn_of_clock(call, receipts)
    leave(call, left)
    return 1 if fails and not all(receipt.accepted for receipt in receipts) else 0


def conclude_begin(
    call: Call, receipts: Sequence[Receipt], left: Report, *, remembered: bool
) -> int:
    """End the report of something that has only begun: it never fails a job, for there is more to come."""
    failed = [receipt for receipt in receipts if not receipt.accepted]
    for message in outcomes.accepted(receipts) if len(failed) < len(receipts) else ():
        call.log.say(*message)
    if failed:
        first = failed[0]
        headline = first.failure.headline if first.failure else ""
        call.log.say(*outcomes.begin_lost(headline, first.detail, remembered=remembered))
    warn_of_clock(call, receipts)
    return leave(call, left)


def refuse(call: Call, error: CompassEventError, *, softened: bool = False) -> int:
    """Tell everything that is wrong, of which nothing was sent; 2, or 0 where nothing may fail a job.

    What Compass did not answer is a failed delivery: 1 where that fails a job.
    """
    told, problems, code = tuple(map(str, error.problems)), error.problems, 2
    softened = softened or call.inputs.on_error == "warn-all"
    if isinstance(error, Unanswered):
        told += (error.hint,) if call.inputs.dry_run else (error.hint, error.lost)
        softened, problems, code = softened or call.inputs.on_error == "warn", (), 1
    level = "warning" if softened else "error"
    call.log.say(level, "\n".join(told), error.headline, problems)
    leave(call, Report({"outcome": "failed"}, title=error.headline, problems=told))
    return 0 if softened else code


def refuse_to_tell(call: Call, error: Unanswered) -> int:
    """End a command that sends nothing, and cannot tell what it was called for: nothing is lost."""
    inputs = call.inputs._replace(on_error="fail", dry_run=True)
    return refuse(call._replace(inputs=inputs), error)


def lose_begin(call: Call, error: Unanswered) -> int:
    """End what has only begun and could not even be prepared: there is more to come."""
    said = " ".join(problem.what for problem in error.problems).removesuffix(".")
    call.log.say(*outcomes.begin_lost(error.headline, said, remembered=False))
    return leave(call, Report({"outcome": "failed"}))


def skip(call: Call, reason: str) -> int:
    """Say why there is nothing to send."""
    call.log.say("notice", reason, SKIPPED)
    return leave(call, Report(outcomes.outputs("skipped", ())))


def leave(call: Call, left: Report) -> int:
    """Leave a report behind; the exit code is that of a run in which nothing failed."""
    left = left._replace(facts={**left.facts, "site": lines.host(site_address(call.inputs))})
    report.save(left, call.system.speaker, call.env, call.log)
    return 0


def warn_of_clock(call: Call, receipts: Sequence[Receipt]) -> None:
    """Warn where our clock and Compass's are apart: update sequence numbers are times."""
    for message in outcomes.clock(receipts):
        call.log.say(*message)
