"""The log of a good run: what, where, accepted; and how it looks on a terminal."""

from __future__ import annotations

import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Sequence
from fcntl import ioctl
from pathlib import Path

import pytest

from compass_action.event.names import read_names
from compass_action.report import lines
from compass_action.sandbox import running_sandbox
from compass_action.workspace import ComponentFile
from tests.commands.program import ARI, PROGRAM, call, job, shell

OTHERS = [ARI[:-1] + digit for digit in "0356789"]
ESCAPE = re.compile(r"\x1b\[[0-9;]*[mK]|\r")


def test_three_lines(tmp_path: Path) -> None:
    """What, where, accepted: the component by its name, no ARI."""
    (tmp_path / "compass.yml").write_text(f"name: 'Shop checkout'\nid: {ARI}\n")
    env = job(tmp_path, CI_JOB_STARTED_AT="2026-01-31T01:23:45Z", COMPASS_COMPONENT_ID="")
    argv = ["--environment", "eu-prod", "--completed-at", "2026-01-31T01:25:46Z"]
    env["CI_PIPELINE_URL"] = "https://gitlab.com/acme/search/-/pipelines/1"
    with running_sandbox() as sandbox:
        env["COMPASS_API_URL"] = sandbox.url
        done = call(argv, env, tmp_path)
        site = sandbox.url.removeprefix("http://")
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        'deployment SUCCESSFUL "eu-prod: search #902"',
        f"environment eu-prod (PRODUCTION), took 2 min 1 s, component Shop checkout on {site}",
        "accepted by Compass",
    ]


def test_many_components_are_folded(tmp_path: Path) -> None:
    """On GitLab and GitHub; elsewhere they are listed."""
    aris = ",".join([ARI, *OTHERS])
    with running_sandbox() as sandbox:
        site = sandbox.url.removeprefix("http://")
        env = job(tmp_path, sandbox.url, COMPASS_COMPONENT_ID=aris)
        whole = subprocess.check_output(PROGRAM, env=env, cwd=tmp_path).decode()
        shown = whole.split("\n")
        assert f"8 components on {site}" in shown[1]
        assert re.fullmatch(
            r"\x1b\[0Ksection_start:0:compass_event_\w{8}\[collapsed=true\]\r\x1b\[0K8 components",
            shown[2],
        )
        assert shown[3] == "c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
        assert re.fullmatch(r"\x1b\[0Ksection_end:0:compass_event_\w{8}\r\x1b\[0K", shown[11])
        assert shown[-2] == "accepted by Compass for 8 components"
        env = shell(sandbox.url, COMPASS_COMPONENT_ID=aris)
        env |= {"COMPASS_URL": "https://a.example", "COMPASS_EXTERNAL_EVENT_SOURCE_ID": "s"}
        done = call(
            ["--event-type", "custom", "--event-id", "x", "--display-name", "x"], env, tmp_path
        )
        assert "\x1b" not in done.stdout
        assert "8 components\nc34578a8" in done.stdout


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"), (0.44, "0.4 s"), (9.96, "10.0 s"), (12, "12 s"), (59.6, "1 min"), (60, "1 min"),
        (121, "2 min 1 s"), (3599, "59 min 59 s"), (3600, "1 h"), (11_100, "3 h 5 min"),
        (187_200, "2 d 4 h"),
    ],
)  # fmt: skip
def test_a_duration_is_for_people(seconds: float, text: str) -> None:
    assert lines.span(seconds) == text


@pytest.mark.parametrize(
    ("yaml", "name"),
    [
        ("name: Shop\n", "Shop"),
        ('name: "Shop: one"\n', "Shop: one"),
        ("name: 'Shop'  # ours\n", "Shop"),
        ("name: Shop and more # ours\n", "Shop and more"),
        ("other:\n  name: no\n", None),
        ("name: |\n  Shop\n", None),
        ("name: *alias\n", None),
        ("name:\n", None),
        ('name: "a\\nb"\n', None),
    ],
)
def test_the_name_of_a_component_is_that_of_its_file(yaml: str, name: str | None) -> None:
    """In any plain form; otherwise its id stands in."""
    found = read_names([ComponentFile("compass.yml", f"id: {ARI}\n{yaml}")])
    assert found.get(ARI) == name


def on_terminal(argv: Sequence[str], env: dict[str, str], folder: Path, width: int = 200) -> str:
    """Run the program on a terminal of that width."""
    pid, terminal = pty.fork()
    if pid == 0:
        ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        os.chdir(folder)
        os.execve(PROGRAM[0], [*PROGRAM, *argv], env)  # noqa: S606 - no shell is wanted
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 10_000)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.waitpid(pid, 0)
    os.close(terminal)
    return shown.decode()


def test_colours_are_for_terminals(tmp_path: Path) -> None:
    """NO_COLOR forbids them there, FORCE_COLOR wants them in a log."""
    with running_sandbox() as sandbox:
        env = job(tmp_path, sandbox.url, TERM="xterm")
        green = "\x1b[32maccepted by Compass\x1b[0m"
        assert green in on_terminal([], env, tmp_path)
        assert "\x1b" not in on_terminal([], env | {"NO_COLOR": "1"}, tmp_path)
        assert "\x1b" not in on_terminal([], env | {"TERM": "dumb"}, tmp_path)
        assert "\x1b" not in call([], env, tmp_path).stdout
        assert green in call([], env | {"FORCE_COLOR": "1"}, tmp_path).stdout
        assert "\x1b" not in call([], env | {"FORCE_COLOR": "1", "NO_COLOR": "1"}, tmp_path).stdout


def test_lines_are_as_wide_as_the_terminal(tmp_path: Path) -> None:
    """At blanks: an address or an ARI stays whole."""
    env = job(tmp_path, TERM="xterm", COMPASS_COMPONENT_ID="nonsense", COMPASS_TIMEOUT="soon")
    shown = ESCAPE.sub("", on_terminal([], env, tmp_path, 60))
    assert max(len(line) for line in shown.split("\n")) <= 60
    assert "ari:cloud:compass:CLOUD-ID:component/UUID/UUID." in shown
    in_log = call([], env, tmp_path).stdout
    assert " ".join(shown.split()) == " ".join(in_log.split())


def test_on_a_terminal_the_count_is_rewritten_in_place(tmp_path: Path) -> None:
    aris = ",".join(f"{ARI[:-2]}{number:02}" for number in range(12))
    with running_sandbox() as sandbox:
        shown = on_terminal([], job(tmp_path, sandbox.url, COMPASS_COMPONENT_ID=aris), tmp_path)
    assert "\r\x1b[K1 of 12 sent\r\x1b[K2 of 12 sent" in shown
    assert "12 of 12 sent\r\n" in shown


def test_no_color_also_holds_for_bitbucket_s_own_colours(tmp_path: Path) -> None:
    """Its log is no terminal, but shows the colours that all its pipes have."""
    env = job(tmp_path, BITBUCKET_BUILD_NUMBER="218", COMPASS_CI="bitbucket", COMPASS_TIMEOUT="x")
    assert "\x1b[31m✖ " in call([], env, tmp_path).stdout
    done = call([], env | {"NO_COLOR": "1"}, tmp_path)
    assert "✖ " in done.stdout
    assert "\x1b" not in done.stdout
