"""How the tests replay: what waits in an outbox, the server it is for, and what is said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compass_action.main import main
from compass_action.sandbox import Sandbox, running_sandbox
from compass_action.schemas import Payload
from tests.recorded import TESTS

EVENT = json.loads((TESTS / "events/valid/deployment-full.json").read_text())
EMAIL, TOKEN = "ada@acme.example", "made-up-token"


def event(number: int, update: int = 100, **changes: str) -> Payload:
    """A deployment with its own sequence number; what is changed stands beside it."""
    request = json.loads(json.dumps(EVENT))
    body = request["event"]["deployment"]
    body["updateSequenceNumber"] = update
    body["deploymentProperties"]["sequenceNumber"] = number
    body |= changes
    # Blanks and escapes that no encoder of ours writes: the bytes have to stay what they were.
    text = json.dumps(request, indent=1).replace("/", "\\/")
    return Payload("deployment", request["componentId"], text.encode())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "outbox.jsonl"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None) as sandbox:
        yield sandbox


def replay(sandbox: Sandbox, *files: Path, **more: str) -> int:
    env = {
        "COMPASS_EMAIL": EMAIL,
        "COMPASS_API_TOKEN": TOKEN,
        "COMPASS_API_URL": sandbox.url,
        "COMPASS_ON_ERROR": "fail",
        "COMPASS_TIMEOUT": "20",
    }
    return main(["replay", *map(str, files)], env | more)


def said(capsys: Any) -> str:
    """All that was said: outside CI warnings go to standard error."""
    return "".join(capsys.readouterr())


def where(sandbox: Sandbox) -> str:
    return f"{sandbox.url}/compass/v1/events"


def lines_of(capsys: Any) -> list[str]:
    return [line.strip() for line in said(capsys).splitlines()]


def foreign(file: Path, *lines: str) -> None:
    with file.open("a") as more:
        more.write("".join(f"{line}\n" for line in lines))
