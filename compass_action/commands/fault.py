"""A fault of ours: an exception that nobody has foreseen.

It counts as a delivery that has failed. It is told in one line without its own text, which may hold
anything; what was ready to be sent is kept; and it fails a job only where the user wants that.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence

from compass_action.connection.destination import Destination
from compass_action.delivery import dispatch
from compass_action.delivery.failures import FAILURES
from compass_action.delivery.receipt import Receipt
from compass_action.errors import Interrupted, whereabouts
from compass_action.inputs.command_line import CommandLine
from compass_action.inputs.table import BY_NAME
from compass_action.report import outcomes
from compass_action.report.report import Report
from compass_action.schemas import Payload

from . import ending
from .call import Call
from .opening import open_call

SETTINGS = ("on-error", "json")
"""What counts even where nothing else can be read."""


def open_bare(line: CommandLine, env: Mapping[str, str]) -> Call:
    """Open a call that knows nothing else, where one that reads everything cannot be opened."""
    variables = [name for row in SETTINGS for name in BY_NAME[row].variables]
    return open_call(CommandLine(arguments=_only(SETTINGS, line.arguments)), _only(variables, env))


def _only(names: Sequence[str], texts: Mapping[str, str]) -> dict[str, str]:
    return {name: texts[name] for name in names if name in texts}


def end(call: Call, error: Exception, *, fails: bool = False) -> int:
    """Tell it, where nothing was ready; returns the exit code. `fails`: whatever `on-error` says."""
    _trace(call, error)
    failure = FAILURES["fault"]
    fails = fails or call.inputs.on_error == "fail"
    level, told = ("error" if fails else "warning"), f"{whereabouts(error)}. {failure.hint}"
    call.log.say(level, told, failure.headline)
    ending.leave(call, Report({"outcome": "failed"}))
    return int(fails)


def keep(
    call: Call,
    error: Exception | Interrupted,
    payloads: Sequence[Payload],
    destination: Destination | None,
    *,
    begins: bool = False,
) -> int:
    """Tell it, or a signal, and put what was ready into the outbox; returns the exit code.

    Some of it may have been sent already. To send that again does no harm. What only `begins` is not
    kept: there is more to come.
    """
    if destination is None:  # a dry run has nothing to keep
        raise error
    stopped = isinstance(error, Interrupted)
    failure = FAILURES["interrupted" if stopped else "fault"]
    detail = "" if isinstance(error, Interrupted) else whereabouts(error)
    receipts: Sequence[Receipt] = [Receipt(payload, failure, detail) for payload in payloads]
    if not begins:
        receipts = dispatch.keep(receipts, destination, call.inputs.outbox, call.log.say)
    _trace(call, error)
    summary = outcomes.outcome(receipts)
    left = Report(outcomes.outputs(summary, (), (), receipts), tuple(map(outcomes.row, receipts)))
    if begins:
        return ending.conclude_begin(call, receipts, left, remembered=False)
    return ending.conclude(call, receipts, left)


def _trace(call: Call, error: BaseException) -> None:
    """Say which calls led there, for whoever mends it; of the texts none but the source's own."""
    if not isinstance(error, Interrupted):
        frames = traceback.format_list(traceback.extract_tb(error.__traceback__))
        call.log.say("debug", "".join(frames).rstrip())
