"""What a module's source says: whom it imports, what it does to the world, whose names it knows.

Everything is found by resolving names to what they were imported from, so that a method of our own
named `now` is none of the clock's, and a renamed import hides nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "compass_action"

# What touches the world: by the beginning of the dotted name that it resolves to.
EFFECTS: Mapping[str, str] = {
    "builtins.open": "files", "os": "files", "io.open": "files", "tempfile": "files",
    "shutil": "files", "glob": "files", "fcntl": "files", "sqlite3": "files", "zipfile": "files",
    "os.environ": "environment", "os.environb": "environment", "os.getenv": "environment",
    "sys.argv": "environment", "sys.stdin": "streams", "sys.stdout": "streams",
    "sys.stderr": "streams", "builtins.print": "streams", "builtins.input": "streams",
    "logging": "streams", "warnings": "streams",
    "time": "clock", "time.sleep": "waiting", "datetime.datetime.now": "clock",
    "datetime.datetime.utcnow": "clock", "datetime.datetime.today": "clock",
    "datetime.date.today": "clock", "threading": "waiting", "queue": "waiting",
    "asyncio": "waiting", "concurrent": "waiting", "select": "waiting",
    "requests": "network", "urllib3": "network", "socket": "network", "ssl": "network",
    "http": "network", "urllib.request": "network", "smtplib": "network",
    "subprocess": "processes", "multiprocessing": "processes", "os.fork": "processes",
    "os.system": "processes", "os.execv": "processes", "os.kill": "processes", "pty": "processes",
    "signal": "signals", "random": "chance", "secrets": "chance", "uuid": "chance",
    "builtins.exec": "code", "builtins.eval": "code", "builtins.__import__": "code",
    "importlib": "code",
}  # fmt: skip
PURE = ("os.path.join", "os.sep", "os.fspath", "http.HTTPStatus", "signal.Signals")
PATH_METHODS = frozenset(dir(Path)) - frozenset(dir(PurePath))
"""What a path does to files; a pure path can only be reckoned with."""


def module_name(file: Path) -> str:
    """Name a module of the package: `compass_action.event.parts`."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def read_package() -> dict[str, tuple[str, bool]]:
    """Read all modules: by name the source, and whether it is a package's own."""
    return {
        module_name(file): (file.read_text("utf-8"), file.name == "__init__.py")
        for file in sorted(PACKAGE.rglob("*.py"))
    }


def imports(name: str, source: str, modules: Mapping[str, tuple[str, bool]]) -> set[str]:
    """Find the modules of the package that a module imports anywhere, for types too."""
    is_package = modules[name][1] if name in modules else False
    here = name.split(".") if is_package else name.split(".")[:-1]
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else []
            target = ".".join([*base, *((node.module or "").split("."))]).strip(".")
            for alias in node.names:
                below = f"{target}.{alias.name}"
                found.add(below if below in modules else target)
    return {target for target in found if target in modules} - {name}


def effects(source: str) -> set[tuple[str, str]]:
    """Find what a module does to the world: the kind of effect, and the name it came by."""
    tree = ast.parse(source)
    known = dict(_imported(tree))
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.Name | ast.Attribute):
            dotted = _resolve(node, known, own)
            if dotted and (kind := _kind(dotted)):
                found.add((kind, dotted))
        if isinstance(node, ast.Attribute) and node.attr in PATH_METHODS:
            base = _resolve(node.value, known, own) or ""
            if "pathlib" in "".join(known.values()) and not base.startswith(("os.", "re.")):
                found.add(("files", f"Path.{node.attr}"))
    return found


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """List the names that imports bind, and what each stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                yield bound, alias.name if alias.asname else bound
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _resolve(node: ast.expr, known: Mapping[str, str], own: set[str]) -> str | None:
    if isinstance(node, ast.Attribute):
        base = _resolve(node.value, known, own)
        return f"{base}.{node.attr}" if base else None
    if not isinstance(node, ast.Name) or node.id in own:
        return None
    return known.get(node.id) or f"builtins.{node.id}"


def _kind(dotted: str) -> str | None:
    if any(_begins(dotted, pure) for pure in PURE):
        return None
    longest = max((name for name in EFFECTS if _begins(dotted, name)), key=len, default=None)
    return EFFECTS[longest] if longest else None


def _begins(dotted: str, prefix: str) -> bool:
    return dotted == prefix or dotted.startswith(prefix + ".")


def texts(source: str) -> set[str]:
    """List the whole string constants of a module's code; docstrings are none."""
    tree = ast.parse(source)
    documented = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documented
    }
