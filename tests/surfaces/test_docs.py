"""The table of surfaces in the documentation is complete, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / "surfaces.md", *sorted((ROOT / "surfaces").rglob("README.md"))]


def linked(page: Path) -> set[Path]:
    """What a page links to in this repository."""
    links = re.findall(r"\]\((?!http)([^)#]+)", page.read_text())
    return {(page.parent / link).resolve() for link in links}


def test_every_surface_and_every_system_with_an_example_has_a_row() -> None:
    targets = linked(PAGES[0])
    folders = [*(ROOT / "surfaces").iterdir(), *(ROOT / "examples").iterdir()]
    for folder in folders:
        if folder.is_dir() and folder.name != "__pycache__":
            assert any(folder == one or folder in one.parents for one in targets), folder


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        missing = [path for path in linked(page) if not path.exists()]
        assert missing == [], page
