"""For machines: a run as one JSON object, described by `docs/output.schema.json`. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from compass_action.text import without_commands

from .log import Said
from .report import Report, Row, Verdict

VERSION = 1


def render(left: Report | None, said: Sequence[Said], code: int) -> str:
    """Write one object: what was left behind and said, without secrets."""
    report = left or Report({"outcome": "skipped"})
    record: dict[str, Any] = {
        "version": VERSION,
        "exit-code": code,
        "outcome": report.outputs.get("outcome", "skipped"),
        "outputs": dict(report.outputs),
        "receipts": [_receipt(row) for row in report.rows],
        "notices": [entry.text for entry in said if entry.level == "notice"],
        "problems": [problem for entry in said for problem in _problems(entry)],
    }
    if report.checks:
        record["checks"] = [check._asdict() for check in report.checks]
    if report.values:
        record["values"] = [value._asdict() for value in report.values]
    if report.verdicts:
        record["verdicts"] = [_verdict(verdict) for verdict in report.verdicts]
    if report.requests:
        record["requests"] = [json.loads(request) for request in report.requests]
    return without_commands(json.dumps(record, ensure_ascii=True, indent=None))


def _receipt(row: Row) -> dict[str, Any]:
    found = {
        "component-id": row.component_id,
        "event-type": row.event_type,
        "outcome": row.outcome,
        "http-status": row.http_status,
        "send-attempts": row.attempts,
        "failure": row.headline,
        "detail": row.detail,
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def _verdict(verdict: Verdict) -> dict[str, Any]:
    """Name the fields as in receipts."""
    return {name.replace("_", "-"): value for name, value in verdict._asdict().items()}


def _problems(entry: Said) -> list[Mapping[str, str]]:
    if entry.level == "notice":
        return []
    base = {"level": entry.level, "headline": entry.title}
    if not entry.problems:
        return [base | {"what": entry.text}]
    return [base | {"where": p.where, "what": p.what} for p in entry.problems]
