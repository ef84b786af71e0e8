"""What a trigger's payload says, field for field: `github-triggers.json`.

A row has the trigger's name, `when` it is so, the payload, the inputs that matter (`given`), and what is
read. Null there overrules what the environment says; a field that is not there leaves it. A row may be
`like` an earlier one `but` for some places of its payload, and tell only what is read otherwise
(`differs`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from compass_action.ci.github_triggers import read_trigger
from compass_action.inputs.table import Inputs
from tests.recorded import TESTS, read_json, with_changes

ROWS = read_json(TESTS / "ci" / "github-triggers.json")
BY_WHEN: dict[str, dict[str, Any]] = {row["when"]: row for row in ROWS}


def read(name: str, payload: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What is read, as JSON has it."""
    found = read_trigger(name, payload, Inputs(**given))
    return {n: v.isoformat() if isinstance(v, datetime) else v for n, v in found.items()}


@pytest.mark.parametrize("row", [pytest.param(row, id=row["when"]) for row in ROWS])
def test_a_payload_says_this_and_no_more(row: dict[str, Any]) -> None:
    model = BY_WHEN[row.get("like", row["when"])]
    payload = with_changes(model["payload"], row.get("but", {}))
    expected = row["read"] if "read" in row else model["read"] | row["differs"]
    assert read(row["trigger"], payload, row.get("given", {})) == expected


def test_every_trigger_that_says_more_is_in_the_table() -> None:
    assert {row["trigger"] for row in ROWS if "differs" in row or row["read"]} == {
        "check_run", "check_suite", "deployment", "deployment_status", "issue_comment", "merge_group",
        "pull_request", "pull_request_comment", "pull_request_review", "pull_request_review_comment",
        "pull_request_target", "release", "repository_dispatch", "status", "workflow_run",
    }  # fmt: skip
