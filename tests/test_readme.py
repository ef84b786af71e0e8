"""The README tells the truth: its headings are our messages, its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compass_action.answers import FAILURES
from compass_action.command_line import COMMANDS
from compass_action.errors import HEADLINES, EventError, InputError

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
TROUBLESHOOTING = README.partition("\n## Troubleshooting\n")[2].partition("\n## ")[0]
HEADINGS = re.findall(r"^### (.+)$", TROUBLESHOOTING, re.MULTILINE)


@pytest.mark.parametrize(
    "headline",
    [
        InputError.headline,
        EventError.headline,
        *(f.headline for f in FAILURES.values()),
        *HEADLINES,
    ],
)
def test_the_first_line_of_a_message_is_a_heading_of_troubleshooting(headline: str) -> None:
    assert headline in HEADINGS


def test_every_command_is_described() -> None:
    commands = README.partition("\n## Commands\n")[2].partition("\n## ")[0]
    for command in COMMANDS:
        assert f"`compass-event{'' if command == 'send' else ' ' + command}" in commands


DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_within_the_project_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        file = (document.parent / path) if path else document
        assert file.exists(), target
        if anchor and file.suffix == ".md":
            titles = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
            assert anchor in slugs, target
