"""What a CI system's record is made of: paths whose segments stay apart, and packed numbers."""

from __future__ import annotations

import pytest

from compass_action.ci.system import below, file_path, pack, path


def test_a_segment_never_passes_for_two() -> None:
    assert path("jobs", "a/b", 3) == "jobs/a%2Fb/3"
    assert path("jobs", "a%2Fb") == "jobs/a%252Fb"
    assert below("runs/7", "jobs", "a b") == "runs/7/jobs/a%20b"
    assert file_path(".github/workflows/de ploy.yml") == ".github/workflows/de%20ploy.yml"


def test_what_misses_a_segment_is_no_path() -> None:
    """A shorter path would be another thing's."""
    assert path("runs", None) is None
    assert below(None, "jobs", "a") is None
    assert below("runs/7", "jobs", None) is None
    assert file_path(None) is None


def test_a_packed_number_can_be_read_by_people() -> None:
    assert pack(7421, 2, 3) == 7_421_002_003
    assert pack(7421) == 7_421_000_000
    assert pack(None, 2, 3) is None
    assert pack(1, 999, 999) == 1_999_999


@pytest.mark.parametrize(("attempt", "leg"), [(1000, 0), (0, 1000)])
def test_what_does_not_fit_is_told(attempt: int, leg: int) -> None:
    """It would run into the next number."""
    with pytest.raises(ValueError, match="is above 999, so no number can be derived"):
        pack(1, attempt, leg)
