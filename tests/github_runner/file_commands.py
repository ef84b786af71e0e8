"""The files a step writes for the runner: GITHUB_OUTPUT, _STATE, _ENV, _PATH and _STEP_SUMMARY.

Exactly as strict as the runner: what it refuses raises here, what it lets through passes here.
Format: actions/runner, src/Runner.Worker/FileCommandManager.cs, and "Environment files" in
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

SUMMARY_LIMIT = 1024 * 1024
"""Bytes; a longer step summary is dropped as a whole."""

# .NET reads a text file as UTF-8 unless it begins with one of these marks. The longer marks come
# first, because UTF-32's little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class FileCommandError(Exception):
    """The runner says "Unable to process file command" and the step has failed."""


def decode_file(content: bytes) -> str:
    """A leading byte order mark decides and is dropped; bytes that do not fit become U+FFFD."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace")
    return content.decode("utf-8", errors="replace")


def parse_pairs(content: bytes) -> dict[str, str]:
    """Parse GITHUB_OUTPUT or GITHUB_STATE; the last value of a name counts, the order is kept.

    Only the line feed ends a line on Linux: a carriage return before it belongs to the value,
    or to the delimiter, which then never matches.
    """
    text = decode_file(content)
    lines = text.split("\n")
    unfinished = lines.pop()  # what follows the last line feed: empty in a well-formed file
    if unfinished:
        lines.append(unfinished)
    pairs: dict[str, str] = {}
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            # The name may be empty here: the runner checks the line, not the name.
            pairs[line[:equals]] = line[equals + 1 :]
        elif heredoc >= 0:
            name, delimiter = line[:heredoc], line[heredoc + 2 :]
            if not name or not delimiter:
                raise FileCommandError(
                    f"Invalid format '{line}'. Name and delimiter must not be empty"
                )
            value, at = _read_value(lines, at, delimiter, ends_cleanly=not unfinished)
            pairs[name] = value
        else:
            raise FileCommandError(f"Invalid format '{line}'")
    return pairs


def _read_value(
    lines: list[str], start: int, delimiter: str, *, ends_cleanly: bool
) -> tuple[str, int]:
    """The lines up to the delimiter and the number of the line after it."""
    for at in range(start, len(lines)):
        if lines[at] == delimiter:
            return "\n".join(lines[start:at]), at + 1
        if at == len(lines) - 1 and not ends_cleanly:
            raise FileCommandError("Invalid value. The last line of the value has no line feed")
    raise FileCommandError(f"Invalid value. Matching delimiter not found '{delimiter}'")


def parse_env(content: bytes) -> dict[str, str]:
    """Parse GITHUB_ENV, where NODE_OPTIONS is refused in any spelling."""
    pairs = parse_pairs(content)
    for name in pairs:
        if name.upper() == "NODE_OPTIONS":
            raise FileCommandError(f"Can't store {name} output parameter using '$GITHUB_ENV'")
    return pairs


def parse_path(content: bytes) -> list[str]:
    """Parse GITHUB_PATH: one folder on a line, blank lines skipped."""
    return [line for line in re.split(r"\r\n|\r|\n", decode_file(content)) if line]


def check_summary(content: bytes) -> str | None:
    """The runner's complaint about a step summary that is too long; the step does not fail."""
    if len(content) <= SUMMARY_LIMIT:
        return None
    size = len(content) // 1024
    return f"$GITHUB_STEP_SUMMARY upload aborted, supports content up to 1024k, got {size}k"


def mask_text(text: str, masks: Iterable[str]) -> str:
    """Replace every occurrence of every mask with `***`; touching occurrences become one."""
    spans = sorted(
        (found.start(), found.start() + len(mask))
        for mask in set(masks)
        if mask
        for found in re.finditer(f"(?={re.escape(mask)})", text)
    )
    shown: list[str] = []
    shown_to, hidden_to = 0, -1
    for start, end in spans:
        if start > hidden_to:
            shown += [text[shown_to:start], "***"]
        hidden_to = shown_to = max(end, hidden_to)
    return "".join([*shown, text[shown_to:]])
