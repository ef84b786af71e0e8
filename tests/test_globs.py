"""Globs over paths: what each wildcard spans, and what is none."""

from __future__ import annotations

import pytest

from compass_action.globs import glob_matcher, is_glob


@pytest.mark.parametrize(
    ("pattern", "matched", "others"),
    [
        ("a", ["a"], ["b", "a/", "aa", "x/a", ""]),
        ("./a", ["a"], ["./a"]),
        ("*", ["a", "", "a.b"], ["a/b"]),
        ("a?c", ["abc"], ["ac", "abbc", "a/c"]),
        ("*/a", ["x/a"], ["a", "x/y/a"]),
        ("**/a", ["a", "x/a", "x/y/a"], ["xa", "a/b"]),
        ("a/**", ["a/", "a/b", "a/b/c"], ["a", "b/a"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["a/xb", "ab"]),
        ("a**b", ["ab", "a/x/b"], ["a", "b"]),
        ("**", ["", "a", "a/b"], []),
        ("a.b[c]", ["a.b[c]"], ["axb[c]", "a.bc"]),
    ],
)
def test_a_glob_matches_so(pattern: str, matched: list[str], others: list[str]) -> None:
    matches = glob_matcher(pattern)
    assert [path for path in [*matched, *others] if matches(path)] == matched


@pytest.mark.parametrize(
    ("pattern", "glob"),
    [("*", True), ("a?", True), ("**/a", True), ("a", False), ("[slug]/a", False), ("", False)],
)
def test_a_pattern_with_a_wildcard_is_a_glob(pattern: str, glob: bool) -> None:
    assert is_glob(pattern) is glob
