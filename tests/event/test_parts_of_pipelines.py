"""The part of a build or a deployment: how long it took, its environment, and its pipeline."""

from __future__ import annotations

from typing import Any

import pytest

from compass_action.tracking import Identity, Tracked
from tests.event.deploy_job import AT_ELEVEN, AT_NOON, ELEVEN, LIVE, NOON, PIPELINE, RUN, part

UNKNOWN_START = (
    "No start time, so Compass will show no duration. Report the start too, or set started-at.",
)


def test_a_build_whose_start_nobody_knows_has_no_end_either() -> None:
    """The time of the report, or the end that was given, stands in."""
    run = RUN._replace(job_started_at=None)
    found = part("build", {"state": "failed"}, run)
    assert found.fields == {"state": "FAILED", "pipeline": PIPELINE, "startedAt": AT_NOON}
    assert found[1:] == (UNKNOWN_START, False)
    given = part("build", {"state": "failed", "completed_at": ELEVEN}, run)
    assert given.fields == {"state": "FAILED", "pipeline": PIPELINE, "startedAt": AT_ELEVEN}
    for end in ("2026-11-23T11:00:00Z", "1795431600"):
        given = part("build", {"state": "failed", "properties": {"completedAt": end}}, run)
        assert given.fields == {"state": "FAILED", "pipeline": PIPELINE, "startedAt": AT_ELEVEN}
        assert given[1:] == (UNKNOWN_START, False)
    wrong = part("build", {"state": "failed", "properties": {"completedAt": "noon"}}, run)
    assert wrong.fields["completedAt"] == "noon"  # the schema tells it
    pending = part("deployment", {"state": "pending", "environment": "Live"}, run)
    assert not {"startedAt", "completedAt"} & pending.fields.keys()
    assert pending.start_is_known


WAITED = (
    "The run began more than a day ago, so it has waited or was run again: Compass is not told how long "
    "it took. Give completed-at to tell it.",
)


@pytest.mark.parametrize("event_type", ["build", "deployment"])
def test_of_a_run_that_has_waited_it_is_said(event_type: str) -> None:
    run = RUN._replace(run_started_at=NOON.replace(day=20))
    asked = {"state": "failed", "scope": "run", "environment": "Live"}
    assert part(event_type, asked, run).notices == WAITED
    blue = part("deployment", asked | {"environment": "blue"}, run).notices
    assert blue[0].startswith('The environment "blue" has no known category')
    assert blue[1:] == WAITED


@pytest.mark.parametrize(
    ("asked", "run", "environment"),
    [
        ({"environment": "Live"}, {}, LIVE),
        ({"environment_id": "live"}, {}, LIVE | {"displayName": "live"}),
        ({}, {"environment": "Live", "environment_id": "e5"}, LIVE | {"environmentId": "e5"}),
        ({}, {"environment": "Live", "environment_tier": "staging"}, LIVE | {"category": "STAGING"}),
        ({"environment": "Live"}, {"environment": "LIVE", "environment_tier": "staging"},
         LIVE | {"category": "STAGING"}),
        ({"environment": "Live"}, {"environment": "qa", "environment_tier": "staging"}, LIVE),
        ({"environment": "Live", "environment_category": "TESTING"}, {}, LIVE | {"category": "TESTING"}),
        ({"environment": "Live", "environment_map": (("l*", "TESTING"),)}, {},
         LIVE | {"category": "TESTING"}),
        ({"environment": "Live\n"}, {}, LIVE),
    ],
)  # fmt: skip
def test_an_environment_has_a_category_a_name_and_an_id(
    asked: dict[str, Any], run: dict[str, Any], environment: dict[str, str]
) -> None:
    found = part("deployment", {"state": "failed"} | asked, RUN._replace(**run))
    assert found.fields["environment"] == environment
    assert found.notices == ()


def test_it_is_told_where_the_trigger_is_about_another_deployment() -> None:
    """A job that listens for a deployment to production, and reports one to what it calls qa."""
    run = RUN._replace(other_environment="Production")
    (notice,) = part("deployment", {"state": "failed", "environment": "qa"}, run).notices
    assert notice == (
        'GitLab tells of a deployment to "Production", but environment is "qa": this event has the outcome '
        "of this job. Leave environment out to report that deployment."
    )
    assert part("build", {"state": "failed"}, run).notices == ()


def test_the_environment_of_a_begun_deployment_stays() -> None:
    kept = {"category": "TESTING", "displayName": "Old", "environmentId": "live"}
    begun = Tracked(Identity("deployment", "p", "live", 7), "IN_PROGRESS", 1, environment=kept)
    asked = {"state": "failed", "environment": "live"}
    assert part("deployment", asked, begun=begun).fields["environment"] == kept
    bare = begun._replace(environment=None)
    assert part("deployment", asked, begun=bare).fields["environment"] == LIVE | {
        "displayName": "live"
    }


@pytest.mark.parametrize(
    ("asked", "run", "url"),
    [
        (
            {"pipeline_url": "https://a.example", "url": "https://b.example"},
            {},
            "https://a.example",
        ),
        ({"url": "https://b.example"}, {}, "https://gitlab.com/acme/shop/-/pipelines/9"),
        ({"url": "https://b.example"}, {"run_url": None}, "https://b.example"),
        ({}, {"run_url": None}, "https://gitlab.com/acme/shop"),
        ({"pipeline_id": "p"}, {"run_url": None, "repository_url": None}, None),
    ],
)
def test_a_pipeline_links_to_the_best_page_that_is_known(
    asked: dict[str, Any], run: dict[str, Any], url: str | None
) -> None:
    found = part("build", {"state": "failed"} | asked, RUN._replace(**run)).fields["pipeline"]
    assert found.get("url") == url
    assert ("url" in found) is (url is not None)
