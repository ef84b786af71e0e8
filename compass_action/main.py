"""Which command, where errors end, which exit code.

0: done, or a delivery that failed under `on-error: warn`, or skipped. 1: Compass refused, could not
be reached, or did not tell what the event needs. 2: the inputs or the event are wrong; nothing was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from . import __version__, report, snapshot
from .commands import ending
from .commands.call import Call
from .commands.opening import open_call
from .delivery.failures import FAILURES
from .errors import CompassEventError, Interrupted
from .inputs import command_line
from .inputs.command_line import CommandLine
from .report.report import Report


def main(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run one command and return the exit code."""
    env = snapshot.clean(environ)
    line = CommandLine()
    call: Call | None = None
    try:
        try:
            line = command_line.parse(argv)
            if line.command in PROGRAMS:
                return PROGRAMS[line.command](list(line.rest))
            call = open_call(line, env, keeps_streams=line.command in KEEPING_STREAMS)
            code = COMMANDS[line.command](call)
        except (CompassEventError, Interrupted) as error:
            # A command line that could not be read may hold a secret, so nothing of it is looked at.
            unread = {"json": command_line.asks_for_json(argv)}
            call = call or open_call(CommandLine(arguments=unread), env)
            code = _refuse(call, error)
    except Exception as error:  # a fault of ours
        if line.command in PROGRAMS:
            raise
        from .commands import fault

        call = call or fault.open_bare(line, env)
        code = fault.end(call, error, fails=line.command in TELLING)
    if call.inputs.json and not call.keeps_streams:
        report.print_json(call.log, code)
    return code


def _refuse(call: Call, error: CompassEventError | Interrupted) -> int:
    if isinstance(error, CompassEventError):
        return ending.refuse(call, error)
    headline = FAILURES["interrupted"].headline
    call.log.say("error", "Nothing had been sent yet.", headline)
    ending.leave(call, Report({"outcome": "failed"}))
    return 1


# Each is imported where it is called: a run pays for the one it needs.
def _send(call: Call) -> int:
    from .commands.send import send

    return send(call)


def _post(call: Call) -> int:
    from .commands.send import post

    return post(call)


def _check(call: Call) -> int:
    from .commands.check import check

    return check(call)


def _verify(call: Call) -> int:
    from .commands.verify import verify

    return verify(call)


def _replay(call: Call) -> int:
    from .commands.replay import replay

    return replay(call)


def _run(call: Call) -> int:
    from .commands.run import run

    return run(call)


def _events(call: Call) -> int:
    from .commands.events import events

    return events(call)


def _help(topics: list[str]) -> int:
    from .commands.help import explain

    return explain(topics)


def _version(_: list[str]) -> int:
    report.print_text(f"compass-event {__version__}")
    return 0


def _completion(shells: list[str]) -> int:
    from .commands.completion import completion
    from .sandbox import options

    return completion(shells, {"sandbox": options.parser})


def _sandbox(arguments: list[str]) -> int:
    from . import sandbox

    return sandbox.main(arguments)


def _demo(arguments: list[str]) -> int:
    from . import demo

    return demo.main(arguments)


COMMANDS: Mapping[str, Callable[[Call], int]] = {
    "send": _send,
    "post": _post,
    "check": _check,
    "verify": _verify,
    "replay": _replay,
    "run": _run,
    "events": _events,
}
PROGRAMS: Mapping[str, Callable[[list[str]], int]] = {
    "sandbox": _sandbox,
    "demo": _demo,
    "help": _help,
    "version": _version,
    "completion": _completion,
}
"""Commands that read no inputs."""
TELLING = ("check", "verify")
"""Commands that send nothing, and are called for what they tell."""
KEEPING_STREAMS = ("run",)
"""Commands whose standard output belongs to somebody else."""
