"""A pipeline reported for many components: what it hands on has to fit into GitLab's 5 KiB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.gitlab.conftest import Pipeline
from tests.gitlab.pipelines import DATA, EMAIL, TOKEN, states

COMPONENTS = [
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    f"30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-{number:012x}"
    for number in range(60)
]

# A variable of the project: an input takes 1,024 characters, which are seven of them.
MANY = ",".join(COMPONENTS)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A stand-in that lets 120 requests pass within a minute."""
    with running_sandbox(credentials=(EMAIL, TOKEN), rate_limit=None) as server:
        yield server


def test_sixty_components_are_begun_and_ended(
    pipeline: Pipeline, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The first job hands on its record, and the last one goes on from it."""
    done = pipeline("pipeline", COMPASS_COMPONENT_ID=MANY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARN" not in done.stderr
    assert "could not be found" not in done.stderr
    assert "Warning" not in done.stdout
    events = sandbox.feed()["events"]
    assert sorted(event["component_id"] for event in events) == COMPONENTS
    for event in events:
        assert states(event) == ["created IN_PROGRESS", "overwritten SUCCESSFUL"]
    [record] = [*tmp_path.rglob("artifacts/compass-event-started/**/compass-event.env")]
    assert record.read_text().startswith("COMPASS_TRACKED=")
    assert record.read_text().count("\n") == 1
    assert record.stat().st_size < 1024


def test_the_outputs_of_sixty_components_are_handed_on_without_their_list(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    """What does not fit is left out, and all else reaches the later job."""
    done = pipeline(DATA / "outputs.yml", COMPASS_COMPONENT_ID=MANY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "staging was accepted as SUCCESSFUL in staging" in done.stdout
    assert "GitLab's limit" not in done.stdout
