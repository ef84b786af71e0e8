"""The options of `compass-event sandbox`."""

from __future__ import annotations

import argparse
import ipaddress
import re
from pathlib import Path
from typing import NoReturn

from compass_action.sandbox.answer import STAND_IN
from compass_action.sandbox.contract import COMPONENT_ARI
from compass_action.sandbox.faults import Fault, FaultError, parse_argument
from compass_action.sandbox.feed import KEEP
from compass_action.sandbox.problems import UNFINISHED_MINUTES

HOST = "127.0.0.1"
PORT = 8377
"""The default. Fixed, so that what users write into COMPASS_API_URL stays true."""


class _Parser(argparse.ArgumentParser):
    """Shows no value: who takes this command line for that of the program may have written a token."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, as argparse does, and end."""
        stranger = re.fullmatch(
            r"unrecognized arguments: (--[a-z-]+(?=[=\s]|$))?.*", message, re.DOTALL
        )
        if stranger:
            word = (
                f"{stranger[1]} is not an option" if stranger[1] else "a word is not expected here"
            )
            message = f"{word}; see compass-event sandbox --help"
        super().error(
            re.sub(r"ignored explicit argument.*", "it takes no value", message, flags=re.DOTALL)
        )


def parser() -> argparse.ArgumentParser:
    """Reads them; it ends the program where they are wrong."""
    options = _Parser(
        prog="compass-event sandbox",
        description=STAND_IN,
        allow_abbrev=False,
    )
    options.add_argument(
        "--port", type=_port, default=PORT, help=f"default: {PORT}; 0 for any free one"
    )
    options.add_argument(
        "--rate-limit",
        type=_rate_limit,
        default=100,
        metavar="N",
        help="requests per user and minute; default: 100, as Compass has it; 0 for no limit",
    )
    options.add_argument(
        "--fault",
        type=_fault,
        action="append",
        default=[],
        help="what shall go wrong with the next requests, as status=503,times=2 or a JSON object "
        "of status, headers, body, delay, drop (before, after), drip, times; may be repeated",
    )
    options.add_argument(
        "--component",
        type=_component,
        action="append",
        metavar="ARI",
        help="a component that exists; may be repeated; without it every component exists",
    )
    options.add_argument(
        "--host",
        type=_host,
        default=HOST,
        metavar="ADDRESS",
        help=f"the address to listen at; default: {HOST}, which only this machine reaches. For "
        "containers on this machine use the address of their bridge, or 0.0.0.0 for all networks",
    )
    options.add_argument(
        "--allow-host",
        type=_host_name,
        action="append",
        default=[],
        metavar="NAME",
        help="a name by which the sandbox is reached, such as that of a service; may be repeated",
    )
    options.add_argument(
        "--store",
        type=Path,
        metavar="FILE",
        help="a file that keeps the feed; without it, it ends with the sandbox",
    )
    options.add_argument(
        "--keep",
        type=_keep,
        default=KEEP,
        metavar="N",
        help=f"how many events are kept, the newest; default: {KEEP}",
    )
    options.add_argument(
        "--name",
        type=_name,
        action="append",
        default=[],
        metavar="ARI=NAME",
        help="what to call a component; may be repeated",
    )
    options.add_argument(
        "--fail-on-problem",
        action="store_true",
        help="end with exit code 1 and a list, if something is wrong with what was sent; what is "
        "still in progress then, is",
    )
    options.add_argument(
        "--unfinished-after",
        type=_minutes,
        default=UNFINISHED_MINUTES,
        metavar="MINUTES",
        help="when something that is in progress counts as a problem while the sandbox runs; "
        f"default: {UNFINISHED_MINUTES}",
    )
    options.add_argument("--log", action="store_true", help="a line for each request, to stderr")
    return options


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError("it is not a port. Use a number from 0 to 65535.")
    return int(text)


def _host(text: str) -> str:
    if text == "localhost":
        return HOST
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        message = f"it is not an address. Use {HOST}, the bridge's address, or 0.0.0.0."
        raise argparse.ArgumentTypeError(message) from None


def _host_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", text):
        raise argparse.ArgumentTypeError("it is not a host's name. Leave out any port.")
    return text


def _keep(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError("it is not a number from 1 to 1000000.")
    return int(text)


def _minutes(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 1_000_000:
        raise argparse.ArgumentTypeError("it is not a number of minutes.")
    return int(text)


def _name(text: str) -> tuple[str, str]:
    ari, equals, name = text.rpartition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError("it is not ARI=NAME.")
    return _component(ari), name


def _rate_limit(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError("it is not a limit. Use 0 (none) or more.")
    return int(text)


def _fault(text: str) -> Fault:
    try:
        return parse_argument(text)
    except FaultError as error:
        raise argparse.ArgumentTypeError(f"it is not a fault: {error}") from error


def _component(text: str) -> str:
    if not COMPONENT_ARI.fullmatch(text):
        raise argparse.ArgumentTypeError("it is not the ARI of a component.")
    return text
