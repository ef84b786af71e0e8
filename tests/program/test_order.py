"""The order of updates: by the time of the news, always rising, and told where clocks disagree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from compass_action.sandbox import Sandbox, running_sandbox
from tests.program.steps import Job, shown

INCIDENT = {
    "event-type": "incident",
    "properties": "id: INC-7\nseverity: {level: ONE}",
    "started-at": "2026-11-23T08:00:00Z",
}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


def test_a_delayed_message_does_not_undo_a_newer_one(sandbox: Sandbox, tmp_path: Path) -> None:
    job = Job(tmp_path, sandbox.url)
    for state, at in (("open", "10:00:00"), ("resolved", "10:20:00"), ("open", "10:10:00")):
        ran = job.step(INCIDENT | {"state": state, "last-updated": f"2026-11-23T{at}Z"})
        assert ran.code == 0, ran.log
    assert shown(sandbox) == [("incident", "created OPEN, overwritten RESOLVED, ignored OPEN")]
    assert sandbox.feed()["events"][0]["event"]["updateSequenceNumber"] == 1_795_429_200_000


@pytest.mark.parametrize("kind", ["", "production"])
def test_a_constant_does_not_hide_an_end(kind: str, sandbox: Sandbox, tmp_path: Path) -> None:
    job = Job(tmp_path, sandbox.url)
    asked = {"last-updated": "2026-11-23T10:00:00Z", "environment": kind}
    for state in ("in_progress", "success"):
        assert job.step(asked | {"state": state}).code == 0
    [(_, history)] = shown(sandbox)
    assert history == "created IN_PROGRESS, overwritten SUCCESSFUL"


@pytest.mark.parametrize(("minutes", "code"), [(-60, 0), (0, 0), (4, 0), (6, 2), (60 * 24, 2)])
def test_an_update_from_the_future_is_refused(
    minutes: int, code: int, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Those that come before it would be ignored."""
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    ran = Job(tmp_path, sandbox.url).step({"last-updated": at.isoformat(timespec="seconds")})
    assert ran.code == code
    assert ("last-updated: " in ran.log) == (code == 2)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, ""), (20, ""), (-20, ""), (60, "behind"), (-60, "ahead of"), (-86_400, "ahead of")],
)
@pytest.mark.parametrize("inputs", [{}, {"state": "in_progress"}], ids=str)
def test_clocks_that_disagree_are_told(
    inputs: dict[str, str], seconds: int, said: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    sandbox.add_faults([{"status": 202, "headers": {"Date": date}}])
    ran = Job(tmp_path, sandbox.url).step(inputs)
    assert ran.code == 0
    assert ran.log.count("The clocks disagree") == bool(said)
    assert said in ran.log


@pytest.mark.parametrize("given", ["email", "component-id"])
@pytest.mark.parametrize("spelling", ["INPUT_{}", "COMPASS_{}"])
def test_a_weaker_source_never_diverts_the_token(
    given: str, spelling: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """An address that an earlier step has planted through GITHUB_ENV."""
    with running_sandbox() as thief:
        planted = {spelling.format("API_URL"): thief.url}
        ran = Job(tmp_path, sandbox.url).step({}, **planted)
        assert thief.requests == []
        if spelling == "INPUT_{}":
            assert ran.code == 2
            assert "INPUT_API-URL and INPUT_API_URL have different values" in ran.log
        else:
            assert len(sandbox.requests) == 1


@pytest.mark.parametrize(
    "argv", [("check",), ("events", "lines.jsonl"), ("replay", "kept.jsonl"), ()]
)
def test_no_command_takes_a_planted_address(argv: tuple[str, ...], tmp_path: Path) -> None:
    """The site is given to the step; what an earlier one has planted is weaker."""
    with running_sandbox() as thief:
        job = Job(tmp_path, "")
        for name in ("lines.jsonl", "kept.jsonl"):
            (tmp_path / name).write_text("")
        (tmp_path / "lines.jsonl").write_text('{"state": "success"}\n')
        files = [str(tmp_path / word) if "." in word else word for word in argv]
        asked = {"site": "acme", "timeout": "1", "email": "a@acme.example"}
        blocked = {"HTTPS_PROXY": "http://127.0.0.1:9"}  # nothing leaves this machine
        job.step(asked, *files, COMPASS_API_URL=thief.url, **blocked)
        assert thief.requests == []


def test_a_planted_address_beside_a_given_site_is_nothing(tmp_path: Path) -> None:
    with running_sandbox() as thief:
        job = Job(tmp_path, "")
        asked = {"site": "acme", "dry-run": "true"}
        for name in ("COMPASS_API_URL", "INPUT_API_URL"):
            ran = job.step(asked, **{name: thief.url})
            assert thief.url not in ran.log
            assert "POST https://acme.atlassian.net/gateway/api/compass/v1/events" in ran.log
