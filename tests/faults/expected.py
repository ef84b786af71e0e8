"""What has to come of a fault, by tables that a person has written; nothing of it is the product's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.faults.cell import Cell
from tests.recorded import TESTS, read_json

FAILURES: dict[str, list[str]] = read_json(TESTS / "delivery" / "failures.json")
ERROR_TYPES: dict[str, list[str]] = read_json(TESTS / "delivery" / "error_types.json")

SECRETS = (
    "ATATT3x-a/made+up_token=1A2B3C4D",
    "ATATT3x-a%2Fmade%2Bup_token%3D1A2B3C4D",
    "ATATT3x-a%2fmade%2bup_token%3d1A2B3C4D",
    "ATATT3x-a/made%2Bup_token%3D1A2B3C4D",
    "ATATT3x-a/made%2bup_token%3d1A2B3C4D",
    "QVRBVFQzeC1hL21hZGUrdXBfdG9rZW49MUEyQjNDNEQ",
    "YWRhQGFjbWUuZXhhbXBsZTpBVEFUVDN4LWEvbWFkZSt1cF90b2tlbj0xQTJCM0M0RA",
    "user:pass",
    "dXNlcjpwYXNz",
)
"""The token: plain, in addresses, in base64 alone and after the address; and the proxy's password."""


class Words(NamedTuple):
    """What is said of a failure."""

    headline: str
    hint: str


def expected_words(fault: Mapping[str, Any]) -> Words | None:
    """Say what is said; None if nothing is. An error type of Compass may have a hint of its own."""
    if "failure" not in fault:
        return None
    headline, *_, hint = FAILURES[fault["failure"]]
    for kind in _error_types(fault):
        _, hint = ERROR_TYPES.get(kind, ["", hint])
    return Words(headline, hint)


def _error_types(fault: Mapping[str, Any]) -> list[str]:
    try:
        return [error["type"] for error in json.loads(fault["body"])["errors"]]
    except (KeyError, ValueError):
        return []


def expected_outcome(cell: Cell) -> str:
    """Say what the output `outcome` has to be."""
    fault = cell.fault
    if cell.components > 1 and "outcome_of_many" in fault:
        return str(fault["outcome_of_many"])
    if "outcome" in fault:
        return str(fault["outcome"])
    return "spooled" if "kept" in FAILURES[fault["failure"]] else "failed"
