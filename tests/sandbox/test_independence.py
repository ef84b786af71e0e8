"""The sandbox is an independent judge, and its modules have an order."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SANDBOX = ROOT / "compass_action" / "sandbox"
MODULES = sorted(SANDBOX.rglob("*.py"))
NAME = "compass_action.sandbox"


def name_of(module: Path) -> str:
    parts = module.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


KNOWN = {name_of(module) for module in MODULES}


def imports(module: Path) -> set[str]:
    """What a module imports, for types or really, anywhere in it; no relative ones."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, module
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (inner & KNOWN) or {str(node.module)}
    return found


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_it_imports_nothing_of_the_rest(module: Path) -> None:
    ours = {one for one in imports(module) if one.partition(".")[0] == "compass_action"}
    assert {one for one in ours if not f"{one}.".startswith(f"{NAME}.")} == set()


def test_no_two_modules_import_each_other() -> None:
    """Not even for types, nor through others; raises CycleError with the circle."""
    graph = {name_of(module): imports(module) & KNOWN for module in MODULES}
    assert len(graph) > 25
    order = list(TopologicalSorter(graph).static_order())
    assert order.index(f"{NAME}.store") < order.index(f"{NAME}.handler")


def test_without_jinja2_everything_but_the_page_is_imported() -> None:
    """The job's image has none."""
    blocked = (
        "import sys; sys.modules['jinja2'] = None; "
        "from compass_action.sandbox import main; main(['--help'])"
    )
    done = subprocess.run([sys.executable, "-c", blocked], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, "--fail-on-problem" in done.stdout) == (0, True), done.stderr
