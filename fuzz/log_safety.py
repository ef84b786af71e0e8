"""Fuzz what the program writes: no text becomes a command, markup, or a variable of its own.

    python fuzz/log_safety.py [--runs N]     N random mixtures of stings and bytes; counts them
    python fuzz/log_safety.py --atheris ...  guided by coverage; needs `pip install atheris` (Linux)

Every input is written as log lines, as JSON, outputs, state and summary, for every host, and judged by the
strict parsers of tests/strict_parsers.py. The first input that gets through ends it, and is shown.
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compass_action import report
from compass_action.ci import SYSTEMS
from compass_action.delivery.failures import FAILURES
from compass_action.report import machine
from compass_action.report.log import Log
from compass_action.report.report import Report, Row
from compass_action.tracking import OUTPUTS, Identity, Tracked
from tests.faults.hosts import HOSTS, Written
from tests.strict_parsers import STINGS, judge

LEVELS = ("info", "success", "notice", "warning", "error", "debug")
WORDS = ("accepted", "spooled", "failed")


def write(text: str, folder: Path) -> None:
    """Write one text everywhere it could get to, and judge the result."""
    for file in folder.iterdir():
        file.unlink()
    env = {
        "GITHUB_OUTPUT": str(folder / "output.txt"),
        "GITHUB_STATE": str(folder / "state.txt"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "BITBUCKET_PIPELINES_VARIABLES_PATH": str(folder / "variables"),
        "CI_PROJECT_DIR": str(folder),
    }
    # What stands in an event has passed its schema: valid Unicode, and a URL that is one.
    valid = text.encode("utf-8", "replace").decode()
    outputs = dict.fromkeys(OUTPUTS, valid)
    left = Report(
        outputs=outputs | {"event-type": "build"},
        rows=tuple(Row(f"ari:x/{valid}", word, valid) for word in WORDS),
        title=valid,
        url="https://acme.example/" + "".join(c for c in valid if c.isascii() and c.isalnum()),
        tracked=Tracked(Identity("build", valid), valid, 1, (valid,)),
    )
    headline = FAILURES["server"].headline
    for host in HOSTS:
        stream = io.StringIO()
        manner = SYSTEMS[host].speaker
        log = Log(report.SPEAKERS[manner], debug=True, stream=stream)
        for level in LEVELS:
            # A message of ours never begins with foreign text on GitHub, where that would be data.
            log.say(level, f"said: {text}", headline if level in ("warning", "error") else "")
        log.show(text)
        report.save(left, manner, env, log)
        files = {file.name: file.read_bytes().decode() for file in folder.iterdir()}
        told = machine.render(log.left, log.said, 0) + "\n"
        judge(Written(0, told, stream.getvalue(), files), host)


def main(arguments: list[str]) -> int:
    """Run one of the two ways."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments[:1] == ["--atheris"]:
            return _run_atheris(folder, arguments[1:])
        runs = int(arguments[1]) if arguments[:1] == ["--runs"] else 20_000
        chance = random.Random(2026)  # noqa: S311 - the same inputs each time
        for number in range(1, runs + 1):
            text = _mix(chance)
            try:
                write(text, folder)
            except AssertionError:
                sys.stdout.write(f"input {number} gets through: {text!a}\n")
                raise
        sys.stdout.write(f"{runs:,} inputs, {len(HOSTS)} hosts: none got through.\n")
    return 0


def _mix(chance: random.Random) -> str:
    pieces = []
    for _ in range(chance.randrange(1, 6)):
        kind = chance.random()
        if kind < 0.6:
            sting = chance.choice(STINGS)
            cut = chance.randrange(len(sting) + 1) if chance.random() < 0.3 else len(sting)
            pieces.append(sting[:cut])
        elif kind < 0.8:
            pieces.append(chance.choice("\r\n\t \x00\x1b\x85\u2028\u200b\u00ad\ufeff:#[]|`<>$%=\\"))
        else:
            pieces.append(chr(chance.choice((chance.randrange(0x100), chance.randrange(0xD800)))))
    return "".join(pieces)


def _run_atheris(folder: Path, arguments: list[str]) -> int:
    import atheris

    def test_one(data: bytes) -> None:
        write(data.decode("utf-8", "replace"), folder)

    atheris.instrument_all()
    atheris.Setup([sys.argv[0], *arguments], test_one)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
