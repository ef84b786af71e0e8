"""Opening a call: the inputs read, the log in the host's manner, the secrets stopped at the door."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from compass_action import ci, report, snapshot, tracking, workspace
from compass_action.connection.destination import only_strongest
from compass_action.errors import InputError
from compass_action.inputs import given
from compass_action.inputs.command_line import CommandLine
from compass_action.inputs.table import INPUTS
from compass_action.report.log import Log
from compass_action.text import Secrets, secrets_of

from .call import Call


def open_call(line: CommandLine, env: Mapping[str, str], *, keeps_streams: bool = False) -> Call:
    """Read the inputs, and open the log with the secrets hidden; what is wrong waits to be told.

    Once the token is known, it is hidden in all that the process was handed besides, so that nobody
    behind this door has to think of it.
    """
    arguments, echoes = snapshot.clean(line.arguments), tracking.read_echoes(env)

    def read(path: str) -> str:
        return workspace.read_workspace_file(ci.workspace(env), path)

    inputs, found, problems = given.parse(arguments, env, echoes, read)
    secrets = secrets_of(inputs.api_token, inputs.email)
    leaks = list(given.find_leaks(found, secrets))
    if inputs.host_token:
        host = secrets_of(inputs.host_token, None)
        leaks += given.find_leaks(found, host, "host-token")
        secrets = secrets.joined(host)
    own = [row for row in INPUTS if row.type.is_secret]
    variables = [name for row in own for name in row.variables]
    shown = _hide(arguments, secrets, [row.name for row in own]), _hide(env, secrets, variables)
    if shown != (arguments, env):
        arguments, env = shown
        inputs, found, problems = given.parse(arguments, env, echoes, read)
    leaking = {problem.where for problem in leaks}
    problems = [*(p for p in problems if p.where not in leaking), *leaks, *line.problems]
    try:  # here, so that no command can forget it
        inputs = only_strongest(inputs, found)
    except InputError as error:
        problems += () if inputs.dry_run else error.problems
    try:
        system = ci.detect(env, inputs.ci)
    except InputError as error:
        problems += error.problems
        system = ci.detect(env)
    log = Log(
        report.SPEAKERS[system.speaker],
        debug=inputs.debug or env.get(system.debug) == "1",
        stream=sys.stderr if inputs.json or keeps_streams else None,
        errors=None if system.naming else sys.stderr,
        env=env,
    )
    log.hide(secrets)
    return Call(
        log,
        env,
        system,
        inputs,
        found,
        tuple(problems),
        line.rest,
        secrets,
        keeps_streams,
        line.offline,
    )


def _hide(texts: Mapping[str, str], secrets: Secrets, but: Sequence[str]) -> dict[str, str]:
    """Hide the secrets in all texts but those that hold them by right."""
    return {name: text if name in but else secrets.hide_in(text) for name, text in texts.items()}
