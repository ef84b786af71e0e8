"""From whatever word a host uses to Compass's state (or status, or stage) for an event type. Pure.

The words stand in `event_types`; a word that stands in no table is an error, never a silent UNKNOWN.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from compass_action.errors import InputError, NothingToReport, Problem
from compass_action.event_types import EVENT_TYPES, OUTCOMES, EventType, as_written
from compass_action.text import advise, fold_word, quoted, words

from .facts import Facts

FINAL = frozenset(
    {"SUCCESSFUL", "FAILED", "CANCELLED", "ERROR", "TIMED_OUT", "ROLLED_BACK", "UNKNOWN"}
)
"""The states of a build or deployment after which nothing more is expected."""

UNFINISHED = frozenset({"IN_PROGRESS", "PENDING"})
"""The others."""

TIMEOUT_EXIT_CODE = 124  # what timeout(1) of the GNU coreutils exits with


SKIPPED = "SKIPPED"
"""What `read` makes of a word for something that did not happen; no state of Compass's."""

SKIPPED_WORDS = {word: outcome for word, outcome in OUTCOMES.items() if outcome == SKIPPED}
TOO_ALIKE = ("passed", "paused")
"""One letter tells these apart, so that neither is offered for a slip."""


def read(event_type: str, word: str, own: Mapping[str, str] | None = None) -> str:
    """Find Compass's state for a word in any case, for an exit code, or for the joined outcomes of
    several jobs: `success, skipped`, `success skipped`, or what GitHub's `toJSON` makes of `needs` or of
    `needs.*.result`.

    `own` are the words that mean something else on this CI system than elsewhere. Returns `SKIPPED`
    for a build or deployment that did not happen. Raises ValueError with a sentence that names some
    of the known words.
    """
    kind = EVENT_TYPES[event_type]
    if kind.has_duration and (outcomes := _split_joined(word)):
        return _sum_up([read(event_type, outcome, own) for outcome in outcomes])
    found = _read_one(kind, word, own)
    if found:
        return found
    if kind.has_duration and (several := _read_at_blanks(kind, word, own)):
        return _sum_up(several)
    article = "an" if event_type[0] in "aeiou" else "a"
    advice = advise(word, _near(kind, word), kind.examples, f"compass-event help {kind.word}")
    raise ValueError(f"{quoted(word)} is not {article} {kind.word} {kind.outcome}. {advice}")


def _near(kind: EventType, word: str) -> list[str]:
    """List what somebody may have meant. Of several words none is offered for all of them."""
    blanks = len(word.split()) - 1
    known = [*kind.words, *(SKIPPED_WORDS if kind.has_duration else ())]
    return [
        as_written(name) for name in known if name.count(" ") >= blanks and name not in TOO_ALIKE
    ]


def _read_one(kind: EventType, word: str, own: Mapping[str, str] | None) -> str | None:
    """Find the state for one word or exit code; None if it is not known."""
    text, own = word.strip(), own or {}
    if kind.has_duration and text not in own and re.fullmatch(r"-?\d{1,10}", text, re.ASCII):
        code = int(text)  # below zero on Windows
        return kind.words[{0: "success", TIMEOUT_EXIT_CODE: "timed out"}.get(code, "failed")]
    meant = _look_up(own, text) or text
    if kind.has_duration and _look_up(SKIPPED_WORDS, meant):
        return SKIPPED
    return _look_up(kind.words, meant)


def _look_up(table: Mapping[str, str], word: str) -> str | None:
    """Find a word in a table, however it is spelt: `TIMED_OUT`, `TimedOut`, `timedout`."""
    folded = fold_word(word)
    if folded.isdecimal():  # `--1` is no 1
        return table.get(word)
    return next((found for name, found in table.items() if name.replace(" ", "") == folded), None)


def _read_at_blanks(kind: EventType, text: str, own: Mapping[str, str] | None) -> list[str]:
    """Read words with blanks between them, of which each may have blanks itself: the longest that is
    known comes first. Empty if one is not known.
    """
    parts, states = text.split(), []
    longest = 1 + max(name.count(" ") for name in (*kind.words, *SKIPPED_WORDS, *(own or ())))
    while parts:
        for count in range(longest, 0, -1):
            if state := _read_one(kind, " ".join(parts[:count]), own):
                break
        else:
            return []
        states.append(state)
        del parts[:count]
    return states


def _split_joined(word: str) -> list[str]:
    """Split the outcomes of several jobs; empty if nothing but blanks stands between them."""
    text = word.strip()
    if text.startswith(("{", "[")):
        import json

        try:
            joined = json.loads(text)
            needs = joined if isinstance(joined, list) else joined.values()
            return [str(need if isinstance(need, str) else need["result"]) for need in needs]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return []
    parts = [part.strip() for part in re.split(r"[,\n]", text)]
    return [part for part in parts if part] if len(parts) > 1 else []


def _sum_up(states: list[str]) -> str:
    """The outcome of all: failed if one failed, else cancelled if one was, and so on."""
    for state in ("FAILED", "ERROR", "TIMED_OUT", "ROLLED_BACK", "CANCELLED", "UNKNOWN"):
        if state in states:
            return "FAILED" if state in ("ERROR", "TIMED_OUT", "ROLLED_BACK") else state
    for state in ("IN_PROGRESS", "PENDING", "SUCCESSFUL"):
        if state in states:
            return state
    return SKIPPED


def is_unfinished(word: str | None) -> bool:
    """Tell a word for a job that is not over, with which no job can end."""
    try:
        return bool(word) and read("deployment", word or "") in UNFINISHED
    except ValueError:
        return False


def find(facts: Facts) -> str:
    """Find the state: from `properties`, from the input, from the CI system.

    Raises InputError if there is none or the word is not known, NothingToReport if what it is about
    did not happen. What was begun and then skipped was cancelled.
    """
    kind = EVENT_TYPES[facts.event_type]
    if kind.outcome in facts.properties:
        return _own(facts)
    word, own = facts.inputs.state, facts.system.outcomes
    if (
        word
    ):  # in the system's own words, but a number is an exit code, which means the same everywhere
        own = {name: outcome for name, outcome in own.items() if not name.isdecimal()}
    else:
        word = _told(facts)
    if not word:
        known = words(kind.examples, f"compass-event help {kind.word}")
        hint = facts.system.hints.get("state")
        message = f"it is not given{_silent(facts)}. Use one of: {known}."
        message += f" Here: {hint}." if hint and kind.has_duration else ""
        raise InputError([Problem("state", message)])
    try:
        found = read(facts.event_type, word, own)
    except ValueError as error:
        raise InputError([Problem("state", str(error))]) from None
    if found != SKIPPED:
        return found
    if facts.begun:
        return "CANCELLED"
    raise NothingToReport(f"The state {quoted(word)} says that nothing happened.")


def _told(facts: Facts) -> str | None:
    """What the host tells: the job's outcome, of which that of the whole run is another thing."""
    if facts.event_type == "pullRequest":
        return facts.run.pull_request_status
    if not EVENT_TYPES[facts.event_type].has_duration:
        return None
    return facts.run.run_status if facts.inputs.scope == "run" else facts.run.status


def _silent(facts: Facts) -> str:
    """Say that the CI system does not tell it either, where there is one that could."""
    could = facts.system.naming and EVENT_TYPES[facts.event_type].has_duration
    return f", and {facts.system.title} does not say it" if could else ""


def _own(facts: Facts) -> str:
    """Read the state that stands in `properties`; JSON's true and 0 are words like any other."""
    kind = EVENT_TYPES[facts.event_type]
    own = facts.properties[kind.outcome]
    if not isinstance(own, str | int):
        known = words(kind.examples, f"compass-event help {kind.word}")
        message = f"{kind.outcome} is not a word. Use one of: {known}."
        raise InputError([Problem("properties", message)])
    word = str(own).lower() if isinstance(own, bool) else str(own)
    try:
        return read(facts.event_type, word)
    except ValueError as error:
        if facts.event_type == "flag" and isinstance(own, str):
            return word  # the contract takes any status of a flag
        raise InputError([Problem("properties", str(error))]) from None
