"""What shall go wrong next, on request.

A fault is written as a JSON object (`POST /faults`, `--fault '{"status": 503}'`) or, on the
command line, as `status=503,times=2`. Faults befall requests to the events operation only, in
the order in which they were asked for. All fields are optional:

    status   answer with this status; the event is not accepted
    headers  headers to add to the answer, or to replace in it
    body     the answer's body, in place of the usual one
    delay    seconds to wait before answering; the event is accepted before the wait
    drop     `before`: close the connection before the body is read
             `after`: accept the event, then close the connection without an answer
    drip     seconds to wait before each byte of the answer
    times    for how many requests, 1 if not given
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from threading import Lock
from types import MappingProxyType
from typing import Any, NamedTuple

from compass_action.sandbox.contract import parse_json

MOST = 1_000
TEXTS = 2 * 1024 * 1024


class FaultError(ValueError):
    """What was asked for is not a fault."""


class Fault(NamedTuple):
    """See the module. A fault with neither `status` nor `drop` leaves the verdict as it is."""

    status: int | None = None
    headers: Mapping[str, str] = MappingProxyType({})
    body: str | None = None
    delay: float = 0.0
    drop: str | None = None
    drip: float = 0.0
    times: int = 1


def _is_headers(value: object) -> bool:
    return isinstance(value, dict) and all(
        re.fullmatch(r"[!#-'*+.^-z|~0-9A-Z-]+", name)
        and isinstance(text, str)
        and re.fullmatch(r"[\t -~]*", text)
        for name, text in value.items()
    )


def _is_seconds(value: object) -> bool:
    # True and False are ints to Python; not-a-number fails both comparisons.
    return isinstance(value, int | float) and value is not True and 0 <= value <= 3600


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "status": (lambda v: _is_whole(v, 200, 599), "a whole number from 200 to 599"),
    "headers": (_is_headers, "an object of header names and texts, in ASCII"),
    "body": (lambda v: isinstance(v, str), "a text"),
    "delay": (_is_seconds, "seconds, from 0 to 3600"),
    "drop": (lambda v: v in ("before", "after"), "before or after"),
    "drip": (_is_seconds, "seconds, from 0 to 3600"),
    "times": (lambda v: _is_whole(v, 1, 1_000_000), "a whole number from 1 on"),
}

NUMBERS = frozenset({"status", "delay", "drip", "times"})


def parse_fault(document: object) -> Fault:
    """One fault from its JSON object. Raises FaultError with every problem."""
    if not isinstance(document, dict):
        raise FaultError("a fault is a JSON object")
    problems = []
    for name, value in document.items():
        if name not in RULES:
            # What looks like no name may be anything, a token as well.
            named = name if re.fullmatch(r"[a-z_-]{1,20}", name) else "something"
            problems.append(f"{named} is not a field of a fault. Use: {', '.join(RULES)}")
        elif not RULES[name][0](value):
            problems.append(f"{name} must be {RULES[name][1]}")
    if "drop" in document:
        for name in ("status", "headers", "body", "drip"):
            if name in document:
                problems.append(f"{name} has no meaning beside drop: there is no answer")
    if not document.keys() - {"times"}:
        problems.append("it does not say what shall go wrong")
    if problems:
        raise FaultError("; ".join(problems))
    return Fault(**document)


def parse_faults(document: object) -> list[Fault]:
    """A list of faults, or a single one, from JSON."""
    return [parse_fault(one) for one in (document if isinstance(document, list) else [document])]


def parse_argument(text: str) -> Fault:
    """One fault from the command line: `status=503,times=2`, or a JSON object."""
    if text.lstrip().startswith("{"):
        try:
            document = parse_json(text.encode())
        except ValueError as error:
            raise FaultError(f"this is not JSON: {error}") from error
        return parse_fault(document)
    pairs: dict[str, object] = {}
    for pair in text.split(","):
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not equals:
            raise FaultError("write NAME=VALUE, with commas between several")
        if name == "headers":
            raise FaultError('write headers in JSON: {"headers": {"Retry-After": "2"}}')
        pairs[name] = _scalar(value) if name in NUMBERS else value
    return parse_fault(pairs)


def _scalar(text: str) -> object:
    """The number that is written here; else the text itself, for RULES to refuse."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


class FaultLine:
    """The faults to come, in order. Safe for threads."""

    def __init__(self) -> None:
        self._line: deque[tuple[Fault, int]] = deque()
        self._lock = Lock()

    def add(self, faults: list[Fault]) -> None:
        """Put faults at the end of the line. Raises FaultError where it gets too long."""
        with self._lock:
            texts = sum(len(fault.body or "") for fault, _ in self._line)
            texts += sum(len(fault.body or "") for fault in faults)
            if len(self._line) + len(faults) > MOST or texts > TEXTS:
                raise FaultError(f"at most {MOST} faults wait, with {TEXTS} characters in all")
            self._line.extend((fault, fault.times) for fault in faults)

    def take(self) -> Fault | None:
        """The fault of the next request, if any."""
        with self._lock:
            if not self._line:
                return None
            fault, left = self._line.popleft()
            if left > 1:
                self._line.appendleft((fault, left - 1))
            return fault

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        with self._lock:
            self._line.clear()

    def waiting(self) -> list[dict[str, Any]]:
        """What is still to come, as JSON objects; `times` counts down."""
        with self._lock:
            line = list(self._line)
        return [
            {name: _plain(value) for name, value in fault._asdict().items() if value}
            | {"times": left}
            for fault, left in line
        ]


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
