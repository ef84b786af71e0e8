"""Files of JSON lines, what their events have in common, and what is said of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from compass_action.lookup import events
from compass_action.lookup.asking import Told
from compass_action.main import main
from tests.commands.deliveries import Deliveries
from tests.commands.program import ARI

COMMON = ["--event-type", "vulnerability", "--external-event-source-id", "https://git.acme.example/s",
          "--url", "https://acme.example"]  # fmt: skip


def write(folder: Path, *lines: Any) -> str:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    (folder / "events.jsonl").write_text("\n".join(texts) + "\n")
    return "events.jsonl"


ENV = {
    "COMPASS_COMPONENT_ID": ARI, "COMPASS_EMAIL": "a@acme.example", "COMPASS_API_TOKEN": "t0ken-of-tests",
    "COMPASS_SITE": "acme", "COMPASS_EVENT_TYPE": "vulnerability", "COMPASS_SEVERITY": "high",
    "COMPASS_URL": "https://acme.example", "COMPASS_EXTERNAL_EVENT_SOURCE_ID": "shop",
}  # fmt: skip
OPEN = {"event-id": "a", "state": "open", "started-at": "2026-01-31T01:23:45Z"}


@pytest.fixture
def deliveries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Deliveries:
    """Compass shows nothing yet, and nobody is asked."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(events, "find_event", lambda *_: Told(None))
    return Deliveries(monkeypatch)


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.strip() for line in "".join(capsys.readouterr()).splitlines()]


def report(*lines: Any, argv: Sequence[str] = (), **env: str) -> int:
    write(Path(), *lines)
    return main(["events", "events.jsonl", *argv], ENV | env)
