"""JSON from outside: what is not there, or of another kind, is None."""

from __future__ import annotations

from typing import Any

import pytest

from compass_action.lookup.json_values import at, rows, text

INSIDE = {"a": {"b": [{"c": 7}, "x"]}, "1": "one", "n": None}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((), INSIDE),
        (("a", "b", 0, "c"), 7),
        (("a", "b", 1), "x"),
        (("a", "b", 2), None),
        (("a", "b", "0"), None),
        (("a", "b", 1, "c"), None),
        (("a", "x"), None),
        (("a", 0), None),
        (("1",), "one"),
        ((1,), None),
        (("n",), None),
        (("n", "x"), None),
    ],
)
def test_a_path_leads_to_a_value_or_nowhere(path: tuple[str | int, ...], value: Any) -> None:
    assert at(INSIDE, *path) == value


@pytest.mark.parametrize(
    ("value", "objects"),
    [
        ([{"a": 1}, 7, None, {"b": 2}, []], [{"a": 1}, {"b": 2}]),
        ([], []),
        ({"a": {"b": 1}}, []),
        (None, []),
        ("text", []),
    ],
)
def test_rows_are_the_objects_of_a_list(value: Any, objects: list[Any]) -> None:
    assert rows(value) == objects


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("shop", "shop"),
        ("", None),
        (7, "7"),
        (0, "0"),
        (True, None),
        (False, None),
        (0.5, None),
        (None, None),
        (["shop"], None),
        ({"shop": 1}, None),
    ],
)
def test_a_text_is_one_that_says_something_or_a_number(value: Any, said: str | None) -> None:
    assert text(value) == said
