"""Words for an outcome: what did not happen is no event, and joined results are one outcome.

`outcomes.json` has the words; of what happened, the state of a build and of a deployment.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.program.steps import Job, shown
from tests.recorded import TESTS, read_json

WORDS: dict[str, Any] = read_json(TESTS / "program" / "outcomes.json")


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None) as running:
        yield running


@pytest.fixture
def job(server: Sandbox, tmp_path: Path) -> Job:
    server.clear()
    return Job(tmp_path, server.url)


@pytest.mark.parametrize("word", WORDS["nothing happened"])
@pytest.mark.parametrize("inputs", [{}, {"environment": "production"}, {"scope": "run"}], ids=str)
def test_what_did_not_happen_is_no_event(
    word: str, inputs: dict[str, str], job: Job, server: Sandbox
) -> None:
    """Exit code 0, and a line in the log that annotates nothing."""
    ran = job.step({"state": word, **inputs})
    assert (ran.code, dict(ran.outputs)) == (0, {"outcome": "skipped"})
    assert "Nothing was sent" in ran.log
    assert not [kind for kind in ("::notice", "::warning", "::error") if kind in ran.log]
    assert server.requests == []


@pytest.mark.parametrize("word", WORDS["happened"])
def test_what_happened_has_a_state(word: str, job: Job, server: Sandbox) -> None:
    build = job.step({"state": word})
    deployment = job.step({"state": word, "environment": "production"})
    states = [build.outputs["state"], deployment.outputs["state"]]
    assert states == WORDS["happened"][word]
    assert len(server.requests) == 2


@pytest.mark.parametrize("word", WORDS["wrong"])
def test_what_is_no_word_is_refused(word: str, job: Job, server: Sandbox) -> None:
    ran = job.step({"state": word})
    assert ran.code == 2
    assert "state: " in ran.log
    assert server.requests == []


@pytest.mark.parametrize("word", ["skipped", "NOT_BUILT", "skipped, skipped"])
@pytest.mark.parametrize("environment", ["", "production"])
def test_a_tracked_job_whose_work_was_skipped_ends_as_cancelled(
    word: str, environment: str, job: Job, server: Sandbox
) -> None:
    """As with `steps.deploy.outcome`: what was begun must not stay in progress."""
    asked = {"track": "true", "environment": environment}
    job.step(asked)
    assert job.post(asked | {"state": word}).code == 0
    kind = "deployment" if environment else "build"
    assert shown(server) == [(kind, "created IN_PROGRESS, overwritten CANCELLED")]


@pytest.mark.parametrize(
    ("inputs", "env"),
    [
        (
            {"event-type": "push"},
            {"GITHUB_REF": "refs/tags/v1", "GITHUB_REF_NAME": "v1", "GITHUB_REF_TYPE": "tag"},
        ),
        ({"event-type": "push", "ref": "refs/tags/v1"}, {}),
    ],
)
def test_a_push_of_a_tag_has_no_branch(
    inputs: dict[str, str], env: dict[str, str], job: Job, server: Sandbox
) -> None:
    ran = job.step(inputs, **env)
    assert (ran.code, ran.outputs["outcome"]) == (0, "skipped")
    assert server.requests == []


def test_a_rehearsal_by_act_sends_nothing_but_to_this_machine(
    job: Job, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every run of it has the id 1."""
    assert job.step(ACT="true").outputs["outcome"] == "accepted"
    far = {"api-url": "https://acme.example/api"}
    ran = job.step(far, ACT="true")
    assert (ran.code, dict(ran.outputs)) == (0, {"outcome": "skipped"})
    assert "act only rehearses this workflow" in ran.log
    assert job.step({"api-url": "", "site": "acme"}, ACT="true").outputs["outcome"] == "skipped"
    assert job.step(far | {"dry-run": "true"}, ACT="true").outputs["outcome"] == "dry-run"
    assert job.step(ACT="false").outputs["outcome"] == "accepted"
    assert len(server.requests) == 2
