"""What the site has to change in the pages, which are written for the repository. Hooks of mkdocs."""

from __future__ import annotations

import re
from posixpath import normpath

REPOSITORY = "https://github.com/compass-event/compass-event/blob/main/"
PICTURE = re.compile(r'<img [^>]*src="([^"]+)-1280-light\.png"[^>]*>')
CELL = re.compile(r"<td.*?</td>", re.DOTALL)
CODE = re.compile(r"<code>[^<]*</code>")
NARROW, DARK = "(max-width: 600px)", "(prefers-color-scheme: dark)"


def on_page_markdown(markdown: str, **_: object) -> str:
    """Make `](../examples/github)` an address of the repository: the site holds the pages only."""
    return re.sub(r"\]\(\.\./([^)]+)\)", lambda m: f"]({REPOSITORY}{normpath(m[1])})", markdown)


def on_page_content(html: str, **_: object) -> str:
    """Let a screenshot follow the reader's screen, of which there are four each, by width and colours.

    A long path in a table may be broken behind a slash, and nowhere else.
    """
    html = CELL.sub(lambda cell: CODE.sub(_breaking, cell[0]), html)
    return PICTURE.sub(
        lambda m: (
            "<picture>"
            f'<source media="{NARROW} and {DARK}" srcset="{m[1]}-390-dark.png">'
            f'<source media="{NARROW}" srcset="{m[1]}-390-light.png">'
            f'<source media="{DARK}" srcset="{m[1]}-1280-dark.png">'
            f"{m[0]}</picture>"
        ),
        html,
    )


def _breaking(code: re.Match[str]) -> str:
    return re.sub(r"(?<=[\w>])/(?=\w)", "/<wbr>", code[0].removesuffix("</code>")) + "</code>"
