"""Copy a request into plain JSON values, and find what JSON or UTF-8 cannot say. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping

DEEPEST = 20
"""No schema goes deeper than 6; anything below is refused before it can exhaust the stack."""

Path = tuple[object, ...]


def copy_plain(value: object, faults: dict[Path, str], path: Path = ()) -> object:
    """Copy `value`, so that nobody can change it between its validation and its bytes.

    What cannot be copied is None in the copy and a sentence in `faults`.
    """
    if isinstance(value, Mapping):
        if len(path) < DEEPEST:
            return {key: copy_plain(held, faults, (*path, key)) for key, held in value.items()}
        fault = f"It is nested more than {DEEPEST} levels deep. Write what the schema asks for."
    elif isinstance(value, list | tuple):
        if len(path) < DEEPEST:
            return [copy_plain(held, faults, (*path, i)) for i, held in enumerate(value)]
        fault = f"It is nested more than {DEEPEST} levels deep. Write what the schema asks for."
    else:
        fault = _find_fault(value)
    if not fault:
        return value
    faults[path] = fault
    return None


def _find_fault(value: object) -> str:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return "It contains half of a surrogate pair, which is not a character. Write valid Unicode."
    elif isinstance(value, float):
        if not math.isfinite(value):
            return f"JSON has no number {value!r}. Leave it out, or write a finite number."
    elif isinstance(value, int):
        # Python would even refuse to print a number of some thousand digits.
        if value.bit_length() > 64:
            return "The number is too large for any property of an event. Write a smaller one."
    elif value is not None:
        return f"A {type(value).__name__} cannot be written as JSON. Write a text or a number."
    return ""
