"""What docs/sandbox.md says is so."""

from __future__ import annotations

import re
from pathlib import Path

from compass_action.sandbox import TOKEN
from compass_action.sandbox.feed import KEEP
from compass_action.sandbox.options import PORT, parser
from compass_action.sandbox.routes import ENDPOINTS, EVENTS, methods

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "sandbox.md").read_text()


def test_every_option_and_link_is_there() -> None:
    known = parser().format_help()
    for option in re.findall(r"`(?:compass-event sandbox )?(--[a-z-]+)", TEXT):
        assert option in known, option
    for link in re.findall(r"\]\(([^)]+)\)", TEXT):
        assert (DOCS / link).resolve().is_file(), link
    assert TOKEN in TEXT
    assert f"http://127.0.0.1:{PORT}" in TEXT
    assert f"{KEEP:,} events" in TEXT


def test_the_table_lists_the_endpoints() -> None:
    rows = re.findall(r"^\| `([A-Z`, ]+) (/\S+)` \|", TEXT, re.MULTILINE)
    listed = {(method, path) for verbs, path in rows for method in re.findall("[A-Z]+", verbs)}
    told = {tuple(endpoint.split()) for endpoint in ENDPOINTS} - {("GET", "/")}
    assert listed - {("GET", "/live")} == told
    for method, path in listed - {("GET", "/live")}:
        assert method in methods(path.replace("ID", "1")) or path in EVENTS
