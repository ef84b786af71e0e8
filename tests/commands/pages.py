"""The pages that are made from the program's own tables.

`python -m tests.commands.pages` writes them anew; a test compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from compass_action.commands import help as pages
from compass_action.commands.event_guide import ALL_READ, GUIDES
from compass_action.event_types import EVENT_TYPES
from compass_action.tool_words import SEVERITIES, TOOLS

ROOT = Path(__file__).parents[2]
HELP = Path(__file__).parent / "help"

EVENTS = """\
# Events of every type

Each type has a page of its own in the program: `compass-event help incident`. Inputs have the same
names on every host: `event-id` is `--event-id` on the command line, `COMPASS_EVENT_ID` in an
environment. The examples need credentials and a component (`site`, `email`, `api-token`,
`component-id`); in a CI system the source and the link need not be given.
"""

TOOLS_TEXT = """\
# Words of other tools

What these tools call a state or a severity may be given as it is, in any case. Each has a complete
call, which reads what the tool sends from standard input; it needs [jq](https://jqlang.org), the
credentials and a component in `COMPASS_…` variables.

Where a tool sends webhooks, something has to receive them: a small service, or a workflow that the
webhook starts. Its body is the standard input of the call. `compass-event events` sends each line that
it reads as one event, within Compass's rate limit.

A call may run as often as the tool does: ids and starts are the tool's own, so each event is updated. Where
the tool tells no start, an incident or vulnerability keeps the one that Compass shows. Some webhooks are no
events, such as a note; the calls leave these out.

## Severities

A severity that Compass does not know is an error that says so; nothing is guessed. Of a word with its
explanation, such as `P1 - Critical` or `SEV-2: Major`, the word counts.
"""


def quoted(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def by_meaning(words: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word, meaning in words.items():
        found.setdefault(meaning, []).append(word.replace(" ", "-"))
    return found


def table(head: tuple[str, str], words: Mapping[str, str]) -> Iterator[str]:
    yield from (f"| {head[0]} | {head[1]} |", "| --- | --- |")
    for meaning, named in by_meaning(words).items():
        yield f"| `{meaning}` | {quoted(named)} |"
    yield ""


def events_page() -> str:
    lines = [EVENTS]
    for name, kind in EVENT_TYPES.items():
        guide = GUIDES[name]
        lines += [f"## {kind.word}", "", guide.when, ""]
        if guide.note:
            lines += [guide.note, ""]
        others = () if name == "pullRequest" else ALL_READ
        lines += [f"Needs {quoted(list(guide.needs))}, unless the CI system says it.", ""]
        lines += [f"Also reads {quoted([*guide.reads, *others])}.", ""]
        if kind.words:
            lines += table((f"{kind.outcome} in Compass", "words for `state`"), kind.words)
        if name in SEVERITIES:
            level = "priority" if name == "alert" else "level"
            lines += table((f"{level} in Compass", "words for `severity`"), SEVERITIES[name])
        lines += ["```sh", "\n".join(shell(e) for e in guide.examples), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def shell(example: str) -> str:
    return example.replace(" --", " \\\n    --") if len(example) > 100 else example


def tools_page() -> str:
    lines = [TOOLS_TEXT]
    for name, words in SEVERITIES.items():
        lines += table((f"{name} in Compass", "words"), words)
    for name, tool in TOOLS.items():
        lines += [f"## {name}", "", f"{name} [lists its words]({tool.reference}).", ""]
        if tool.caution:
            lines += [tool.caution, ""]
        for event_type, words in tool.words.items():
            lines += table((f"{event_type} in Compass", name), words)
        if tool.severities:
            lines += [f"Severities: {quoted(list(tool.severities))}.", ""]
        example = ROOT / "examples" / "tools" / f"{name.lower()}.sh"
        lines += ["```sh", example.read_text().rstrip(), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def made() -> dict[Path, str]:
    """All pages, by file."""
    found = {
        HELP / f"{topic or 'compass-event'}.txt": pages.page(topic) + "\n"
        for topic in pages.topics()
    }
    docs = ROOT / "docs"
    return found | {docs / "events.md": events_page(), docs / "tools.md": tools_page()}


if __name__ == "__main__":
    HELP.mkdir(exist_ok=True)
    for file, text in made().items():
        file.write_text(text)
