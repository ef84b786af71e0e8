"""The rules of the architecture, looked up in the source itself."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import compass_action

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "compass_action"
MODULES = sorted(PACKAGE.rglob("*.py"))

# What touches the world, by the name under which it is called or read.
EFFECTS = {
    "read": {
        "environ", "getenv", "open", "read_text", "read_bytes", "iterdir", "walk", "listdir",
        "resolve", "exists", "is_file", "is_dir", "stat", "glob", "rglob", "input", "stdin", "now",
        "utcnow", "today", "getcwd", "cwd", "time_ns", "environb", "expanduser", "home",
    },
    "send": {"requests", "socket", "urllib3", "http", "threading", "sleep", "monotonic", "subprocess"},
    "write": {"print", "stdout", "stderr", "write", "write_text", "write_bytes", "mkdir", "unlink",
              "rename", "chmod", "fsync"},
}  # fmt: skip

# Who may do it, by the start of the module's path. The sandbox and the demo are programs of their
# own. `time`, `glob` and the like are found where they are our own words; those are named here.
MAY = {
    "snapshot.py": {"read"},
    "client.py": {"send", "read"},  # its own clock, for a Retry-After that is a date
    "line.py": {"send"},  # the one connection the client speaks on
    "outbox.py": {"read", "write"},  # spools and reads again what it spooled
    "report/": {"write", "read"},  # opens the files it writes to
    "schemas/__init__.py": {"read"},  # the packaged schemas
    "main.py": {"read", "write"},  # `console`: arguments, environment, flushing standard output
    "sandbox/": {"read", "send", "write"},
    "demo/": {"read", "send", "write"},
}


def effects(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Find the effects of a module: the kind, and the name it was recognised by."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [(node.module or "").partition(".")[0]]
        elif isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else None
            names = [name or (function.id if isinstance(function, ast.Name) else "")]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names = [node.attr] if node.value.id in ("os", "sys", "time", "datetime") else []
        for name in names:
            for kind, known in EFFECTS.items():
                if name in known:
                    yield kind, name


def allowed(path: str) -> set[str]:
    return set().union(*(kinds for start, kinds in MAY.items() if path.startswith(start)), set())


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_named_modules_touch_the_world(module: Path) -> None:
    """Reading, sending and writing have their modules; all else is a function of its arguments."""
    path = module.relative_to(PACKAGE).as_posix()
    found = set(effects(ast.parse(module.read_text())))
    assert {(kind, name) for kind, name in found if kind not in allowed(path)} == set()


def test_the_rule_sees_each_kind_of_effect() -> None:
    """The check itself can fail: each kind is found in the module that is made for it."""
    seen = {
        name: {kind for kind, _ in effects(ast.parse((PACKAGE / name).read_text()))}
        for name in ("snapshot.py", "client.py", "outbox.py")
    }
    assert "read" in seen["snapshot.py"]
    assert "send" in seen["client.py"]
    assert "write" in seen["outbox.py"]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_is_longer_than_250_lines(module: Path) -> None:
    """A longer module is missing a noun."""
    assert len(module.read_text().splitlines()) <= 250


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
    for file in [ROOT / "README.md", *examples]:
        used = re.findall(
            r"compass-event(?:/no-docker|-sandbox)?[@:]v?(\d+\.\d+\.\d+)", file.read_text()
        )
        assert set(used) == {version}, file


IMPORTED = "import sys, entrypoint; print(*sorted(sys.modules))"


@pytest.mark.parametrize(
    "unwanted",
    ["requests", "jsonschema", "yaml", "argparse", "compass_action.sandbox", "http.server"],
)
def test_what_a_run_may_not_need_is_not_imported_at_the_start(unwanted: str) -> None:
    """Start cost matters in every job: heavy modules are imported where they are used."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert unwanted not in done.stdout.split()


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    """A test that does not run hides something."""
    hiding = re.compile(r"pytest\.(skip|xfail|importorskip)|mark\.(skip|skipif|xfail)")
    for file in (ROOT / "tests").rglob("*.py"):
        if file != Path(__file__):
            assert not hiding.search(file.read_text()), file
