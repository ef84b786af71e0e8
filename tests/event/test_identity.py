"""The ids and numbers that make an event that event, as the table in docs/identity.md has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compass_action.ci import SYSTEMS
from compass_action.ci.run import CiRun
from compass_action.errors import InputError
from compass_action.event import identity, numbers
from compass_action.event.environments import slug
from compass_action.event.facts import Facts
from compass_action.inputs.table import Inputs
from compass_action.tracking import Identity, Tracked

GITHUB = CiRun(
    "github",
    repository_url="https://github.com/acme/shop",
    workflow=".github/workflows/deploy.yml",
    run_id="7421",
    run_number=96,
    run_attempt=2,
    job="test",
    environment="production",
)
CALLED = GITHUB._replace(
    job="deploy", called="acme/ci/.github/workflows/release.yml", job_id="41234567890"
)
BITBUCKET = CiRun(
    "bitbucket",
    repository_url="https://bitbucket.org/acme/shop",
    workflow="bitbucket-pipelines.yml",
    run_id="218",
    run_number=218,
    job_id="8a1c",
    job_attempt=2,
    environment="Production",
    environment_id="e5f1a7d0",
)
GITLAB = CiRun(
    "gitlab",
    repository_url="https://gitlab.com/acme/shop",
    workflow=".gitlab-ci.yml",
    run_id="901",
    run_number=17,
    job="deploy: [eu, prod/1]",
    job_id="7788",
    environment="Production",
    environment_id="production-x1y2z3",
)
JOB, RUN = Inputs(), Inputs(scope="run")


def identify(kind: str, inputs: Inputs, run: CiRun) -> Identity:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    return identity.identify(Facts(kind, inputs, SYSTEMS[run.system], run, now))


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


@pytest.mark.parametrize(
    ("run", "inputs", "message"),
    [
        (GITHUB._replace(run_attempt=1000), JOB, "attempt 1000 or leg 0 is above 999"),
        (BITBUCKET._replace(leg=1000), JOB, "attempt 2 or leg 1000 is above 999"),
        (GITHUB._replace(run_number=9_007_199_255), JOB, "is above 2^53"),
        (GITLAB._replace(job_id=str(2**53)), JOB, "is above 2^53"),
        (GITLAB._replace(run_id=str(2**53)), RUN, "is above 2^53"),
        (CALLED._replace(job_id=str(2**53)), JOB, "is above 2^53"),
    ],
)
def test_a_number_that_does_not_fit_is_asked_for(run: CiRun, inputs: Inputs, message: str) -> None:
    """A reader of JSON may keep numbers in 53 bits: above, two deployments could become one."""
    with pytest.raises(InputError) as raised:
        identify("deployment", inputs, run)
    (problem,) = raised.value.problems
    assert problem.where == "sequence-number"
    assert message in problem.what


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


@given(st.integers(946_684_800_000, 7_258_118_400_000))
@example(1_095_055_993_360)
def test_an_update_is_numbered_by_the_exact_millisecond(milliseconds: int) -> None:
    """Through a float, some moments (none of these years, as it happens) come out one too low."""
    now = numbers.EPOCH + timedelta(milliseconds=milliseconds)
    assert numbered(now) == milliseconds
    assert numbered(now, begun=milliseconds - 1) == milliseconds
    assert numbered(now, begun=milliseconds) == milliseconds + 1
    assert numbered(now, begun=milliseconds + 90_000) == milliseconds + 90_001


def numbered(now: datetime, inputs: Inputs = JOB, begun: int | None = None, **run: Any) -> int:
    """The number of an update, of an event that was begun with another one."""
    record = Tracked(Identity("build", "p"), "IN_PROGRESS", begun) if begun is not None else None
    about = GITHUB._replace(**run)
    return numbers.update_sequence_number(
        Facts("build", inputs, SYSTEMS["github"], about, now, begun=record)
    )


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOON_MS = 1_795_435_200_000


@pytest.mark.parametrize(
    ("hours", "believed"), [(1, True), (24, True), (25, False), (9_999, False)]
)
def test_a_record_a_day_ahead_of_us_is_not_believed(hours: int, believed: bool) -> None:
    """It would hide every update until then."""
    ahead = NOON_MS + hours * 3_600_000
    assert numbered(NOON, begun=ahead) == (ahead + 1 if believed else NOON_MS)


def test_news_are_numbered_by_their_own_time() -> None:
    """So that a message that was delayed undoes nothing; of one second, what has ended comes last."""
    happened = datetime(2026, 11, 23, 11, 59, 58, tzinfo=UTC)
    assert numbered(NOON, updated_at=happened, update_rank=0) == NOON_MS - 2_000
    assert numbered(NOON, updated_at=happened, update_rank=2) == NOON_MS - 1_998


def test_a_given_time_of_the_last_update_numbers_what_was_not_begun() -> None:
    """A constant would hide the end of what was."""
    given = Inputs(last_updated=datetime(2026, 11, 23, 11, tzinfo=UTC))
    assert numbered(NOON, given) == NOON_MS - 3_600_000
    assert numbered(NOON, given, begun=NOON_MS - 5_000) == NOON_MS


def test_a_given_number_rises_too() -> None:
    """Both stages of a tracked job are given the same number; the second has to count for more."""
    assert numbered(NOON, Inputs(update_sequence_number=7)) == 7
    assert numbered(NOON, Inputs(update_sequence_number=7), begun=7) == 8


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


UNNUMBERED = GITHUB._replace(run_number=None)
PLACE = ("github.com/acme/shop/.github/workflows/deploy.yml/jobs/test", "production")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOON_MS = 1_795_435_200_000


def test_a_deployment_without_a_number_is_numbered_by_its_first_report() -> None:
    assert identify("deployment", JOB, UNNUMBERED) == ("deployment", *PLACE, NOON_MS)


@pytest.mark.parametrize("state", ["PENDING", "IN_PROGRESS"])
def test_the_last_report_takes_the_number_of_the_first(state: str) -> None:
    """Only of the same pipeline, environment and components, and only if that is not over."""
    facts = Facts("deployment", JOB, SYSTEMS["github"], UNNUMBERED, NOON)
    begun = Tracked(Identity("deployment", *PLACE, 7), state, 1)
    assert identity.identify(facts._replace(records=(begun,))).sequence_number == 7
    others = (
        begun._replace(state="SUCCESSFUL"),
        begun._replace(components="others"),
        begun._replace(identity=begun.identity._replace(environment_id="qa")),
        begun._replace(identity=begun.identity._replace(pipeline_id="x")),
    )
    assert identity.identify(facts._replace(records=others)).sequence_number == NOON_MS


def test_a_first_report_that_nobody_remembers_takes_no_number_by_the_clock() -> None:
    """The last one could not know it, and would be a second deployment."""
    begins = Inputs(state="in_progress")
    facts = Facts("deployment", begins, SYSTEMS["github"], UNNUMBERED, NOON)
    with pytest.raises(InputError) as raised:
        identity.identify(facts)
    [problem] = raised.value.problems
    assert problem.where == "sequence-number"
    assert problem.what.startswith(
        "it is not given, and GitHub does not say. Give a number that rises with every deployment"
    )
    remembered = identity.identify(facts._replace(remembers=True))
    assert remembered.sequence_number == NOON_MS


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


def test_an_event_source_with_a_password_is_refused() -> None:
    given = Inputs(external_event_source_id="https://ada:secret@github.com/acme/shop")
    with pytest.raises(InputError) as raised:
        identity.source_id(given, GITHUB, SYSTEMS["github"])
    assert raised.value.problems == (
        (
            "external-event-source-id",
            "it holds a user name or password. Write the address without them.",
        ),
    )
