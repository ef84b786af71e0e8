"""A request as plain JSON values: what is copied, and what JSON or UTF-8 cannot say."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Any

import pytest

from compass_action.schemas.plain import copy_plain

NESTED = "It is nested more than 20 levels deep. Write what the schema asks for."
TOO_LARGE = "The number is too large for any property of an event. Write a smaller one."
HALF = "It contains half of a surrogate pair, which is not a character. Write valid Unicode."


@pytest.mark.parametrize(
    ("value", "copied"),
    [
        (None, None), (True, True), (False, False), (0, 0), (-1.5, -1.5), ("", ""), ("é🛒", "é🛒"),
        ({}, {}), ([], []), ((), []), ((1, "a"), [1, "a"]), (MappingProxyType({"a": [1]}), {"a": [1]}),
        (2**64 - 1, 2**64 - 1), (-(2**64) + 1, -(2**64) + 1),
    ],
)  # fmt: skip
def test_what_json_can_say_is_copied(value: object, copied: object) -> None:
    faults: dict[tuple[object, ...], str] = {}
    found = copy_plain(value, faults)
    assert (found, type(found)) == (copied, type(copied))
    assert faults == {}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (2**64, TOO_LARGE),
        (-(2**64), TOO_LARGE),
        (float("nan"), "JSON has no number nan. Leave it out, or write a finite number."),
        (float("inf"), "JSON has no number inf. Leave it out, or write a finite number."),
        (float("-inf"), "JSON has no number -inf. Leave it out, or write a finite number."),
        ("a\ud800", HALF),
        (b"a", "A bytes cannot be written as JSON. Write a text or a number."),
        ({1}, "A set cannot be written as JSON. Write a text or a number."),
        (date(2026, 11, 23), "A date cannot be written as JSON. Write a text or a number."),
    ],
    ids=repr,
)
def test_what_json_cannot_say_is_told_where_it_stands(value: object, sentence: str) -> None:
    faults: dict[tuple[object, ...], str] = {}
    assert copy_plain({"a": [1, value], "b": 2}, faults) == {"a": [1, None], "b": 2}
    assert faults == {("a", 1): sentence}


def nested(depth: int, wrap: type) -> Any:
    """So many containers, one in the other."""
    value: Any = wrap()
    for _ in range(depth - 1):
        value = {"a": value} if wrap is dict else wrap([value])
    return value


@pytest.mark.parametrize(("wrap", "step"), [(dict, "a"), (list, 0), (tuple, 0)])
def test_twenty_levels_are_copied_and_no_more(wrap: type, step: object) -> None:
    faults: dict[tuple[object, ...], str] = {}
    as_json = nested(20, dict if wrap is dict else list)
    assert copy_plain(nested(20, wrap), faults) == as_json
    assert faults == {}
    copy_plain(nested(21, wrap), faults)
    assert faults == {(step,) * 20: NESTED}


def test_a_copy_does_not_change_with_what_it_was_made_from() -> None:
    value: dict[str, Any] = {"a": [1], "b": {"c": 2}}
    copied = copy_plain(value, {})
    value["a"].append(2)
    value["b"]["c"] = 3
    assert copied == {"a": [1], "b": {"c": 2}}
