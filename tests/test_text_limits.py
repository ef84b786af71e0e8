"""Text at its limits: what is hidden and what is not, to the character."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from compass_action.text import (
    Secrets,
    advise,
    fold_word,
    holds_credentials,
    nearest,
    one_line,
    quoted,
    secrets_of,
    shorten,
    timestamp,
    utf16_units,
    words,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ada:secret@acme.example", '"***@acme.example"'),
        ("https://ada:s\ncret@acme.example/@x", '"***@x"'),
        ("@", '"***@"'),
        ("", '""'),
        ("\u00e9\u200b", '"\u00e9\ufffd"'),
        ("s" * 90 + "@x", '"***@x"'),
    ],
)
def test_what_stands_before_an_at_sign_is_not_quoted(text: str, shown: str) -> None:
    """In an address it may be a password, however long, and on whichever line."""
    assert quoted(text) == shown


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("https://ada:secret@acme.example/x", True),
        ("HTTP://ada@acme.example", True),
        ("at https://acme.example and https://ada:secret@acme.example", True),
        ("https://ada:sec/ret@acme.example/", True),
        ("jdbc:mysql://ada:secret@db.acme.example", True),
        ("ssh://git:secret@acme.example/shop.git", True),
        ("ssh://git@acme.example/shop.git", False),
        ("git@acme.example:shop.git", False),
        ("https://acme.example/@ada", False),
        ("https://acme.example?mail=ada@acme.example", False),
        ("https://acme.example:8443/@ada", False),
        ("https://[2001:db8::1]:8443/@ada", False),
        ("docker://alpine:3@sha256:0d17b565", False),
        ("https://acme.example, write to ada@acme.example", False),
        ("// @ada: see below", False),
        ("", False),
    ],
)
def test_credentials_stand_before_the_host_of_an_address(text: str, holds: bool) -> None:
    assert holds_credentials(text) is holds


@pytest.mark.parametrize("text", ["x" * 200_000, "//a:" * 50_000 + " @", "https://" * 25_000 + "@"])
def test_a_long_text_takes_no_long_time(text: str) -> None:
    began = time.monotonic()
    quoted(text)
    holds_credentials(text)
    assert time.monotonic() - began < 5  # where it grew with the square of the length it was 11


def test_a_quotation_may_be_shorter() -> None:
    assert quoted("abcdef", 6) == '"abcdef"'
    assert quoted("abcdefg", 6) == '"abcde…"'


def test_words_are_named_up_to_four_with_where_the_rest_stands() -> None:
    assert words("") == ""
    assert words("abcd", "the help") == "a, b, c, d"
    assert words("abcde", "the help") == "a, b, c, d … (the help has them all)"
    assert words("abcdef") == "a, b, c, d …"


def test_case_hyphens_underscores_and_blanks_do_not_tell_words_apart() -> None:
    assert fold_word("  In_-\tProgress ") == fold_word("InProgress") == "inprogress"
    assert nearest("IN PROGRESS", ["In_Progress"]) == "In_Progress"


@pytest.mark.parametrize(
    ("word", "meant"),
    [("abcdef", "abcdefghij"), ("abcde", None), ("abcdefghij", "abcdefghij"), ("abcdefgxyz", "abcdefghij"),
     ("abcdefwxyz", None)],
)  # fmt: skip
def test_seven_tenths_in_common_are_near(word: str, meant: str | None) -> None:
    assert nearest(word, ["klmnopqrst", "abcdefghij"]) == meant


@pytest.mark.parametrize(
    "word", ["unsuccessful", "Un-Successful", "not_successful", "nonfailed", "un-cancelled"]
)
def test_a_word_is_no_slip_for_its_opposite(word: str) -> None:
    assert nearest(word, ("SUCCESSFUL", "FAILED", "CANCELLED")) is None


def test_a_slip_in_a_word_that_begins_like_a_denial_is_still_one() -> None:
    assert nearest("unkown", ("KNOWN", "UNKNOWN")) == "UNKNOWN"
    assert nearest("prepord", ("prod", "preprod")) == "preprod"
    assert nearest("prepord", ("prod", "staging")) is None


def test_an_advice_takes_the_examples_before_the_known_words() -> None:
    assert advise("xyz", ["aaa", "bbb"], ["bbb"], "help") == "Use one of: bbb."
    assert advise("aaab", ["aaa", "bbb"], ["bbb"], "help") == "Did you mean aaa?"
    assert advise("xyz", ["aaa"], [], "help") == "Use one of: aaa."


def test_blanks_of_every_kind_become_one() -> None:
    assert one_line(" a \t\u2028\u00a0 b\x00c\ud800\udc00d\n") == "a b c d"


def test_half_a_pair_of_surrogates_counts_as_one() -> None:
    assert utf16_units("a\ud800\U0001f680") == 4
    assert shorten("\ud800" * 256) == "\ud800" * 254 + "…"


def test_a_text_is_cut_at_the_limit_and_not_before() -> None:
    assert shorten("abc", 3) == "abc"
    assert shorten("abcd", 3) == "ab…"
    assert shorten("a\U0001f680\U0001f680", 4) == "a\U0001f680…"
    assert shorten("a  bcd", 4) == "a…"


@pytest.mark.parametrize(
    ("micros", "written"),
    [(0, "12Z"), (999, "12Z"), (1000, "12.001Z"), (1001, "12.001Z"), (999_999, "12.999Z")],
)
def test_milliseconds_are_written_where_there_are_any(micros: int, written: str) -> None:
    moment = datetime(2026, 11, 20, 9, 1, 12, micros, UTC)
    assert timestamp(moment) == f"2026-11-20T09:01:{written}"


T32 = "ghs_Zq7XwYkLmNpRsTvBcDfGhJ23456="
"""A token of 32 characters."""
T31 = T32[:31]


def test_the_forms_of_a_long_token_are_listed_longest_first() -> None:
    """Its parts are secret, those of the pair with the address are not."""
    secrets = secrets_of(T32, "ada@acme.example")
    assert secrets.forms == (
        "YWRhQGFjbWUuZXhhbXBsZTpnaHNfWnE3WHdZa0xtTnBSc1R2QmNEZkdoSjIzNDU2PQ",
        "ada@acme.example:ghs_Zq7XwYkLmNpRsTvBcDfGhJ23456",
        "Z2hzX1pxN1h3WWtMbU5wUnNUdkJjRGZHaEoyMzQ1Nj0",
        "ghs_Zq7XwYkLmNpRsTvBcDfGhJ23456%3D",
        "ghs_Zq7XwYkLmNpRsTvBcDfGhJ23456%3d",
        "ghs_Zq7XwYkLmNpRsTvBcDfGhJ23456",
    )
    assert secrets.long_forms == (
        "YWRhQGFjbWUuZXhhbXBsZTpnaHNfWnE3WHdZa0xtTnBSc1R2QmNEZkdoSjIzNDU2PQ==",
        "Z2hzX1pxN1h3WWtMbU5wUnNUdkJjRGZHaEoyMzQ1Nj0=",
        "ghs_Zq7XwYkLmNpRsTvBcDfGhJ23456%3D",
        "ghs_Zq7XwYkLmNpRsTvBcDfGhJ23456%3d",
        "ghs_Zq7XwYkLmNpRsTvBcDfGhJ23456=",
    )


def test_of_a_token_of_31_characters_no_part_is_a_secret() -> None:
    part = T31[3:23]
    assert secrets_of(T32, None).hide_in(f"<{part}>") == "<***>"
    assert secrets_of(T31, None).hide_in(f"<{part}>") == f"<{part}>"
    assert T31 not in secrets_of(T31, None).long_forms


def test_of_fewer_than_four_characters_there_is_no_secret() -> None:
    assert secrets_of("abc", None).forms == ("OmFiYw", ":abc", "YWJj")
    assert secrets_of("abcd", None).forms == ("OmFiY2Q", "YWJjZA", ":abcd", "abcd")
    assert secrets_of("abcd", None) == secrets_of("abcd", "")
    assert secrets_of("", "ada@acme.example") == secrets_of(None, None) == Secrets()


def test_secrets_that_are_joined_are_all_hidden_the_longest_first() -> None:
    ours, hosts = Secrets(("abcdef", "ab"), ("abcdef",)), Secrets(("abcd", "ab"), ("abcdefgh",))
    both = ours.joined(hosts)
    assert both == Secrets(("abcdef", "abcd", "ab"), ("abcdefgh", "abcdef"))
    assert both.hide_in("abcdef-abcd-ab-a") == "***-***-***-a"


def test_secrets_show_how_many_forms_they_have_and_no_more() -> None:
    assert repr(Secrets(("abcdef", "ab"), ("abcdef",))) == "Secrets(2 forms)"


LONG = "".join(chr(65 + n * n % 26) + str(n * 7 % 10) + chr(97 + n * n * n % 26) for n in range(40))
"""120 characters; no 16 in a row occur twice."""


def test_every_part_of_sixteen_characters_is_hidden_and_nothing_beside_it() -> None:
    assert len({LONG[at : at + 16] for at in range(105)}) == 105
    secrets = secrets_of(LONG, None)
    for at in range(105):
        assert secrets.hide_in(f"#{LONG[at : at + 16]}#") == "#***#", at
        assert secrets.hide_in(LONG[at : at + 16]) == "***", at
    for at in range(106):
        assert secrets.hide_in(f"#{LONG[at : at + 15]}#") == f"#{LONG[at : at + 15]}#", at
        assert secrets.hide_in(LONG[at : at + 15]) == LONG[at : at + 15], at


def test_parts_that_overlap_or_follow_each_other_are_hidden_each() -> None:
    """Also where together they hold all of the secret, which stands nowhere whole."""
    secrets = secrets_of(LONG, None)
    assert secrets.hide_in(f"{LONG[:64]} {LONG[56:]}") == "*** ***"
    assert secrets.hide_in(f"a{LONG[64:]}{LONG[:64]}b") == "a******b"
    assert secrets.hide_in(f"a{LONG[:40]}{LONG[:15]}b") == f"a***{LONG[:15]}b"
    assert secrets.hide_in(f"{LONG} {LONG[1:17]}") == "*** ***"
