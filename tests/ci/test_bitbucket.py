"""What Bitbucket's attempts are counted from: what the pipes' shared storage has seen of the build."""

from __future__ import annotations

import json
from typing import Any

import pytest

from compass_action.ci.bitbucket import SYSTEM
from compass_action.ci.run import CiRun
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Place, Snapshot
from compass_action.tracking import FILE_NAMES
from tests.recorded import NOW

ENV = {
    "BITBUCKET_BUILD_NUMBER": "218",
    "BITBUCKET_STEP_UUID": "{deploy}",
    "BITBUCKET_PIPE_SHARED_STORAGE_DIR": "/pipes",
}


def read(*records: object, **env: str) -> CiRun:
    """The run of the step "deploy", with lines from the storage."""
    lines = tuple(one if isinstance(one, str) else json.dumps(one) for one in records)
    return SYSTEM.parse(Snapshot(ENV | env, NOW, records=lines), Inputs())


def note(steps: dict[str, int], attempts: dict[str, int], build: str = "218") -> dict[str, Any]:
    return {"build": build, "steps": steps, "attempts": attempts}


@pytest.mark.parametrize(
    ("kept", "run", "attempt", "left"),
    [
        ([], "1", 1, note({"deploy": 1}, {"deploy/1": 1})),
        ([], "3", 3, note({"deploy": 3}, {"deploy/3": 3})),
        (
            [note({"test": 2}, {"test/2": 2})],
            "1",
            2,
            note({"test": 2, "deploy": 1}, {"test/2": 2, "deploy/1": 2}),
        ),
        (
            [note({"test": 2, "deploy": 1}, {"deploy/1": 1, "test/2": 2})],
            "2",
            3,
            note({"test": 2, "deploy": 2}, {"deploy/1": 1, "test/2": 2, "deploy/2": 3}),
        ),
        (
            [note({"deploy": 4}, {"deploy/4": 4})],
            "2",
            4,
            note({"deploy": 4}, {"deploy/4": 4, "deploy/2": 4}),
        ),
        ([note({"deploy": 1}, {"deploy/1": 7})], "1", 7, None),
        ([note({"deploy": 5}, {"deploy/5": 5}, build="217")], "1", 1, "anew"),
        ([note({"deploy": 999}, {"deploy/1": 999})], "1", 999, None),
        ([note({"deploy": 1000}, {"deploy/1": 1})], "1", 1, "anew"),
        ([note({"deploy": 1}, {"deploy/1": 1000})], "1", 1, "anew"),
        ([note({"deploy": 0}, {"deploy/1": 1})], "1", 1, "anew"),
        ([note({"deploy": 1}, {"deploy/1": 1}), note({"deploy": 1}, {"deploy/1": 5})], "1", 1, None),
        ([note({"x": 9}, {}, build="217"), note({"deploy": 1}, {"deploy/1": 5})], "1", 5, None),
    ],
)  # fmt: skip
def test_the_attempt_is_one_and_one_more_for_each_further_run_of_any_step(
    kept: list[dict[str, Any]], run: str, attempt: int, left: dict[str, Any] | str | None
) -> None:
    """It is fixed for a run of a step at its first report; the note counts on."""
    found = read(*kept, BITBUCKET_STEP_RUN_NUMBER=run)
    expected = note({"deploy": 1}, {"deploy/1": 1}) if left == "anew" else left
    assert found.run_attempt == attempt
    assert (json.loads(found.note) if found.note else None) == expected


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "{",
        "[" * 100_000,
        "[]",
        "218",
        "null",
        {},
        {"build": "218", "steps": {"deploy": 2}},
        {"build": "218", "attempts": {"deploy/1": 2}},
        {"build": "218", "steps": ["deploy"], "attempts": {}},
        {"build": "218", "steps": {"deploy": None}, "attempts": {}},
        {"build": "218", "steps": {"deploy": "often"}, "attempts": {}},
    ],
    ids=str,
)
def test_a_damaged_note_is_none(damaged: object) -> None:
    """And does not hide the good one behind it."""
    assert read(damaged).run_attempt == 1
    assert read(damaged, note({"deploy": 1}, {"deploy/1": 5})).run_attempt == 5


@pytest.mark.parametrize("name", ["BITBUCKET_STEP_UUID", "BITBUCKET_PIPE_SHARED_STORAGE_DIR"])
def test_without_step_or_storage_nothing_is_counted(name: str) -> None:
    run = read(note({"deploy": 1}, {"deploy/1": 5}), **{name: ""})
    assert (run.run_attempt, run.note) == (None, None)


@pytest.mark.parametrize(
    ("run", "number"),
    [
        (CiRun("bitbucket", run_number=218, run_attempt=3, job_attempt=2, leg=1), 218_003_001),
        (CiRun("bitbucket", run_number=218, job_attempt=2), 218_002_000),
        (CiRun("bitbucket", run_number=218), 218_001_000),
    ],
)
def test_a_step_s_number_has_the_best_attempt_that_is_known(run: CiRun, number: int) -> None:
    assert SYSTEM.naming is not None
    assert SYSTEM.naming.job_number(run) == number


def test_records_and_the_note_lie_in_the_pipes_shared_storage() -> None:
    assert SYSTEM.records({}) == ()
    assert SYSTEM.records(ENV) == (
        Place("/pipes", FILE_NAMES),
        Place("/pipes/compass-event-note.json"),
    )
