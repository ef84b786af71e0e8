"""Faults to plant in a module's source: each changes one place, and the rest stays as it is, letter by
letter. Pure.

Slips look like this: a comparison turned, a constant moved, a truth turned, a statement or a branch
forgotten, a word misspelt.
"""

from __future__ import annotations

import ast
import copy
import random
import re
from collections.abc import Iterator
from typing import NamedTuple

KINDS = ("comparison", "constant", "boolean", "statement", "branch", "word")


class Fault(NamedTuple):
    """One change of a source."""

    kind: str
    """One of `KINDS`."""
    line: int
    before: str
    after: str
    source: str
    """The whole module with the fault in it."""


TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
DROPPED = (ast.Expr, ast.Assign, ast.AugAssign, ast.Raise, ast.Return, ast.Continue, ast.Break)
LETTERS = re.compile(r"[^\W\d_]{2,}")


def find_faults(source: str, chance: random.Random) -> list[Fault]:
    """List the faults that a source can have; `chance` chooses which word of a text is misspelt."""
    tree = ast.parse(source)
    unplanted = ast.dump(tree)
    found = []
    for kind, node, after in _changes(tree, chance):
        planted, before = _replace(source, node, after)
        try:
            changed = ast.dump(ast.parse(planted)) != unplanted
        except SyntaxError:
            continue
        if changed:
            found.append(Fault(kind, node.lineno, before, after, planted))
    return found


Place = ast.expr | ast.stmt
Change = tuple[str, Place, str]


def _changes(tree: ast.Module, chance: random.Random) -> Iterator[Change]:
    left = _left_alone(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.stmt) and id(node) not in left:
            for find in (_comparison, _boolean, _statement, _branch):
                yield from find(node)
            yield from _constant(node, chance)


def _left_alone(tree: ast.Module) -> set[int]:
    """Find what says nothing when the program runs: docstrings and annotations; and the pieces of an
    f-string, which have no place of their own before Python 3.12: it is changed as a whole.
    """
    left: set[int] = set()
    for node in ast.walk(tree):
        silent: list[ast.AST | None] = []
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent = [node]
        elif isinstance(node, ast.arg | ast.AnnAssign):
            silent = [node.annotation]
        elif isinstance(node, ast.FunctionDef):
            silent = [node.returns]
        elif isinstance(node, ast.JoinedStr):
            silent = list(node.values)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            silent = [node]
        left |= {id(inner) for outer in silent if outer for inner in ast.walk(outer)}
    return left


def _comparison(node: Place) -> Iterator[Change]:
    if isinstance(node, ast.Compare):
        turned = copy.deepcopy(node)
        turned.ops[0] = TURNED[type(turned.ops[0])]()
        yield "comparison", node, f"({ast.unparse(turned)})"


def _boolean(node: Place) -> Iterator[Change]:
    if isinstance(node, ast.BoolOp):
        turned = copy.deepcopy(node)
        turned.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        yield "boolean", node, f"({ast.unparse(turned)})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "boolean", node, f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "boolean", node, str(not node.value)


def _statement(node: Place) -> Iterator[Change]:
    if isinstance(node, DROPPED):
        yield "statement", node, "pass"


def _branch(node: Place) -> Iterator[Change]:
    if isinstance(node, ast.If | ast.IfExp):
        yield "branch", node.test, "False"
    elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        for part in node.generators:
            for test in part.ifs:
                yield "branch", test, "True"


def _constant(node: Place, chance: random.Random) -> Iterator[Change]:
    if isinstance(node, ast.JoinedStr):
        yield from _text_of_parts(node, chance)
    elif isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, str) and LETTERS.search(value):
            yield "word", node, repr(_misspell(value, chance))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield "constant", node, repr(value + 1)


def _text_of_parts(node: ast.JoinedStr, chance: random.Random) -> Iterator[Change]:
    turned = copy.deepcopy(node)
    texts = [
        part
        for part in turned.values
        if isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and LETTERS.search(part.value)
    ]
    if texts:
        part = chance.choice(texts)
        part.value = _misspell(str(part.value), chance)
        yield "word", node, ast.unparse(turned)


def _misspell(text: str, chance: random.Random) -> str:
    """Write one letter of one word twice."""
    word = chance.choice(list(LETTERS.finditer(text)))
    middle = (word.start() + word.end()) // 2
    return text[:middle] + text[middle] + text[middle:]


def _replace(source: str, node: Place, after: str) -> tuple[str, str]:
    """Put other text in the place of a node; columns are counted in bytes of UTF-8."""
    lines = source.encode().splitlines(keepends=True)
    whole = b"".join(lines)
    start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    last = node.end_lineno or node.lineno
    end = sum(map(len, lines[: last - 1])) + (node.end_col_offset or 0)
    planted = whole[:start] + after.encode() + whole[end:]
    return planted.decode(), whole[start:end].decode()
