"""`${{ … }}`: the few forms of GitHub's expressions that an action.yml needs, in Python.

A path through the contexts (`strategy.job-index`), `toJSON(…)`, the status functions, `!` and the
literals without parts: `true`, `false`, `null` and 'text'.
Anything else raises, rather than guess. `node_evaluator` asks GitHub's own implementation instead
(the bundle of .ci/github-expressions); expressions.json holds the cases on which both must agree.
Reference: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

Contexts = Mapping[str, object]
Evaluate = Callable[[str, Contexts], object]
"""(an expression without its braces, the contexts it may use) → its value, as JSON has it."""

_TEMPLATE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_STATUS = re.compile(r"\b(always|success|failure|cancelled)\s*\(\s*\)", re.IGNORECASE)
_TO_JSON = re.compile(r"toJSON\s*\((.*)\)", re.IGNORECASE | re.DOTALL)
_TEXT = re.compile(r"'((?:[^']|'')*)'")
_LITERALS: Mapping[str, object] = {"true": True, "false": False, "null": None}
_PATH = re.compile(r"[A-Za-z_][\w-]*(?:\s*\.\s*[A-Za-z_][\w-]*)*", re.ASCII)


class ExpressionError(Exception):
    """The expression is wrong, or beyond what this module reads."""


def evaluate(expression: str, contexts: Contexts) -> object:
    expression = expression.strip()
    if expression.startswith("!"):
        return not is_true(evaluate(expression[1:], contexts))
    if call := _STATUS.fullmatch(expression):
        return _evaluate_status(call[1].lower(), contexts)
    if call := _TO_JSON.fullmatch(expression):
        return json.dumps(evaluate(call[1], contexts), indent=2, ensure_ascii=False)
    if expression in _LITERALS:
        return _LITERALS[expression]
    if text := _TEXT.fullmatch(expression):
        return text[1].replace("''", "'")
    if not _PATH.fullmatch(expression):
        raise ExpressionError(f"not a form that this evaluator reads: {expression!r}")
    first, *rest = (name.strip() for name in expression.split("."))
    if first.lower() not in {name.lower() for name in contexts}:
        raise ExpressionError(f"Unrecognized named-value: '{first}' in {expression!r}")
    value = _look_up(contexts, first)
    for name in rest:
        value = _look_up(value, name)
    return value


def _look_up(value: object, name: str) -> object:
    """Names are case-insensitive; what is not there, or has no members, gives null."""
    if not isinstance(value, Mapping):
        return None
    return next((found for key, found in value.items() if key.lower() == name.lower()), None)


def _evaluate_status(function: str, contexts: Contexts) -> bool:
    status = _look_up(_look_up(contexts, "job"), "status")
    return function == "always" or status == function


def is_true(value: object) -> bool:
    """False, 0, NaN, the empty string and null are false."""
    return bool(value) and value == value


def is_met(condition: str, contexts: Contexts, evaluate: Evaluate = evaluate) -> bool:
    """Whether an `if:` lets the step run; without a status function it also asks for success()."""
    template = _TEMPLATE.fullmatch(condition.strip())
    expression = template[1] if template else condition
    if not _STATUS.search(expression) and not is_true(evaluate("success()", contexts)):
        return False
    return is_true(evaluate(expression, contexts))


def expand(text: str, contexts: Contexts, evaluate: Evaluate = evaluate) -> str:
    """The text with every `${{ … }}` replaced by its value."""
    return _TEMPLATE.sub(lambda template: to_text(evaluate(template[1], contexts)), text)


def has_expression(text: str) -> bool:
    return "${{" in text


def to_text(value: object) -> str:
    """A value where a string is wanted; an object there is an error, for want of toJSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:.15g}"
    if isinstance(value, str):
        return value
    raise ExpressionError(f"Unexpected value: a {type(value).__name__}, write toJSON(…)")


@contextmanager
def node_evaluator(command: Sequence[str]) -> Iterator[Evaluate]:
    """GitHub's own evaluator, one long-lived process: `node …/dist/evaluate.cjs`."""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        questions, answers = process.stdin, process.stdout
        assert questions is not None
        assert answers is not None

        def ask(expression: str, contexts: Contexts) -> object:
            questions.write(json.dumps({"expression": expression, "contexts": contexts}) + "\n")
            questions.flush()
            answer = json.loads(answers.readline())
            if "error" in answer:
                raise ExpressionError(answer["error"])
            value: object = answer["value"]
            return value

        yield ask
        questions.close()
