"""The two formats of the schemas, and the order of the times in an event. Pure.

`jsonschema` brings formats of its own, some of them only where further packages happen to be
installed; what an event may hold must not depend on that, so only these two are in force.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

# RFC 3339, section 5.6, https://www.rfc-editor.org/rfc/rfc3339#section-5.6
# Stricter: T and Z in capitals, as in Atlassian's guide, and no leap second (:60), which neither
# Python nor the usual JVM parsers can read.
DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:\.\d+)?"
    r"(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)

# RFC 3986, section 3: scheme, authority without user information, and anything after it. Letters
# beyond ASCII pass, because hosts show such addresses; blanks, control characters and the
# characters that section 2 leaves no place for do not.
URL = re.compile(
    r"https?://(?P<host>\[[0-9a-f:.]+\]|[^\s/?#@:\[\]]+)(?::(?P<port>\d{1,5}))?(?:[/?#]\S*)?",
    re.ASCII | re.IGNORECASE,
)
NOT_IN_URL = re.compile(r"[\s\x00-\x1f\x7f-\x9f\\<>\"^`{|}]")

# The type's own part, its first time and those that cannot be before it. An alert's other times
# may come in any order.
ORDER = {
    "build": ("buildProperties", "startedAt", ("completedAt",)),
    "deployment": ("deploymentProperties", "startedAt", ("completedAt",)),
    "incident": ("incidentProperties", "startTime", ("endTime",)),
    "alert": ("alertProperties", "createdAt", ("acknowledgedAt", "snoozedAt", "closedAt")),
    "vulnerability": (
        "vulnerabilityProperties",
        "vulnerabilityStartTime",
        ("remediationTime",),
    ),
}


def is_date_time(value: object) -> bool:
    """Tell whether a text is a date-time; what is no text is the `type` keyword's matter."""
    return not isinstance(value, str) or parse_date_time(value) is not None


def is_url(value: object) -> bool:
    """Tell whether a text is an absolute http or https URL with a host and without credentials."""
    if not isinstance(value, str):
        return True
    match = None if NOT_IN_URL.search(value) else URL.fullmatch(value)
    return match is not None and 0 < int(match["port"] or 80) < 65536


FORMATS: Mapping[str, Callable[[object], bool]] = {"date-time": is_date_time, "url": is_url}
"""The formats by the names that the schemas call them."""


def parse_date_time(value: object) -> datetime | None:
    """Parse an RFC 3339 date-time with an offset; None if it is none or names no real day."""
    if not isinstance(value, str) or not DATE_TIME.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:  # 30 February, or the year 0
        return None


def read_disorder(event_type: str, request: object) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find the times that lie before the first one: (path in the request, name of the first one).

    JSON Schema cannot compare two values. Only times that are well-formed are compared: the others
    are the schema's matter.
    """
    if event_type not in ORDER:
        return
    part, first, later = ORDER[event_type]
    place = ("event", event_type, part)
    times = request
    for step in place:
        times = times.get(step) if isinstance(times, Mapping) else None
    if not isinstance(times, Mapping):
        return
    begun = parse_date_time(times.get(first))
    for name in later:
        ended = parse_date_time(times.get(name))
        if begun and ended and ended < begun:
            yield (*place, name), first
