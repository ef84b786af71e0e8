"""What is true of each type of event: the one table. Pure.

The names are those of Compass's published contract. The words are what CI systems and other tools
call an outcome, folded: in lower case, with blanks for underscores and hyphens.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .tool_words import words_of

# One word for each outcome of a job, in the spellings of the CI systems' variable references.
OUTCOMES = {
    "success": "SUCCESS", "succeeded": "SUCCESS", "successful": "SUCCESS", "passed": "SUCCESS",
    "succeeded with issues": "SUCCESS", "true": "SUCCESS",
    "failure": "FAILURE", "failed": "FAILURE", "fail": "FAILURE", "unstable": "FAILURE",
    "degraded": "FAILURE", "startup failure": "FAILURE", "false": "FAILURE",
    "cancelled": "CANCELLED", "canceled": "CANCELLED", "canceling": "CANCELLED",
    "aborted": "CANCELLED",
    "stopped": "CANCELLED",
    "running": "RUNNING", "in progress": "RUNNING", "started": "RUNNING", "progressing": "RUNNING",
    "pending": "PENDING", "queued": "PENDING", "waiting": "PENDING",
    "timed out": "TIMEOUT", "timeout": "TIMEOUT",
    "error": "ERROR",
    "rolled back": "ROLLBACK", "rollback": "ROLLBACK",
    "unknown": "UNKNOWN",
    "completed": "SUCCESS", "ignore failed": "SUCCESS",
    "failing": "FAILURE", "terminal": "FAILURE", "failed continue": "FAILURE",
    "killed": "CANCELLED", "terminated": "CANCELLED", "canceled by user": "CANCELLED",
    "terminating": "RUNNING", "requested": "PENDING", "not started": "PENDING", "paused": "PENDING",
    "errored": "ERROR", "fault": "ERROR", "internal error": "ERROR", "expired": "TIMEOUT",
    "partially succeeded": "SUCCESS", "infrastructure fail": "FAILURE", "cancelling": "CANCELLED",
    "working": "RUNNING", "executing": "RUNNING",
    "created": "PENDING", "creating": "PENDING", "preparing": "PENDING", "scheduled": "PENDING",
    "waiting for resource": "PENDING", "waiting for callback": "PENDING", "received": "PENDING",
    "waiting on dependencies": "PENDING", "on hold": "PENDING", "not running": "PENDING",
    "postponed": "PENDING", "timing out": "TIMEOUT",
    "status unknown": "UNKNOWN",
    # What did not happen is no event.
    "skipped": "SKIPPED", "not built": "SKIPPED", "neutral": "SKIPPED", "stale": "SKIPPED",
    "manual": "SKIPPED", "inactive": "SKIPPED", "blocked": "SKIPPED", "declined": "SKIPPED",
    "denied": "SKIPPED", "approval rejected": "SKIPPED", "action required": "SKIPPED",
    "not run": "SKIPPED", "not deployed": "SKIPPED", "rejected": "SKIPPED",
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


def as_written(word: str) -> str:
    """Spell a folded word as people write it: `end-of-life`."""
    return word.replace(" ", "-")


class EventType(NamedTuple):
    """One of Compass's ten types of event."""

    name: str
    """As the API spells it: `pullRequest`."""
    part: str
    """The type's own part of the request: `pullRequestProperties`."""
    outcome: str = ""
    """What the API calls its outcome: `state`, `status` or `stage`; empty where it has none."""
    words: Mapping[str, str] = {}
    """The folded words for an outcome, and each in the API's spelling."""
    starts: str = ""
    """The first of its times; no other one may lie before it."""
    ends: tuple[str, ...] = ()
    """Its later times. Those of an alert come in any order."""
    has_duration: bool = False
    """It is begun and ended by two reports of one job."""
    unused: tuple[str, ...] = ()
    """The inputs that make no difference to it."""

    @property
    def examples(self) -> tuple[str, ...]:
        """The first word for each outcome, which messages name."""
        first: dict[str, str] = {}
        for word, outcome in self.words.items():
            first.setdefault(outcome, as_written(word))
        return tuple(first.values())

    @property
    def noun(self) -> str:
        """As sentences call one of its events: `the push event`."""
        return NOUNS.get(self.name, self.name)

    @property
    def word(self) -> str:
        """As the input `event-type` spells it: `pull-request`."""
        return "pull-request" if self.name == "pullRequest" else self.name


NOUNS = {
    "lifecycle": "lifecycle event",
    "custom": "custom event",
    "push": "push event",
    "pullRequest": "pull request",
}
"""Where the name of a type is no noun for what it is about."""


def _from_outcomes(table: dict[str, str]) -> dict[str, str]:
    return {word: table[outcome] for word, outcome in OUTCOMES.items() if outcome in table}


def _same(*names: str) -> dict[str, str]:
    return {name.lower().replace("_", " "): name for name in names}


def _with_tools(event_type: str, own: dict[str, str]) -> dict[str, str]:
    """Add the words of other tools. Ours come first, and where a word is in both, ours counts."""
    return own | words_of(event_type) | own


_ENVIRONMENT = ("environment", "environment-id", "environment-category", "environment-map")
_PIPELINE = (*_ENVIRONMENT, "pipeline-id", "pipeline-url", "sequence-number")
_TIMES = ("started-at", "completed-at")
_OF_OTHERS = ("event-id", "severity")
_JUDGED = ("state", "severity")
_COMMON = (
    "display-name",
    "description",
    "url",
    "external-event-source-id",
    "update-sequence-number",
    "pipeline-name",
    "scope",
    "commit",
    "ref",
)

EVENT_TYPES: Mapping[str, EventType] = {
    row.name: row
    for row in (
        EventType(
            "deployment",
            "deploymentProperties",
            "state",
            _from_outcomes(DEPLOYMENT_STATE),
            "startedAt",
            ("completedAt",),
            has_duration=True,
            unused=_OF_OTHERS,
        ),
        EventType(
            "build",
            "buildProperties",
            "state",
            _from_outcomes(BUILD_STATE),
            "startedAt",
            ("completedAt",),
            has_duration=True,
            unused=(*_OF_OTHERS, *_ENVIRONMENT, "sequence-number"),
        ),
        EventType(
            "incident",
            "incidentProperties",
            "state",
            _with_tools(
                "incident",
                _same("OPEN", "RESOLVED", "DELETED")
                | {"opened": "OPEN", "firing": "OPEN", "closed": "RESOLVED"},
            ),
            "startTime",
            ("endTime",),
            unused=_PIPELINE,
        ),
        EventType(
            "flag",
            "flagProperties",
            "status",
            # The contract: known in any case; every other value is accepted and shown as unknown.
            _with_tools(
                "flag",
                {
                    word: word.replace(" ", "_")
                    for word in ("on", "off", "created", "archived", "deleted", "targeting updated")
                }
                | {"true": "on", "false": "off"},
            ),
            unused=("severity", *_PIPELINE, *_TIMES),
        ),
        EventType(
            "alert",
            "alertProperties",
            "status",
            _with_tools(
                "alert",
                _same("OPENED", "ACKNOWLEDGED", "SNOOZED", "CLOSED")
                | {"open": "OPENED", "firing": "OPENED", "resolved": "CLOSED"},
            ),
            "createdAt",
            ("acknowledgedAt", "snoozedAt", "closedAt"),
            unused=_PIPELINE,
        ),
        EventType(
            "lifecycle",
            "lifecycleProperties",
            "stage",
            _same("PRE_RELEASE", "PRODUCTION", "DEPRECATION", "END_OF_LIFE")
            | {"deprecated": "DEPRECATION"},
            unused=("severity", *_PIPELINE, *_TIMES),
        ),
        EventType("custom", "customEventProperties", unused=(*_JUDGED, *_PIPELINE, *_TIMES)),
        EventType("push", "pushEventProperties", unused=(*_JUDGED, *_PIPELINE, *_TIMES)),
        EventType(
            "pullRequest",
            "pullRequestProperties",
            "status",
            _same("CREATED", "IN_REVIEW", "MERGED", "REJECTED")
            | {
                "opened": "CREATED",
                "open": "CREATED",
                "declined": "REJECTED",
                "closed": "REJECTED",
            },
            unused=("severity", *_COMMON, *_PIPELINE, *_TIMES),
        ),
        EventType(
            "vulnerability",
            "vulnerabilityProperties",
            "state",
            _with_tools(
                "vulnerability",
                _same("OPEN", "REMEDIATED", "DECLINED")
                | {"opened": "OPEN", "fixed": "REMEDIATED", "dismissed": "DECLINED"},
            ),
            "vulnerabilityStartTime",
            ("remediationTime",),
            unused=_PIPELINE,
        ),
    )
}
"""The types of event by name, in the API's order."""
