"""The ids and numbers that make an event that event, as the table in docs/identity.md has them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compass_action.ci import SYSTEMS
from compass_action.ci.run import CiRun
from compass_action.errors import InputError
from compass_action.event import identity
from compass_action.event.environments import slug
from compass_action.event.facts import Facts
from compass_action.inputs.table import Inputs
from tests.event.identifying import BITBUCKET, CALLED, GITHUB, GITLAB, JOB, NOON, RUN, identify


@pytest.mark.parametrize(
    ("run", "inputs", "expected"),
    [
        (GITHUB._replace(leg=3), JOB, "github.com/acme/shop/runs/7421/attempts/2/jobs/test/3"),
        (GITHUB, JOB, "github.com/acme/shop/runs/7421/attempts/2/jobs/test"),
        (GITHUB._replace(leg=3), RUN, "github.com/acme/shop/runs/7421/attempts/2"),
        (CALLED, JOB, "github.com/acme/shop/runs/7421/attempts/2/jobs/41234567890"),
        (BITBUCKET, JOB, "bitbucket.org/acme/shop/builds/218/steps/8a1c/runs/2"),
        (BITBUCKET, RUN, "bitbucket.org/acme/shop/builds/218"),
        (GITLAB, JOB, "gitlab.com/acme/shop/pipelines/901/jobs/7788"),
        (GITLAB, RUN, "gitlab.com/acme/shop/pipelines/901"),
        (
            GITLAB._replace(repository_url="https://ci.acme.example/gitlab/acme/shop"),
            JOB,
            "ci.acme.example/gitlab/acme/shop/pipelines/901/jobs/7788",
        ),
        (GITLAB, Inputs(pipeline_id="mine"), "mine"),
    ],
)
def test_a_build_is_named_by_its_run_and_job(run: CiRun, inputs: Inputs, expected: str) -> None:
    assert identify("build", inputs, run) == ("build", expected, None, None)


@pytest.mark.parametrize(
    ("run", "inputs", "expected"),
    [
        (
            GITHUB._replace(job="deploy", leg=3, run_number=7421),
            JOB,
            (
                "github.com/acme/shop/.github/workflows/deploy.yml/jobs/deploy",
                "production",
                7_421_002_003,
            ),
        ),
        (
            GITHUB,
            RUN,
            ("github.com/acme/shop/.github/workflows/deploy.yml", "production", 96_002_000),
        ),
        (
            CALLED,
            JOB,
            (
                "github.com/acme/shop/.github/workflows/deploy.yml"
                "/calls/acme/ci/.github/workflows/release.yml/jobs/deploy",
                "production",
                41_234_567_890,
            ),
        ),
        (
            BITBUCKET._replace(leg=1),
            JOB,
            ("bitbucket.org/acme/shop/bitbucket-pipelines.yml", "e5f1a7d0", 218_002_001),
        ),
        (
            BITBUCKET,
            RUN,
            ("bitbucket.org/acme/shop/bitbucket-pipelines.yml", "e5f1a7d0", 218_000_000),
        ),
        (
            GITLAB,
            JOB,
            (
                "gitlab.com/acme/shop/.gitlab-ci.yml/jobs/deploy:%20%5Beu%2C%20prod%2F1%5D",
                "production-x1y2z3",
                7788,
            ),
        ),
        (GITLAB, RUN, ("gitlab.com/acme/shop/.gitlab-ci.yml", "production-x1y2z3", 901)),
        # The whole run, reported by one leg of a matrix: the leg is no part of it.
        (
            GITHUB._replace(job="deploy", leg=3),
            RUN,
            ("github.com/acme/shop/.github/workflows/deploy.yml", "production", 96_002_000),
        ),
        (
            BITBUCKET._replace(leg=2, run_attempt=3),
            RUN,
            ("bitbucket.org/acme/shop/bitbucket-pipelines.yml", "e5f1a7d0", 218_000_000),
        ),
        (
            GITLAB._replace(leg=4),
            RUN,
            ("gitlab.com/acme/shop/.gitlab-ci.yml", "production-x1y2z3", 901),
        ),
    ],
)
def test_a_deployment_is_named_by_definition_environment_and_number(
    run: CiRun, inputs: Inputs, expected: tuple[str, str, int]
) -> None:
    """The first two are the same for every run; only the number tells the runs apart."""
    assert identify("deployment", inputs, run) == ("deployment", *expected)


def test_a_job_that_its_run_calls_more_than_once_needs_its_check_run() -> None:
    """Without `job.check_run_id`, two calls of one workflow cannot be told apart: so it is said."""
    run = CALLED._replace(job_id=None)
    with pytest.raises(InputError, match="pipeline-id: it is not given"):
        identify("build", JOB, run)


def test_a_part_of_a_name_never_passes_for_a_part_of_the_path() -> None:
    """A GitLab job may be named `a/b`, or like what `a/b` is written as."""
    names = ("a/b", "a%2Fb", "a%252Fb", "a b", "a+b", "a~b", "a", "A", "å", "a\u030a", "..", "a/b ")
    runs = [GITLAB._replace(job=name) for name in names]
    ids = [identify("deployment", JOB, run).pipeline_id or "" for run in runs]
    assert len(set(ids)) == len(names)
    assert len({name.count("/") for name in ids}) == 1


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1)))
@example(["größe", "grösse", "Größe", " größe", "gro\u0308ße", "groesse", "grosse"])
def test_environments_that_differ_in_more_than_case_have_ids_of_their_own(names: list[str]) -> None:
    trimmed = {name.strip().lower() for name in names if name.strip()}
    assert len({slug(name) for name in names if name.strip()}) == len(trimmed)


def test_properties_may_name_the_event_as_well() -> None:
    """What they say counts, for they are laid over what is sent."""
    own = {"pipeline": {"pipelineId": "p"}, "environment": {"environmentId": "e"}}
    own_ids = Inputs(properties={**own, "sequenceNumber": "7"})
    assert identify("deployment", own_ids, GITHUB) == ("deployment", "p", "e", 7)
    odd = Inputs(properties={"pipeline": "p", "environment": None, "sequenceNumber": True})
    assert identify("deployment", odd, GITHUB) == identify("deployment", JOB, GITHUB)


def test_other_types_are_named_by_an_id_of_their_own() -> None:
    assert identify("incident", JOB, GITHUB) == ("incident", None, None, None)


@pytest.mark.parametrize(
    ("inputs", "run", "expected"),
    [
        (Inputs(event_type="flag"), GITHUB, "flag"),
        (JOB, GITHUB, "deployment"),
        (JOB, GITHUB._replace(environment=None), "build"),
        (Inputs(environment="qa"), GITHUB._replace(environment=None), "deployment"),
        (Inputs(environment_id="qa"), GITHUB._replace(environment=None), "deployment"),
    ],
)
def test_where_an_environment_is_known_an_event_is_a_deployment(
    inputs: Inputs, run: CiRun, expected: str
) -> None:
    assert identity.find_event_type(inputs, run) == expected


def test_the_event_source_is_the_repository_or_what_was_given() -> None:
    system = SYSTEMS["github"]
    assert identity.source_id(JOB, GITHUB, system) == "https://github.com/acme/shop#"
    given = Inputs(external_event_source_id="mine")
    assert identity.source_id(given, GITHUB, system) == "mine"
    with pytest.raises(InputError, match="external-event-source-id: it is not given"):
        identity.source_id(JOB, CiRun("github"), system)


@pytest.mark.parametrize(
    ("scope", "ending"), [("job", "/jobs/test/1795435201000"), ("run", "/1795435202000")]
)
def test_where_a_restart_keeps_all_ids_the_start_is_a_part_of_the_name(
    scope: str, ending: str
) -> None:
    """The job's start for a job, the run's for a run."""
    github = SYSTEMS["github"]
    assert github.naming
    keeps = github._replace(naming=github.naming._replace(restarts_keep_ids=True))
    run = GITHUB._replace(
        job_started_at=NOON + timedelta(seconds=1), run_started_at=NOON + timedelta(seconds=2)
    )
    facts = Facts("build", Inputs(scope=scope), keeps, run, NOON)
    start = "github.com/acme/shop/runs/7421/attempts/2"
    assert identity.identify(facts).pipeline_id == start + ending


@pytest.mark.parametrize(
    ("cloned", "page"),
    [
        ("git@github.com:umbrella/hive.git", "https://github.com/umbrella/hive#"),
        (
            "ssh://git@git.umbrella.example:7999/labs/hive.git",
            "https://git.umbrella.example/labs/hive#",
        ),
        ("ssh://hudson@git.umbrella.example/hive", "https://git.umbrella.example/hive#"),
        ("org-41@github.com:umbrella/hive.git", "https://github.com/umbrella/hive#"),
        ("http://git@github.com:umbrella/hive.git", "https://github.com/umbrella/hive#"),
        ("git://git.umbrella.example/hive.git", "https://git.umbrella.example/hive#"),
        (
            "git@ssh.dev.azure.com:v3/umbrella/Labs/hive",
            "https://dev.azure.com/umbrella/Labs/_git/hive#",
        ),
    ],
)
def test_an_address_by_which_git_clones_names_the_repository(cloned: str, page: str) -> None:
    """So that every way to say where the code is leads to one source for each component."""
    given = Inputs(external_event_source_id=cloned)
    assert identity.source_id(given, GITHUB, SYSTEMS["github"]) == page


@pytest.mark.parametrize(
    "own",
    ["https://git.umbrella.example/hive.git", "https://github.com/umbrella/hive", "bot@deploys:hive",
     "git.umbrella.example:hive", "umbrella/hive"],
)  # fmt: skip
def test_any_other_source_is_taken_as_it_is(own: str) -> None:
    given = Inputs(external_event_source_id=own)
    assert identity.source_id(given, GITHUB, SYSTEMS["github"]) == own


@pytest.mark.parametrize(
    "secret",
    [
        "https://ada:secret@github.com/acme/shop",
        "https://ada@github.com/acme/shop",
        "https://git:secret@github.com/acme/shop.git",
        "ssh://git:secret@github.com/acme/shop.git",
    ],
)
def test_an_event_source_with_a_password_is_refused(secret: str) -> None:
    given = Inputs(external_event_source_id=secret)
    with pytest.raises(InputError) as raised:
        identity.source_id(given, GITHUB, SYSTEMS["github"])
    assert raised.value.problems == (
        (
            "external-event-source-id",
            "it holds a user name or password. Write the address without them.",
        ),
    )
