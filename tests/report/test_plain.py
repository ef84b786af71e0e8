"""Plain lines, for hosts without a manner of their own."""

from __future__ import annotations

import pytest

from compass_action.report import plain
from compass_action.report.report import Kept, Report


@pytest.mark.parametrize(
    ("level", "title", "text", "lines"),
    [
        ("info", "", "one\ntwo", ["one", "two"]),
        ("success", "", "accepted", ["accepted"]),
        ("info", "", "", []),
        ("notice", "", "text", ["Note: text"]),
        ("warning", "Title", "text", ["Warning: Title: text"]),
        ("error", "Title", "one\ntwo", ["Error: Title", "  one", "  two"]),
        ("error", "", "one\ntwo", ["Error: one\ntwo"]),
        ("debug", "", "text", ["Debug: text"]),
        ("warning", "Title", "", ["Warning: Title"]),
        ("warning", "", "", ["Warning"]),
        ("info", "Title", "text", ["Title: text"]),
    ],
)
def test_level_and_title_stand_in_front(
    level: str, title: str, text: str, lines: list[str]
) -> None:
    """Of several lines under a title each stands below it."""
    assert plain.render(level, title, text) == lines


def test_nothing_is_kept_saved_or_masked() -> None:
    speaker = plain.SPEAKER
    assert speaker.keep(Kept(note="x"), {}) == speaker.save(Report({"a": "b"}), {}) == []
    assert speaker.mask(["secret"]) == []
    assert (speaker.name, speaker.dressed) == ("plain", True)


def test_outputs_as_variables() -> None:
    assert plain.variables({"update-sequence-number": "7", "payload": " a\n\tb "}) == {
        "COMPASS_UPDATE_SEQUENCE_NUMBER": "7",
        "COMPASS_PAYLOAD": "a b",
    }
