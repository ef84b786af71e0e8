"""Text that is safe to write: no line of it is a command, and in a table it is one cell."""

from __future__ import annotations

import re
import string

from hypothesis import given, settings
from hypothesis import strategies as st

from compass_action.report.safe import code, neutral, printable
from tests.github_runner import parse_command
from tests.strict_parsers import SPAN, STINGS

texts = st.lists(
    st.sampled_from(STINGS) | st.text(max_size=20) | st.sampled_from(string.whitespace), max_size=4
).map("".join)


@settings(max_examples=1000)
@given(texts)
def test_no_line_is_a_command_after_it_was_made_neutral(text: str) -> None:
    for line in text.split("\n"):
        shown = neutral(line)
        assert parse_command(shown) is None
        assert len(shown.splitlines()) <= 1
        assert not re.search("#[^\x00-\x7f]*#[^\x00-\x7f]*\\[", shown)


@settings(max_examples=1000)
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
