"""The picture of the step summaries in the docs shows what the program writes today."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.browser.summary import play

IMAGES = Path(__file__).parents[2] / "docs" / "images"
RETRY = re.compile(r"due in \d+ s, with \d+ s left")
"""How long a retry waits is partly chance."""


def test_the_picture_was_made_of_what_is_written_today() -> None:
    """If this fails, `make screenshots` makes it anew."""
    pictured = json.loads((IMAGES / "step-summary.json").read_text("utf-8"))
    assert {job: RETRY.sub("", text) for job, text in pictured.items()} == {
        job: RETRY.sub("", text) for job, text in play().items()
    }
