"""`compass-event sandbox`: run the stand-in until a signal ends it."""

from __future__ import annotations

import errno
import ipaddress
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType

from compass_action.sandbox.answer import STAND_IN
from compass_action.sandbox.guard import TOKEN, is_loopback
from compass_action.sandbox.options import parser
from compass_action.sandbox.problems import KINDS
from compass_action.sandbox.routes import ENDPOINTS
from compass_action.sandbox.server import Sandbox, running_sandbox
from compass_action.sandbox.store import StoreError

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main(argv: Sequence[str]) -> int:
    """Serve until SIGINT or SIGTERM.

    The exit code: 0; 1 if there are problems and that was asked for; 2 if it could not start.
    """
    try:
        options = parser().parse_args(argv)
    except SystemExit as end:  # argparse has said why
        return 0 if end.code in (0, None) else 2
    # Handlers first: a signal that comes early must end the sandbox in order as well.
    stop = threading.Event()
    previous = {number: signal.signal(number, _setter(stop)) for number in SIGNALS}
    try:
        with running_sandbox(
            options.port,
            options.rate_limit,
            components=options.component,
            host=options.host,
            allowed_hosts=[*options.allow_host, *_own_names(options.host)],
            names=dict(options.name),
            store=options.store,
            keep=options.keep,
            unfinished_minutes=options.unfinished_after,
            faults=options.fault,
            log=_print_error if options.log else None,
        ) as sandbox:
            _introduce(sandbox, options.host)
            stop.wait()
            if options.fail_on_problem and _tell_problems(sandbox):
                return 1
    except OSError as error:
        _print_error(_cannot_listen(options.host, options.port, error))
        return 2
    except StoreError as error:
        _print_error(f"The sandbox cannot use {options.store}: {error}.")
        return 2
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    return 0


def _setter(event: threading.Event) -> Callable[[int, FrameType | None], None]:
    return lambda _number, _frame: event.set()


def _tell_problems(sandbox: Sandbox) -> bool:
    """Print what is wrong, now that all jobs have ended; whether there is anything."""
    found = sandbox.problems(ended=True)
    for one in found:
        kind = KINDS[one.kind]
        times = f" ({one.times} times)" if one.times > 1 else ""
        _print_error(f"{kind.title}: {one.says}{times}. {kind.hint}".replace("\n", " "))
    return bool(found)


def _own_names(host: str) -> list[str]:
    """What this machine is called by others, where they can reach it."""
    return [] if is_loopback(host) else [socket.gethostname()]


def _introduce(sandbox: Sandbox, host: str) -> None:
    loopback = is_loopback(host)
    url = sandbox.url
    if not loopback and ipaddress.ip_address(host).is_unspecified:
        url = f"http://{socket.gethostname()}:{sandbox.server_port}"
        _print_error(OPEN)
    elif not loopback:
        _print_error(OPEN)
    token = "any COMPASS_EMAIL and COMPASS_API_TOKEN" if loopback else f"COMPASS_API_TOKEN={TOKEN}"
    width = max(map(len, ENDPOINTS))
    lines = [
        f"The sandbox listens at {url}",
        STAND_IN,
        "",
        f"To send to it:  export COMPASS_API_URL={url}",
        f"with {token}, and no COMPASS_SITE.",
        "",
        *(f"  {endpoint:<{width}}  {meaning}" for endpoint, meaning in ENDPOINTS.items()),
        "",
        "Ctrl-C ends it.",
    ]
    # A reader that has gone away (`compass-event sandbox | head -1`) is no reason to stop.
    with suppress(BrokenPipeError):
        print("\n".join(lines), flush=True)


OPEN = (
    "Warning: whoever reaches this machine on the network can now read what is in the sandbox, send to "
    f"it, and clear it. It takes the token {TOKEN} and no other: never send a real one over http."
)


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    why = {
        errno.EADDRINUSE: "another program is listening there",
        errno.EACCES: "this user may not listen there",
        errno.EADDRNOTAVAIL: "this machine does not have that address",
    }.get(error.errno or 0, str(error))
    return (
        f"The sandbox cannot listen on {host}:{port}: {why}. "
        "Choose another port with --port, or any free one with --port 0."
    )


def _print_error(line: str) -> None:
    """Print a line. Jobs print it into their logs, and strangers may have had a hand in it: no command
    (`##[x]`) is left in it, and no control character.
    """
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)
    print(re.sub(r"#(?=[^\x00-\x7f]*#)", "# ", shown), file=sys.stderr, flush=True)
