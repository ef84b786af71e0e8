"""The exit code and the outcome of a run, against a table that a person has written.

`exit_codes.json`: what happens, inputs, Compass's answers, the code for each `on-error`, the outcome.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from compass_action.sandbox import running_sandbox
from tests.program.steps import Job
from tests.recorded import TESTS, read_json


class Case(NamedTuple):
    """One row of the table."""

    name: str
    inputs: dict[str, str]
    answers: list[int]
    codes: dict[str, int]
    outcome: str


CASES = [Case(*row) for row in read_json(TESTS / "program" / "exit_codes.json")]


@pytest.mark.parametrize("on_error", ["warn", "warn-all", "fail"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_run_ends_with_this_code(case: Case, on_error: str, tmp_path: Path) -> None:
    """What was refused for good was asked once, and is in no outbox."""
    given = dict(case.inputs)
    if "outbox" in given:
        given["outbox"] = str(tmp_path / given["outbox"])
    with running_sandbox() as sandbox:
        sandbox.add_faults([{"status": status} for status in case.answers if status != 202])
        ran = Job(tmp_path, sandbox.url).step(
            {"state": "success", "timeout": "10", "on-error": on_error} | given
        )
        asked = len(sandbox.requests)
    assert (ran.code, ran.outputs["outcome"]) == (case.codes[on_error], case.outcome), ran.log
    assert asked == len(case.answers)
    assert (tmp_path / "box").exists() == (case.outcome == "spooled")
