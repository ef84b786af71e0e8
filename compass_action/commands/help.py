"""Help: for the program, for each command and event type, for inputs and exit codes."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence

from compass_action import report
from compass_action.errors import InputError, Problem
from compass_action.event_types import EVENT_TYPES, as_written
from compass_action.inputs.commands import COMMANDS
from compass_action.inputs.table import BY_NAME, GROUPS, INPUTS, Input
from compass_action.text import advise, fold_word, quoted
from compass_action.tool_words import SEVERITIES

from .event_guide import ALL_READ, GUIDES

WIDTH = 80
EXIT_CODES = {
    "0": "Done. Also a delivery that failed under on-error: warn, and a run that was skipped.",
    "1": "Compass refused the event, could not be reached, or did not answer what the event needs "
    "(under on-error: fail). The event may be in the outbox.",
    "2": "The inputs or the event are wrong. Nothing was sent.",
}
RUN_CODES = (
    "`compass-event run` exits with the command's own code: 127 if it is not found, 126 if it cannot "
    "be executed, 128+n if signal n ended it. Only under on-error: fail a 0 becomes 1 for a lost "
    "report, and 2 for wrong inputs."
)
CHECK_CODES = (
    "`compass-event check` exits with 1 if Compass says that something is wrong, `compass-event verify` "
    "if the event is ignored or does not show."
)
PROGRAM = "tell Atlassian Compass what your pipelines do"
EXAMPLES = (
    "compass-event run --environment production -- ./deploy.sh",
    "compass-event --event-type incident --event-id INC-7 --state open",
    "compass-event check --environment production --state success",
)
INPUTS_TEXT = (
    "Each input is an option and a variable: --component-id is COMPASS_COMPONENT_ID, on GitHub also "
    "INPUT_COMPONENT-ID. Options come first, then INPUT_*, then COMPASS_*, then what the CI system "
    "says. Empty means not given. Lists are separated by newlines or commas. Keep the API token out "
    "of the command line: other users of the machine can read it there."
)


def explain(topics: Sequence[str]) -> int:
    """Print the help on a topic, or on everything; returns the exit code. Raises InputError."""
    report.print_text(page(topics[0] if topics else ""))
    return 0


def page(topic: str) -> str:
    """Write the page on a topic; raises InputError if there is none."""
    pages = topics()
    name = next((known for known in pages if fold_word(known) == fold_word(topic)), None)
    if name is None:
        known = [word for word in pages if word]
        advice = advise(topic, known, ("run", "incident", "inputs", "exit-codes"))
        raise InputError([Problem("help", f"{quoted(topic)} is not a topic. {advice}")])
    return "\n".join(pages[name]())


def topics() -> dict[str, Callable[[], Iterator[str]]]:
    """List the pages by topic: what can be asked for after `help`."""
    found: dict[str, Callable[[], Iterator[str]]] = {
        "": _program,
        "inputs": _inputs,
        "exit-codes": _exit_codes,
    }
    for name in COMMANDS:
        found[name] = lambda name=name: _command(name)  # type: ignore[misc]
    for name, kind in EVENT_TYPES.items():
        found[kind.word] = lambda name=name: _event_type(name)  # type: ignore[misc]
    return found


def _program() -> Iterator[str]:
    yield from (f"compass-event: {PROGRAM}", "")
    yield from ("Usage: compass-event [COMMAND] [--INPUT VALUE …]", "", "Commands:")
    yield from _table({name: row.about for name, row in COMMANDS.items()})
    yield from ("", "Examples:", *(f"  {line}" for line in EXAMPLES), "")
    yield from _paragraph(
        "More: compass-event help COMMAND, help EVENT-TYPE (build, incident, flag …), help inputs, "
        "help exit-codes."
    )
    yield ""
    yield from _inputs()


def _inputs() -> Iterator[str]:
    yield from _paragraph(INPUTS_TEXT)
    for key, title in GROUPS.items():
        yield from ("", f"{title}:")
        for row in INPUTS:
            if row.group == key:
                yield from _input(row)


def _input(row: Input) -> Iterator[str]:
    default = f" Default: {row.default}." if row.default else ""
    yield f"  --{row.name} {row.type.metavar}"
    yield from _paragraph(row.help + default, "      ")


def _exit_codes() -> Iterator[str]:
    yield from ("Exit codes:", *_table(EXIT_CODES), "")
    yield from _paragraph(RUN_CODES)
    yield from ("", *_paragraph(CHECK_CODES))


def _command(name: str) -> Iterator[str]:
    row = COMMANDS[name]
    yield from _paragraph(f"compass-event {name}: {row.about}.")
    yield from ("", f"Usage: compass-event {name} {row.usage}".rstrip())
    if row.text:
        yield from ("", *_paragraph(row.text))
    if name == "help":
        yield from ("", *_paragraph("Topics: inputs, exit-codes, and"))
        yield from _table({"commands": ", ".join(COMMANDS)})
        yield from _table({"events": ", ".join(kind.word for kind in EVENT_TYPES.values())})
    yield from ("", "Example:" if len(row.examples) == 1 else "Examples:")
    yield from (f"  {line}" for line in row.examples)
    if "--INPUT" in row.usage:
        yield from ("", "Inputs that matter most here:")
        for option in row.options:
            yield from _input(BY_NAME[option])
        yield from ("", "All inputs: compass-event help inputs")


def _event_type(name: str) -> Iterator[str]:
    kind, guide = EVENT_TYPES[name], GUIDES[name]
    article = "an" if kind.word[0] in "aeiou" else "a"
    yield from (f"Reporting {article} {kind.word} event (event-type: {kind.word})", "")
    yield from _paragraph(guide.when)
    if guide.note:
        yield from ("", *_paragraph(guide.note))
    others = () if name == "pullRequest" else ALL_READ
    rows = {"needs": ", ".join(guide.needs), "also reads": ", ".join((*guide.reads, *others))}
    yield from ("", "Inputs:", *_table(rows))
    if kind.words:
        yield from ("", f"Words for the {kind.outcome} (the input state), in any case:")
        yield from _table(_by_meaning(kind.words))
        if kind.has_duration:
            yield from _table(
                {
                    "": "An exit code works too: 0 is success, 124 a time-out, any other one a failure."
                }
            )
    if name in SEVERITIES:
        yield from ("", "Words for the severity:", *_table(_by_meaning(SEVERITIES[name])))
    yield from ("", "Examples:")
    for line in guide.examples:
        yield from _shell(line)


def _by_meaning(words: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for word, meaning in words.items():
        found.setdefault(meaning, []).append(as_written(word))
    return {meaning: ", ".join(named) for meaning, named in found.items()}


def _table(rows: Mapping[str, str]) -> Iterator[str]:
    """Two columns; long texts go on below themselves."""
    wide = max(map(len, rows)) + 2
    for name, text in rows.items():
        yield from textwrap.wrap(
            text, WIDTH, initial_indent=f"  {name:<{wide}}", subsequent_indent=" " * (wide + 2)
        )


def _paragraph(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )


def _shell(line: str) -> Iterator[str]:
    """Break a call before options, as a shell reads it."""
    shown = "  "
    for piece in line.replace(" --", "\0--").split("\0"):
        if len(shown) + len(piece.partition("\n")[0]) + 3 > WIDTH and shown.strip():
            yield shown.rstrip() + " \\"
            shown = "      "
        shown += piece + " "
    yield from shown.rstrip().split("\n")
