"""The contexts of a job that stay the same while it runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .layout import Layout

_DEFAULTS = Path(__file__).with_name("contexts.json")


def build_contexts(
    layout: Layout,
    *,
    github: Mapping[str, object],
    job: Mapping[str, object],
    strategy: Mapping[str, object],
    matrix: Mapping[str, object] | None,
    runner: Mapping[str, object],
) -> tuple[dict[str, Any], dict[str, str]]:
    """The contexts `github`, `job`, `strategy`, `matrix` and `runner`, and the ACTIONS_* variables.

    What the test gives is laid over contexts.json; the folders come from the layout. Without a
    matrix its context is null.
    """
    defaults = json.loads(_DEFAULTS.read_text(encoding="utf-8"))
    contexts = {
        "github": {
            **defaults["github"],
            **github,
            "workspace": str(layout.workspace),
            "event_path": str(layout.workflow / "event.json"),
        },
        "job": {**defaults["job"], **job},
        "strategy": {**defaults["strategy"], **strategy},
        "matrix": matrix,
        "runner": {
            **defaults["runner"],
            **runner,
            "temp": str(layout.temp),
            "workspace": str(layout.workspace.parent),
        },
    }
    return contexts, defaults["actions"]
