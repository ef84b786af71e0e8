"""GitHub's triggers in random histories: what is told many times is one event, all else is its own.

Deployments and runs are followed by workflows that their news start, each news a run of its own, in any
order; between them jobs of all other triggers end. The feed has to hold exactly what happened.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compass_action.sandbox import Sandbox, running_sandbox
from tests.program.steps import Job
from tests.recorded import TESTS, read_json

CASES: list[dict[str, Any]] = read_json(TESTS / "program" / "triggers.json")
PAYLOADS: Mapping[str, Mapping[str, Any]] = {
    case["trigger"]: case["payload"] for case in reversed(CASES) if case["payload"]
}
STATUSES = {"success": "SUCCESSFUL", "failure": "FAILED", "error": "FAILED"}
CONCLUSIONS = {"success": "SUCCESSFUL", "failure": "FAILED", "cancelled": "CANCELLED"}
OTHERS = (
    *("push", "schedule", "workflow_dispatch", "pull_request", "release", "merge_group"),
    *("issue_comment", "repository_dispatch", "check_suite", "check_run", "status"),
)


class News(NamedTuple):
    """One run of a workflow, by what has started it."""

    trigger: str
    payload: Mapping[str, Any]
    job_status: str = "success"
    scope: str = "job"


class History(NamedTuple):
    """What is told, in the order in which it is told, and the events that it amounts to."""

    news: tuple[News, ...]
    events: tuple[tuple[str, str], ...]
    """Type and last state of each."""


def deployment(number: int, outcome: str) -> tuple[list[News], tuple[str, str]]:
    """A deployment that is queued, starts and ends, each a second after the other."""
    base = PAYLOADS["deployment_status"]
    found = []
    for second, state in enumerate(("queued", "in_progress", outcome)):
        status = base["deployment_status"] | {
            "state": state,
            "updated_at": f"2026-11-23T10:05:{second:02}Z",
        }
        payload = {**base, "deployment": base["deployment"] | {"id": number}}
        found.append(News("deployment_status", payload | {"deployment_status": status}))
    return found, ("deployment", STATUSES[outcome])


def run(number: int, attempt: int, conclusion: str) -> tuple[list[News], tuple[str, str]]:
    """A run that is followed from elsewhere: it is in progress, then completed."""
    found = []
    for second, (status, ended) in enumerate((("in_progress", None), ("completed", conclusion))):
        told = PAYLOADS["workflow_run"]["workflow_run"] | {
            "id": number,
            "run_attempt": attempt,
            "status": status,
            "conclusion": ended,
            "updated_at": f"2026-11-23T10:05:{second:02}Z",
        }
        found.append(News("workflow_run", {"workflow_run": told}, scope="run"))
    return found, ("build", CONCLUSIONS[conclusion])


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Some of each, all news in any order."""
    numbers = st.integers(1000, 1003)
    deployments = draw(st.dictionaries(numbers, st.sampled_from(sorted(STATUSES)), max_size=2))
    runs = draw(
        st.dictionaries(
            st.tuples(numbers, st.integers(1, 2)), st.sampled_from(sorted(CONCLUSIONS)), max_size=3
        )
    )
    jobs = draw(
        st.lists(
            st.tuples(st.sampled_from(OTHERS), st.sampled_from(sorted(CONCLUSIONS))), max_size=4
        )
    )
    told = [deployment(number, outcome) for number, outcome in deployments.items()]
    told += [run(*which, conclusion) for which, conclusion in runs.items()]
    told += [
        ([News(trigger, PAYLOADS.get(trigger, {}), word)], ("build", CONCLUSIONS[word]))
        for trigger, word in jobs
    ]
    news = draw(st.permutations([one for group, _ in told for one in group]))
    return History(tuple(news), tuple(event for _, event in told))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(rate_limit=None) as running:
        yield running


@settings(max_examples=30, deadline=None)
@given(history=histories())
def test_the_feed_holds_what_happened_whatever_has_told_of_it(
    history: History, sandbox: Sandbox
) -> None:
    sandbox.clear()
    for number, news in enumerate(history.news, 1):
        with tempfile.TemporaryDirectory() as name:
            job = Job(Path(name), sandbox.url, trigger=news.payload)
            ran = job.step(
                {"scope": news.scope, "job-status": news.job_status, "check-run-id": str(number)},
                GITHUB_EVENT_NAME=news.trigger,
                GITHUB_RUN_ID=str(50_000 + number),
                GITHUB_RUN_NUMBER=str(number),
            )
        assert ran.code == 0, ran.log
    events = sandbox.feed()["events"]
    assert sorted((event["type"], event["state"]) for event in events) == sorted(history.events)
