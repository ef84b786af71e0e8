"""From whatever word a host uses to Compass's state (or status, or stage) for an event type. Pure.

The words stand in `event_types`; a word that stands in no table is an error, never a silent UNKNOWN.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from compass_action.errors import InputError, Problem
from compass_action.event_types import EVENT_TYPES
from compass_action.text import quoted, words

from .facts import Facts

FINAL = frozenset(
    {"SUCCESSFUL", "FAILED", "CANCELLED", "ERROR", "TIMED_OUT", "ROLLED_BACK", "UNKNOWN"}
)
"""The states of a build or deployment after which nothing more is expected."""

UNFINISHED = frozenset({"IN_PROGRESS", "PENDING"})
"""The others."""

TIMEOUT_EXIT_CODE = 124  # what timeout(1) of the GNU coreutils exits with


def read(event_type: str, word: str, own: Mapping[str, str] | None = None) -> str:
    """Find Compass's state for a word in any case, or for an exit code.

    `own` are the words that mean something else on this CI system than elsewhere. Raises ValueError
    with a sentence that lists the known words.
    """
    kind = EVENT_TYPES[event_type]
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word.strip())  # Azure: SucceededWithIssues
    folded = re.sub(r"[\s_-]+", " ", spaced).lower()
    folded = (own or {}).get(folded, folded)
    if kind.has_duration and re.fullmatch(r"-?\d{1,10}", folded, re.ASCII):
        code = int(folded)  # below zero on Windows
        return kind.words[{0: "success", TIMEOUT_EXIT_CODE: "timed out"}.get(code, "failed")]
    if folded in kind.words:
        return kind.words[folded]
    article = "an" if event_type[0] in "aeiou" else "a"
    raise ValueError(
        f"{quoted(word)} is not {article} {event_type} {kind.outcome}. "
        f"Use one of: {words(kind.words)}" + (", or an exit code." if kind.has_duration else ".")
    )


def is_unfinished(word: str | None) -> bool:
    """Tell a word for a job that is not over, with which no job can end."""
    try:
        return bool(word) and read("deployment", word or "") in UNFINISHED
    except ValueError:
        return False


def find(facts: Facts) -> str:
    """Find the state: from `properties`, from the input, from the CI system.

    Raises InputError if there is none or the word is not known.
    """
    kind = EVENT_TYPES[facts.event_type]
    if kind.outcome in facts.properties:
        return _own(facts)
    word, own = facts.inputs.state, None
    if not word and facts.inputs.scope == "job":  # a host tells the job's state, not the run's
        word, own = facts.run.status if kind.has_duration else None, facts.system.outcomes
    if not word:
        known, hint = words(kind.words), facts.system.hints.get("state")
        message = f"it is not given, and {facts.system.name} does not say it. Use one of: {known}."
        message += f" Here: {hint}." if hint else ""
        raise InputError([Problem("state", message)])
    try:
        return read(facts.event_type, word, own)
    except ValueError as error:
        raise InputError([Problem("state", str(error))]) from None


def _own(facts: Facts) -> str:
    """Read the state that stands in `properties`; JSON's true and 0 are words like any other."""
    kind = EVENT_TYPES[facts.event_type]
    own = facts.properties[kind.outcome]
    if not isinstance(own, str | int):
        message = f"{kind.outcome} is not a word. Use one of: {words(kind.words)}."
        raise InputError([Problem("properties", message)])
    word = str(own).lower() if isinstance(own, bool) else str(own)
    try:
        return read(facts.event_type, word)
    except ValueError as error:
        if facts.event_type == "flag" and isinstance(own, str):
            return word  # the contract takes any status of a flag
        raise InputError([Problem("properties", str(error))]) from None
