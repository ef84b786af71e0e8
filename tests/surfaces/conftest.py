"""An agent and a sandbox for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from compass_action.sandbox import running_sandbox
from tests.surfaces.agent import Agent


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Agent]:
    with running_sandbox() as sandbox:
        yield Agent(tmp_path, sandbox)
