"""The rules that every file of the project keeps, looked up in the files."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import compass_action
from tests.sources import PACKAGE, ROOT

MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TIME = re.compile(r".*(_at|At)")
"""The name of a field that holds a point in time."""


def test_no_file_is_longer_than_250_lines() -> None:
    """A longer module is missing a noun. A test file may have ten more."""
    lines = {file: len(file.read_text("utf-8").splitlines()) for file in [*MODULES, *TESTS]}
    assert {file: n for file, n in lines.items() if n > (260 if file in TESTS else 250)} == {}


def test_there_are_no_drawers() -> None:
    """A name says what is inside."""
    drawers = {"utils", "util", "helpers", "helper", "common", "base", "core", "misc"}
    assert {m.stem for m in MODULES} & drawers == set()
    assert {m.parent.name for m in MODULES} & drawers == set()


def test_there_is_one_version_number() -> None:
    """The package's; the changelog's newest release and every surface repeat it."""
    version = compass_action.__version__
    changelog = (ROOT / "CHANGELOG.md").read_text()
    newest = re.search(r"^## \[(\d+\.\d+\.\d+)\]", changelog, re.MULTILINE)
    assert newest
    assert newest[1] == version
    assert f"compass-event:{version}" in (ROOT / "bitbucket-pipe.yml").read_text()
    assert f"compass-event:{version}" in (ROOT / "templates" / "compass-event.yml").read_text()
    examples = [file for file in (ROOT / "examples").rglob("*") if file.is_file()]
    for file in [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *examples]:
        used = re.findall(
            r"compass-event(?:/no-docker|-sandbox)?[@:]v?(\d+\.\d+\.\d+)", file.read_text()
        )
        assert set(used) <= {version}, file


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    """A test that does not run hides something."""
    hiding = re.compile(r"pytest\.(skip|xfail|importorskip)|mark\.(skip|skipif|xfail)")
    for file in TESTS:
        if file != Path(__file__):
            assert not hiding.search(file.read_text()), file


def times_compared(source: str) -> list[int]:
    """The lines on which `<` or its like compares a time with anything as texts."""
    if not re.search(r"(_at|At)[\"']\]", source):
        return []  # most files; to parse them all takes seconds
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare)
        and any(isinstance(how, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for how in node.ops)
        and any(_is_time(side) for side in (node.left, *node.comparators))
    ]


def _is_time(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
        and TIME.fullmatch(node.slice.value) is not None
    )


def test_times_are_not_compared_as_texts() -> None:
    """`…50Z`, a whole second, would come after `…50.026Z`: once in a thousand runs it matters."""
    found = {file: times_compared(file.read_text("utf-8")) for file in [*MODULES, *TESTS]}
    assert {file: lines for file, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "event['started_at'] < event['completed_at']",
        "a <= event['startedAt'] < b",
        "'2026-02' >= begun['lastUpdatedAt']",
    ],
)
def test_a_planted_comparison_is_seen(source: str) -> None:
    assert times_compared(source) == [1]


@pytest.mark.parametrize("source", ["a['started_at'] == b['startedAt']", "a['at'] < 3", "x < y"])
def test_other_comparisons_are_free(source: str) -> None:
    assert times_compared(source) == []
