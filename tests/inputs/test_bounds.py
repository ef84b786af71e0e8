"""The values at the bounds of what is right: which are still read, and as what."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from compass_action.inputs import mappings, values
from compass_action.inputs.mappings import read_mapping
from compass_action.inputs.paths import read_owners, read_paths
from compass_action.inputs.table import BY_NAME, INPUTS


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("timeout", "1", 1),
        ("timeout", "3600", 3600),
        ("timeout", "03600", 3600),
        ("timeout", "003600", None),
        ("timeout", "0", None),
        ("sequence-number", "0000000000000000007", 7),
        ("sequence-number", "00000000000000000007", None),
        ("sequence-number", "9223372036854775807", 9223372036854775807),
        ("sequence-number", "9223372036854775808", None),
        ("commit", "a" * 7, "a" * 7),
        ("commit", "A" * 64, "a" * 64),
        ("commit", "a" * 6, None),
        ("commit", "a" * 65, None),
        ("url", "https://acme.example:1", "https://acme.example:1"),
        ("url", "https://acme.example:65535/", "https://acme.example:65535/"),
        ("url", "https://acme.example:0", None),
        ("url", "https://acme.example:65536", None),
        ("url", "https:///path", None),
        ("url", "https://acme.example/\x7f", None),
        ("started-at", "999999999999", None),
        ("started-at", "1795165143.0004", "2026-11-20T08:59:03+00:00"),
        ("started-at", "1795165143.0006", "2026-11-20T08:59:03.001000+00:00"),
        ("started-at", "1795165143000.6", "2026-11-20T08:59:03.001000+00:00"),
        ("started-at", "2026-01-31T01:23:45.1234567Z", "2026-01-31T01:23:45.123456+00:00"),
        ("started-at", "2026-01-31T01:23:45.000007z", "2026-01-31T01:23:45.000007+00:00"),
        ("component-id", " a \r b,a,,c\n", ["a", "b", "c"]),
        ("environment-map", "a=x=prod", [["a=x", "PRODUCTION"]]),
        ("environment-map", "a=UNMAPPED\nb=unmapped", [["a", "UNMAPPED"], ["b", "UNMAPPED"]]),
        ("environment-category", "unmapped", "UNMAPPED"),
        ("scope", "RUN", "run"),
        ("event-type", "pullRequest", "pullRequest"),
        ("event-type", "pull-request", "pullRequest"),
        ("event-type", "AUTO", "auto"),
    ],
)
def test_a_bound_is_where_it_is(name: str, text: str, value: object) -> None:
    read = BY_NAME[name].type.read
    if value is None:
        with pytest.raises(ValueError, match=r"\S"):
            read(text)
        return
    found = read(text)
    shown = found.isoformat() if isinstance(found, datetime) else json.loads(json.dumps(found))
    assert shown == value


@pytest.mark.parametrize(
    ("text", "score"),
    [("0", 0.0), ("-1.5", -1.5), ("9" * 15, 999_999_999_999_999.0), ("9" * 16, None),
     ("1." + "0" * 15, 1.0), ("1." + "0" * 16, None), ("1.", None), ("--1", None)],
)  # fmt: skip
def test_a_score_has_at_most_fifteen_digits_on_each_side(text: str, score: float | None) -> None:
    if score is None:
        with pytest.raises(ValueError, match="is not a number"):
            values.read_score(text)
    else:
        assert values.read_score(text) == score


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://acme.example/a?b#c", ("https", "acme.example", "/a?b#c")),
        ("HTTP://acme.example:8080", ("http", "acme.example:8080", "")),
        ("https://[::1]:8443/x://y", ("https", "[::1]:8443", "/x://y")),
        ("ftp://acme.example", ("ftp", "acme.example", "")),
        ("//acme.example/a", None),
        ("https:acme.example", None),
        ("https://ada@acme.example", None),
        ("https://acme.example/ada@x", ("https", "acme.example", "/ada@x")),
        ("https://acme.example:x", None),
        ("https://acme.example:0", None),
        ("https://acme.example/a b", None),
    ],
)
def test_a_url_is_split(url: str, parts: tuple[str, str, str] | None) -> None:
    assert values.split_url(url) == parts


def nested(depth: int, opening: str, closing: str) -> str:
    return opening * depth + "1" + closing * depth


@pytest.mark.parametrize(
    ("opening", "closing"), [('{"a": ', "}"), ("{a: ", "}"), ('{"a": [', "]}")]
)
def test_eight_levels_are_read_below_the_first(opening: str, closing: str) -> None:
    levels = opening.count("{") + opening.count("[")
    deep = nested(8 // levels, opening, closing)
    assert mappings.PROPERTIES_MAX_DEPTH == 8
    assert read_mapping(deep)
    with pytest.raises(ValueError, match="not a mapping"):
        read_mapping(nested(10 // levels, opening, closing))


def test_a_mapping_is_read_to_its_last_character() -> None:
    text = "a: " + "x" * 65_533
    assert read_mapping(text) == {"a": "x" * 65_533}
    with pytest.raises(ValueError, match="longer than"):
        read_mapping(text + "x")


def test_lines_of_yaml_side_by_side_are_not_deep() -> None:
    block = "".join(f"k{n}:\n  - a: 1\n    b: [1, {{c: d}}]\n" for n in range(9))
    assert len(read_mapping(block)) == 9
    assert read_mapping("a: {b: c}\n" + "".join(f"d{n}: [x]\n" for n in range(20)))["d19"] == ["x"]


@pytest.mark.parametrize(
    ("quoted", "path"),
    [
        (r'"\a\b\t\n\v\f\r\"\\"', '\a\b\t\n\v\f\r"\\'),
        (r'"\q"', "?"),
        (r'"\377a"', "\ufffda"),
        (r'"gr\303\266\303\237e.py"', "größe.py"),
        ('"', '"'),
        ('"a', '"a'),
        ('a"', 'a"'),
        ('"a"', "a"),
    ],
)
def test_git_s_quotes_are_undone(quoted: str, path: str) -> None:
    assert read_paths(f"M\t{quoted}\nx") == (path, "x")
    assert read_paths(f"{quoted}\nx") == (path, "x")


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        (f"{letter}\ta.py", ("a.py",)) for letter in "ACDMTUXB"
    ] + [
        ("R100\ta\tb", ("a", "b")), ("C075\ta\tb", ("b",)), ("C1\ta\tb", ("b",)),
        ("Q\ta", ("Q\ta",)), ("M1000\ta", ("M1000\ta",)), ("M a", ("M a",)),
        ("a,b\tc", ("a,b\tc",)), ("a,b", ("a", "b")), ("a,b\n", ("a", "b")), ("a,b\nc", ("a,b", "c")),
        (" a , ./a,b ", ("a", "b")), ("./a//b/./c", ("a/b/c",)), ("[]", ()), ('["a", "", "./a"]', ("a",)),
        ("[\"a,b\"]", ("a,b",)), ("a.", ("a.",)), (".a/..b", (".a/..b",)),
    ],
)  # fmt: skip
def test_a_line_of_git_is_its_paths(text: str, paths: tuple[str, ...]) -> None:
    assert read_paths(text) == paths


def test_the_owners_are_read_line_by_line() -> None:
    assert read_owners(" ./a/ = x \r\n\n/b=y,c = d = z") == (("a", "x"), ("b", "y"), ("c = d", "z"))
    assert read_owners("") == ()


@pytest.mark.parametrize(
    ("names", "attribute"),
    [
        (("component-id component-slug component-file component-map changed-files environment-map"),
         "is_list"),
        ("track dry-run verify json debug", "is_flag"),
        ("api-token host-token", "is_secret"),
        ("properties", "from_file"),
    ],
)  # fmt: skip
def test_of_which_sort_an_input_is(names: str, attribute: str) -> None:
    assert " ".join(row.name for row in INPUTS if getattr(row.type, attribute)) == names


def test_which_characters_are_dropped_around_a_list() -> None:
    dropped: dict[str, Any] = {row.name: row.type.dropped for row in INPUTS if row.type.dropped}
    assert dropped == dict.fromkeys(
        ("component-id", "component-slug", "component-file"), " \t\r\n,"
    )
