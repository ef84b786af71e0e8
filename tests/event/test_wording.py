"""The words in the feed: short, on one line, and true."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from compass_action.ci.run import CiRun
from compass_action.ci.unknown import SYSTEM
from compass_action.event import wording
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
