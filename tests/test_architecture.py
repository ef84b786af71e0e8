"""The rules of the architecture, looked up in the source itself (`tests/sources.py`)."""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter

import pytest

from compass_action import ci
from docs import architecture
from tests.sources import effects, imports, read_package, texts

SOURCES = read_package()
NAMES = sorted(SOURCES)

# The rooms, top to bottom: each may use what stands above it, and nothing below.
ROOMS = (
    "errors", "text", "globs", "tool_words", "event_types", "workspace", "locked_file", "snapshot",
    "inputs", "tracking", "ci", "connection", "lookup", "event", "schemas", "delivery", "report",
    "commands", "main", "__main__",
)  # fmt: skip
PROGRAMS = ("sandbox", "demo")
"""Programs of their own, which `main` starts."""

# Who may touch the world, and how. A folder stands for all its files.
MAY = {
    "snapshot": {"files", "clock", "streams"},
    "ci": {"code"},  # the files of the systems, each when it is asked for
    "workspace": {"files"},
    "locked_file": {"files", "waiting", "clock"},
    "connection.connection": {"network", "waiting", "clock"},
    "connection.exchange": {"network", "waiting", "clock"},
    "connection.budget": {"waiting", "clock"},
    "connection.connections": {"waiting", "clock"},
    "delivery.client": {"waiting", "clock", "chance"},
    "delivery.interruption": {"signals"},
    "delivery.outbox": {"files"},
    "schemas": {"files"},  # its own, which are packaged
    "report.log": {"streams"},
    "report.github": {"files", "chance"},
    "report.gitlab": {"files"},
    "report.pipes": {"files"},
    "report.records": {"files"},
    "report.files": {"files"},
    "connection.early": {"network"},
    "connection.session": {"network"},
    "report": {"streams"},  # standard output for machines
    "report.terminal": {"files"},  # its width
    "delivery.meanwhile": {"waiting", "clock"},
    "commands.opening": {"streams"},  # which of them the log gets
    "commands.run": {"processes", "signals", "files", "environment", "waiting", "streams", "clock"},
    "commands.span": {"waiting"},
    "__main__": {"streams", "environment", "files"},  # hands the process over
    "main": set(),
}

VARIABLES = re.compile(
    r"(STATE_|GITHUB_|RUNNER_|BITBUCKET_|GITLAB_|CI_|JENKINS_|BUILDKITE_|CIRCLE_|DRONE_|TRAVIS_)[A-Z_]+"
)
MANNERS = {"report.github", "report.gitlab", "report.pipes", "report.plain"}


def room(name: str) -> str:
    """The room a module stands in: the part of its name below the package."""
    return name.split(".")[1] if "." in name else ""


def inside(name: str) -> str:
    return name.partition(".")[2]


def backward(name: str, source: str) -> set[str]:
    """The imports that reach back up, from a room to one below it."""
    here = room(name)
    if not here or here in PROGRAMS:
        return set()
    below = ROOMS[ROOMS.index(here) + 1 :]
    return {
        target
        for target in imports(name, source, SOURCES)
        if room(target) in below or (room(target) in PROGRAMS and here != "main")
    }


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The names of a circle, if there is one."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def forbidden(name: str, source: str) -> set[tuple[str, str]]:
    """The effects that a module may not have."""
    if room(name) in PROGRAMS:
        return set()
    allowed = MAY.get(inside(name), set())
    return {(kind, by) for kind, by in effects(source) if kind not in allowed}


def systems_known(name: str, source: str) -> set[str]:
    """The names and variables of CI systems in a module's code."""
    if room(name) in ("ci", "lookup", "demo") or inside(name) in MANNERS:
        return set()
    named = {system.name for system in ci.SYSTEMS.values() if system.naming}
    return {text for text in texts(source) if text in named or VARIABLES.fullmatch(text)}


def test_every_module_stands_in_a_room() -> None:
    assert {room(name) for name in NAMES} - {"", *ROOMS, *PROGRAMS} == set()


def test_nobody_reaches_back_up() -> None:
    """Not even for a type."""
    found = {name: backward(name, source) for name, (source, _) in SOURCES.items()}
    assert {name: targets for name, targets in found.items() if targets} == {}


def test_no_two_files_import_each_other() -> None:
    graph = {name: imports(name, source, SOURCES) for name, (source, _) in SOURCES.items()}
    assert circle(graph) == []


def test_the_sandbox_judges_by_itself() -> None:
    """It imports nothing of the program that it judges, but its version."""
    for name, (source, _) in SOURCES.items():
        if room(name) == "sandbox":
            used = {room(target) for target in imports(name, source, SOURCES)}
            assert used <= {"sandbox", ""}, name


def test_the_picture_shows_the_source() -> None:
    """`make architecture` draws it anew."""
    drawn = architecture.draw(architecture.used(SOURCES))
    assert architecture.PICTURE.read_text("utf-8") == drawn


def test_the_picture_has_every_room_in_order() -> None:
    shown = [room for part in architecture.PARTS for room in part.modules or (part.name,)]
    assert [room for room in shown if room not in PROGRAMS] == list(ROOMS)
    assert {room for room in shown if room in PROGRAMS} == set(PROGRAMS)


@pytest.mark.parametrize("part", [part for part in architecture.PARTS if part.gives])
def test_the_record_in_the_picture_is_the_part_s_own(part: architecture.Part) -> None:
    inside = [source for name, (source, _) in SOURCES.items() if room(name) == part.name]
    assert any(f"class {part.gives}(NamedTuple)" in source for source in inside)


def test_only_the_named_modules_touch_the_world() -> None:
    """All else is a function of its arguments."""
    found = {name: forbidden(name, source) for name, (source, _) in SOURCES.items()}
    assert {name: effects for name, effects in found.items() if effects} == {}


def test_only_validation_makes_a_payload() -> None:
    """Holding one is the proof: nothing is sent that is no valid event, or that holds a secret."""
    making = re.compile(r"\bPayload\(|payload\._replace\(")
    found = {inside(name) for name, (source, _) in SOURCES.items() if making.search(source)}
    assert found == {"schemas"}


def test_a_ci_system_is_known_in_its_own_file_alone() -> None:
    found = {name: systems_known(name, source) for name, (source, _) in SOURCES.items()}
    assert {name: words for name, words in found.items() if words} == {}


EVENT = "compass_action.event.parts"


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import signal\nsignal.signal(15, None)", "signals"),
        ("from signal import signal as hear\nhear(15, None)", "signals"),
        ("import os\nos.environ['HOME']", "environment"),
        ("from os import environ\nfind = environ.get", "environment"),
        ("from pathlib import Path\nPath('x').read_text()", "files"),
        ("from pathlib import Path\ndef f(p: Path): return p.exists()", "files"),
        ("open('x')", "files"),
        ("from datetime import datetime\ndatetime.now()", "clock"),
        ("from datetime import datetime as d\nmoment = d.now", "clock"),
        ("import time\ntime.sleep(1)", "waiting"),
        ("from time import monotonic\nmonotonic()", "clock"),
        ("def f():\n    import requests\n    requests.get('x')", "network"),
        ("import subprocess\nsubprocess.run(['x'])", "processes"),
        ("print('x')", "streams"),
        ("import sys\nsys.stderr.write('x')", "streams"),
        ("import random\nrandom.random()", "chance"),
        ("exec('x')", "code"),
    ],
)
def test_a_planted_effect_is_seen(source: str, kind: str) -> None:
    assert kind in {found for found, _ in forbidden(EVENT, source)}


@pytest.mark.parametrize(
    "source",
    [
        "class Clock:\n    def now(self): return 1\nClock().now()",
        "def build(clock): return clock.now()",
        "def print(text): return text\nprint('x')",
        "from datetime import datetime\ndatetime.fromisoformat('x')",
        "from pathlib import PurePosixPath\nPurePosixPath('x').parent",
        "def walk(node): return node.stat",
    ],
)
def test_a_name_of_our_own_is_no_effect(source: str) -> None:
    assert forbidden(EVENT, source) == set()


@pytest.mark.parametrize(
    "source",
    [
        "from compass_action.report.log import Log",
        "from compass_action import main",
        "from ..delivery import client",
        "def f():\n    from compass_action.schemas import validate",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from compass_action import commands",
        "from compass_action.sandbox import Sandbox",
    ],
)
def test_a_planted_import_from_below_is_seen(source: str) -> None:
    assert backward(EVENT, source)


def test_a_planted_circle_is_seen() -> None:
    graph = {name: imports(name, source, SOURCES) for name, (source, _) in SOURCES.items()}
    source = "from .parts import build_part"
    graph["compass_action.event.states"] |= imports("compass_action.event.states", source, SOURCES)
    assert circle(graph)


@pytest.mark.parametrize(
    "source",
    [
        "if system.name == 'github': pass",
        "TABLE = {'gitlab': 1}",
        "run['bitbucket']",
        "folder = env.get('GITHUB_WORKSPACE')",
        "match name:\n    case 'github': pass",
    ],
)
def test_a_planted_system_is_seen(source: str) -> None:
    assert systems_known(EVENT, source)


def test_texts_about_a_system_are_free() -> None:
    assert systems_known(EVENT, '"""github"""\nx = "Only GitHub has a post stage."') == set()
