"""Judges of what the program has written: as strict, or as lenient, as the hosts' own parsers.

`STINGS` are texts that would be a command, markup or a variable if they were taken for one.
"""

from __future__ import annotations

import re

from compass_action import errors
from compass_action.delivery.failures import FAILURES
from compass_action.tracking import OUTPUTS
from tests.faults.hosts import Written
from tests.github_runner import check_summary, parse_command, parse_pairs, read_log

STINGS = (
    "::error title=pwned::pwned",
    "::add-mask::pwned",
    "::stop-commands::pwned",
    "::set-output name=pwned::pwned",
    "\u200b::warning::pwned",
    ":\u200b:notice::pwned",
    "##[error]pwned",
    "##[add-path]pwned",
    "#\u200b#[error]pwned",
    "##vso[task.setvariable variable=pwned]pwned",
    "##teamcity[pwned]",
    "\x1b[0Ksection_start:1:pwned\r\x1b[0K",
    "\x1b]0;pwned\x07",
    "\r::error::pwned",
    "\n::error::pwned",
    "\u2028::error::pwned",
    "\x85::error::pwned",
    "%0A::error::pwned",
    "%0D%0A##[error]pwned",
    "EOF",
    "\nEOF\npwned=1\n",
    "ghadelimiter\npwned<<x\ny\nx",
    "compass-event-\npwned=1",
    "pwned=1",
    "$(pwned)",
    "${PWNED}",
    "$PWNED",
    "`pwned`",
    "```\n# pwned",
    "|\n| pwned |",
    "| pwned | pwned | pwned |",
    "\\| pwned",
    "[pwned](https://evil.example)",
    "![pwned](https://evil.example/x.png)",
    "<img src=x onerror=pwned>",
    "</td></table><script>pwned</script>",
    "<!-- pwned",
    "https://evil.example/pwned",
    "\u202epwned",
    "'pwned'",
    '"pwned"',
    "# pwned",
    "\\npwned=1",
    "\x00pwned",
)

HEADLINES = {failure.headline for failure in FAILURES.values()} | {
    value for value in vars(errors).values() if isinstance(value, str)
}
HEADLINES |= {kind.headline for kind in (errors.InputError, errors.EventError)}


def judge(written: Written, host: str) -> None:
    """Judge both streams, whichever of them is the log: a host reads commands in either."""
    assert written.code in (0, 2)
    lines = []
    for stream in (written.stdout, written.stderr):  # on no known CI system errors go to the second
        lines += stream.split("\n")
        assert lines.pop() == ""
    for line in lines:
        plain = re.sub(r"^\x1b\[3[1-4]m(.*)\x1b\[0m$", r"\1", line) if host == "bitbucket" else line
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", plain)
        assert "##[" not in plain
        assert "##vso[" not in plain
        assert "##teamcity[" not in plain
    if host == "github":
        judge_github(written)
    else:
        assert not any(parse_command(line) for line in lines)
        judge_dotenv(written.files.get("variables", ""))
        dotenv = written.files.get("compass-event.env", "")
        judge_dotenv(dotenv)
        assert "$" not in dotenv  # GitLab expands it


def judge_github(written: Written) -> None:
    log = read_log(written.stderr + written.stdout)  # the runner reads both
    assert {c.name for c in log.commands} <= {"add-mask", "notice", "warning", "error"}
    assert not log.failures
    for annotation in log.annotations:
        assert set(annotation.properties) <= {"title"}
        assert annotation.title is None or annotation.title in HEADLINES
        assert not annotation.message.startswith("pwned")
    assert "pwned" not in log.masks
    outputs = parse_pairs(written.files.get("output.txt", "").encode())
    assert set(outputs) <= set(OUTPUTS)
    assert set(parse_pairs(written.files.get("state.txt", "").encode())) <= {"COMPASS_TRACKED"}
    summary = written.files.get("summary.md", "")
    assert check_summary(summary.encode()) is None
    judge_summary(summary)


SPAN = r"`[^`|\r\n]+`"
LINK = rf"\[(?:{SPAN}|event)\]\(https?://[A-Za-z0-9.:/?&=%#@!$',;~+-]*\)"
# What is left of a cell without them is the program's own: no mark that Markdown or HTML reads.
SIGNS = r"\u26a0\ufe0f\u2705\u274c\u231b\U0001f6ab\u21a9\U0001f534\U0001f7e2"
OWN = re.compile(rf"[A-Za-z0-9 .,:;'/&?=()\u00a6\u2026{SIGNS}-]*")
HEAD = "| Component | State | Environment | Took | Compass |"
RULE = "| --- | --- | --- | --- | --- |"


def judge_summary(summary: str) -> None:
    """A blank line, a heading, and a list of problems, or a table and a list of reasons.

    All of it is words of the program's own, code spans and links.
    """
    if not summary:
        return
    blank, heading, second, *rows = summary.split("\n")
    assert rows.pop() == ""
    assert (blank, second) == ("", "")
    assert len(summary.splitlines()) == len(rows) + 3
    if heading.startswith("### \u274c Compass: "):
        assert heading.removeprefix("### \u274c Compass: ") in HEADLINES
        assert all(re.fullmatch(rf"- (?:{SPAN}|and \d+ more)", row) for row in rows), rows
        return
    assert heading.startswith("### Compass: ")
    assert is_own(heading.removeprefix("### ")), heading
    assert (rows[0], rows[1]) == (HEAD, RULE)
    table, _, reasons = "\n".join(rows[2:]).partition("\n\n")
    for row in filter(None, reasons.split("\n")):
        assert row.startswith("- ")
        assert is_own(row), row
    for row in filter(None, table.split("\n")):
        assert row.startswith("| ")
        assert row.endswith(" |")
        cells = row[1:-1].split("|")
        assert len(cells) == 5
        assert all(map(is_own, cells)), row


def is_own(text: str) -> bool:
    """Tell a text in which what may be a stranger's stands in code spans and links alone."""
    return OWN.fullmatch(re.sub(SPAN, "", re.sub(LINK, "", text))) is not None


def judge_dotenv(content: str) -> None:
    """One NAME=value on each line, the names ours, nothing that a reader could cut a line at."""
    lines = content.split("\n")
    assert lines.pop() == ""
    names = []
    for line in lines:
        name, equals, value = line.partition("=")
        assert equals
        assert re.fullmatch("COMPASS_[A-Z_]+", name)
        assert value == value.strip()
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", value)
        names.append(name)
    known = {"COMPASS_" + name.upper().replace("-", "_") for name in OUTPUTS}
    assert set(names) <= known | {"COMPASS_TRACKED"}
    assert len(set(names)) == len(names)
