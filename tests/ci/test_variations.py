"""What things are named after, and what is read of a run that differs a little from a recorded one.

`names.json` has the paths and numbers of each recorded run; `sparse-names.json` those of a run that tells
nothing, of one that tells `little`, and what is different if that one is tried `again`.

`variations/<system>.json` lists runs: `of` which recording they differ, `when` they do, and in which
variables (`env`), inputs (`given`) and places of the trigger's payload (`trigger`, by dotted paths). `run`
and `names` say what is different then. What is null is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from compass_action import ci
from compass_action.ci.run import CiRun
from compass_action.ci.system import System
from tests.recorded import RECORDED, TESTS, interpret, read_json, snapshot, with_changes

NAMES: dict[str, dict[str, Any]] = read_json(TESTS / "ci" / "names.json")
SPARSE = read_json(TESTS / "ci" / "sparse-names.json")
PATHS = ("run", "job", "pipeline", "pipeline_job")
NUMBERS = ("run_number", "job_number")
VARIATIONS = [
    pytest.param(row, id=f"{row['of']}: {row['when']}")
    for file in sorted(TESTS.glob("ci/variations/*.json"))
    for row in read_json(file)
]


def named(system: System, run: CiRun) -> dict[str, Any]:
    """All names of a run that it has, or the sentence that says why a number has no room."""
    naming, found = system.naming, dict[str, Any]()
    for name in (*PATHS, *NUMBERS) if naming else ():
        try:
            found[name] = getattr(naming, name)(run)
        except ValueError as error:
            found[name] = str(error)
    return without_none(found)


def without_none(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value is not None}


def fields(run: CiRun) -> dict[str, Any]:
    """The record as JSON has it; what is not known is left out."""
    shown = {n: v.isoformat() if isinstance(v, datetime) else v for n, v in run._asdict().items()}
    return without_none({n: list(v) if isinstance(v, tuple) else v for n, v in shown.items()})


def test_every_recorded_run_and_every_system_has_its_names() -> None:
    assert set(NAMES) == {path.stem for path in RECORDED}
    assert list(SPARSE) == list(ci.SYSTEMS)


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_run_names_its_things_like_this(name: str) -> None:
    """Run, job, pipeline and the job in the pipeline, each as a path, and what orders runs and jobs."""
    _, system, run = interpret(snapshot(name))
    assert named(system, run) == NAMES[name]


@pytest.mark.parametrize("name", SPARSE)
def test_a_run_that_tells_nothing_or_little_has_these_names(name: str) -> None:
    """What is not told is the first attempt, and no leg."""
    system = ci.SYSTEMS[name]
    little = CiRun(
        name,
        workflow="ci/shop.yml",
        run_id="4711",
        run_number=218,
        job="Test",
        job_id="12",
        job_started_at=datetime(2026, 11, 20, 9, 1, 12, tzinfo=UTC),
    )
    assert named(system, CiRun(name)) == SPARSE[name]["nothing"]
    assert named(system, little) == SPARSE[name]["little"]
    assert named(system, little._replace(leg=2, run_attempt=3, job_attempt=4)) == (
        SPARSE[name]["little"] | SPARSE[name]["again"]
    )


@pytest.mark.parametrize("row", VARIATIONS)
def test_a_run_that_differs_is_read_otherwise_in_this_only(row: dict[str, Any]) -> None:
    taken, base = snapshot(row["of"]), interpret(snapshot(row["of"]))
    varied = taken._replace(
        env=without_none({**taken.env, **row.get("env", {})}),
        trigger=with_changes(taken.trigger, row.get("trigger", {})),
    )
    _, system, run = interpret(varied, row.get("given"))
    assert system == base.system
    assert fields(run) == without_none(fields(base.run) | row.get("run", {}))
    assert named(system, run) == without_none(NAMES[row["of"]] | row.get("names", {}))
