"""How the page words what it shows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from compass_action.sandbox.problems import repository

TYPES = {
    "build": "Build",
    "deployment": "Deployment",
    "incident": "Incident",
    "flag": "Flag",
    "alert": "Alert",
    "lifecycle": "Lifecycle",
    "custom": "Custom",
    "push": "Push",
    "pullRequest": "Pull request",
    "vulnerability": "Vulnerability",
}
TONES = {
    "SUCCESSFUL": "good",
    "RESOLVED": "good",
    "REMEDIATED": "good",
    "CLOSED": "good",
    "MERGED": "good",
    "FAILED": "bad",
    "ERROR": "bad",
    "TIMED_OUT": "bad",
    "OPEN": "bad",
    "OPENED": "bad",
    "REJECTED": "bad",
    "IN_PROGRESS": "busy",
    "PENDING": "busy",
    "IN_REVIEW": "busy",
    "ACKNOWLEDGED": "busy",
    "ROLLED_BACK": "warn",
    "CANCELLED": "plain",
}
"""State → tone, which decides sign and colour; `plain` for all others."""
BRIEF = 60
"""Characters of a state or a repository's name."""
VERDICT_TONES = {"created": "good", "overwritten": "busy", "ignored": "plain"}


def state(text: str | None) -> str:
    """`IN_PROGRESS` as people write it; a flag's status may be any text."""
    return _brief((text or "").replace("_", " ").capitalize())


def _brief(text: str) -> str:
    return text if len(text) <= BRIEF else f"{text[: BRIEF - 1]}…"


def title(event_type: str, name: str | None) -> str:
    """What to call an event: its name, where there is something of it to be seen."""
    return name if name and name.strip() else TYPES[event_type]


def tone(text: str | None) -> str:
    """The tone of a state."""
    return TONES.get(text or "", "plain")


def duration(milliseconds: float | None) -> str:
    """A span of time with its two largest units. What takes some time never reads as 0."""
    if milliseconds is None:
        return ""
    seconds = milliseconds / 1000
    if 0 < seconds < 0.05:
        return "<0.1 s"
    if seconds < 59.95:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def span(started: int | None, completed: int | None) -> str:
    """How long something took, or nothing where that is not known."""
    if started is None or completed is None or completed < started:
        return ""
    return duration(completed - started)


def ago(moment: int, now: float) -> str:
    """How long ago a moment was, or when it will be; both in milliseconds since 1970."""
    seconds = abs(now - moment) / 1000
    form = "{} ago" if moment < now else "in {}"
    if seconds < 10:
        return "just now"
    if seconds < 60:
        return form.format(f"{seconds:.0f} s")
    for unit, size, most in (("min", 60, 60), ("h", 3600, 48), ("d", 86400, 60)):
        if seconds / size < most:
            return form.format(f"{seconds / size:.0f} {unit}")
    return clock(moment)[:10]


def clock(moment: float) -> str:
    """A moment in UTC, to the second."""
    at = datetime.fromtimestamp(moment / 1000, UTC).replace(tzinfo=None)
    return f"{at.isoformat(' ', 'seconds')} UTC"


def figure(unit: str, number: float | None) -> str:
    """The value of a metric, with its unit; a frequency's is said beside it."""
    if number is None:
        return "\N{EN DASH}"
    if unit == "milliseconds":
        return duration(number)
    return percent(number) if unit == "percent" else _short(number, 2)


def percent(number: float) -> str:
    """A share in percent. Neither a little nor almost all reads as 0 or 100 %."""
    shown = min(max(number, 0.1), 99.9) if 0 < number < 100 else number
    return f"{_short(shown, 1)} %"


def _short(number: float, places: int) -> str:
    return f"{number:.{places}f}".rstrip("0").rstrip(".")


def trend(now: float | None, before: float | None, *, more_is_better: bool) -> tuple[str, str]:
    """In words how a metric has changed, and the tone of that."""
    if now is None or before is None:
        return "no earlier value", "plain"
    if now == before:
        return "unchanged", "plain"
    more = now > before
    text = "up" if more else "down"
    if before:
        text += f" {percent(100 * abs(now - before) / before)}"
    return text, "good" if more == more_is_better else "bad"


def labels(components: Mapping[str, str | None], names: Mapping[str, str]) -> dict[str, str]:
    """What to call each component: a given name, else its repository's, with a part of its id."""
    found = {}
    for ari, source in components.items():
        short = ari.rpartition("/")[2][:8]
        name = _brief(repository(source).rpartition("/")[2]) if source else ""
        found[ari] = names.get(ari) or (f"{name} · {short}" if name else short)
    return found
