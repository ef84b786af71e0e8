"""Templates and static files. Everything that a template is given is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compass_action.sandbox.page import words

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
KINDS = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
"""Static files, and their types."""


@cache
def is_installed() -> bool:
    """Whether there is Jinja2."""
    return find_spec("jinja2") is not None


def html(template: str, shown: Mapping[str, Any]) -> bytes:
    """A template, filled in. Half of a surrogate pair, which is no character, is shown as JSON has it."""
    text = _environment().get_template(template).render(shown)
    return text.encode("utf-8", "backslashreplace")


def static(name: str) -> tuple[str, bytes] | None:
    """A static file: its type and its bytes."""
    return (KINDS[name], _read(name)) if name in KINDS else None


@cache
def _read(name: str) -> bytes:
    return (HERE / "static" / name).read_bytes()


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "words": words,
        # The address changes with the content, so that browsers may keep a file.
        "static": {
            name: f"/static/{name}?v={sha256(_read(name)).hexdigest()[:8]}" for name in KINDS
        },
    }
    return environment
