"""Text from outside: quoted, on one line, cut, with secrets hidden; and points in time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compass_action.text import (
    advise,
    json_line,
    nearest,
    one_line,
    quoted,
    secrets_of,
    shorten,
    timestamp,
    without_commands,
    words,
)

ANY_TEXT = st.text(st.characters(codec=None), max_size=300)
"""Lone surrogates included."""


def units(text: str) -> int:
    """The length in UTF-16 units, as servers on the JVM count."""
    return len(text.encode("utf-16-le")) // 2


@given(ANY_TEXT)
@example("a\x00\x1b[31m\r\n\u2028\ud800b\x85")
def test_a_text_from_outside_comes_onto_one_line(text: str) -> None:
    shown = one_line(text)
    assert shown == shown.strip()
    assert not any(c in shown for c in "\r\n\t\x00\x1b\x85\u2028\u2029")
    shown.encode()
    assert one_line(shown) == shown


def test_a_joined_emoji_stays_one() -> None:
    """Its joiner is a format character."""
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert one_line(f"{family}\n{family}") == f"{family} {family}"


@given(st.text(max_size=300), st.integers(1, 300))
def test_a_text_is_cut_to_its_limit(text: str, limit: int) -> None:
    shown = shorten(text, limit)
    assert units(shown) <= limit
    if units(text) <= limit:
        assert shown == text
    else:
        assert shown.endswith("…")
        assert text.startswith(shown[:-1])


def test_a_text_of_255_units_is_left_alone() -> None:
    """An emoji counts as two, as Compass's servers count."""
    assert shorten("x" * 255) == "x" * 255
    assert shorten("x" * 256) == "x" * 254 + "…"
    assert shorten("\U00010000" * 128) == "\U00010000" * 127 + "…"
    assert shorten("\uffff" * 256) == "\uffff" * 254 + "…"
    assert shorten("\U0001f680" * 128) == "\U0001f680" * 127 + "…"


def test_a_character_is_not_cut_in_two() -> None:
    assert shorten("ae\u0301b", 3) == "a…"
    assert shorten("a\U0001f680b", 3) == "a…"
    assert shorten("ab cdef", 4) == "ab…"
    assert shorten("\u0301" * 9, 4) == "…"


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 11, 20, 9, 1, 12, tzinfo=UTC), "2026-11-20T09:01:12Z"),
        (datetime(2026, 11, 20, 9, 1, 12, 7_999, UTC), "2026-11-20T09:01:12.007Z"),
        (datetime(2026, 11, 20, 9, 1, 12, 999, UTC), "2026-11-20T09:01:12Z"),
        (
            datetime(2026, 11, 20, 0, 30, tzinfo=timezone(timedelta(hours=1))),
            "2026-11-19T23:30:00Z",
        ),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
    ],
)
def test_a_time_is_written_in_utc(moment: datetime, written: str) -> None:
    assert timestamp(moment) == written


def test_a_quoted_text_is_short_and_printable() -> None:
    """So that a message can hold whatever was given."""
    assert quoted("x\x1b[31m\n") == '"x\ufffd[31m\ufffd"'
    assert quoted("x" * 100) == '"' + "x" * 79 + '…"'
    assert quoted("x" * 80) == '"' + "x" * 80 + '"'


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_json_on_a_line_holds_nothing_that_is_expanded(value: dict[str, object]) -> None:
    """Not by a shell, and not by who reads a dotenv file."""
    line = json_line(value)
    assert line.isascii()
    assert line.isprintable()
    assert not {"$", "`"} & set(line)
    assert json.loads(line) == value


@pytest.mark.parametrize(
    "text", ["##[error]x", "a ##vso[task.x]", "###", "####[x]", "\\##[x]", "#", "C#"]
)
def test_json_is_no_command_in_a_log_and_says_the_same(text: str) -> None:
    for line in (json_line([text]), without_commands(json.dumps({text: text}, indent=2))):
        assert "##" not in line
        assert text in json.loads(line)
    assert without_commands('"C# and #7"') == '"C# and #7"'


EMAIL, TOKEN = "ada@acme.example", 'p+/"\\q=%'


def test_a_token_is_known_in_every_form_in_which_it_travels() -> None:
    """Plain, in a URL, in JSON, in Basic authentication, in URL-safe Base64; without the `=` at the end."""
    assert set(secrets_of(TOKEN, EMAIL).forms) == {
        'p+/"\\q=%',
        "p%2B%2F%22%5Cq%3D%25",
        "p%2B/%22%5Cq%3D%25",
        "p%2b%2f%22%5cq%3d%25",
        "p%2b/%22%5cq%3d%25",
        'p+/\\"\\\\q=%',
        'ada@acme.example:p+/"\\q=%',
        "cCsvIlxxPSU",
        "YWRhQGFjbWUuZXhhbXBsZTpwKy8iXHE9JQ",
    }
    assert set(secrets_of("abc", "").forms) == {":abc", "YWJj", "OmFiYw"}
    assert secrets_of("", EMAIL).forms == secrets_of(None, None).forms == ()


def test_base64_is_known_in_both_alphabets() -> None:
    """`?>` and `>?` are what the two write otherwise."""
    forms = secrets_of("a?>>?~~a", "a@b.c").forms
    assert {"YT8+Pj9+fmE", "YT8-Pj9-fmE"} <= set(forms)
    slashes = secrets_of("???>>>???", "").forms
    assert {"Pz8/Pj4+Pz8/", "Pz8_Pj4-Pz8_"} <= set(slashes)


def test_a_secret_is_hidden_whole_wherever_it_stands() -> None:
    secrets = secrets_of(TOKEN, EMAIL)
    for form in secrets.forms:
        assert secrets.hide_in(f"<{form}>") == "<***>"
        assert secrets.stand_in(f"<{form}>")
    assert secrets.hide_in("nothing here") == "nothing here"
    assert not secrets.stand_in("nothing here")


SHARP = '~~~???>>"/'
"""Its Base64 holds `+`, `/` and `=`, and in a URL and in JSON it reads otherwise than alone."""


@pytest.mark.parametrize(
    ("travelling", "shown"),
    [
        ('~~~???>>"/', "<***>"),
        ('~~~???>>\\"/', "<***>"),
        ("~~~%3F%3F%3F%3E%3E%22%2F", "<***>"),
        ("~~~%3F%3F%3F%3E%3E%22/", "<***>"),
        ("~~~%3f%3f%3f%3e%3e%22%2f", "<***>"),
        ("~~~%3f%3f%3f%3e%3e%22/", "<***>"),
        ("fn5+Pz8/Pj4iLw==", "<***==>"),
        ("fn5+Pz8/Pj4iLw", "<***>"),
        ("fn5-Pz8_Pj4iLw==", "<***==>"),
        ("fn5-Pz8_Pj4iLw", "<***>"),
        ('ada@acme.example:~~~???>>"/', "<***>"),
        ("YWRhQGFjbWUuZXhhbXBsZTp+fn4/Pz8+PiIv", "<***>"),
        ("YWRhQGFjbWUuZXhhbXBsZTp-fn4_Pz8-PiIv", "<***>"),
    ],
)
def test_each_form_of_a_token_is_hidden(travelling: str, shown: str) -> None:
    """Written out, not asked of the function that makes them."""
    secrets = secrets_of(SHARP, "ada@acme.example")
    assert secrets.hide_in(f"<{travelling}>") == shown
    assert secrets.stand_in(f"<{travelling}>")


LONG = "ATATT3xFfGF0" + "".join(chr(97 + n * n % 23) + str(n % 7) for n in range(90))
"""As long as Atlassian's are."""


def test_a_part_of_a_long_secret_is_hidden_too() -> None:
    """Wherever somebody has cut it; what is shorter than 16 characters tells too little."""
    assert len(LONG) == 192
    secrets = secrets_of(LONG, EMAIL)
    for start in range(0, 192, 5):
        for length in (16, 17, 40, 191):
            part = LONG[start : start + length]
            if len(part) >= 16:
                assert part not in secrets.hide_in(f"a{part}b")
                assert secrets.hide_in(f"({part})") == "(***)"
    assert secrets.hide_in(LONG[:15]) == LONG[:15]
    assert secrets.hide_in(LONG[-15:]) == LONG[-15:]
    assert secrets.hide_in("ATATT3xFfGF0") == "ATATT3xFfGF0"
    assert not secrets.stand_in(LONG[:191])


def test_the_prefix_that_all_tokens_share_is_no_secret() -> None:
    other = "ATATT3xFfGF0" + "z" * 20
    assert secrets_of(LONG, EMAIL).hide_in(other) == other


def test_secrets_do_not_show_themselves() -> None:
    assert TOKEN not in repr(secrets_of(TOKEN, EMAIL))


def test_the_address_beside_a_token_is_no_part_of_it() -> None:
    """Sixteen characters of the pair that Basic authentication sends may be the address alone."""
    for token in (LONG, "correct-horse-battery-staple"):
        for address in ("bot@acme.example", "continuous-integration@acme.example"):
            secrets = secrets_of(token, address)
            assert secrets.hide_in(f"<{address}>") == f"<{address}>"
            assert secrets.hide_in(f"<{address}:{token}>") == "<***>"


KNOWN = ("SUCCESSFUL", "FAILED", "IN_PROGRESS", "TIMED_OUT", "CANCELLED")


@pytest.mark.parametrize(
    ("word", "meant"),
    [("sucessful", "SUCCESSFUL"), ("in progres", "IN_PROGRESS"), ("Timed-Out", "TIMED_OUT"),
     ("xyz", None), ("", None)],
)  # fmt: skip
def test_a_slip_leads_to_the_word_that_was_meant(word: str, meant: str | None) -> None:
    assert nearest(word, KNOWN) == meant


def test_an_unknown_word_gets_an_advice() -> None:
    """The near miss, else the examples, else the first of the known ones and where the rest stands."""
    assert advise("faild", KNOWN) == "Did you mean FAILED?"
    assert advise("xyz", KNOWN[:2]) == "Use one of: SUCCESSFUL, FAILED."
    assert advise("xyz", KNOWN, ["a", "b"]) == "Use one of: a, b."
    shown = "Use one of: SUCCESSFUL, FAILED, IN_PROGRESS, TIMED_OUT … (help has them all)."
    assert advise("xyz", KNOWN, where="help") == shown


def test_no_message_names_more_than_four_words() -> None:
    assert words("abcd") == words("abcd", "help") == "a, b, c, d"
    assert words("abcde") == "a, b, c, d …"


def test_the_parts_of_each_of_two_joined_secrets_are_hidden() -> None:
    """The host's token beside Atlassian's: a long part of either is a part of a secret."""
    ours, hosts = "ATATT3xFfGF0" + "aB3" * 20, "ghs_" + "Xy9" * 20
    both = secrets_of(ours, None).joined(secrets_of(hosts, None))
    assert both.hide_in(f"a {ours[20:50]} b {hosts[10:40]} c") == "a *** b *** c"


def test_the_end_of_a_token_is_a_part_of_it_whatever_it_ends_with() -> None:
    token = "ATATT3xFfGF0" + "k7Q" * 16 + "=ivSEs4_qocwLNV="
    assert secrets_of(token, None).hide_in("x=ivSEs4_qocwLNV=y") == "x***y"
