"""From whatever word a host uses to Compass's state (or status, or stage) for an event type. Pure.

The words come from the CI systems' variable references; a word that stands in no table is an error,
never a silent UNKNOWN.
"""

from __future__ import annotations

import re

from .kinds import quoted, words

# One word for each outcome of a job, in the spellings of the CI systems. Underscores, hyphens and
# blanks count as the same.
OUTCOMES = {
    "success": "SUCCESS", "succeeded": "SUCCESS", "successful": "SUCCESS", "passed": "SUCCESS",
    "succeeded with issues": "SUCCESS", "true": "SUCCESS",
    "failure": "FAILURE", "failed": "FAILURE", "fail": "FAILURE", "unstable": "FAILURE",
    "degraded": "FAILURE", "startup failure": "FAILURE", "false": "FAILURE",
    "cancelled": "CANCELLED", "canceled": "CANCELLED", "canceling": "CANCELLED",
    "aborted": "CANCELLED", "not built": "CANCELLED",
    "stopped": "CANCELLED",
    "running": "RUNNING", "in progress": "RUNNING", "started": "RUNNING", "progressing": "RUNNING",
    "pending": "PENDING", "queued": "PENDING", "waiting": "PENDING",
    "timed out": "TIMEOUT", "timeout": "TIMEOUT",
    "error": "ERROR",
    "rolled back": "ROLLBACK", "rollback": "ROLLBACK",
    "unknown": "UNKNOWN",
}  # fmt: skip

BUILD_STATE = {
    "SUCCESS": "SUCCESSFUL", "FAILURE": "FAILED", "CANCELLED": "CANCELLED",
    "RUNNING": "IN_PROGRESS", "PENDING": "IN_PROGRESS", "TIMEOUT": "TIMED_OUT", "ERROR": "ERROR",
    "UNKNOWN": "UNKNOWN",
}  # fmt: skip
DEPLOYMENT_STATE = {
    "SUCCESS": "SUCCESSFUL", "FAILURE": "FAILED", "CANCELLED": "CANCELLED",
    "RUNNING": "IN_PROGRESS", "PENDING": "PENDING", "TIMEOUT": "FAILED", "ERROR": "FAILED",
    "ROLLBACK": "ROLLED_BACK", "UNKNOWN": "UNKNOWN",
}  # fmt: skip


def _from_outcomes(table: dict[str, str]) -> dict[str, str]:
    return {word: table[outcome] for word, outcome in OUTCOMES.items() if outcome in table}


def _same(*states: str) -> dict[str, str]:
    return {state.lower().replace("_", " "): state for state in states}


# The words of each event type, folded, and the state in the API's spelling. The types that are
# missing (custom, push) have no state.
STATES = {
    "build": _from_outcomes(BUILD_STATE),
    "deployment": _from_outcomes(DEPLOYMENT_STATE),
    "incident": _same("OPEN", "RESOLVED", "DELETED")
    | {"opened": "OPEN", "firing": "OPEN", "closed": "RESOLVED"},
    "vulnerability": _same("OPEN", "REMEDIATED", "DECLINED")
    | {"opened": "OPEN", "fixed": "REMEDIATED", "dismissed": "DECLINED"},
    "alert": _same("OPENED", "ACKNOWLEDGED", "SNOOZED", "CLOSED")
    | {"open": "OPENED", "firing": "OPENED", "resolved": "CLOSED"},
    # The contract: known in any case, every other value is accepted and shown as unknown.
    "flag": {word: word.replace(" ", "_") for word in
             ("on", "off", "created", "archived", "deleted", "targeting updated")}
    | {"true": "on", "false": "off"},
    "pullRequest": _same("CREATED", "IN_REVIEW", "MERGED", "REJECTED")
    | {"opened": "CREATED", "open": "CREATED", "declined": "REJECTED", "closed": "REJECTED"},
    "lifecycle": _same("PRE_RELEASE", "PRODUCTION", "DEPRECATION", "END_OF_LIFE")
    | {"deprecated": "DEPRECATION"},
}  # fmt: skip

FINAL = frozenset(
    {"SUCCESSFUL", "FAILED", "CANCELLED", "ERROR", "TIMED_OUT", "ROLLED_BACK", "UNKNOWN"}
)
"""The states of a build or deployment after which nothing more is expected."""

TIMEOUT_EXIT_CODE = 124  # what timeout(1) of the GNU coreutils exits with


def state(event_type: str, word: str) -> str:
    """Find Compass's state for a word in any case, or for an exit code.

    Raises ValueError with a sentence that lists the known words.
    """
    known = STATES[event_type]
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word.strip())  # Azure: SucceededWithIssues
    folded = re.sub(r"[\s_-]+", " ", spaced).lower()
    if event_type in ("build", "deployment") and re.fullmatch(r"-?\d{1,10}", spaced, re.ASCII):
        code = int(spaced)  # below zero on Windows
        outcome = {0: "success", TIMEOUT_EXIT_CODE: "timed out"}.get(code, "failed")
        return known[outcome]
    if folded in known:
        return known[folded]
    kind = {"alert": "status", "flag": "status", "pullRequest": "status", "lifecycle": "stage"}
    article = "an" if event_type[0] in "aeiou" else "a"
    raise ValueError(
        f"{quoted(word)} is not {article} {event_type} {kind.get(event_type, 'state')}. "
        f"Use one of: {words(known)}"
        + (", or an exit code." if event_type in ("build", "deployment") else ".")
    )


def is_begun(word: str | None) -> bool:
    """Tell a word for a job that is not over, with which no job can end."""
    try:
        return bool(word) and state("deployment", word or "") in ("IN_PROGRESS", "PENDING")
    except ValueError:
        return False
