"""The page for people: server-rendered, without outside requests; it works without script.

It needs Jinja2, which comes with `pip install 'compass-event[sandbox]'`. Without it the sandbox serves
its API alone and says how to get the page.

    views.py   what each page shows         words.py   how it words it
    charts.py  where marks and bars lie     render.py  templates and static files
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from compass_action.sandbox.answer import Answer
from compass_action.sandbox.asked import Asked
from compass_action.sandbox.page import render, views
from compass_action.sandbox.service import Service

HOW = "pip install 'compass-event[sandbox]' adds a page for people here"
"""Said where Jinja2 is not installed."""
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Vary": "Accept",
    }
)

View = Callable[[Service, Asked], Mapping[str, Any] | None]
PAGES: dict[str, tuple[str, View]] = {
    "/": ("feed.html", views.feed),
    "/events/[0-9]+": ("event.html", views.event),
    "/metrics": ("metrics.html", views.metrics_page),
    "/problems": ("problems.html", views.problems_page),
    "/connect": ("connect.html", views.connect),
}
"""Path → template and what it shows."""
ONLY_PAGES = r"/metrics|/connect"
"""Paths that have nothing for programs."""


def page_of(service: Service, asked: Asked) -> Answer | None:
    """The page at a path; None if there is none, or no Jinja2."""
    if not render.is_installed():
        return None
    for pattern, (template, view) in PAGES.items():
        if re.fullmatch(pattern, asked.path):
            shown = view(service, asked)
            if shown is None:
                gone = {**views.frame(service, asked), "path": asked.path}
                return Answer(404, render.html("missing.html", gone), HEADERS)
            return Answer(200, render.html(template, shown), HEADERS)
    return None


def static_of(path: str) -> Answer | None:
    """A static file of the page."""
    found = render.static(path.rpartition("/")[2])
    if found is None:
        return None
    kind, body = found
    return Answer(200, body, {"Content-Type": kind, "Cache-Control": "max-age=86400"})
