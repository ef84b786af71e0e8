"""The words people read in the activity feed: names, descriptions, commits, times. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .components import UUID

if TYPE_CHECKING:
    from .ci.run import CiRun
    from .inputs import Inputs

LIMIT = 255
"""Atlassian's own app cuts descriptions here; counted in UTF-16 units, as its servers count."""


def one_line(text: str) -> str:
    """Put text from outside on one line: control characters and lone surrogates become blanks."""
    return " ".join(
        re.sub(
            r"\s+",
            " ",
            "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text),
        ).split()
    )


def shorten(text: str, limit: int = LIMIT) -> str:
    """Cut a text to `limit` UTF-16 units, at a character's boundary, with an ellipsis."""
    if len(text.encode("utf-16-le")) // 2 <= limit:
        return text
    kept, used = [], 1  # the ellipsis
    for character in text:
        used += 2 if ord(character) > 0xFFFF else 1
        if used > limit:
            break
        kept.append(character)
    end = len(kept)
    # What would combine with the first character cut off belongs to it: é may be two characters.
    while end and unicodedata.combining(text[end]):
        end -= 1
    return "".join(kept[:end]).rstrip() + "…"


def timestamp(moment: datetime) -> str:
    """Write a point in time as RFC 3339 in UTC, with milliseconds where there are any."""
    utc = moment.astimezone(UTC)
    exact = "milliseconds" if utc.microsecond >= 1000 else "seconds"
    return utc.replace(tzinfo=None).isoformat(timespec=exact) + "Z"


def pipeline_name(inputs: Inputs, run: CiRun, default: str) -> str:
    """Name the pipeline for people: as given, as the host has it, or the repository's name."""
    repository = (run.repository_url or "").rpartition("/")[2]
    return one_line(inputs.pipeline_name or run.workflow_name or repository or default)


def run_label(run: CiRun) -> str:
    """Name the run for people: `#7421`, `#7421 (attempt 2)`; empty if it has no number."""
    number = run.run_number if run.run_number is not None else run.run_id
    if number is None:
        return ""
    return f" #{number}" + (f" (attempt {run.run_attempt})" if (run.run_attempt or 1) > 1 else "")


def description(run: CiRun, pipeline: str) -> str:
    """Say what ran, at which commit, on which ref, by whom."""
    parts = [pipeline + run_label(run)]
    if run.commit:
        parts.append(f"at {run.commit[:7]}")
    if run.tag:
        parts.append(f"on tag {run.tag}")
    elif run.branch:
        parts.append(f"on {run.branch}")
    if run.pull_request:
        parts.append(f"for pull request {run.pull_request}")
    if run.actor and not re.fullmatch(UUID, run.actor):  # Bitbucket's actor is a UUID
        parts.append(f"by {run.actor}")
    return one_line(" ".join(parts))
