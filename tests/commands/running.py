"""What `compass-event run` reports to: a server that has one event of it, or one that says nothing."""

from __future__ import annotations

from typing import Any

from compass_action.sandbox import Sandbox

SILENT = [{"delay": 30}] * 9
"""A Compass that takes requests and says nothing."""


def event(sandbox: Sandbox) -> dict[str, Any]:
    [found] = sandbox.feed()["events"]
    return dict(found)
