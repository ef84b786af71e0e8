"""jsonschema, with our formats, integers and lengths."""

from __future__ import annotations

from typing import Any

import pytest

from compass_action.schemas.explain import build_validator


@pytest.mark.parametrize(
    ("schema", "value", "told"),
    [
        ({"minLength": 2}, "x", ["too short"]),
        ({"minLength": 2}, "xx", []),
        ({"minLength": 2}, "🛒", []),
        ({"minLength": 3}, "🛒", ["too short"]),
        ({"minLength": 2}, 7, []),
        ({"maxLength": 1}, "xx", ["too long"]),
        ({"maxLength": 1}, "🛒", ["too long"]),
        ({"maxLength": 2}, "🛒", []),
        ({"maxLength": 1}, ["x", "y"], []),
        ({"type": "integer"}, 1, []),
        ({"type": "integer"}, 1.0, ["1.0 is not of type 'integer'"]),
        ({"type": "integer"}, True, ["True is not of type 'integer'"]),
        ({"format": "url"}, "ftp://c", ["'ftp://c' is not a 'url'"]),
        ({"format": "email"}, "none", []),
    ],
)
def test_a_keyword_means_what_it_means_to_compass(
    schema: dict[str, object], value: Any, told: list[str]
) -> None:
    """A length is counted in UTF-16 units; only our own formats are in force."""
    assert [error.message for error in build_validator(schema).iter_errors(value)] == told
