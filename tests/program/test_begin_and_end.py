"""What begins in one step and ends in another: the start, the identity, and what a begin may cost."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from compass_action.commands import send
from compass_action.sandbox import Sandbox, running_sandbox
from tests.faults.places import closed_port
from tests.program.steps import ARI, OTHER, Job, shown

BEGIN = {"state": "in_progress"}
END = {"state": "failure"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


def starts(sandbox: Sandbox) -> list[str]:
    """The starts that were sent, in order."""
    bodies = [json.loads(request.body)["event"] for request in sandbox.requests]
    return [body[kind][f"{kind}Properties"]["startedAt"] for body in bodies for kind in body]


@pytest.mark.parametrize("environment", ["", "production"])
@pytest.mark.parametrize("host", ["github", "bitbucket", "gitlab"])
def test_the_end_has_the_start_that_was_begun(
    host: str, environment: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Two calls of one job; nothing has to be given for that."""
    asked, job = {"environment": environment}, Job(tmp_path, sandbox.url, host)
    for inputs in (BEGIN, END):
        ran = job.step(asked | inputs)
        assert ran.code == 0, ran.log
        time.sleep(0.01)
    kind = "deployment" if environment else "build"
    assert shown(sandbox) == [(kind, "created IN_PROGRESS, overwritten FAILED")]
    first, second = starts(sandbox)
    assert first == second


@pytest.mark.parametrize("folder", ["", "not/yet/there/"])
def test_a_record_is_a_file_where_the_host_has_no_place(
    folder: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """One line for each event; an event's later line takes the place of its earlier one."""
    job = Job(tmp_path, sandbox.url, "shell")
    record = tmp_path / folder / "begun.jsonl"
    known = {"url": "https://ci.acme.example/7", "external-event-source-id": "https://git.acme.example/a",
             "record": str(record)}  # fmt: skip
    for number in ("7", "8", "7"):
        assert job.step(known | BEGIN | {"pipeline-id": f"ci/{number}"}).code == 0
        time.sleep(0.01)
    assert len(record.read_text().splitlines()) == 2
    for number in ("7", "8"):
        assert job.step(known | END | {"pipeline-id": f"ci/{number}"}).code == 0
    sent = starts(sandbox)
    assert sent[3:] == [sent[2], sent[1]]
    assert ARI not in record.read_text()


def test_without_a_place_the_end_is_told_to_bring_the_start(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """A begin that nobody remembers says what to do when it is lost."""
    sandbox.add_faults([{"status": 403, "times": 50}])
    job = Job(tmp_path, sandbox.url, "shell")
    known = {"url": "https://ci.acme.example/7", "external-event-source-id": "https://git.acme.example/a",
             "pipeline-id": "ci/7", "timeout": "1"}  # fmt: skip
    ran = job.step(known | BEGIN)
    assert ran.code == 0
    assert "so the start is not shown yet. Pass started-at with the outcome." in ran.log


def test_two_events_of_a_job_do_not_lend_each_other_their_start(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Other components, or another environment, are another event."""
    job = Job(tmp_path, sandbox.url)
    events = [
        {},
        {"component-id": OTHER},
        {"environment": "qa"},
        {"component-id": f"{ARI},{OTHER}"},
    ]
    for event in events[:3]:
        job.step(event | BEGIN)
        time.sleep(0.01)
    for event in events[:3]:
        job.step(event | END)
    sent = starts(sandbox)
    assert sent[3:] == sent[:3]
    assert len(set(sent[:3])) == 3


@pytest.mark.parametrize("on_error", ["warn", "fail"])
@pytest.mark.parametrize(
    "fault",
    [{"status": 403}, {"status": 500, "times": 50}, {"status": 401}, {"status": 429, "times": 50},
     {"status": 200}, {"delay": 30, "times": 9}],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("inputs", [{"track": "true"}, BEGIN], ids=str)
def test_a_lost_begin_is_one_warning_and_the_outcome_makes_it_good(
    inputs: dict[str, str],
    fault: dict[str, object],
    on_error: str,
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It never fails the job, and is not kept in the outbox."""
    monkeypatch.setattr(send, "BEGIN_TIMEOUT_MAX_SECONDS", 1)
    sandbox.add_faults([fault])
    job, outbox = Job(tmp_path, sandbox.url), tmp_path / "outbox.jsonl"
    asked = {"on-error": on_error, "outbox": str(outbox), "timeout": "120"}
    before = time.monotonic()
    ran = job.step(asked | inputs)
    assert time.monotonic() - before < 8
    assert (ran.code, ran.outputs["outcome"]) == (0, "failed")
    assert ran.log.count("::warning") == 1
    assert "so the start is not shown yet. The outcome will carry it." in ran.log
    assert "::error" not in ran.log
    assert not outbox.exists()
    with running_sandbox() as mended:
        asked["api-url"] = mended.url
        ended = (job.post if "track" in inputs else job.step)(asked | inputs | END)
        assert ended.code == 0, ended.log
        assert shown(mended) == [("build", "created FAILED")]
        assert starts(mended) == [ran.outputs["started-at"]]


def test_a_dead_and_a_silent_server_hold_a_begin_up_for_ten_seconds_at_most(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """The real ten seconds, however long `timeout` is."""
    sandbox.add_faults([{"delay": 60, "times": 9}])
    before = time.monotonic()
    ran = Job(tmp_path, sandbox.url).step({"track": "true", "timeout": "600"})
    assert 9 < time.monotonic() - before < 15
    assert (ran.code, ran.outputs["outcome"]) == (0, "failed")


def test_a_shorter_timeout_counts(sandbox: Sandbox, tmp_path: Path) -> None:
    with closed_port() as port:
        before = time.monotonic()
        ran = Job(tmp_path, f"http://127.0.0.1:{port}").step({"track": "true", "timeout": "1"})
    assert time.monotonic() - before < 8
    assert ran.code == 0


def test_every_failed_attempt_is_told_when_it_happens(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.add_faults([{"status": 503, "times": 1}])
    ran = Job(tmp_path, sandbox.url).step({"timeout": "30"})
    told = [line for line in ran.log.splitlines() if line.startswith("Attempt 1 failed: HTTP 503")]
    assert len(told) == 1
    assert "Trying again" in told[0]


@pytest.mark.parametrize(
    ("inputs", "env"),
    [
        ({"component-id": ""}, {}),
        ({"email": ""}, {}),
        ({"state": "sucess"}, {}),
        ({"properties": "- a"}, {}),
        ({"api-token": ""}, {}),
    ],
    ids=str,
)
@pytest.mark.parametrize(("on_error", "code"), [("warn", 0), ("warn-all", 0), ("fail", 2)])
def test_the_stage_at_the_jobs_end_never_fails_a_job_that_began_well(
    on_error: str, code: int, inputs: dict[str, str], env: dict[str, str], sandbox: Sandbox,
    tmp_path: Path,
) -> None:  # fmt: skip
    """Except where that is asked for. (The components are those of the begin.)"""
    job = Job(tmp_path, sandbox.url)
    asked = {"track": "true", "on-error": on_error}
    assert job.step(asked).code == 0
    ended = job.post(asked | inputs, **env)
    fine = inputs == {"component-id": ""}
    assert ended.code == (0 if fine else code), ended.log
    assert fine or ended.outputs == {"outcome": "failed"}


@pytest.mark.parametrize(
    "inputs",
    [{"component-id": ""}, {"component-id": "shop"}, {"api-token": ""},
     {"site": "evil.example", "api-url": ""},
     {"state": "sucess"}, {"timeout": "soon"}, {"event-type": "incident"}, {"ci": "hudson"},
     {"url": "ftp://x"}, {"track": "maybe"}],
    ids=str,
)  # fmt: skip
def test_warn_all_makes_wrong_inputs_a_loud_warning(
    inputs: dict[str, str], sandbox: Sandbox, tmp_path: Path
) -> None:
    """For whoever rolls this out to hundreds of repositories; elsewhere it is exit code 2."""
    job = Job(tmp_path, sandbox.url)
    softened, strict = job.step(inputs | {"on-error": "warn-all"}), job.step(inputs)
    assert (softened.code, dict(softened.outputs)) == (0, {"outcome": "failed"})
    assert (strict.code, dict(strict.outputs)) == (2, {"outcome": "failed"})
    assert "::warning title=" in softened.log
    assert "::error" not in softened.log
    assert softened.log.replace("::warning", "::error") == strict.log
    assert sandbox.requests == []


def test_an_absurd_record_is_not_believed(sandbox: Sandbox, tmp_path: Path) -> None:
    """One that is a day ahead would hide every later update."""
    job = Job(tmp_path, sandbox.url)
    assert job.step(BEGIN).code == 0
    [kept] = (tmp_path / "temp" / "compass-event").iterdir()
    record = json.loads(kept.read_text())
    number = int(record["outputs"]["update-sequence-number"])
    for ahead, believed in ((timedelta(hours=23), True), (timedelta(days=2), False)):
        record["outputs"]["update-sequence-number"] = str(
            number + ahead // timedelta(milliseconds=1)
        )
        kept.write_text(json.dumps(record))
        found = int(job.step(END).outputs["update-sequence-number"])
        assert (found > number + 3_600_000) == believed
    assert datetime.fromtimestamp(found / 1000, UTC) < datetime.now(UTC) + timedelta(minutes=1)
