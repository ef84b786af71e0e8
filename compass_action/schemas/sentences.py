"""What is wrong with a value and what to write instead, in sentences. Pure.

The schemas speak for themselves: a `title` says what a value is ("a point in time"), a
`description` says what to write, and the messages are made of both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from compass_action.errors import Problem
from compass_action.text import advise, utf16_units, without_credentials, words

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

MOST_QUOTED = 80
"""A message shows at most so many characters of a value."""

PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def build_path(path: Sequence[object]) -> str:
    """Build a JSON path: `$.event.build.url`, or `$.event.build['no-name']` for odd names."""
    return "$" + "".join(_build_step(step) for step in path)


def _build_step(step: object) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    name = str(step)
    return f".{name}" if PLAIN_NAME.fullmatch(name) else f"['{_escape(name, quote=chr(39))}']"


def quote(value: object) -> str:
    """Quote a value for a message: short, on one line, printable, and as JSON has it.

    What stands before an @ is hidden: in an address it may be a password.
    """
    if isinstance(value, str):
        return f'"{_escape(without_credentials(value))}"'
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return json.dumps(value)


def _escape(text: str, quote: str = '"') -> str:
    shown = ""
    for char in text:
        if char == quote or char == "\\":
            char = "\\" + char
        elif not char.isprintable():
            char = char.encode("unicode_escape").decode()
        if len(shown) + len(char) > MOST_QUOTED:
            return shown + "…"
        shown += char
    return shown


def build_advice(schema: Mapping[str, Any]) -> str:
    """Say what to write where `schema` applies."""
    if "enum" in schema:
        return f"Use one of: {words(schema['enum'])}."
    if "properties" in schema:
        names = schema.get("required") or schema["properties"]
        return f"Write an object with: {words(names)}."
    return str(schema["description"])


def read_problems(error: ValidationError, event_type: str) -> Iterator[Problem]:
    """Read the problems, often one, that a schema error stands for."""
    tell = SENTENCES.get(str(error.validator), _tell_mismatch)
    for step, sentence in tell(error, event_type):
        yield Problem(build_path([*error.absolute_path, *step]), sentence)


MISSING = "It is missing."
"""How the sentence begins for a property that is not there."""

Sentences = Iterator[tuple[tuple[object, ...], str]]
"""Where below the failing value (an empty tuple: at the value itself), and the sentence."""


def _tell_missing(error: ValidationError, event_type: str) -> Sentences:
    schema, instance = _open(error)
    for name in schema["required"]:
        if name not in instance:
            yield (name,), f"{MISSING} {build_advice(schema['properties'][name])}"


def _tell_unknown(error: ValidationError, event_type: str) -> Sentences:
    schema, instance = _open(error)
    for name in instance:
        if name in schema["properties"]:
            continue
        if list(error.absolute_path) == ["event"]:
            yield (name,), f"An event has exactly one type, here {event_type}. Leave the other out."
        else:
            advice = advise(str(name), schema["properties"])
            yield (name,), f"The API has no such property here. {advice}"


def _tell_too_long(error: ValidationError, event_type: str) -> Sentences:
    yield (
        (),
        f"It has {utf16_units(str(error.instance))} characters. {build_advice(_open(error)[0])}",
    )


def _tell_unfinished(error: ValidationError, event_type: str) -> Sentences:
    yield (), "What has not ended has no end. Leave it out until the state is final."


def _tell_mismatch(error: ValidationError, event_type: str) -> Sentences:
    schema, instance = _open(error)
    hint = " Leave it out instead of writing null." if instance is None else ""
    advice = build_advice(schema)
    if isinstance(instance, str) and "enum" in schema:
        advice = advise(instance, schema["enum"])
    yield (), f"{quote(instance)} is not {schema['title']}. {advice}{hint}"


def _open(error: ValidationError) -> tuple[Mapping[str, Any], Any]:
    """Look at an error's schema and instance, which jsonschema leaves without a useful type."""
    schema: Any = error.schema
    return schema, error.instance


SENTENCES: Mapping[str, Callable[[ValidationError, str], Sentences]] = {
    "required": _tell_missing,
    "additionalProperties": _tell_unknown,
    "maxLength": _tell_too_long,
    "not": _tell_unfinished,  # stands only under a `then`
}
