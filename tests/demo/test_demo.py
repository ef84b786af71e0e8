"""The demo, run as `make demo` runs it, and its page."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from threading import Timer

import pytest
import requests

from compass_action.demo import COMPONENTS, main, table
from compass_action.main import main as program
from compass_action.sandbox import running_sandbox

ROOT = Path(__file__).parents[2]


def test_it_ends_with_feed_and_metrics_and_keeps_its_page(tmp_path: Path) -> None:
    """In 80 columns; from a folder that is no checkout."""
    with subprocess.Popen(
        [sys.executable, str(ROOT / "entrypoint.py"), "demo", "--keep"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        guard = Timer(120, process.kill)
        guard.start()
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if found := re.fullmatch(r"The page is open at (\S+) until Ctrl-C\.", lines[-1]):
                break
        assert found, lines
        page = requests.get(found[1], headers={"Accept": "text/html"}, timeout=10).text
        assert page.count('<li id="event-') == 8
        assert "production: billing #218" in page
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        guard.cancel()
    assert max(map(len, lines)) <= 80
    assert "12 requests, 8 events" in lines[-2]
    assert lines[-2].endswith("the feed is what it must be.")
    derived = lines[lines.index("And what it would derive from that:") :]
    assert any(
        re.fullmatch(r"billing +0\.25 +[\d.<]+ s( +\N{EN DASH}){3}", line) for line in derived
    )


def test_it_says_how_to_keep_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    from compass_action.demo import keeping

    with keeping.sandbox({}, keep=False) as sandbox:
        keeping.stay(sandbox.url, keep=False)
    said = capsys.readouterr().out
    assert said == "KEEP=1 make demo keeps all of it open as a page to look at.\n"


def test_a_port_that_is_taken_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    from compass_action.demo import keeping

    with running_sandbox() as other:
        monkeypatch.setattr(keeping, "PORT", other.server_port)
        with keeping.sandbox({}, keep=True) as sandbox:
            assert requests.get(f"{sandbox.url}/healthz", timeout=10).ok
            assert sandbox.url != other.url


@pytest.mark.parametrize("arguments", [["--kep"], ["--keep", "--keep"], ["x"]])
def test_it_takes_no_other_argument(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err == "compass-event demo takes no argument but --keep.\n"


@pytest.mark.parametrize("asked", ["-h", "--help"])
def test_it_explains_itself(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert program(["demo", asked], {}) == 0
    assert "Usage: compass-event demo [--keep]\n" in capsys.readouterr().out


def test_a_program_s_lines_are_wrapped_without_colours_and_with_names() -> None:
    said = (
        f"::add-mask::secret\n\x1b[34mINFO: accepted for {COMPONENTS['shop']}\x1b[0m\n{'x' * 90}\n"
    )
    assert list(table.wrapped(said, COMPONENTS)) == [
        "    INFO: accepted for ari:…/shop",
        "    " + "x" * 76,
        "      " + "x" * 14,
    ]
