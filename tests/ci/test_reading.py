"""Values that hosts hand over: read carefully, and absent where they make no sense."""

from __future__ import annotations

from datetime import datetime

import pytest

from compass_action.ci import reading
from tests.recorded import TESTS, read_json


@pytest.mark.parametrize(
    ("written", "read"),
    [tuple(row) for row in read_json(TESTS / "ci" / "repository-urls.json")],
)
def test_a_repository_has_one_url(written: str | None, read: str | None) -> None:
    """https, lower-case host, no credentials, no .git: it is the event source's id."""
    assert reading.repository_url(written) == read


def test_numbers_and_times_that_make_no_sense_are_absent() -> None:
    assert reading.number("12") == 12
    assert [reading.number(text) for text in (None, "", "-1", "1.5", "٣", "9" * 19)] == [None] * 6
    assert reading.time("2026-11-20T09:01:12Z") == datetime.fromisoformat("2026-11-20T09:01:12Z")
    assert [reading.time(text) for text in (None, "", "yesterday", "2026-11-20")] == [None] * 4


def test_payload_values_of_another_type_are_absent() -> None:
    """A payload is JSON from outside; a list or a truth value is no name."""
    payload = {"a": {"b": 7, "c": True, "d": ["x"], "e": None, "f": ""}, "g": "text"}
    assert reading.at(payload, "a.b") == "7"
    assert [reading.at(payload, f"a.{name}") for name in "cdef"] == [None] * 4
    assert reading.at(payload, "g.h") is None


def test_bitbucket_s_braces_are_no_part_of_an_id() -> None:
    assert reading.slug_of("{5f2c7d0e-94a1}") == "5f2c7d0e-94a1"
    assert [reading.slug_of(text) for text in (None, "", "{}")] == [None] * 3
