"""Planted faults: each kind changes one place and leaves a module that can be read."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import pytest

from benchmarks import mutants, trial
from benchmarks.planting import KINDS, find_faults


def planted(source: str) -> list[tuple[str, int, str]]:
    """Kind, line and whole source of every fault."""
    chance = random.Random(1)  # noqa: S311 - it shall be foreseeable
    return [(f.kind, f.line, f.source) for f in find_faults(source, chance)]


@pytest.mark.parametrize(
    ("source", "kind", "expected"),
    [
        ("x = a == b\n", "comparison", "x = (a != b)\n"),
        ("x = a < b\n", "comparison", "x = (a <= b)\n"),
        ("x = a in b\n", "comparison", "x = (a not in b)\n"),
        ("x = a is None\n", "comparison", "x = (a is not None)\n"),
        ("x = 41\n", "constant", "x = 42\n"),
        ("x = 0.5\n", "constant", "x = 1.5\n"),
        ("x = True\n", "boolean", "x = False\n"),
        ("x = a and b\n", "boolean", "x = (a or b)\n"),
        ("x = not a\n", "boolean", "x = (a)\n"),
        ("f(x)\n", "statement", "pass\n"),
        ("def f():\n    return x\n", "statement", "def f():\n    pass\n"),
        ("if a:\n    b()\n", "branch", "if False:\n    b()\n"),
        ("x = a if b else c\n", "branch", "x = a if False else c\n"),
        ("x = [a for a in b if c]\n", "branch", "x = [a for a in b if True]\n"),
        ("x = 'prod'\n", "word", "x = 'prood'\n"),
        ("x = f'{a}is{b}'\n", "word", "x = f'{a}iss{b}'\n"),
    ],
)
def test_a_fault_of_each_kind_changes_one_place(source: str, kind: str, expected: str) -> None:
    [found] = [text for name, _, text in planted(source) if name == kind]
    assert found == expected


def test_what_stands_around_a_fault_stays_letter_by_letter() -> None:
    """Also behind characters of several bytes, and in a statement of several lines."""
    source = '# größer\nx = ("ä", a ==  b)  # so\ny = f(\n    1,\n)\n'
    found = planted(source)
    assert ("comparison", 2, '# größer\nx = ("ä", (a != b))  # so\ny = f(\n    1,\n)\n') in found
    assert ("constant", 4, '# größer\nx = ("ä", a ==  b)  # so\ny = f(\n    2,\n)\n') in found
    assert ("statement", 3, '# größer\nx = ("ä", a ==  b)  # so\npass\n') in found


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring of 3 words."""\n',
        "class A:\n    b: Literal['word']\n    '''What it is.'''\n",
        "if TYPE_CHECKING:\n    import os\n",
        "import os\n",
    ],
)
def test_what_says_nothing_to_a_running_program_is_left_alone(source: str) -> None:
    assert planted(source) == []


@pytest.mark.parametrize("module", ["event/states.py", "text.py"])
def test_every_fault_of_a_real_module_can_be_read_and_is_one(module: str) -> None:
    source = (mutants.ROOT / mutants.PACKAGE / module).read_text("utf-8")
    faults = find_faults(source, random.Random(1))  # noqa: S311 - it shall be foreseeable
    unplanted = ast.dump(ast.parse(source))
    assert {fault.kind for fault in faults} == set(KINDS)
    for fault in faults:
        assert ast.dump(ast.parse(fault.source)) != unplanted
        start = 0
        while source[start] == fault.source[start]:
            start += 1
        end = 1
        while source[-end] == fault.source[-end]:
            end += 1
        changed = source[start : len(source) - end + 1]
        assert len(changed) <= len(fault.before)
        assert changed in fault.before


def test_the_same_seed_draws_the_same_faults() -> None:
    names = ["event/names.py", "delivery/updates.py"]
    first, again, other = (mutants.draw(mutants.ROOT, names, 20, seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert len(set(first)) == 20


@pytest.mark.parametrize(
    ("module", "tests"),
    [
        (
            "event/states.py",
            (("tests/event/test_states.py", "tests/event/test_states_words.py"), ("tests/event",)),
        ),
        ("event/times.py", (("tests/event",),)),
        ("text.py", (("tests/test_text.py",),)),
        ("main.py", (("tests/program",),)),
    ],
)
def test_the_tests_of_the_module_come_first(
    module: str, tests: tuple[tuple[str, ...], ...], tmp_path: Path
) -> None:
    """Those of its name, then those of its folder; a module beside the folders has the former alone."""
    (tmp_path / "tests" / "event").mkdir(parents=True)
    for name in ("event/test_states.py", "event/test_states_words.py", "test_text.py"):
        (tmp_path / "tests" / name).touch()
    assert mutants.own_tests(tmp_path, module) == tests


def test_programs_that_decide_nothing_about_an_event_are_left_out() -> None:
    rooms = {name.split("/")[0] for name in mutants.modules(mutants.ROOT, [])}
    assert {"event", "delivery", "text.py"} <= rooms
    assert not {"sandbox", "demo"} & rooms
    assert mutants.modules(mutants.ROOT, ["delivery/outbox"]) == ["delivery/outbox.py"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A package of one module, with a test that sees one of its two answers."""
    (tmp_path / "compass_action" / "event").mkdir(parents=True)
    (tmp_path / "compass_action" / "event" / "sums.py").write_text("A = 1\nB = 2\n")
    (tmp_path / "tests" / "event").mkdir(parents=True)
    (tmp_path / "tests" / "event" / "test_sums.py").write_text(
        "from compass_action.event.sums import A\n\ndef test_a():\n    assert A == 1\n"
    )
    return tmp_path


def test_a_fault_survives_if_no_test_sees_it(checkout: Path) -> None:
    """And afterwards the module is as it was."""
    file = checkout / "compass_action" / "event" / "sums.py"
    tests = mutants.own_tests(checkout, "event/sums.py")
    baselines = {those: trial.measure(checkout, those) for those in tests}
    assert {baseline.failing for baseline in baselines.values()} == {()}
    found = mutants.draw(checkout, ["event/sums.py"], 99, 1)
    lived = {
        (mutant.fault.kind, mutant.fault.line): mutants.survives(checkout, mutant, baselines)
        for mutant in found
    }
    assert lived == {
        ("constant", 1): False,
        ("statement", 1): False,  # it cannot be imported any more
        ("constant", 2): True,
        ("statement", 2): True,
    }
    assert file.read_text() == "A = 1\nB = 2\n"


def test_a_module_that_hangs_is_noticed(checkout: Path) -> None:
    file = checkout / "compass_action" / "event" / "sums.py"
    file.write_text("import time\ntime.sleep(60)\n")
    assert not trial.run_tests(checkout, ("tests/event",), 2)


def test_a_test_that_fails_without_a_fault_notices_nothing(checkout: Path) -> None:
    """It is named, and left out."""
    test = checkout / "tests" / "event" / "test_sums.py"
    test.write_text(test.read_text() + "\ndef test_b():\n    assert A == 2\n")
    baseline = trial.measure(checkout, ("tests/event",))
    assert baseline.failing == ("tests/event/test_sums.py::test_b",)
    assert trial.run_tests(checkout, ("tests/event",), 60, baseline.failing)
