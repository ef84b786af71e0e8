"""The verdict on a value, by the schemas' own words but without jsonschema. Pure.

Importing jsonschema costs more than all the rest of a run, and of a good event it only says yes. So
the few keywords that our schemas use are judged here, as JSON Schema 2020-12 defines them
(https://json-schema.org/draft/2020-12/json-schema-validation), but for lengths, which are counted as
Compass's servers count; and jsonschema has to explain what is
refused (`explain.py`). A test compares the two verdicts over mutated events.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from compass_action.text import utf16_units

from .formats import FORMATS

Schema = Mapping[str, Any]


def satisfies(value: Any, schema: Schema) -> bool:
    """Tell whether a value, plain JSON as `copy_plain` makes it, is what the schema asks for.

    Raises KeyError for a keyword that is not known here: silence would be no verdict.
    """
    for keyword, wanted in schema.items():
        rule = RULES[keyword]
        if rule.judges(value) and not rule.holds(value, wanted, schema):
            return False
    return True


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_integer(value: Any) -> bool:
    """Tell whether a value is an integer to any reader of int64: JSON Schema takes 1.0 for one too."""
    return isinstance(value, int) and not isinstance(value, bool)


TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": _is_object,
    "string": _is_text,
    "number": _is_number,
    "integer": is_integer,
}


class Rule(NamedTuple):
    """What a keyword means."""

    judges: Callable[[Any], bool]
    """Of which values it says anything."""
    holds: Callable[[Any, Any, Schema], bool]
    """Whether such a value is as the keyword wants it; takes also the schema that it stands in."""


def _anything(value: Any) -> bool:
    return True


def _nothing(value: Any) -> bool:
    return False


def _has_good_properties(value: Any, wanted: Mapping[str, Schema], _: Schema) -> bool:
    return all(satisfies(value[name], wanted[name]) for name in wanted if name in value)


def _is_closed(value: Any, others: Schema | bool, schema: Schema) -> bool:
    return others is False and value.keys() <= schema["properties"].keys()


def _agrees(value: Any, condition: Schema, schema: Schema) -> bool:
    return not satisfies(value, condition) or satisfies(value, schema["then"])


REMARK = Rule(_nothing, lambda *_: True)

RULES: Mapping[str, Rule] = {
    "type": Rule(_anything, lambda value, name, _: TYPES[name](value)),
    "enum": Rule(_anything, lambda value, words, _: value in words),
    "not": Rule(_anything, lambda value, refused, _: not satisfies(value, refused)),
    "if": Rule(_anything, _agrees),
    "then": REMARK,  # read by `if`
    "properties": Rule(_is_object, _has_good_properties),
    "required": Rule(_is_object, lambda value, names, _: all(name in value for name in names)),
    "additionalProperties": Rule(_is_object, _is_closed),
    "minLength": Rule(_is_text, lambda value, least, _: utf16_units(value) >= least),
    "maxLength": Rule(_is_text, lambda value, most, _: utf16_units(value) <= most),
    "pattern": Rule(_is_text, lambda value, pattern, _: bool(re.search(pattern, value))),
    "format": Rule(_is_text, lambda value, name, _: FORMATS[name](value)),
    "minimum": Rule(_is_number, lambda value, least, _: value >= least),
    "maximum": Rule(_is_number, lambda value, most, _: value <= most),
    **dict.fromkeys(("$schema", "$comment", "title", "description"), REMARK),
}
