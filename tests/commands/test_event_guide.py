"""The guide to the types of event, against the pages that a person has read: `help/*.txt`."""

from __future__ import annotations

from pathlib import Path

import pytest

from compass_action.commands import help as pages
from compass_action.commands.event_guide import GUIDES

KEPT = Path(__file__).parent / "help"
TYPES = {
    "build": "build", "deployment": "deployment", "incident": "incident", "alert": "alert",
    "flag": "flag", "lifecycle": "lifecycle", "vulnerability": "vulnerability", "custom": "custom",
    "push": "push", "pullRequest": "pull-request",
}  # fmt: skip


@pytest.mark.parametrize("word", TYPES.values())
def test_a_type_of_event_has_the_page_that_is_kept(word: str) -> None:
    assert pages.page(word) + "\n" == (KEPT / f"{word}.txt").read_text()


def test_every_type_has_a_guide() -> None:
    assert list(GUIDES) == list(TYPES)


def test_a_guide_may_leave_out_all_but_its_sentence() -> None:
    [guide] = {type(guide)("When it happens.") for guide in GUIDES.values()}
    assert guide == ("When it happens.", (), (), "", ())
