"""The sandbox that the demo plays to, and how it is kept open."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec

from compass_action.sandbox import Sandbox, running_sandbox

PORT = 8377
"""The sandbox's own, so that a page that is kept has the address that the docs name."""


@contextmanager
def sandbox(names: Mapping[str, str], *, keep: bool) -> Iterator[Sandbox]:
    """A sandbox at any free port; one that is kept at its usual port, if that is free."""
    with ExitStack() as stack:
        try:
            running = stack.enter_context(running_sandbox(PORT if keep else 0, names=names))
        except OSError:  # another sandbox is there
            running = stack.enter_context(running_sandbox(names=names))
        yield running


def stay(url: str, *, keep: bool) -> None:
    """Keep the page open until a signal comes, or say how to."""
    if not keep:
        print("KEEP=1 make demo keeps all of it open as a page to look at.")
        return
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ended.set())
    page = (
        "The page is open" if find_spec("jinja2") else "Without Jinja2 there is no page, but JSON"
    )
    print(f"{page} at {url} until Ctrl-C.", flush=True)
    ended.wait()
