"""What is told where an identity is not known: the whole sentences, and what leads to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from compass_action.ci import SYSTEMS
from compass_action.ci.run import CiRun
from compass_action.errors import InputError
from compass_action.event import identity
from compass_action.event.facts import Facts
from compass_action.inputs.table import Inputs
from compass_action.tracking import Identity, Tracked

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOON_MS = 1_795_435_200_000
TRAVIS = CiRun("travis", server="app.travis-ci.com/github/acme/shop", run_id="218", job_id="7")
BUILD = "app.travis-ci.com/github/acme/shop/builds/218"
JOB = f"{BUILD}/jobs/7"


def facts(
    event_type: str, run: CiRun, inputs: Inputs | None = None, *, remembers: bool = False
) -> Facts:
    asked, system = inputs or Inputs(), SYSTEMS[run.system]
    return Facts(event_type, asked, system, run, NOON, remembers=remembers)


def told(found: Facts) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as raised:
        identity.identify(found)
    return [(problem.where, problem.what) for problem in raised.value.problems]


SHELL = [
    (
        "pipeline-id",
        "it is not given, and no CI system was recognised. Give an id of the pipeline, the same for "
        "all its deployments.",
    ),
    (
        "sequence-number",
        "it is not given, and no CI system was recognised. Give a number that rises with every "
        "deployment, such as the build number.",
    ),
    ("environment", "it is not given. A deployment needs the name of an environment."),
]


def test_all_that_a_deployment_lacks_is_told_together() -> None:
    assert told(facts("deployment", CiRun("unknown"))) == SHELL
    named = CiRun("unknown", environment="live")
    assert told(facts("deployment", named)) == SHELL[:2]
    assert told(facts("deployment", CiRun("unknown"), Inputs(pipeline_id="p"))) == SHELL[1:]
    numbered = Inputs(pipeline_id="p", sequence_number=0)
    assert told(facts("deployment", CiRun("unknown"), numbered)) == SHELL[2:]


def test_what_a_build_lacks_is_told() -> None:
    assert told(facts("build", CiRun("unknown"))) == [
        (
            "pipeline-id",
            "it is not given, and no CI system was recognised. Give an id that differs for every build.",
        )
    ]
    assert told(facts("build", CiRun("github", "https://github.com/acme/shop"))) == [
        (
            "pipeline-id",
            "it is not given, and GitHub does not say. Give an id that differs for every build: "
            "${{ github.repository }}/runs/${{ github.run_id }}/attempts/${{ github.run_attempt }}/NAME, "
            "with another NAME for each job and call of the workflow.",
        )
    ]


def test_a_system_s_hint_ends_the_sentence() -> None:
    run = TRAVIS._replace(environment="live")
    begun = facts("deployment", run, Inputs(state="running", pipeline_id="p"))
    assert told(begun) == [
        (
            "sequence-number",
            "it is not given, and Travis CI does not say. Give a number that rises with every "
            'deployment, such as the build number: "$(date +%s)", taken once at the job\'s start.',
        )
    ]
    hinting = begun.system._replace(hints={"environment": "the setting environment"})
    without = facts("deployment", TRAVIS, Inputs(pipeline_id="p", sequence_number=1))
    assert told(without._replace(system=hinting)) == [
        (
            "environment",
            "it is not given. A deployment needs the name of an environment: the setting environment.",
        )
    ]


@pytest.mark.parametrize(
    ("system", "what"),
    [
        ("github", "GitHub does not say. Give the URL of the repository."),
        (
            "travis",
            'Travis CI does not say. Give the URL of the repository: "https://HOST/$TRAVIS_REPO_SLUG".',
        ),
        ("unknown", "no CI system was recognised. Give the URL of the repository."),
    ],
)
def test_a_source_that_is_not_known_is_told(system: str, what: str) -> None:
    with pytest.raises(InputError) as raised:
        identity.source_id(Inputs(), CiRun(system), SYSTEMS[system])
    [problem] = raised.value.problems
    assert problem == ("external-event-source-id", f"it is not given, and {what}")


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ("https://ada@github.com/acme", True),
        ("https://github.com/acme/@scope", False),
        ("https://github.com?owner=@acme", False),
        ("https://github.com#@acme", False),
        ("ada@acme.example", False),
    ],
)
def test_only_a_user_before_the_host_is_a_credential(given: str, refused: bool) -> None:
    inputs = Inputs(external_event_source_id=given)
    if refused:
        with pytest.raises(InputError, match="user name or password"):
            identity.source_id(inputs, CiRun("unknown"), SYSTEMS["unknown"])
    else:
        assert identity.source_id(inputs, CiRun("unknown"), SYSTEMS["unknown"]) == given


def test_a_source_of_our_own_making_is_completed_by_the_component() -> None:
    ari = "ari:cloud:compass:c:component/w/c34578a8"
    ours = "https://github.com/acme/shop#"
    assert identity.source_of_component(ours, ari) == "https://github.com/acme/shop#c34578a8"
    assert identity.source_of_component("mine", ari) == "mine"


RESTARTED = (
    "Travis CI keeps every id when a build is run again, and has no place for what was begun. Name a "
    "file for it in record, or report the outcome alone."
)


def test_a_begun_build_whose_restart_would_be_the_same_build_is_refused() -> None:
    """Unless its start is told, or remembered, or an id is given."""
    running = Inputs(state="running")
    assert told(facts("build", TRAVIS, running)) == [("state", RESTARTED)]
    kept = facts("build", TRAVIS, running, remembers=True)
    assert identity.identify(kept).pipeline_id == f"{JOB}/{NOON_MS}"
    started = TRAVIS._replace(job_started_at=NOON)
    assert identity.identify(facts("build", started, running)).pipeline_id == f"{JOB}/{NOON_MS}"
    over = facts("build", TRAVIS, Inputs(state="failed"))
    assert identity.identify(over).pipeline_id == f"{JOB}/{NOON_MS}"
    given = facts("build", TRAVIS, running._replace(pipeline_id="p"))
    assert identity.identify(given).pipeline_id == "p"
    counted = CiRun("gitlab", "https://gitlab.com/acme/shop", run_id="9", job_id="7")
    assert identity.identify(facts("build", counted, running)).pipeline_id == (
        "gitlab.com/acme/shop/pipelines/9/jobs/7"
    )


def begun(pipeline_id: str | None, **changed: Any) -> Tracked:
    record = Tracked(Identity("build", pipeline_id), "IN_PROGRESS", 1)
    return record._replace(**changed)


@pytest.mark.parametrize("state", ["IN_PROGRESS", "PENDING"])
def test_the_moment_of_a_begun_build_is_that_of_its_record(state: str) -> None:
    found = facts("build", TRAVIS)._replace(records=(begun(f"{JOB}/42", state=state),))
    assert identity.event_path(found) == f"{JOB}/42"


@pytest.mark.parametrize(
    "record",
    [
        begun(f"{JOB}/42", state="FAILED"),
        begun(f"{JOB}/42", components="others"),
        begun(f"{JOB}/42", identity=Identity("deployment", f"{JOB}/42")),
        begun(f"{BUILD}/jobs/8/42"),
        begun(f"{JOB}/half-past"),
        begun(None),
    ],
)
def test_another_record_lends_no_moment(record: Tracked) -> None:
    found = facts("build", TRAVIS)._replace(records=(record,))
    assert identity.event_path(found) == f"{JOB}/{NOON_MS}"
    both = found._replace(records=(record, begun(f"{JOB}/42")))
    assert identity.event_path(both) == f"{JOB}/42"


def test_an_execution_that_the_host_does_not_name_has_no_path() -> None:
    assert identity.event_path(facts("build", TRAVIS._replace(job_id=None))) is None
    assert identity.event_path(facts("build", CiRun("unknown", run_id="1", job_id="2"))) is None
    assert identity.event_path(facts("build", TRAVIS._replace(server=None))) is None
    whole = facts("build", TRAVIS._replace(run_started_at=NOON), Inputs(scope="run"))
    assert identity.event_path(whole) == f"{BUILD}/{NOON_MS}"


def test_an_id_stands_below_the_server_before_the_repository() -> None:
    run = CiRun("gitlab", "https://gitlab.com/acme/shop", run_id="9", job_id="7")
    ours = run._replace(server="ci.acme.example/shop")
    assert identity.event_path(facts("build", run)) == "gitlab.com/acme/shop/pipelines/9/jobs/7"
    assert identity.event_path(facts("build", ours)) == "ci.acme.example/shop/pipelines/9/jobs/7"


@pytest.mark.parametrize(
    ("inputs", "run", "expected"),
    [
        (Inputs(environment="qa", environment_id="own"), {"environment": "live"}, "own"),
        (Inputs(environment_id="own"), {}, "own"),
        (Inputs(), {}, None),
        (Inputs(), {"environment": "Live", "environment_id": "e5f1"}, "e5f1"),
        (Inputs(environment="Live"), {"environment": "Live", "environment_id": "e5f1"}, "e5f1"),
        (Inputs(environment="lIVE"), {"environment": "Live", "environment_id": "e5f1"}, "e5f1"),
        (Inputs(environment="qa"), {"environment": "Live", "environment_id": "e5f1"}, "qa"),
        (Inputs(), {"environment": "Live"}, "live"),
    ],
)
def test_an_environment_s_id_is_given_or_the_host_s_or_a_slug(
    inputs: Inputs, run: dict[str, Any], expected: str | None
) -> None:
    assert identity.environment_id(inputs, CiRun("gitlab")._replace(**run)) == expected


def test_the_record_of_the_very_event_is_found() -> None:
    """Not one of another event, or of other components, and none from the future."""
    wanted = Identity("build", "p")
    found = facts("build", TRAVIS)._replace(components=("a",))
    digest = "ca978112ca1bbdca"
    record = Tracked(wanted, "IN_PROGRESS", NOON_MS, components=digest)
    others = (record._replace(components=""), record._replace(identity=Identity("build", "q")))
    assert identity.find_begun(found, wanted) is None
    assert identity.find_begun(found._replace(records=others), wanted) is None
    assert identity.find_begun(found._replace(records=(*others, record)), wanted) == record
    ahead = record._replace(update_sequence_number=NOON_MS + 86_400_001)
    assert identity.find_begun(found._replace(records=(ahead, record)), wanted) is None


@pytest.mark.parametrize(
    ("value", "number"),
    [(7, 7), ("7", 7), (0, 0), (True, None), (7.0, None), ("x", None), (None, None), ([7], None)],
)
def test_a_sequence_number_in_properties_is_a_whole_number(
    value: object, number: int | None
) -> None:
    part = {"sequenceNumber": value}
    assert identity.of_part("deployment", part) == ("deployment", None, None, number)


@pytest.mark.parametrize("named", [None, "p", {}, {"pipelineId": 7}, {"environmentId": "e"}])
def test_an_id_in_properties_is_a_text_in_its_place(named: object) -> None:
    assert identity.of_part("build", {"pipeline": named}) == ("build", None, None, None)
