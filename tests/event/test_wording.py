"""The words in the feed: short, on one line, and true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compass_action import wording
from compass_action.ci.run import CiRun
from compass_action.inputs import Inputs

ANY_TEXT = st.text(st.characters(codec=None), max_size=300)
"""Lone surrogates included."""


def units(text: str) -> int:
    """The length in UTF-16 units, as servers on the JVM count."""
    return len(text.encode("utf-16-le")) // 2


@given(ANY_TEXT)
@example("a\x00\x1b[31m\r\n\u2028\ud800b\x85")
def test_a_text_from_outside_comes_onto_one_line(text: str) -> None:
    shown = wording.one_line(text)
    assert shown == shown.strip()
    assert not any(c in shown for c in "\r\n\t\x00\x1b\x85\u2028\u2029")
    shown.encode()
    assert wording.one_line(shown) == shown


def test_a_joined_emoji_stays_one() -> None:
    """Its joiner is a format character."""
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert wording.one_line(f"{family}\n{family}") == f"{family} {family}"


@given(st.text(max_size=300), st.integers(1, 300))
def test_a_text_is_cut_to_its_limit(text: str, limit: int) -> None:
    shown = wording.shorten(text, limit)
    assert units(shown) <= limit
    if units(text) <= limit:
        assert shown == text
    else:
        assert shown.endswith("…")
        assert text.startswith(shown[:-1])


def test_a_text_of_255_units_is_left_alone() -> None:
    """An emoji counts as two, as Compass's servers count."""
    assert wording.shorten("x" * 255) == "x" * 255
    assert wording.shorten("x" * 256) == "x" * 254 + "…"
    assert wording.shorten("\U0001f680" * 128) == "\U0001f680" * 127 + "…"


def test_a_character_is_not_cut_in_two() -> None:
    assert wording.shorten("ae\u0301b", 3) == "a…"
    assert wording.shorten("a\U0001f680b", 3) == "a…"
    assert wording.shorten("ab cdef", 4) == "ab…"
    assert wording.shorten("\u0301" * 9, 4) == "…"


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
    assert wording.timestamp(moment) == written


RUN = CiRun(
    system="github", repository_url="https://github.com/acme/shop", workflow_name="Deploy",
    run_number=7421, run_attempt=2, commit="8e1f5c0d3b7a49286d51e4f09c2b3a7d6e8f1024",
    branch="main", actor="octocat",
)  # fmt: skip


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (RUN, "CI #7421 (attempt 2) at 8e1f5c0 on main by octocat"),
        (CiRun("unknown"), "CI"),
        (
            CiRun("gitlab", run_id="901", tag="v1", branch="x", pull_request="7"),
            "CI #901 on tag v1 for pull request 7",
        ),
        (CiRun("bitbucket", run_number=0, actor="9e8d7c6b-5a4f-4e3d-8c1b-0a9f8e7d6c5b"), "CI #0"),
        (CiRun("github", run_attempt=1, branch="a\x1bb", actor="x\ny"), "CI on a b by x y"),
    ],
)
def test_a_description_says_what_is_known(run: CiRun, expected: str) -> None:
    """Pipeline, run, commit, ref, pull request and actor; Bitbucket's actor is but a UUID."""
    assert wording.description(run, "CI") == expected


def test_a_pipeline_is_named_as_asked_or_as_the_host_or_the_repository_is() -> None:
    assert wording.pipeline_name(Inputs(pipeline_name="Ours\n"), RUN, "x") == "Ours"
    assert wording.pipeline_name(Inputs(), RUN, "x") == "Deploy"
    assert (
        wording.pipeline_name(Inputs(), CiRun("gitlab", "https://gitlab.com/a/b/search"), "x")
        == "search"
    )
    assert wording.pipeline_name(Inputs(), CiRun("unknown"), "x") == "x"
