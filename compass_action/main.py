"""The steps, in order; the end of all errors; the only exit code.

0: done, or a delivery that failed under `on-error: warn`, or skipped. 1: Compass refused, or could
not be reached. 2: the inputs or the event are wrong; nothing was sent.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from . import (
    __version__,
    ci,
    command_line,
    components,
    connection,
    delivery,
    events,
    inputs,
    interruption,
    outcomes,
    preview,
    states,
    tracking,
)
from . import snapshot as snapshots
from .answers import FAILURES
from .errors import (
    SKIPPED,
    CompassEventError,
    EventError,
    InputError,
    Interrupted,
    Problem,
)
from .report import Log, Report
from .report.safe import secret_forms
from .schemas import Payload, validate

if TYPE_CHECKING:
    from .ci.run import CiRun
    from .given import Given
    from .inputs import Inputs
    from .snapshot import Snapshot
    from .tracking import Tracked

POST_TIMEOUT_MAX_SECONDS = 120
"""A cancelled job has five minutes for all its post steps together."""


def console() -> NoReturn:
    """Run as a program."""
    import os

    code = 1
    try:
        interruption.listen()
        code = main(sys.argv[1:], os.environ)
    except Interrupted:  # so early, or so late, that there is nothing to tell
        pass
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # a reader that has gone away
            stream.flush()
    # All that has to be closed is closed. To take the interpreter down in order, as sys.exit does,
    # would cost a fifth of the run's time.
    os._exit(code)


def main(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run one command and return the exit code."""
    log = unopened = Log(ci.UNKNOWN)
    try:
        line = command_line.parse(argv)
        if line.command == "sandbox":
            from . import sandbox

            return sandbox.main(list(line.rest))
        if line.command == "demo":
            from . import demo

            return demo.main(list(line.rest))
        snapshot = snapshots.read(line.arguments, environ)
        asked, given, problems = inputs.parse(snapshot.arguments, snapshot.env)
        log = _open_log(asked, snapshot.env)
        if line.command == "replay":
            from .replay import replay

            return replay(line.rest, asked, snapshot, problems, log)
        return _report_event(line.command, asked, given, problems, snapshot, log)
    except CompassEventError as error:
        if log is unopened:  # the command line could not be read, and may hold a secret
            env = snapshots.clean(environ)
            log = _open_log(inputs.parse({}, env)[0], env)
        log.say("error", "\n".join(map(str, error.problems)), error.headline)
        log.save(Report({"outcome": "failed"}), environ)
        return 2
    except Interrupted:
        log.say("error", "Nothing had been sent yet.", FAILURES["interrupted"].headline)
        log.save(Report({"outcome": "failed"}), environ)
        return 1


def _open_log(asked: Inputs, env: Mapping[str, str]) -> Log:
    """Open the log in the host's manner and hide the secrets before anything else is said."""
    try:
        system = ci.detect(env, asked.ci)
    except InputError:
        system = ci.detect(env)
    log = Log(system, debug=asked.debug or env.get("RUNNER_DEBUG") == "1")
    log.hide(secret_forms(asked.api_token, asked.email or "") if asked.api_token else ())
    return log


def _report_event(
    command: str,
    asked: Inputs,
    given: Mapping[str, Given],
    problems: list[Problem],
    snapshot: Snapshot,
    log: Log,
) -> int:
    """Interpret, build, validate, send, report."""
    resumed = snapshot.begun if command == "post" else None
    if command == "post" and resumed is None:
        log.say("debug", "Nothing was begun by the main stage, so there is nothing to end.")
        return 0
    system = ci.detect(snapshot.env, asked.ci)
    run = ci.SYSTEMS[system].parse(snapshot, asked)
    if command == "post":
        over = None if states.is_begun(asked.state) else asked.state  # else the job's own outcome
        timeout = min(asked.timeout, POST_TIMEOUT_MAX_SECONDS)
        asked = replace(asked, state=over, timeout=timeout)
    elif asked.track:
        problems = [*problems, *tracking.find_problems(asked, system)]
        asked = replace(asked, state="in_progress", completed_at=None)
    if run.withholds_secrets and not asked.api_token and not asked.dry_run and command != "check":
        log.say("notice", f"{system} hands no secrets to {run.withholds_secrets}.", SKIPPED)
        log.save(Report(outcomes.outputs("skipped", ())), snapshot.env)
        return 0
    built, where = _build(command, asked, run, problems, snapshot, resumed)
    payloads = _validate(built.events, asked)
    log.say("info", f"Compass Event {__version__} {_whereabouts(system)}")
    for message in outcomes.opening(built.events):
        log.say(*message)
    for notice in built.notices:
        log.say("notice", notice)
    if command == "check" or where is None:  # a dry run has no connection
        preview.show(asked, given if command == "check" else {}, payloads, log)
        log.save(outcomes.report("dry-run", built.events, payloads), snapshot.env)
        return 0
    tracked = _tracked(command, asked, built, system)
    if tracked:
        log.save(Report(tracked=tracked), snapshot.env)  # now: the process may not reach the end
    receipts = delivery.deliver(payloads, where, asked, log)
    failed = [receipt for receipt in receipts if not receipt.accepted]
    level = "error" if asked.on_error == "fail" else "warning"
    for message in outcomes.closing(receipts, level, asked.outbox):
        log.say(*message)
    summary = outcomes.outcome(receipts)
    log.save(outcomes.report(summary, built.events, payloads, receipts, tracked), snapshot.env)
    return 1 if failed and asked.on_error == "fail" else 0


def _whereabouts(system: str) -> str:
    return "on no CI system that it knows" if system == ci.UNKNOWN else f"on {system}"


def _build(
    command: str,
    asked: Inputs,
    run: CiRun,
    problems: list[Problem],
    snapshot: Snapshot,
    resumed: Tracked | None,
) -> tuple[events.Events, connection.Connection | None]:
    """Build the events and the connection. Raises InputError with the problems of both."""
    built = where = None
    problems = list(problems)
    try:
        built = events.build(
            asked,
            run,
            lambda ids: components.choose(asked, snapshot.component_files, ids),
            snapshot.now,
            snapshot.tracked,
            resumed,
        )
    except InputError as error:
        problems += error.problems
    if not asked.dry_run:
        try:
            where = connection.open_to(asked, snapshot.env)
        except InputError as error:
            problems += error.problems
    if built is None or problems:
        raise InputError(_once(problems))
    return built, where


def _once(problems: Sequence[Problem]) -> list[Problem]:
    """Leave out that an input is not given where it was given and could not be read."""
    missing = "it is not given"
    unread = {problem.where for problem in problems if not problem.what.startswith(missing)}
    return [p for p in problems if not (p.what.startswith(missing) and p.where in unread)]


def _validate(built: Sequence[events.Event], asked: Inputs) -> tuple[Payload, ...]:
    """Validate all events. Raises EventError, also if a secret has got into one."""
    payloads = tuple(validate(event) for event in built)
    forms = secret_forms(asked.api_token, asked.email or "") if asked.api_token else ()
    if any(form.encode() in payload.body for form in forms for payload in payloads):
        message = "the API token stands in the event. Take it out of the input it came from."
        raise EventError([Problem("$", message)])
    return payloads


def _tracked(command: str, asked: Inputs, built: events.Events, system: str) -> Tracked | None:
    """Make the record for a later stage, of an event that is begun and not ended."""
    event = built.events[0]
    begun = event.event_type in tracking.REQUIRED and event.part["state"] in (
        "IN_PROGRESS",
        "PENDING",
    )
    # On GitHub the record is what makes the post stage send, so it is kept only if that is wanted.
    if command != "send" or not begun or (system == "github" and not asked.track):
        return None
    return outcomes.track(event, (e.component_id for e in built.events))
