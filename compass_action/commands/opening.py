"""Opening a call: the inputs read, the log in the host's manner, the secrets stopped at the door."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import partial

from compass_action import ci, report, snapshot, tracking, workspace
from compass_action.ci.system import System
from compass_action.connection.destination import find_wrong, only_strongest
from compass_action.errors import InputError
from compass_action.inputs import given, paths
from compass_action.inputs.command_line import CommandLine
from compass_action.inputs.commands import COMMANDS
from compass_action.inputs.table import BY_NAME, INPUTS, Inputs
from compass_action.report.log import Log
from compass_action.snapshot import Wanted
from compass_action.text import Secrets, secrets_of

from .call import Call

NO_SECRETS = Secrets()


def open_call(line: CommandLine, env: Mapping[str, str], *, keeps_streams: bool = False) -> Call:
    """Read the inputs, and open the log with the secrets hidden; what is wrong waits to be told.

    Once the token is known, it is hidden in all that the process was handed besides, so that nobody
    behind this door has to think of it.
    """
    arguments, echoes = snapshot.clean(line.arguments), tracking.read_echoes(env)
    here = _find_shown(arguments, env)
    by_runner = here.sets_inputs(env)
    parse = partial(given.parse, echoes=echoes, surfaces=here.surfaces, by_runner=by_runner)
    inputs, found, problems = parse(arguments, env, read_file=partial(_read_file, here, env))
    secrets = secrets_of(inputs.api_token, inputs.email)
    leaks = list(given.find_leaks(found, secrets))
    if inputs.host_token:
        host = secrets_of(inputs.host_token, None)
        leaks += given.find_leaks(found, host, "host-token")
        secrets = secrets.joined(host)
    own = [row for row in INPUTS if row.type.is_secret]
    variables = [name for row in own for name in row.variables]
    shown = _hide(arguments, secrets, [row.name for row in own]), _hide(env, secrets, variables)
    if shown != (arguments, env) or given.names_file(found):
        arguments, env = shown
        read = partial(_read_file, here, env, secrets=secrets)
        inputs, found, problems = parse(arguments, env, read_file=read)
    inputs, doubt = _settle_changed_files(inputs, found, env)
    leaking = {problem.where for problem in leaks}
    problems = [*(p for p in problems if p.where not in leaking), *leaks, *line.problems]
    reads = COMMANDS[line.command].reads
    if reads:  # what is set for a whole project is none of this command's business
        problems = [p for p in problems if p.where in reads or p.where not in BY_NAME]
    # Here, so that no command can forget it.
    inputs, undecided = only_strongest(inputs, found, by_runner=by_runner)
    # A dry run goes nowhere, so nobody else looks at what is given of the way there.
    problems += find_wrong(inputs, env, found) if inputs.dry_run else undecided
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
    if doubt:
        log.say("warning", doubt)
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


def _find_shown(arguments: Mapping[str, str], env: Mapping[str, str]) -> System:
    """Find the system that the environment shows; where it shows none, the one that `ci` names.

    Whose variables count for inputs, and whose files, is not for `ci` to say: it may be planted, too.
    """
    shown = ci.detect(env)
    named = None if shown.naming else given.find(BY_NAME["ci"], arguments, env)
    return ci.SYSTEMS.get(named.text.lower(), shown) if named else shown


def _read_file(
    system: System, env: Mapping[str, str], path: str, secrets: Secrets = NO_SECRETS
) -> str:
    """Read a file of the workspace that an input names. Raises ValueError."""
    folder = workspace.find(ci.workspace(env))
    if system.needs_git(env):  # the run has secrets, and may be about what a stranger has written
        wanted = Wanted(folder, env.get(system.trigger), git=True)
        run = system.parse(snapshot.read(env, wanted), Inputs())
        nested = workspace.is_nested(folder, path)
        if reason := run.foreign_files or (run.foreign_below if nested else None):
            raise ValueError(f"{reason}. Write what it says in place of @{path}.")
    text = workspace.read_workspace_file(folder, path)
    if secrets.stand_in(text):
        raise ValueError(
            "it holds a token. Take it out: only api-token and host-token are for one."
        )
    return secrets.hide_in(text)


def _settle_changed_files(
    inputs: Inputs, found: Mapping[str, given.Given], env: Mapping[str, str]
) -> tuple[Inputs, str | None]:
    """Settle whether one line with blanks is one path or several: by what there is in the checkout: files,
    and of files that are gone, folders. If there is neither, it stays one path, and that is said.
    """
    named = found.get("changed-files")
    several = paths.split_at_blanks(named.text) if named else ()
    if not several or not inputs.changed_files:
        return inputs, None
    folder = workspace.find(ci.workspace(env))
    there = partial(workspace.holds, folder)
    if any(map(there, inputs.changed_files)):
        return inputs, None
    of_one, of_several = (
        [path.rpartition("/")[0] for path in read] for read in (inputs.changed_files, several)
    )
    # The root is always there, and speaks for neither.
    folders_tell = not any(map(there, of_one)) and any(map(there, filter(None, of_several)))
    if folders_tell or any(map(there, several)):
        return inputs._replace(changed_files=several), None
    return inputs, (
        "changed-files is one line with blanks, and was read as one path: the checkout has no file of "
        "that name, nor of any of its words. Write one path on each line, or a JSON list."
    )


def _hide(texts: Mapping[str, str], secrets: Secrets, but: Sequence[str]) -> dict[str, str]:
    """Hide the secrets in all texts but those that hold them by right."""
    return {name: text if name in but else secrets.hide_in(text) for name, text in texts.items()}
