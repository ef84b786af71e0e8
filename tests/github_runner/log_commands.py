"""What the runner makes of a step's output: commands, annotations, masks and the log people see.

`::name key=value,key=value::data` at the start of a line, after any white space, and the legacy
`##[name key=value;key=value]data` anywhere in a line; on stdout and on stderr alike. As lenient
as the runner in what counts as a command, because tests use this to prove that text from
strangers never became one. Sources: actions/runner, src/Runner.Common/ActionCommand.cs,
src/Runner.Worker/ActionCommandManager.cs and ExecutionContext.cs (AddIssue).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .file_commands import mask_text

ANNOTATIONS = ("error", "warning", "notice")
ANNOTATIONS_OF_A_KIND = 10
ANNOTATION_LENGTH = 4096
STOP = "stop-commands"
REGISTERED = frozenset(
    (
        *(STOP, *ANNOTATIONS, "debug", "group", "endgroup", "echo", "add-mask", "add-matcher"),
        *("remove-matcher", "set-output", "save-state", "set-env", "add-path"),
    )
)
"""The names a runner knows; anything else stays in the log as text."""
SILENT = frozenset((*ANNOTATIONS, "debug", "add-mask"))
"""Commands that `::echo::on` does not repeat."""

# The runner reads lines as .NET does: a carriage return alone ends one too, U+2028 does not.
_LINE_END = re.compile(r"\r\n|\r|\n")
# .NET's white space, which unlike Python's leaves out U+001C to U+001F.
_WHITE_SPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B)))
_WHITE_SPACE += "\u2028\u2029\u202f\u205f\u3000"
# The end of a command's name and properties. .NET looks for it by the rules of the language, which
# pass over characters without a width, so these do not break it.
_NAME_END = re.compile("[\x00\xad\u200b-\u200f\u2060-\u2064\ufeff]*".join("::"))
# The first `=` that has something on both sides; an empty value drops the whole property.
_PROPERTY = re.compile(r"=*([^=]+)=+([^=].*)", re.DOTALL)

_DATA = {"%0D": "\r", "%0A": "\n", "%25": "%"}
_PROPERTY_ESCAPES = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
_LEGACY_ESCAPES = {"%3B": ";", "%0D": "\r", "%0A": "\n", "%5D": "]", "%25": "%"}


@dataclass(frozen=True)
class Command:
    """A line of output that the runner obeyed."""

    name: str
    """In lower case, whatever the line had."""
    properties: Mapping[str, str]
    data: str


@dataclass(frozen=True)
class Annotation:
    """What people see on the run's page."""

    kind: str
    message: str
    properties: Mapping[str, str] = field(default_factory=dict)
    """`file` (relative to the workspace), `line`, `endLine`, `col`, `endColumn`, `title`."""

    @property
    def title(self) -> str | None:
        return self.properties.get("title")


def parse_command(line: str, registered: Iterable[str] = REGISTERED) -> Command | None:
    """The command that the line is or, in the legacy form, contains."""
    return _parse_line_start(line, registered) or _parse_legacy(line, registered)


def _parse_line_start(line: str, registered: Iterable[str]) -> Command | None:
    line = line.lstrip(_WHITE_SPACE)
    end = _NAME_END.search(line, 2)
    if not line.startswith("::") or end is None:
        return None
    name, _, properties = line[2 : end.start()].partition(" ")
    if name.lower() not in registered:
        return None
    pairs = properties.strip(_WHITE_SPACE).split(",")
    data = line[end.start() + 2 :]
    return Command(name.lower(), _properties(pairs, _PROPERTY_ESCAPES), _unescape(data, _DATA))


def _parse_legacy(line: str, registered: Iterable[str]) -> Command | None:
    start = line.find("##[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    name, _, properties = line[start + 3 : end].partition(" ")
    if name.lower() not in registered:
        return None
    data = _unescape(line[end + 1 :], _LEGACY_ESCAPES)
    return Command(name.lower(), _properties(properties.split(";"), _LEGACY_ESCAPES), data)


def _properties(pairs: Iterable[str], escapes: Mapping[str, str]) -> dict[str, str]:
    found = (_PROPERTY.fullmatch(pair) for pair in pairs)
    return {pair[1]: _unescape(pair[2], escapes) for pair in found if pair}


def _unescape(text: str, escapes: Mapping[str, str]) -> str:
    for escaped, character in escapes.items():  # `%25` is last, so `%250A` becomes `%0A`
        text = text.replace(escaped, character)
    return text


class LogReader:
    """Reads a step's output line by line, as the runner does.

    stdout and stderr reach the runner in an order of their own; read them one after the other.
    The runner also masks base64 and other encodings of each mask; leaving that out makes this log
    show more than the real one, never less.
    """

    def __init__(
        self, masks: Iterable[str] = (), *, debug: bool = False, roots: Iterable[str] = ()
    ) -> None:
        self.masks = list(masks)
        self.commands: list[Command] = []
        self.annotations: list[Annotation] = []
        self.failures: list[str] = []
        """Commands that the runner could not carry out; any of them fails the step."""
        self.visible: list[str] = []
        self._roots = tuple(roots)
        self._debug = self._echo = debug
        self._resume: str | None = None

    @property
    def visible_log(self) -> str:
        return "".join(f"{line}\n" for line in self.visible)

    def read(self, text: str) -> LogReader:
        lines = _LINE_END.split(text)
        for line in lines if lines[-1] else lines[:-1]:
            if not self._obey(line):
                self.write(line)
        return self

    def write(self, line: str) -> None:
        self.visible.append(mask_text(line, self.masks))

    def annotate(
        self, kind: str, message: str, properties: Mapping[str, str] | None = None
    ) -> None:
        """Log an issue; the first ten of a kind also become annotations."""
        message = mask_text(message, self.masks)[:ANNOTATION_LENGTH]
        self.write(f"##[{kind}]{message}")
        if sum(known.kind == kind for known in self.annotations) < ANNOTATIONS_OF_A_KIND:
            self.annotations.append(Annotation(kind, message, dict(properties or {})))

    def fail(self, message: str) -> None:
        self.failures.append(message)
        self.annotate("error", message)

    def _obey(self, line: str) -> bool:
        command = parse_command(line, REGISTERED | {self._resume} if self._resume else REGISTERED)
        if command is None:
            return False
        if self._resume is not None:
            if command.name != self._resume:
                return False
            self.write(line)
            self._resume = None
            return True
        self.commands.append(command)
        if command.name == STOP:
            self._stop(line, command.data)
            return True
        if self._echo and command.name not in SILENT:
            self.write(line)
        self._carry_out(command)
        return True

    def _stop(self, line: str, token: str) -> None:
        if not token or token.lower() in REGISTERED | {"pause-logging"}:
            self.fail("The end token is empty, 'pause-logging' or another workflow command")
            return
        self._resume = token.lower()
        if len(token) > 6:
            self.masks.append(token)
        self.write(line)

    def _carry_out(self, command: Command) -> None:
        name, data = command.name, command.data
        if name in ANNOTATIONS:
            self.annotate(name, data, self._relative(command.properties))
        elif name == "add-mask":
            self._add_mask(data)
        elif name == "debug" and self._debug:
            self.visible += [mask_text(f"##[debug]{part}", self.masks) for part in data.split("\n")]
        elif name in ("group", "endgroup"):
            self.write(f"##[{name}]{data if name == 'group' else ''}")
        elif name == "echo":
            if data.strip().lower() not in ("on", "off"):
                self.fail(f"Invalid echo command value: '{data}'")
            self._echo = data.strip().lower() == "on"
        elif name in ("set-env", "add-path"):
            self.fail(f"The `{name}` command is disabled")
        elif name in ("set-output", "save-state"):
            if not command.properties.get("name"):
                self.fail(f"Required field 'name' is missing in ##[{name}] command.")
            else:
                self.annotate("warning", f"The `{name}` command is deprecated")

    def _add_mask(self, value: str) -> None:
        if not value.strip():
            self.annotate("warning", "Can't add secret mask for empty string in ##[add-mask]")
            return
        if self._echo:
            self.visible.append("::add-mask::***")
        # Output comes line by line, so each line of the value is a mask of its own.
        self.masks += [value, *filter(None, re.split(r"[\r\n]", value))]

    def _relative(self, properties: Mapping[str, str]) -> dict[str, str]:
        relative = dict(properties)
        for root in self._roots:
            if relative.get("file", "").startswith(f"{root}/"):
                relative["file"] = relative["file"][len(root) + 1 :]
        return relative
