"""Write the one list of inputs into the surfaces: `make surfaces`.

A surface has its list between two lines, the first of which ends in `inputs: HOW` and the second in
`end of inputs`; `HOW` is a row of `WRITERS`. What a surface tells by itself is not an input there.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from compass_action.inputs.table import INPUTS, Input  # noqa: E402

SECTION = re.compile(
    r"(?P<indent>[ \t]*)(?P<first>\S.*inputs: (?P<how>\w+)\b.*\n)(?P<rows>(?:.*\n)*?)"
    r"(?P<last>.*end of inputs\b)"
)

# Secrets come from the system's own store, as COMPASS_EMAIL and COMPASS_API_TOKEN; `track` and the
# runner's inputs are GitHub's.
NOWHERE = frozenset({"email", "api-token", "host-token", "track"})
# What a surface that begins and ends tells by itself.
TOLD = frozenset(
    {"state", "started-at", "completed-at", "last-updated", "update-sequence-number", "record"}
)


class Writer(NamedTuple):
    """How a list is written."""

    write: Callable[[Input], str]
    """One input; may be several lines."""
    left_out: frozenset[str] = frozenset()


def _help(row: Input) -> str:
    return row.help + (f" Default: {row.default}." if row.default else "")


def _quoted(row: Input) -> str:
    return json.dumps(_help(row), ensure_ascii=False)


def _passed(row: Input) -> str:
    """What is given here comes before COMPASS_…, and what is left empty falls back to it."""
    return "INPUT_" + row.field.upper()


WRITERS = {
    "groovy": Writer(lambda row: f"'{row.name}',", frozenset({"record"})),
    "helm": Writer(lambda row: f'  "{row.name}": {{"description": {_quoted(row)}}},', TOLD),
    "circleci": Writer(
        lambda row: f'{row.name}:\n  type: string\n  default: ""\n  description: {_quoted(row)}',
        TOLD,
    ),
    "circleci_environment": Writer(
        lambda row: f'{_passed(row)}: "<< parameters.{row.name} >>"', TOLD
    ),
    "azure": Writer(
        lambda row: f"# {_help(row)}\n- name: {row.field}\n  type: string\n  default: ''",
        TOLD,
    ),
    "azure_environment": Writer(
        lambda row: f"{_passed(row)}: ${{{{ parameters.{row.field} }}}}", TOLD
    ),
    "buildkite": Writer(
        lambda row: f"{row.name}:\n  description: {_quoted(row)}",
        TOLD,
    ),
    "tekton": Writer(
        lambda row: (
            f'- name: {row.name}\n  description: {_quoted(row)}\n  type: string\n  default: ""'
        ),
        frozenset({"record"}),
    ),
    "tekton_environment": Writer(
        lambda row: f"- name: {_passed(row)}\n  value: $(params.{row.name})",
        frozenset({"record"}),
    ),
    "teamcity": Writer(
        lambda row: (
            f'<param name="env.{_passed(row)}" value="" spec={quoteattr(_specification(row))}/>'
        ),
        TOLD - {"state"},
    ),
}


def _specification(row: Input) -> str:
    """TeamCity's own language: quotes are escaped with a bar."""
    text = _help(row).replace("|", "||").replace("'", "|'")
    return f"text description='{text}' label='{row.name}' validationMode='any' display='normal'"


def write(text: str) -> str:
    """The text of a file, its lists as they have to be."""

    def section(found: re.Match[str]) -> str:
        writer = WRITERS[found["how"]]
        rows = [
            found["indent"] + line + "\n"
            for row in INPUTS
            if row.group != "runner" and row.name not in NOWHERE | writer.left_out
            for line in writer.write(row).splitlines()
        ]
        if found["how"] == "helm":  # JSON has no comma after the last one
            rows[-1] = rows[-1].replace("},\n", "}\n")
            rows = [found["indent"] + '"properties": {\n', *rows, found["indent"] + "},\n"]
        return f"{found['indent']}{found['first']}{''.join(rows)}{found['last']}"

    return SECTION.sub(section, text)


def files() -> Iterator[Path]:
    """The files that have a list."""
    for path in sorted(HERE.rglob("*")):
        scripts = path.suffix in (".py", ".pyc")
        if path.is_file() and not scripts and b"end of inputs" in path.read_bytes():
            yield path


if __name__ == "__main__":
    for path in files():
        path.write_text(write(path.read_text()))
