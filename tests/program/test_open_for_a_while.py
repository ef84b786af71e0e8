"""Incidents and vulnerabilities: opened by one report, closed by another, mostly of another run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.program.steps import ARI, OTHER, Job, shown

INCIDENT = {"event-type": "incident", "properties": "id: INC-7\nseverity: {level: ONE}"}
VULNERABILITY = {"event-type": "vulnerability", "properties": "id: V-7\nseverity: {level: LOW}"}
# Without an account Compass cannot be asked for the start of what it was told of before.
UNASKED = {"email": "", "dry-run": "true"}
CLOSED = [
    (INCIDENT, "resolved", "RESOLVED"),
    (INCIDENT, "closed", "RESOLVED"),
    (VULNERABILITY, "remediated", "REMEDIATED"),
    (VULNERABILITY, "fixed", "REMEDIATED"),
]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


@pytest.mark.parametrize(("asked", "word", "state"), CLOSED)
def test_the_start_of_the_first_report_closes_it(
    asked: dict[str, str], word: str, state: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """It is an output, and what was filled in is said; without it, and nobody to ask, nothing is sent."""
    job = Job(tmp_path, sandbox.url)
    opened = job.step(asked | {"state": "open"})
    started = opened.outputs["started-at"]
    assert f"starts now, {started}" in opened.log
    lost = job.step(asked | {"state": word, **UNASKED})
    assert lost.code == 2
    assert "started-at: it is not given." in lost.log
    closed = job.step(asked | {"state": word, "started-at": started})
    assert (closed.code, closed.outputs["started-at"]) == (0, started)
    assert "starts now" not in closed.log
    assert shown(sandbox) == [(asked["event-type"], f"created OPEN, overwritten {state}")]
    [event] = sandbox.feed()["events"]
    assert event["started_at"] == started


@pytest.mark.parametrize("asked", [INCIDENT, VULNERABILITY], ids=["incident", "vulnerability"])
def test_a_second_report_of_what_is_open_keeps_its_start(
    asked: dict[str, str], sandbox: Sandbox, tmp_path: Path
) -> None:
    """It is read back; where nobody can be asked, the report says what it starts with."""
    job = Job(tmp_path, sandbox.url)
    first = job.step(asked | {"state": "open", "started-at": "2026-11-23T08:00:00Z"})
    again = job.step(asked | {"state": "open"})
    assert again.outputs["started-at"] == first.outputs["started-at"] == "2026-11-23T08:00:00Z"
    assert "starts now" not in first.log + again.log
    assert [problem.kind for problem in sandbox.problems()] == []
    unasked = job.step(asked | {"state": "open", **UNASKED})
    assert "without it they take the start that Compass shows" in unasked.log


@pytest.mark.parametrize("when", ["2026-11-23T08:00:00Z", "1795420800", "1795420800000"])
@pytest.mark.parametrize("place", ["input", "properties"])
def test_a_time_may_be_seconds_or_milliseconds(
    when: str, place: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    asked = INCIDENT | {"state": "resolved"}
    if place == "input":
        asked |= {"started-at": when}
    else:
        asked["properties"] += f"\nstartTime: {when}\nendTime: null"
    ran = Job(tmp_path, sandbox.url).step(asked)
    assert ran.code == 0, ran.log
    assert ran.outputs["started-at"] == "2026-11-23T08:00:00Z"


@pytest.mark.parametrize(
    "null", ["startTime: null", "startTime: ~", "startTime:", '"startTime": null']
)
def test_a_null_is_not_given(null: str, sandbox: Sandbox, tmp_path: Path) -> None:
    """In YAML, which is read as texts, and in JSON."""
    text = INCIDENT["properties"] + "\n" + null
    if null.startswith('"'):
        text = f'{{"id": "INC-7", "severity": {{"level": "ONE"}}, {null}}}'
    ran = Job(tmp_path, sandbox.url).step(INCIDENT | {"state": "open", "properties": text})
    assert ran.code == 0, ran.log
    assert "starts now" in ran.log
    asked = INCIDENT | {"state": "resolved", "properties": text}
    resolved = Job(tmp_path, sandbox.url).step(asked | UNASKED)
    assert "started-at: it is not given." in resolved.log


def test_a_pull_request_says_what_it_does_not_use(sandbox: Sandbox, tmp_path: Path) -> None:
    """Of what was given to the step; variables of a whole project are none of its business."""
    asked = {
        "event-type": "pull-request",
        "display-name": "Mine",
        "url": "https://acme.example/x",
        "state": "open",
        "properties": "id: 44\npullRequestUrl: https://github.com/acme/shop/pull/44",
    }
    ran = Job(tmp_path, sandbox.url).step(asked, COMPASS_DESCRIPTION="of the whole project")
    assert ran.code == 0, ran.log
    [line] = [one for one in ran.log.splitlines() if "Not used for" in one]
    assert line.endswith("Not used for pull-request events: display-name, url.")


def component(folder: Path, path: str, text: str) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_of_many_files_those_without_an_id_are_left_out(sandbox: Sandbox, tmp_path: Path) -> None:
    component(tmp_path, "a/compass.yml", f"name: a\nid: {ARI}\n")
    component(tmp_path, "b/compass.yml", "name: b\n")
    component(tmp_path, "c/compass.yml", "name: [\n")
    component(tmp_path, "d/compass.yml", f"name: d\nid: {OTHER}\n")
    asked = {"component-id": "", "component-file": "*/compass.yml"}
    ran = Job(tmp_path, sandbox.url).step(asked)
    assert (ran.code, ran.outputs["outcome"]) == (0, "accepted"), ran.log
    assert ran.outputs["component-ids"] == f"{ARI},{OTHER}"
    assert 'component-file "b/compass.yml" is left out' in ran.log
    assert 'component-file "c/compass.yml" is left out' in ran.log
    strict = Job(tmp_path, sandbox.url).step(
        asked | {"component-file": "a/compass.yml\nb/compass.yml"}
    )
    assert strict.code == 2  # that one was asked for


@pytest.mark.parametrize("other", ["name: another tool's\n", "- a list\n", "id: [\n", "id: 7\n"])
def test_another_tools_file_beside_ours_is_left_alone(
    other: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    component(tmp_path, "compass.yml", f"id: {ARI}\n")
    component(tmp_path, "compass.yaml", other)
    ran = Job(tmp_path, sandbox.url).step({"component-id": ""})
    assert (ran.code, ran.outputs["component-ids"]) == (0, ARI), ran.log
    assert "compass.yaml" not in ran.log


def test_files_below_the_root_are_named_and_so_is_a_missing_checkout(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    ran = Job(tmp_path, sandbox.url).step({"component-id": ""}, GITHUB_WORKSPACE=str(empty))
    assert ran.code == 2
    assert "the workspace is empty. Add a step with actions/checkout" in ran.log
    component(tmp_path, "services/cart/compass.yml", f"id: {ARI}\n")
    ran = Job(tmp_path, sandbox.url).step({"component-id": ""})
    assert ran.code == 2
    assert 'component-file ("services/cart/compass.yml")' in ran.log
