"""The program, as a process: it listens to signals before anything else is imported."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

from compass_action.delivery import interruption
from compass_action.errors import Interrupted, whereabouts

GC_THRESHOLD = 20_000
"""How many more objects are made than freed before the garbage collector runs; Python's default is 700."""


def console() -> NoReturn:
    """Run, and end with the exit code."""
    code, begun = 1, False
    # It would run fifty times while modules are imported, and find nothing.
    gc.set_threshold(GC_THRESHOLD)
    # Whoever sets the environment of a job could read along what is sent over TLS.
    os.environ.pop("SSLKEYLOGFILE", None)
    try:
        interruption.listen()
        from compass_action.main import main  # takes long enough for a signal to come

        begun = True
        code = main(sys.argv[1:], os.environ)
    except Interrupted:
        if not begun:  # else it is so late that there is nothing to tell
            _tell("Compass Event was stopped before it had begun. Nothing was sent.")
    except Exception as error:  # a fault of ours that nothing else could tell
        _tell(f"Compass Event itself has failed: {whereabouts(error)}.")
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # it is none where the process was started without one
            with suppress(OSError):  # a reader that has gone away
                stream.flush()
    # All that has to be closed is closed. To take the interpreter down in order, as sys.exit does,
    # would cost a fifth of the run's time.
    os._exit(code)


def _tell(text: str) -> None:
    with suppress(OSError, ValueError, AttributeError):  # nobody reads it, or there is no stream
        sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    console()
