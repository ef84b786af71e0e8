"""What Compass is asked for: a start that nobody here knows, and of which event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from compass_action.ci import SYSTEMS
from compass_action.ci.run import CiRun
from compass_action.event import missing
from compass_action.event.facts import Facts
from compass_action.event.missing import Missing
from compass_action.inputs.table import Inputs
from compass_action.lookup.sought import Seen, Sought
from compass_action.tracking import Identity, Tracked

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ONE, TWO = (f"ari:cloud:compass:c:component/w/{name}" for name in ("one", "two"))
GITLAB = CiRun(
    "gitlab", "https://gitlab.com/acme/shop", workflow=".gitlab-ci.yml", run_id="9", job_id="7"
)
SOURCE = "https://gitlab.com/acme/shop#one"


def sought(event_type: str, asked: dict[str, Any], **known: Any) -> Missing | None:
    run = known.pop("run", GITLAB)
    facts = Facts(
        event_type, Inputs(**asked), SYSTEMS[run.system], run, NOON, (ONE, TWO), remembers=True
    )
    return missing.find(facts._replace(**known), "cloud")


BUILD = ("gitlab.com/acme/shop/pipelines/9/jobs/7", None, None)
RUN = ("gitlab.com/acme/shop/pipelines/9", None, None)


@pytest.mark.parametrize(
    ("event_type", "asked", "identity"),
    [
        ("build", {"state": "success", "scope": "run"}, RUN),
        ("build", {"state": "failed", "pipeline_id": "p"}, ("p", None, None)),
        ("build", {"state": "failed", "sequence_number": 0}, BUILD),
        ("deployment", {"state": "failed", "environment": "qa", "sequence_number": 5},
         ("gitlab.com/acme/shop/.gitlab-ci.yml", "qa", 5)),
        ("incident", {"state": "resolved", "event_id": "INC-7"}, ("INC-7",)),
        ("incident", {"state": "deleted", "event_id": "INC-7"}, ("INC-7",)),
        ("vulnerability", {"state": "fixed", "properties": {"id": 7}}, ("7",)),
        ("incident", {"state": "resolved"}, (BUILD[0],)),
    ],
)  # fmt: skip
def test_an_event_that_was_begun_elsewhere_is_sought(
    event_type: str, asked: dict[str, Any], identity: tuple[str | int | None, ...]
) -> None:
    """As its first component has it."""
    run = GITLAB._replace(job=None)
    if event_type == "deployment":
        identity = (f"{identity[0]}/jobs/deploy", *identity[1:])
        run = GITLAB._replace(job="deploy")
    found = sought(event_type, asked, run=run)
    assert found
    assert found[:2] == (Sought(event_type, "cloud", ONE, SOURCE, identity), (ONE, TWO))


@pytest.mark.parametrize(
    ("event_type", "asked"),
    [
        ("build", {"state": "success"}),
        ("build", {"state": "running", "scope": "run"}),
        ("build", {"state": "success", "scope": "run", "started_at": NOON}),
        ("build", {"scope": "run"}),
        ("build", {"state": "skipped", "scope": "run"}),
        ("deployment", {"state": "failed", "scope": "run"}),
        ("incident", {"state": "open", "event_id": "INC-7", "started_at": NOON}),
        ("incident", {"state": "resolved", "event_id": "INC-7", "started_at": NOON}),
        (
            "vulnerability",
            {"state": "open", "event_id": "7", "started_at": NOON, "severity": "low"},
        ),
        ("alert", {"state": "closed", "event_id": "7"}),
        ("flag", {"state": "on", "event_id": "7", "scope": "run"}),
        ("custom", {"event_id": "7"}),
    ],
)
def test_of_what_is_known_or_cannot_be_known_nobody_is_asked(
    event_type: str, asked: dict[str, Any]
) -> None:
    assert sought(event_type, asked) is None


@pytest.mark.parametrize(
    ("event_type", "asked", "needed"),
    [
        ("incident", {"state": "open"}, ()),
        ("incident", {"state": "resolved"}, ("started-at",)),
        ("vulnerability", {"state": "open", "severity": "low"}, ()),
        ("vulnerability", {"state": "open"}, ("severity",)),
        ("vulnerability", {"state": "open", "started_at": NOON}, ("severity",)),
        ("vulnerability", {"state": "declined", "severity": "low"}, ("started-at",)),
        ("vulnerability", {"state": "declined", "started_at": NOON}, ("severity",)),
        ("vulnerability", {"state": "declined"}, ("started-at", "severity")),
        ("build", {"state": "success", "pipeline_id": "p"}, ()),
    ],
)
def test_what_was_opened_before_needs_its_start_and_a_vulnerability_its_severity(
    event_type: str, asked: dict[str, Any], needed: tuple[str, ...]
) -> None:
    """What is reported open may have been opened before, too: then it keeps its start."""
    found = sought(event_type, {"event_id": "CVE-7"} | asked)
    assert found
    assert found.needed == needed
    assert found.has_start == ("started_at" in asked)


def test_what_leaves_no_record_may_have_been_begun_anywhere() -> None:
    asked = {"state": "failed"}
    found = sought("build", asked, remembers=False)
    assert found
    assert found.sought.identity == BUILD
    shell = CiRun("unknown", "https://gitlab.com/acme/shop")
    found = sought("build", asked | {"pipeline_id": "p"}, run=shell)
    assert found
    assert found.sought.identity == ("p", None, None)
    assert sought("build", asked, run=GITLAB._replace(repository_url=None)) is None


FOUND = Missing(Sought("deployment", "cloud", ONE, SOURCE, ("p", "live", 7)), (ONE, TWO))
LIVE = {"category": "PRODUCTION", "displayName": "Live", "environmentId": "live"}


def test_what_compass_shows_becomes_the_record_of_the_earlier_report() -> None:
    began = NOON - timedelta(hours=1)
    seen = Seen(5, "IN_PROGRESS", began, environment=LIVE)
    assert missing.record_of(FOUND, seen) == Tracked(
        Identity("deployment", "p", "live", 7),
        "IN_PROGRESS",
        5,
        components="5aa1609752b06f3d",
        started_at=began,
        environment=LIVE,
    )


def test_what_compass_shows_in_part_is_taken_in_part() -> None:
    """An environment that lacks something would be sent so."""
    build = FOUND._replace(
        sought=FOUND.sought._replace(event_type="build", identity=("p", None, None))
    )
    record = missing.record_of(build, Seen())
    assert record.identity == Identity("build", "p")
    assert record[1:3] == (None, None)
    nothing = FOUND._replace(sought=FOUND.sought._replace(identity=(None, 8, "7")))
    assert missing.record_of(nothing, Seen()).identity == Identity("deployment", None, "8", None)
    two = {"displayName": "Live", "environmentId": "live"}
    assert missing.record_of(FOUND, Seen(environment=two)).environment is None
    assert missing.record_of(FOUND, Seen(environment={})).environment is None


def test_a_severity_that_compass_shows_is_kept() -> None:
    assert missing.severity_of(Seen(severity={"level": "ONE"})) == {"severity": {"level": "ONE"}}
    assert missing.severity_of(Seen()) == missing.severity_of(Seen(severity={})) == {}
