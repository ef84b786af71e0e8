"""The words in the feed: short, on one line, and true."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from compass_action.ci.run import CiRun
from compass_action.ci.unknown import SYSTEM
from compass_action.event import wording
from compass_action.event.environments import Category
from compass_action.event.facts import Facts
from compass_action.inputs.table import Inputs

RUN = CiRun(
    system="github", repository_url="https://github.com/acme/shop", workflow_name="Deploy",
    run_number=7421, run_attempt=2, commit="8e1f5c0d3b7a49286d51e4f09c2b3a7d6e8f1024",
    branch="main", actor="octocat",
)  # fmt: skip


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (RUN, "CI #7421 (attempt 2) at 8e1f5c0 on main by octocat"),
        (CiRun("unknown"), "CI"),
        (
            CiRun("gitlab", run_id="901", tag="v1", branch="x", pull_request="7"),
            "CI #901 on tag v1 for pull request 7",
        ),
        (CiRun("bitbucket", run_number=0, actor="9e8d7c6b-5a4f-4e3d-8c1b-0a9f8e7d6c5b"), "CI #0"),
        (CiRun("github", run_attempt=1, branch="a\x1bb", actor="x\ny"), "CI on a b by x y"),
    ],
)
def test_a_description_says_what_is_known(run: CiRun, expected: str) -> None:
    """Pipeline, run, commit, ref, pull request and actor; Bitbucket's actor is but a UUID."""
    assert wording.description(run, "CI") == expected


def test_a_pipeline_is_named_as_asked_or_as_the_host_or_the_repository_is() -> None:
    assert wording.pipeline_name(Inputs(pipeline_name="Ours\n"), RUN, "x") == "Ours"
    assert wording.pipeline_name(Inputs(), RUN, "x") == "Deploy"
    assert (
        wording.pipeline_name(Inputs(), CiRun("gitlab", "https://gitlab.com/a/b/search"), "x")
        == "search"
    )
    assert wording.pipeline_name(Inputs(), CiRun("unknown"), "x") == "x"


LIVE = {"environment": {"displayName": "Live"}, "pipeline": {"displayName": "Deploy / eu"}}


@pytest.mark.parametrize(
    ("kind", "part", "expected"),
    [
        ("deployment", LIVE, "Live: Deploy #7421 (attempt 2)"),
        ("deployment", {"environment": "x"}, "deployment: Deploy #7421 (attempt 2)"),
        ("build", LIVE, "Deploy / eu #7421 (attempt 2)"),
        ("build", {}, "Deploy #7421 (attempt 2)"),
        ("push", {}, "Push to main"),
        ("custom", {"id": "x"}, "Deploy #7421 (attempt 2)"),
        ("lifecycle", {"stage": "END_OF_LIFE"}, "Lifecycle: end of life"),
        ("incident", {"id": "INC-7"}, "Incident INC-7"),
        ("flag", {"id": "the/path/of/the/run"}, "Flag: Deploy #7421 (attempt 2)"),
    ],
)
def test_an_event_is_named_by_what_tells_it_from_others(
    kind: str, part: dict[str, object], expected: str
) -> None:
    """An id that was derived from the run is too long for a name."""
    facts = Facts(kind, Inputs(), SYSTEM, RUN, datetime(2026, 11, 23, tzinfo=UTC))
    assert wording.display_name(facts, part, "Deploy", "the/path/of/the/run") == expected


def test_a_pipeline_of_a_job_s_event_is_named_with_its_job() -> None:
    run = RUN._replace(job="eu\nwest")
    assert wording.pipeline_of_part(Inputs(), run, "x") == "Deploy / eu west"
    assert wording.pipeline_of_part(Inputs(scope="run"), run, "x") == "Deploy"
    assert wording.pipeline_of_part(Inputs(pipeline_name="Ours"), run, "x") == "Ours"


def test_a_name_is_on_one_line_and_cut() -> None:
    assert wording.name("a\x07b\n") == "a b"
    assert wording.name("x" * 256) == "x" * 254 + "…"


KNOWN = Category("STAGING", 'the word "stage"')
MESSAGES: list[tuple[object, object]] = [
    (
        wording.UNKNOWN_START,
        "No start time, so Compass will show no duration. Report the start too, or set started-at.",
    ),
    (
        wording.RUN_WAITED,
        "The run began more than a day ago, so it has waited or was run again: Compass is not told how "
        "long it took. Give completed-at to tell it.",
    ),
    (
        wording.FORGE_ONLY,
        "Atlassian documents pullRequest events as usable by Forge apps only; they do not appear in the "
        "activity feed.",
    ),
    (wording.about_category("stage", KNOWN), ()),
    (wording.about_category("x", Category("UNMAPPED", "environment-map")), ()),
    (
        wording.about_category("blue", Category("UNMAPPED", "")),
        (
            'The environment "blue" has no known category and is sent as UNMAPPED. Give '
            "environment-category or environment-map: Compass counts production deployments only.",
        ),
    ),
    (
        wording.about_category("stage-prod", KNOWN._replace(disagreeing="prod")),
        (
            'The environment "stage-prod" is sent as STAGING, because of the word "stage", although it '
            'also says "prod". If that is wrong, set environment-category or environment-map.',
        ),
    ),
    (
        wording.start_needed("incident", "RESOLVED"),
        "it is not given. An incident that is resolved needs the start of the report that opened it: the "
        "started-at of that report, or what the tool says that raised it.",
    ),
    (
        wording.start_needed("vulnerability", "REMEDIATED"),
        "it is not given. A vulnerability that is remediated needs the start of the report that opened "
        "it: the started-at of that report, or what the tool says that raised it.",
    ),
    (
        wording.start_filled_in("incident", datetime(2026, 11, 23, 12, tzinfo=UTC)),
        "No start was given, so the incident starts now, 2026-11-23T12:00:00Z. Give later reports the "
        "same started-at; without it they take the start that Compass shows.",
    ),
    (
        wording.local_git(RUN),
        "No CI system is known; the local checkout says https://github.com/acme/shop on main at 8e1f5c0.",
    ),
    (
        wording.local_git(CiRun("unknown", "https://github.com/acme/shop")),
        "No CI system is known; the local checkout says https://github.com/acme/shop.",
    ),
    (
        wording.no_id("flag"),
        "it is not given. Give the id that the flag has where it comes from, such as 42.",
    ),
    (
        wording.derived_id("flag"),
        "The flag was given the id of this run. To update it from another run, give it an id of its own: "
        "event-id.",
    ),
    (
        wording.unused("pullRequest", ["url", "environment"]),
        "Not used for pull-request events: url, environment.",
    ),
    (
        wording.shared_source("mine"),
        "Several components share the event source mine. Compass may show each of these events on all of "
        "them. Leave external-event-source-id out, and each component has its own.",
    ),
]


@pytest.mark.parametrize(("said", "expected"), MESSAGES)
def test_a_message_is_worded_so(said: object, expected: object) -> None:
    assert said == expected


@pytest.mark.parametrize(
    ("run", "label"),
    [
        (CiRun("github", run_number=7, run_id="9", run_attempt=1), " #7"),
        (CiRun("github", run_id="9", run_attempt=2), " #9 (attempt 2)"),
        (CiRun("github", run_number=0), " #0"),
        (CiRun("github", run_id="9d8c7b6a-5f4e", run_attempt=2), ""),
        (CiRun("github", run_attempt=2), ""),
    ],
)
def test_a_run_is_labelled_with_its_number(run: CiRun, label: str) -> None:
    """A UUID tells nobody anything."""
    assert wording.run_label(run) == label


@pytest.mark.parametrize(
    ("kind", "part", "expected"),
    [
        ("push", {}, "Push to the repository"),
        ("lifecycle", {}, "Lifecycle: "),
        ("alert", {}, "Alert "),
        ("build", {"pipeline": {}}, "Deploy"),
        ("build", {"pipeline": {"displayName": 7}}, "7"),
        ("deployment", {"environment": {"displayName": ""}}, "deployment: Deploy"),
        ("vulnerability", {"id": "CVE-1"}, "Vulnerability CVE-1"),
    ],
)
def test_a_name_does_without_what_is_not_known(
    kind: str, part: dict[str, object], expected: str
) -> None:
    facts = Facts(kind, Inputs(), SYSTEM, CiRun("unknown"), datetime(2026, 11, 23, tzinfo=UTC))
    assert wording.display_name(facts, part, "Deploy", "derived") == expected


def test_the_job_s_name_follows_the_pipeline_s_unless_one_is_given() -> None:
    run = RUN._replace(job="test")
    assert wording.pipeline_of_part(Inputs(scope="job"), RUN, "x") == "Deploy"
    assert wording.pipeline_of_part(Inputs(pipeline_name="y" * 256), run, "x") == "y" * 254 + "…"
    assert wording.pipeline_name(Inputs(), CiRun("github", workflow_name="a\nb"), "x") == "a b"
