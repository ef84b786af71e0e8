"""The step summary on GitHub: one table for a job, none for a begin, one when inputs are wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compass_action.report.report import Report, Row
from compass_action.report.summary import render_summary
from compass_action.sandbox import running_sandbox
from tests.commands.program import ARI, CREDENTIALS, call


def github(folder: Path, url: str, **more: str) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin", **CREDENTIALS, "COMPASS_API_URL": url, "COMPASS_COMPONENT_ID": ARI,
        "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_RUN_ID": "9001",
        "GITHUB_SERVER_URL": "https://github.com", "GITHUB_JOB": "test", "GITHUB_RUN_NUMBER": "7421",
        "GITHUB_WORKFLOW_REF": "acme/shop/.github/workflows/ci.yml@refs/heads/main",
        "GITHUB_WORKFLOW": "CI", "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "COMPASS_CHECK_RUN_ID": "41234567890", **more,
    }  # fmt: skip


def summary(folder: Path) -> str:
    file = folder / "summary.md"
    return file.read_text() if file.exists() else ""


def test_a_table_with_a_heading(tmp_path: Path) -> None:
    """State with a sign, environment with its category, duration, component, what became of it."""
    with running_sandbox() as sandbox:
        argv = ["--environment", "eu-prod", "--state", "failed", "--started-at",
                "2026-01-31T01:23:45Z", "--completed-at", "2026-01-31T01:25:46Z"]  # fmt: skip
        call(argv, github(tmp_path, sandbox.url), tmp_path)
    page = "https://github.com/acme/shop/actions/runs/9001/job/41234567890"
    assert summary(tmp_path).split("\n") == [
        "",
        f"### Compass: deployment [`eu-prod: CI #7421`]({page})",
        "",
        "| Component | State | Environment | Took | Compass |",
        "| --- | --- | --- | --- | --- |",
        "| `c34578a8-98c2-43e3-8b47-ee9b4fe598e4` | ❌ `FAILED` | `eu-prod (PRODUCTION)` | 2 min 1 s "
        "| accepted |",
        "",
    ]


def test_none_for_a_begin(tmp_path: Path) -> None:
    with running_sandbox() as sandbox:
        for state in ("in_progress", "pending"):
            argv = ["--environment", "eu-prod", "--state", state]
            done = call(argv, github(tmp_path, sandbox.url), tmp_path)
            assert "accepted" in done.stdout
    assert summary(tmp_path) == ""


def test_what_to_do_where_it_failed(tmp_path: Path) -> None:
    with running_sandbox(faults=[{"status": 401, "body": "{}"}]) as sandbox:
        call(["--state", "success"], github(tmp_path, sandbox.url), tmp_path)
    *_, row, gap, reason, end = summary(tmp_path).split("\n")
    assert row.endswith("| ⚠️ lost |")
    assert (gap, end) == ("", "")
    said = "Compass refused the credentials: HTTP 401"
    assert re.fullmatch(rf"- `{ARI.rpartition('/')[2]}`: `{said}`\. [A-Z][^|`]+", reason)


def test_one_reason_is_told_once_for_all_its_components() -> None:
    rows = [Row(f"{ARI[:-1]}{n}", "spooled", "HTTP 503", "It is down", "Wait.") for n in range(5)]
    rows.append(Row(ARI, "failed", "HTTP 404", "It is not known", "Look."))
    text = render_summary(Report({"event-type": "build", "state": "FAILED"}, tuple(rows)))
    assert text.count("⚠️ kept in the outbox") == 5
    first, second = text.split("\n")[-3:-1]
    names = ", ".join(f"`{row.component_id.rpartition('/')[2]}`" for row in rows[:3])
    assert first == f"- {names} and 2 more: `It is down: HTTP 503`. Wait."
    assert second.endswith(": `It is not known: HTTP 404`. Look.")


def test_one_when_inputs_are_wrong(tmp_path: Path) -> None:
    call(["--state", "x`|y", "--timeout", "soon"], github(tmp_path, ""), tmp_path)
    blank, heading, gap, *problems, end = summary(tmp_path).split("\n")
    assert (blank, gap, end) == ("", "", "")
    assert heading == "### ❌ Compass: Some inputs are missing or wrong"
    assert sorted(problem.partition(":")[0] for problem in problems) == [
        "- `site",
        "- `state",
        "- `timeout",
    ]
    assert all(re.fullmatch(r"- `[^`|]+`", problem) for problem in problems)


@pytest.mark.parametrize("site", ["acme.atlassian.net", "127.0.0.1:8377", ""])
def test_a_component_is_named_and_linked(site: str) -> None:
    report = Report(
        {"event-type": "build", "state": "SUCCESSFUL"},
        (Row(ARI, "accepted"), Row(ARI[:-1] + "5", "accepted")),
        facts={"site": site},
        names={ARI: "Shop | `checkout`"},
    )
    rows = render_summary(report).split("\n")[5:7]
    page = "https://acme.atlassian.net/compass/component/c34578a8-98c2-43e3-8b47-ee9b4fe598e"
    if site.startswith("acme"):
        assert rows[0].startswith(f"| [`Shop ¦ 'checkout'`]({page}4) |")
        assert rows[1].startswith(f"| [`c34578a8-98c2-43e3-8b47-ee9b4fe598e5`]({page}5) |")
    else:
        assert rows[0].startswith("| `Shop ¦ 'checkout'` |")


def test_foreign_text_begins_no_markup() -> None:
    """Titles, links and answers stay in their spans and cells."""
    report = Report(
        {"event-type": "build", "state": "FAILED"},
        (Row(ARI, "failed", detail="x | y `z`\n# h", headline="Compass refused the event"),),
        title="a`]|(javascript:1)\n# b",
        url="https://acme.example/a)|b`c",
    )
    text = render_summary(report)
    assert text.count("\n") == 8
    assert "https://acme.example/a%29%7Cb%60c" in text
    assert all(line.count("|") in (0, 6) for line in text.split("\n"))
    assert text.count("`") % 2 == 0
