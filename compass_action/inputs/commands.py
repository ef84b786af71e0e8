"""The commands: what each is for, how it is called, what may go wrong. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Command(NamedTuple):
    """One command of the program."""

    about: str
    """What it does, in a few words that fit on one line of the help."""
    usage: str = "[--INPUT VALUE …]"
    """What comes after its name."""
    text: str = ""
    """What its own help says after that, in whole sentences."""
    examples: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    """The inputs that its help shows; it takes the others as well, but for what `reads` leaves out."""
    takes: str = ""
    """What stands for the words that it takes beside options; empty where it takes none."""
    reads: frozenset[str] = frozenset()
    """The inputs that have a meaning for it; empty where all have one."""
    own: Mapping[str, str] = {}
    """Its own options, which are no inputs and take no value, and what each does."""
    reads_alone: bool = False
    """It reads its arguments itself."""


# fmt: off
COMMANDS: Mapping[str, Command] = {
    "send": Command(
        "report one event (this is the default)",
        text="Reports a build, a deployment or any other event, once. What is not given is read "
        "from the CI system.",
        examples=("compass-event --environment production --state success",
                  "compass-event --event-type incident --event-id INC-7 --state open"),
        options=("event-type", "state", "environment", "component-id", "event-id", "severity",
                 "outbox", "dry-run"),
    ),
    "run": Command(
        "run a command and report how it went",
        "[--INPUT VALUE …] -- COMMAND [ARGUMENT …]",
        "Starts the command at once, reports meanwhile that it is running, and reports its outcome "
        "with its true start and end. Standard input, output and error are the command's own. "
        "Signals are passed on to it; it is then reported as cancelled. The command always runs, "
        "whatever is wrong with the inputs, and its exit code becomes the exit code (127: not found, "
        "126: not executable, 128+n: ended by signal n). Only with on-error: fail, 0 becomes 1 if "
        "the report was lost and 2 if inputs are wrong. Log lines go to standard error, after the "
        "command has ended.",
        ("compass-event run --environment production -- ./deploy.sh --region eu",
         "compass-event run -- sh -c 'make && make test'"),
        ("environment", "component-id", "pipeline-id", "started-at", "on-error", "timeout", "outbox"),
        takes="COMMAND",
    ),
    "events": Command(
        "report many events from a file of JSON lines",
        "FILE [--INPUT VALUE …]",
        "Each line of the file is a JSON object whose keys are names of inputs. What a line does not "
        "say comes from the options and variables; a line that names components is for these alone. "
        "FILE may be - for standard input. All lines are checked before the first one is sent. What "
        "they lack is looked up as for a single event, but Compass is asked each question once. They "
        "are sent within its rate limit.",
        ("compass-event events findings.jsonl --event-type vulnerability",
         "jq -c '…' report.json | compass-event events - --timeout 600"),
        ("event-type", "component-id", "component-slug", "external-event-source-id", "timeout", "outbox",
         "on-error", "dry-run", "verify", "json"),
        takes="FILE",
    ),
    "check": Command(
        "show what would be sent, and whether Compass would take it",
        "[--offline] [--INPUT VALUE …]",
        "Sends no event. Asks Compass whether site, token, component and its event sources are right, "
        "where credentials are given; with --offline nobody is asked. Shows every value of the event "
        "with its source, then the request.",
        ("compass-event check --environment production --state success",
         "compass-event check --offline --json"),
        options=("json", "debug"),
        own={"--offline": "Ask nobody."},
    ),
    "verify": Command(
        "ask Compass whether the event of this run counts",
        text="Compass's answer 202 says only that an event was taken in. This asks Compass what it "
        "shows of the event of this run. Takes the inputs with which it was sent; `verify: true` asks "
        "right after sending.",
        examples=("compass-event verify --environment production --state success",),
        options=("environment", "component-id", "event-id", "timeout", "json"),
    ),
    "replay": Command(
        "send what an outbox has kept",
        "FILE … [--INPUT VALUE …]",
        "Sends the very bytes that could not be delivered before. What is delivered leaves the "
        "file; the rest stays. With component-id, only the events of these components are sent. With "
        "dry-run, the requests are shown, nothing is sent, and the file stays as it is.",
        ("compass-event replay outbox.jsonl --site acme",),
        ("site", "email", "api-token", "api-url", "component-id", "on-error", "timeout", "dry-run",
         "verify", "json", "debug"),
        takes="FILE",
        # A kept event is sent as it is: an option that would change it can only be a mistake.
        reads=frozenset({"site", "email", "api-token", "api-url", "component-id", "on-error",
                         "timeout", "dry-run", "verify", "ci", "json", "debug"}),
    ),
    "post": Command(
        "end a tracked job (GitHub calls this by itself)",
        text="Reports the outcome of the job whose start `track: true` has reported. "
        "On GitHub the action does this at the end of the job.",
        examples=("compass-event post",),
        options=("state", "on-error", "timeout", "outbox"),
    ),
    "sandbox": Command(
        "run a local stand-in for Compass", "[--port N] [OPTION …]",
        "Takes events as Compass does and shows the feed. Nothing leaves this machine. "
        "`compass-event sandbox --help` has its options.",
        ("compass-event sandbox --port 8377",), reads_alone=True,
    ),
    "demo": Command(
        "play real pipelines against the stand-in", "[--keep]",
        "Runs the program as GitHub, Bitbucket, GitLab and Jenkins would, and shows what Compass would "
        "show. With --keep there is a page that shows it, until Ctrl-C.",
        ("compass-event demo", "compass-event demo --keep"),
        own={"--keep": "Keep the page open until Ctrl-C."}, reads_alone=True,
    ),
    "completion": Command(
        "print a script that completes commands and options", "bash | zsh | fish",
        "Load it in your shell's start file.",
        ('eval "$(compass-event completion bash)"',
         "compass-event completion zsh > ~/.zfunc/_compass-event",
         "compass-event completion fish > ~/.config/fish/completions/compass-event.fish"),
        takes="SHELL",
    ),
    "help": Command(
        "explain a command, an event type, inputs or exit codes", "[TOPIC]",
        examples=("compass-event help run", "compass-event help incident", "compass-event help inputs"),
        takes="TOPIC",
    ),
}
# fmt: on
