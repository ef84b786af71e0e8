"""What other tools call a state and a severity: tables, one for each tool. Pure.

Words are folded as in `event_types`: lower case, with blanks for underscores and hyphens, and a blank
before each capital (`createFlag` is `create flag`). A word that a tool uses for something else than
this word means elsewhere is not here; the docs say what to write instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Tool(NamedTuple):
    """The words of one tool."""

    reference: str
    """Where the tool's documentation lists them."""
    words: Mapping[str, Mapping[str, str]]
    """By event type, from the tool's word to Compass's."""
    severities: tuple[str, ...] = ()
    """The tool's severities; `SEVERITIES` says what they mean."""
    caution: str = ""
    """What its words do not mean."""


# fmt: off
TOOLS: Mapping[str, Tool] = {
    "PagerDuty": Tool(
        "https://developer.pagerduty.com/docs/webhooks-overview",
        {
            "incident": {
                "triggered": "OPEN", "acknowledged": "OPEN", "unacknowledged": "OPEN",
                "reopened": "OPEN", "escalated": "OPEN", "reassigned": "OPEN", "delegated": "OPEN",
                "resolved": "RESOLVED",
            },
            "alert": {
                "triggered": "OPENED", "acknowledged": "ACKNOWLEDGED", "unacknowledged": "OPENED",
                "reopened": "OPENED", "resolved": "CLOSED",
            },
        },
        ("P1", "P2", "P3", "P4", "P5", "high", "low"),
        "Priorities have names of your own. Of a name such as `P1 - Critical` its beginning counts; where "
        "it begins with another word, the call takes the urgency.",
    ),
    "Opsgenie": Tool(
        "https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/",
        {
            "alert": {
                "create": "OPENED", "open": "OPENED", "acknowledge": "ACKNOWLEDGED",
                "acked": "ACKNOWLEDGED", "un acknowledge": "OPENED", "snooze": "SNOOZED",
                "snoozed": "SNOOZED", "snooze ended": "OPENED", "close": "CLOSED", "delete": "CLOSED",
            },
            "incident": {"open": "OPEN", "resolved": "RESOLVED", "closed": "RESOLVED"},
        },
        ("P1", "P2", "P3", "P4", "P5"),
    ),
    "Statuspage": Tool(
        "https://support.atlassian.com/statuspage/docs/incident-statuses/",
        {
            "incident": {
                "investigating": "OPEN", "identified": "OPEN", "monitoring": "OPEN",
                "resolved": "RESOLVED", "postmortem": "RESOLVED",
            },
        },
        ("critical", "major", "minor", "none"),
        "A scheduled maintenance is no incident: the call leaves it out.",
    ),
    "Grafana": Tool(
        "https://grafana.com/docs/grafana/latest/alerting/configure-notifications/"
        "manage-contact-points/integrations/webhook-notifier/",
        {
            "alert": {
                "firing": "OPENED", "alerting": "OPENED", "resolved": "CLOSED", "normal": "CLOSED",
                "ok": "CLOSED",
            },
            "incident": {"firing": "OPEN", "alerting": "OPEN", "resolved": "RESOLVED",
                         "normal": "RESOLVED", "ok": "RESOLVED"},
        },
        ("critical", "page", "warning", "ticket", "info", "none"),
        "A severity is a label of your own. Where its values are other words, map them in the call.",
    ),
    "Snyk": Tool(
        "https://docs.snyk.io/snyk-api/reference/issues",
        {"vulnerability": {"open": "OPEN", "resolved": "REMEDIATED", "ignored": "DECLINED"}},
        ("critical", "high", "medium", "low"),
    ),
    "Trivy": Tool(
        "https://trivy.dev/latest/docs/configuration/filtering/",
        {
            "vulnerability": {
                "affected": "OPEN", "fix deferred": "OPEN", "will not fix": "OPEN",
                "under investigation": "OPEN",
            },
        },
        ("CRITICAL", "HIGH", "MEDIUM", "LOW"),
        "Trivy's `fixed` says that a version with a fix exists, not that you have it: everything in "
        "a report is `open`. Its severity UNKNOWN has no counterpart.",
    ),
    "Dependabot": Tool(
        "https://docs.github.com/en/rest/dependabot/alerts",
        {
            "vulnerability": {
                "open": "OPEN", "created": "OPEN", "reopened": "OPEN", "reintroduced": "OPEN",
                "auto reopened": "OPEN", "fixed": "REMEDIATED", "dismissed": "DECLINED",
                "auto dismissed": "DECLINED",
            },
        },
        ("critical", "high", "medium", "low", "moderate"),
    ),
    "LaunchDarkly": Tool(
        "https://launchdarkly.com/docs/home/infrastructure/webhooks",
        {
            "flag": {
                "turned on": "on", "turned off": "off", "create flag": "created",
                "update global archived": "archived", "delete flag": "deleted",
                "update targets": "targeting_updated", "update rules": "targeting_updated",
                "update fallthrough": "targeting_updated",
                "update prerequisites": "targeting_updated",
            },
        },
        (),
        "`updateOn` does not say whether the flag went on or off: give the new value, true or false.",
    ),
}

_RANKS = (
    "1 p0 p1 s1 sev0 sev1 severity1 critical blocker fatal emergency disaster highest page",
    "2 p2 s2 sev2 severity2 high major important error severe",
    "3 p3 s3 sev3 severity3 medium moderate minor warning warn normal average ticket",
    "4 p4 s4 sev4 severity4 low",
    "5 p5 s5 sev5 severity5 lowest info informational notice negligible trivial none",
)
_LEVELS = {
    "incident": ("ONE", "TWO", "THREE", "FOUR", "FIVE"),
    "alert": ("P1", "P2", "P3", "P4", "P5"),
    "vulnerability": ("CRITICAL", "HIGH", "MEDIUM", "LOW"),
}
# Where Compass has four levels, what is minor or less is low; `normal`, `error` and some
# more have no counterpart.
_OTHERWISE = {
    "vulnerability": {"minor": "LOW", "negligible": "LOW", "normal": "", "error": "", "lowest": "LOW",
                      "info": "LOW", "informational": "LOW", "notice": "LOW", "trivial": "LOW",
                      "page": "", "ticket": ""},
}
# fmt: on


def _severities(event_type: str) -> dict[str, str]:
    levels = _LEVELS[event_type]
    found = {level.lower(): level for level in levels}
    for rank, names in enumerate(_RANKS):
        if rank < len(levels):
            found |= dict.fromkeys(names.split(), levels[rank])
    found |= _OTHERWISE.get(event_type, {})
    return {word: level for word, level in found.items() if level}


SEVERITIES: Mapping[str, Mapping[str, str]] = {name: _severities(name) for name in _LEVELS}
"""By event type, from a word to the level (for an alert the priority) that Compass knows."""


def words_of(event_type: str) -> dict[str, str]:
    """Merge the words of all tools for one type."""
    found: dict[str, str] = {}
    for tool in TOOLS.values():
        found |= tool.words.get(event_type, {})
    return found
