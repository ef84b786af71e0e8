"""What is wrong with a request that is no valid event, found by jsonschema. Pure.

Imported for a refusal only, because jsonschema costs more than all the rest of a run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

from compass_action.errors import Problem
from compass_action.text import utf16_units

from .formats import FORMATS, read_disorder
from .sentences import build_path, read_problems
from .verdict import is_integer

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


def find_problems(
    event_type: str,
    schema: Mapping[str, Any],
    request: Any,
    faults: Mapping[tuple[object, ...], str],
) -> list[Problem]:
    """Find all problems of a request: those of the schema, of the order of times, and `faults`.

    `faults` are what JSON cannot say, by path, as `copy_plain` found them: each is one problem, not
    also a null where a text belongs.
    """
    unsayable = {build_path(path): what for path, what in faults.items()}
    problems = [Problem(where, what) for where, what in unsayable.items()]
    for error in build_validator(schema).iter_errors(request):
        problems += [p for p in read_problems(error, event_type) if p.where not in unsayable]
    problems += _find_disorder(event_type, request)
    return sorted(problems)


def build_validator(schema: Mapping[str, Any]) -> Validator:
    """Build jsonschema's validator with our formats, integers and lengths."""
    types = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: is_integer(value)
    )
    formats = FormatChecker(formats=())
    for name, is_good in FORMATS.items():
        formats.checks(name)(is_good)
    lengths = {"minLength": _tell_too_short, "maxLength": _tell_too_long}
    build: Any = extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, validators=lengths, type_checker=types
    )
    validator: Validator = build(schema, format_checker=formats)
    return validator


def _tell_too_short(_: object, least: int, value: object, __: object) -> Iterator[ValidationError]:
    if isinstance(value, str) and utf16_units(value) < least:
        yield ValidationError("too short")


def _tell_too_long(_: object, most: int, value: object, __: object) -> Iterator[ValidationError]:
    if isinstance(value, str) and utf16_units(value) > most:
        yield ValidationError("too long")


def _find_disorder(event_type: str, request: Any) -> Iterator[Problem]:
    for path, first in read_disorder(event_type, request):
        message = f"It is earlier than {first}. Write a later time, or leave it out."
        yield Problem(build_path(path), message)
