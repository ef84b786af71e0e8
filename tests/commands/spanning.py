"""An event around a command, in this process: its beginning is reported at once. What was sent of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from compass_action.commands import span
from compass_action.commands.call import Call
from compass_action.commands.opening import open_call
from compass_action.delivery import meanwhile
from compass_action.errors import CompassEventError
from compass_action.inputs.command_line import CommandLine
from compass_action.sandbox import Sandbox, running_sandbox
from tests.building import ARI

STARTED = datetime(2026, 11, 25, 10, tzinfo=UTC)
ENDED = STARTED + timedelta(seconds=12)


class AtOnce:
    """The two steps, one after the other, in the same thread."""

    def __init__(
        self, make: Callable[[], Any], then: Callable[[Any, threading.Event], None]
    ) -> None:
        self.error: Exception | None = None
        try:
            self.made = make()
        except CompassEventError as error:
            self.error = error
            return
        then(self.made, OVER)

    def finish(self) -> Any:
        if self.error:
            raise self.error
        return self.made


OVER = threading.Event()
"""Set where the command is over before the start is told."""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    OVER.clear()
    monkeypatch.setattr(meanwhile, "Meanwhile", AtOnce)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


def called(sandbox: Sandbox, folder: Path, **given: str) -> Call:
    arguments = {name.replace("_", "-"): value for name, value in given.items()}
    env = {
        "GITLAB_CI": "true", "CI_PROJECT_URL": "https://gitlab.com/acme/search", "CI_JOB_NAME": "test",
        "CI_PIPELINE_ID": "901", "CI_JOB_ID": "7788", "CI_PROJECT_DIR": str(folder),
        "COMPASS_COMPONENT_ID": ARI, "COMPASS_EMAIL": "a@acme.example",
        "COMPASS_API_TOKEN": "correct-horse", "COMPASS_API_URL": sandbox.url,
    }  # fmt: skip
    return open_call(CommandLine("run", arguments), env, keeps_streams=True)


def report(
    call: Call,
    code: int = 0,
    hear: Callable[[], None] = lambda: None,
    *,
    cancelled: bool = False,
) -> int:
    return span.end(span.begin(call, STARTED), code, ENDED, hear, cancelled=cancelled)


def sent(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The own parts of what was sent."""
    bodies = [json.loads(request.body)["event"] for request in sandbox.requests]
    return [body[kind][f"{kind}Properties"] for body in bodies for kind in body]
