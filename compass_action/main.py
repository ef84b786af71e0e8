"""Which command, where errors end, which exit code.

0: done, or a delivery that failed under `on-error: warn`, or skipped. 1: Compass refused, or could
not be reached. 2: the inputs or the event are wrong; nothing was sent.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from . import ci, report, snapshot, tracking
from .commands import ending
from .commands.call import Call
from .delivery import interruption
from .delivery.failures import FAILURES
from .errors import CompassEventError, InputError, Interrupted
from .inputs import command_line, given
from .inputs.table import INPUTS
from .report.log import Log
from .report.report import Report
from .text import Secrets, secrets_of


def console() -> NoReturn:
    """Run as a program."""
    import os

    code = 1
    try:
        interruption.listen()
        code = main(sys.argv[1:], os.environ)
    except Interrupted:  # so early, or so late, that there is nothing to tell
        pass
    try:
        sys.stdout.flush()
    except OSError:  # a reader that has gone away
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def main(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run one command and return the exit code."""
    env = snapshot.clean(environ)
    call = None
    try:
        line = command_line.parse(argv)
        if line.command in PROGRAMS:
            return PROGRAMS[line.command](list(line.rest))
        call = open_call(line.arguments, env, line.rest)._replace(offline=line.offline)
        return COMMANDS[line.command](call)
    except (CompassEventError, Interrupted) as error:
        # A command line that could not be read may hold a secret, so nothing of it is looked at.
        call = call or open_call({}, env)
        if isinstance(error, CompassEventError):
            return ending.refuse(call, error)
        call.log.say("error", "Nothing had been sent yet.", FAILURES["interrupted"].headline)
        ending.leave(call, Report({"outcome": "failed"}))
        return 1


def open_call(
    arguments: Mapping[str, str], env: Mapping[str, str], files: Sequence[str] = ()
) -> Call:
    """Read the inputs, and open the log in the host's manner, with the secrets hidden.

    This is the door at which secrets are stopped: once the token is known, it is hidden in all that
    the process was handed besides, so that nobody behind it has to think of it.
    """
    arguments, echoes = snapshot.clean(arguments), tracking.read_echoes(env)
    inputs, found, problems = given.parse(arguments, env, echoes)
    secrets = secrets_of(inputs.api_token, inputs.email)
    problems += given.find_leaks(found, secrets)
    if inputs.host_token:
        host = secrets_of(inputs.host_token, None)
        problems += given.find_leaks(found, host, "host-token")
        secrets = secrets.joined(host)
    own = [row for row in INPUTS if row.type.is_secret]
    variables = [name for row in own for name in row.variables]
    shown = (
        hide(arguments, secrets, [row.name for row in own]),
        hide(env, secrets, variables),
    )
    if shown != (arguments, env):
        arguments, env = shown
        inputs, found, more = given.parse(arguments, env, echoes)
        problems = list(dict.fromkeys([*problems, *more]))
    try:
        system = ci.detect(env, inputs.ci)
    except InputError as error:
        problems += error.problems
        system = ci.detect(env)
    log = Log(report.SPEAKERS[system.speaker], debug=inputs.debug or env.get(system.debug) == "1")
    log.hide(secrets)
    return Call(log, env, system, inputs, found, tuple(problems), tuple(files), secrets)


def hide(texts: Mapping[str, str], secrets: Secrets, but: Sequence[str]) -> dict[str, str]:
    """Hide the secrets in all texts but those that hold them by right."""
    return {name: text if name in but else secrets.hide_in(text) for name, text in texts.items()}


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
}
PROGRAMS: Mapping[str, Callable[[list[str]], int]] = {"sandbox": _sandbox, "demo": _demo}
"""Commands that read their arguments themselves."""
