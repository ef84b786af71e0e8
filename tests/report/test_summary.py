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


ROW = Row("ari/one", "accepted")
HEAD = [
    "| Component | State | Environment | Took | Compass |",
    "| --- | --- | --- | --- | --- |",
]


def body(report: Report) -> list[str]:
    """The lines between the blank first one and the end."""
    first, *lines, last = render_summary(report).split("\n")
    assert (first, last) == ("", "")
    return lines


@pytest.mark.parametrize(
    ("state", "cell"),
    [
        ("SUCCESSFUL", "✅ `SUCCESSFUL`"), ("FAILED", "❌ `FAILED`"), ("ERROR", "❌ `ERROR`"),
        ("TIMED_OUT", "⌛ `TIMED_OUT`"), ("CANCELLED", "🚫 `CANCELLED`"),
        ("ROLLED_BACK", "↩️ `ROLLED_BACK`"), ("OPEN", "🔴 `OPEN`"), ("OPENED", "🔴 `OPENED`"),
        ("RESOLVED", "🟢 `RESOLVED`"), ("CLOSED", "🟢 `CLOSED`"), ("REMEDIATED", "🟢 `REMEDIATED`"),
        ("SNOOZED", "`SNOOZED`"), ("", ""),
    ],
)  # fmt: skip
def test_a_state_has_its_sign(state: str, cell: str) -> None:
    [*_, row] = body(Report({"event-type": "build", "state": state}, (ROW,)))
    assert row == f"| `one` | {cell} |  |  | accepted |"


@pytest.mark.parametrize(
    ("row", "cell", "reason"),
    [
        (ROW, "accepted", []),
        (Row("a", "accepted", "HTTP 202", "Fine", "Go on."), "accepted", []),
        (Row("a", "dry-run", hint="Go on."), "not sent (dry run)", []),
        (Row("a", "spooled", "HTTP 503.", "Compass is down", "Come back."), "⚠️ kept in the outbox",
         ["", "- `a`: `Compass is down: HTTP 503`. Come back."]),
        (Row("a", "failed", "", "Compass said no", "Do it."), "⚠️ lost",
         ["", "- `a`: `Compass said no`. Do it."]),
        (Row("a", "failed", "HTTP 400"), "⚠️ lost", ["", "- `a`: `HTTP 400`"]),
        (Row("a", "failed"), "⚠️ lost", []),
    ],
)  # fmt: skip
def test_what_became_of_a_component_is_the_last_cell(
    row: Row, cell: str, reason: list[str]
) -> None:
    """And why, below the table."""
    _, _, _, _, line, *rest = body(Report({}, (row,)))
    assert line.split(" | ", 4)[-1] == f"{cell} |"
    assert rest == reason


def test_the_first_three_components_of_a_reason_are_named() -> None:
    """Of those that have a row."""
    rows = [Row(f"ari/{number}", "failed", "HTTP 400") for number in range(201)]
    for many, names in ((3, "`0`, `1`, `2`"), (4, "`0`, `1`, `2` and 1 more"),
                        (201, "`0`, `1`, `2` and 197 more")):  # fmt: skip
        *_, gap, reason = body(Report({}, tuple(rows[:many])))
        assert (gap, reason) == ("", f"- {names}: `HTTP 400`")


@pytest.mark.parametrize(
    ("report", "heading"),
    [
        (Report({"event-type": "build"}, (ROW,), "CI #7"), "### Compass: build `CI #7`"),
        (Report({"event-type": "build"}, (ROW,)), "### Compass: build event"),
        (Report({}, (ROW,), "3 events"), "### Compass: `3 events`"),
        (Report({}, (ROW,), url="https://a.example/(b)[c]<d>\\`*_é"),
         "### Compass: [event](https://a.example/%28b%29%5Bc%5D%3Cd%3E%5C%60%2A%5F%C3%A9)"),
    ],
)  # fmt: skip
def test_the_heading_has_type_and_title(report: Report, heading: str) -> None:
    """A link where there is one, and what could end it early is encoded."""
    assert body(report)[:4] == [heading, "", *HEAD]


def test_a_summary_of_many_components_has_an_end() -> None:
    whole = body(Report({}, (ROW,) * 200))
    assert len(whole) == 4 + 200
    assert whole[-1] == "| `one` |  |  |  | accepted |"
    assert body(Report({}, (ROW,) * 201)) == [*whole, "| and 1 more | | | | |"]


def test_a_summary_of_many_problems_has_an_end() -> None:
    whole = body(Report({}, title="Wrong", problems=("state: no",) * 20))
    assert whole == ["### ❌ Compass: Wrong", "", *["- `state: no`"] * 20]
    assert body(Report({}, title="Wrong", problems=("state: no",) * 21)) == [
        *whole,
        "- and 1 more",
    ]


@pytest.mark.parametrize("state", ["IN_PROGRESS", "PENDING"])
def test_a_problem_is_told_of_a_begin_too(state: str) -> None:
    """Of which there is no summary else, and none where there was nothing to send."""
    assert render_summary(Report({"state": state}, (ROW,))) == ""
    assert render_summary(Report({"state": "OPEN"})) == ""
    assert body(Report({"state": state}, problems=("no",)))[2:] == ["- `no`"]
