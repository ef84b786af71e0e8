"""Text that is safe to write: no line of it is a command, and in a table it is one cell."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compass_action.report.safe import code, neutral, printable
from tests.github_runner import parse_command
from tests.strict_parsers import SPAN, STINGS

texts = st.lists(
    st.sampled_from(STINGS) | st.text(max_size=20) | st.sampled_from(string.whitespace), max_size=4
).map("".join)


@settings(max_examples=500)
@given(texts)
def test_no_line_is_a_command_after_it_was_made_neutral(text: str) -> None:
    for line in text.split("\n"):
        shown = neutral(line)
        assert parse_command(shown) is None
        assert len(shown.splitlines()) <= 1
        assert not re.search("#[^\x00-\x7f]*#[^\x00-\x7f]*\\[", shown)


@settings(max_examples=500)
@given(texts)
def test_a_code_span_is_one_cell(text: str) -> None:
    shown = code(text)
    assert shown == "" or re.fullmatch(SPAN, shown)


def test_what_can_be_read_as_it_is_stays_as_it_is() -> None:
    assert neutral("deploy: 50 % of #7 - größer") == "deploy: 50 % of #7 - größer"
    assert code("feature/größer") == "`feature/größer`"
    assert code("  ") == ""


def test_what_cannot_be_seen_is_shown() -> None:
    """A control character, and what turns the reading direction; a tab becomes a blank."""
    assert printable("a\tb\x1bc\u202ed\u2028e") == "a b\ufffdc\ufffdd\ufffde"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("::error::x", "| ::error::x"),
        (" \u200b::error::x", "|  \u200b::error::x"),
        ("a::error::x", "a::error::x"),
        ("!:", "!:"),
        ("##[error]x", "# #[error]x"),
        ("#\u200b#[x", "# \u200b#[x"),
        ("###", "# # #"),
        ("# #", "# #"),
        ("#~#", "#~#"),
        ("#\x7f#", "# \ufffd#"),
    ],
)
def test_a_line_that_could_be_a_command_is_marked(line: str, shown: str) -> None:
    assert neutral(line) == shown


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        *[(c, " ") for c in "\t\x85"],
        *[(c, "\ufffd") for c in "\x00\x08\n\r\x1b\x7f\x9f\ud800\u2028\u2029"],
        *[(c, "\ufffd") for c in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e"],
        *[(c, "\ufffd") for c in "\u2066\u2067\u2068\u2069"],
        *[(c, c) for c in "\u00a0\u200b\u2003\ue000é😀"],
    ],
)
def test_each_character_that_moves_or_turns_a_line_is_replaced(character: str, shown: str) -> None:
    assert printable(f"a{character}b") == f"a{shown}b"


def test_a_code_span_holds_nothing_that_ends_it() -> None:
    assert code(" a\n b`c`|d ") == "`a\ufffd b'c'¦d`"
