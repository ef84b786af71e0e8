"""How a value and a path are shown in a message; the sentences are in tests/events/invalid."""

from __future__ import annotations

import pytest

from compass_action.schemas.sentences import build_advice, build_path, quote


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a", '"a"'),
        ("", '""'),
        ("it's", '"it\'s"'),
        ('say "a\\b"', '"say \\"a\\\\b\\""'),
        ("a\nb\x1b\u2028", '"a\\nb\\x1b\\u2028"'),
        ("é", '"é"'),
        ("user:word\n@host/@x", '"***@x"'),
        ("x" * 80, '"' + "x" * 80 + '"'),
        ("x" * 81, '"' + "x" * 80 + '…"'),
        ("x" * 79 + "\n", '"' + "x" * 79 + '…"'),
        ("x" * 78 + "\n", '"' + "x" * 78 + '\\n"'),
        (None, "null"),
        (True, "true"),
        (7, "7"),
        (0.5, "0.5"),
        ({"a": 1}, "an object"),
        ([1], "a list"),
    ],
)
def test_a_value_is_quoted_short_printable_and_without_a_password(
    value: object, shown: str
) -> None:
    assert quote(value) == shown


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ((), "$"),
        (("event", "build"), "$.event.build"),
        (("a_1", 0, 12, "B"), "$.a_1[0][12].B"),
        (("no-name", "2nd", ""), "$['no-name']['2nd']['']"),
        (("it's", "a\n", "é"), "$['it\\'s']['a\\n']['é']"),
    ],
)
def test_a_path_is_written_as_json_path_has_it(path: tuple[object, ...], written: str) -> None:
    assert build_path(path) == written


@pytest.mark.parametrize(
    ("schema", "advice"),
    [
        ({"enum": ["A", "B"], "description": "no"}, "Use one of: A, B."),
        ({"properties": {"a": {}, "b": {}}, "required": ["b"]}, "Write an object with: b."),
        ({"properties": {"a": {}, "b": {}}, "required": []}, "Write an object with: a, b."),
        ({"properties": {"a": {}}}, "Write an object with: a."),
        ({"description": "Write a text."}, "Write a text."),
    ],
)
def test_a_schema_says_what_to_write(schema: dict[str, object], advice: str) -> None:
    assert build_advice(schema) == advice
