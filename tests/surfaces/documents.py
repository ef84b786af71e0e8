"""Reading the project's documents: their sections, links and snippets."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]


def section(page: Path, heading: str) -> str:
    """What stands under a heading, up to the next one of its level or above; must not be empty."""
    [found] = re.findall(rf"(?m)^(#+) {re.escape(heading)}$", page.read_text())
    rest = page.read_text().partition(f"\n{found} {heading}\n")[2]
    text = re.split(rf"(?m)^#{{1,{len(found)}}} ", rest)[0]
    assert text.strip(), heading
    return text


def snippets(page: Path, language: str) -> dict[str, str]:
    """The snippets in one language by the heading they stand under; one under each heading."""
    found: dict[str, str] = {}
    for part in re.split(r"(?m)^##+ ", page.read_text()):
        for text in re.findall(rf"(?ms)^```{language}\n(.+?)^```$", part):
            heading = part.partition("\n")[0]
            assert heading not in found, f"two under {heading}"
            found[heading] = text
    return found


def links(page: Path) -> list[str]:
    """Where its links and pictures lead, in the order of the text."""
    return re.findall(r"""(?:\]\(|src(?:set)?=")([^)\s"]+)[)"]""", page.read_text())


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of the headings of a page."""
    text = re.sub(r"(?ms)^```.+?^```$", "", page.read_text())
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
