"""How bad something is: from anybody's word to the level that Compass knows. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from compass_action.errors import InputError, Problem
from compass_action.text import advise, fold_word, quoted, words
from compass_action.tool_words import SEVERITIES

from .facts import Facts

REQUIRED = ("vulnerability",)
"""The types that Compass takes with a severity only."""
NAME = re.compile(r"\s+[-\u2013\u2014]+\s+|\s*[:(]")
"""Where the name of a level begins."""


def find(facts: Facts) -> dict[str, Any]:
    """Make the fields of the part that tell the severity; none where the type has none.

    They go above what stands in `properties`, where it may be a plain word or an object. Raises
    InputError for a word that is not known, and where there is none and the type needs one.
    """
    if facts.event_type not in SEVERITIES:
        return {}
    name = field(facts.event_type)
    own, given = facts.properties.get(name), facts.inputs.severity
    whole: dict[str, Any] = dict(own) if isinstance(own, Mapping) else {}
    where, word = ("severity", given) if given else ("properties", whole.get("level", own))
    if is_missing(facts):
        known = words(dict.fromkeys(SEVERITIES[facts.event_type].values()))
        raise InputError([Problem("severity", f"it is not given. Use one of: {known}.")])
    if not isinstance(word, str | int) or isinstance(word, bool):
        return {}  # not given, or something that the schema refuses
    try:
        level = read(facts.event_type, str(word))
    except ValueError as error:
        raise InputError([Problem(where, str(error))]) from None
    if name == "priority":
        return {name: level}
    label = {} if str(word).upper() == level else {"label": str(word)}
    return {name: label | whole | {"level": level}}


def is_missing(facts: Facts) -> bool:
    """Tell that nobody has given the severity that the type needs."""
    own = facts.properties.get(field(facts.event_type))
    return facts.event_type in REQUIRED and not facts.inputs.severity and own in (None, {})


def field(event_type: str) -> str:
    """Name the field of the part that tells the severity."""
    return "priority" if event_type == "alert" else "severity"


def read(event_type: str, word: str) -> str:
    """Find the level for a word in any case; ValueError with a sentence if it is not known.

    Of a level with its name, such as `P1 - Critical`, the level counts.
    """
    known = SEVERITIES[event_type]
    for spelt in (word, NAME.split(word)[0]):
        if fold_word(spelt) in known:
            return known[fold_word(spelt)]
    levels = tuple(dict.fromkeys(known.values()))
    where = f"compass-event help {event_type}"
    raise ValueError(
        f"{quoted(word)} is not a severity of {event_type} events. {advise(word, known, levels, where)}"
    )
