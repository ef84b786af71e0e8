"""`compass-event sandbox`: run the stand-in until a signal ends it."""

from __future__ import annotations

import argparse
import errno
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType

from compass_action.sandbox.contract import COMPONENT_ARI
from compass_action.sandbox.faults import Fault, FaultError, parse_argument
from compass_action.sandbox.handler import ENDPOINTS
from compass_action.sandbox.intake import STAND_IN
from compass_action.sandbox.server import HOST, Sandbox, running_sandbox

PORT = 8377
"""The default. Fixed, so that what users write into COMPASS_API_URL stays true."""

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main(argv: Sequence[str]) -> int:
    """Serve until SIGINT or SIGTERM. The exit code: 0, or 2 if it could not start."""
    try:
        options = _parser().parse_args(argv)
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
            faults=options.fault,
            log=_print_error if options.log else None,
        ) as sandbox:
            _introduce(sandbox)
            stop.wait()
    except OSError as error:
        _print_error(_cannot_listen(options.port, error))
        return 2
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    return 0


def _setter(event: threading.Event) -> Callable[[int, FrameType | None], None]:
    return lambda _number, _frame: event.set()


def _introduce(sandbox: Sandbox) -> None:
    width = max(map(len, ENDPOINTS))
    lines = [
        f"The sandbox listens at {sandbox.url}",
        STAND_IN,
        "",
        f"To send to it:  export COMPASS_API_URL={sandbox.url}",
        "with any COMPASS_EMAIL and COMPASS_API_TOKEN, and no COMPASS_SITE.",
        "",
        *(f"  {endpoint:<{width}}  {meaning}" for endpoint, meaning in ENDPOINTS.items()),
        "",
        "Ctrl-C ends it.",
    ]
    # A reader that has gone away (`compass-event sandbox | head -1`) is no reason to stop.
    with suppress(BrokenPipeError):
        print("\n".join(lines), flush=True)


def _cannot_listen(port: int, error: OSError) -> str:
    why = {
        errno.EADDRINUSE: "another program is listening there",
        errno.EACCES: "this user may not listen there",
    }.get(error.errno or 0, str(error))
    return (
        f"The sandbox cannot listen on {HOST}:{port}: {why}. "
        "Choose another port with --port, or any free one with --port 0."
    )


def _print_error(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="compass-event sandbox",
        description=STAND_IN,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--port", type=_port, default=PORT, help=f"default: {PORT}; 0 for any free one"
    )
    parser.add_argument(
        "--rate-limit",
        type=_rate_limit,
        default=100,
        metavar="N",
        help="requests per user and minute; default: 100, as Compass has it; 0 for no limit",
    )
    parser.add_argument(
        "--fault",
        type=_fault,
        action="append",
        default=[],
        help="what shall go wrong with the next requests, as status=503,times=2 or a JSON object "
        "of status, headers, body, delay, drop (before, after), drip, times; may be repeated",
    )
    parser.add_argument(
        "--component",
        type=_component,
        action="append",
        metavar="ARI",
        help="a component that exists; may be repeated; without it every component exists",
    )
    parser.add_argument("--log", action="store_true", help="a line for each request, to stderr")
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port. Use a number from 0 to 65535.")
    return int(text)


def _rate_limit(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a limit. Use 0 (none) or more.")
    return int(text)


def _fault(text: str) -> Fault:
    try:
        return parse_argument(text)
    except FaultError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a fault: {error}") from error


def _component(text: str) -> str:
    if not COMPONENT_ARI.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not the ARI of a component.")
    return text
