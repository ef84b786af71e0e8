"""All cells, at once: most of a cell's time is waiting."""

from __future__ import annotations

import multiprocessing
import socket
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import product

from tests.faults.cell import FAULTS, Cell, Result, no_name_server, run

CELLS = tuple(
    Cell(fault, on_error, components)
    for fault, on_error, components in product(FAULTS, ("warn", "fail"), (1, 3))
)
WORKERS = 10


def play(cells: Iterable[Cell] = CELLS) -> dict[str, Result]:
    """Play the cells in forked processes; their results by name."""
    cells = list(cells)
    for module in (
        "compass_action.connection.connection",
        "compass_action.delivery.client",
        "compass_action.delivery.outbox",
        "jsonschema.validators",
    ):
        __import__(module)  # once, before the fork
    context = multiprocessing.get_context("fork")
    # The slow ones first, so that none is left over at the end.
    order = sorted(cells, key=lambda cell: -cell.timeout)
    with ProcessPoolExecutor(WORKERS, context, initializer=_prepare) as pool:
        results = dict(zip((cell.name for cell in order), pool.map(run, order), strict=True))
    return {cell.name: results[cell.name] for cell in cells}


def _prepare() -> None:
    setattr(socket, "getaddrinfo", no_name_server)  # noqa: B010 - mypy knows its type too well
