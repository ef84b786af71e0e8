"""Hosts without a manner of their own: plain lines on standard output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .report import Kept, Report
from .speaker import Speaker

LABELS = {"notice": "Note", "warning": "Warning", "error": "Error", "debug": "Debug"}


def mask(secrets: Iterable[str]) -> list[str]:
    """No host but GitHub takes such a wish; `Log` hides the secrets itself."""
    return []


def render(level: str, title: str, text: str) -> list[str]:
    """Put the level and the title in front of the first line."""
    label = LABELS.get(level)
    prefix = ": ".join(filter(None, (label, title)))
    lines = text.split("\n") if text else []
    if not prefix:
        return lines
    if title and len(lines) > 1:
        return [prefix, *(f"  {line}" for line in lines)]
    return [f"{prefix}: {text}" if text else prefix]


def keep(kept: Kept, env: Mapping[str, str]) -> list[str]:
    """There is no place to keep anything."""
    return []


def save(report: Report, env: Mapping[str, str]) -> list[str]:
    """There is nothing to write to."""
    return []


def variables(outputs: Mapping[str, str]) -> dict[str, str]:
    """Name outputs as variables: `pipeline-id` becomes `COMPASS_PIPELINE_ID`; one line each."""
    return {
        "COMPASS_" + name.upper().replace("-", "_"): " ".join(value.split())
        for name, value in outputs.items()
    }


SPEAKER = Speaker("plain", mask, render, keep, save, dressed=True)
