"""States: the whole sentences, joined outcomes, and where a state is found."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from compass_action.ci import SYSTEMS
from compass_action.ci.run import CiRun
from compass_action.errors import InputError, NothingToReport
from compass_action.event import states
from compass_action.event.facts import Facts
from compass_action.inputs.table import Inputs
from compass_action.tracking import Identity, Tracked

HELP = "(compass-event help {} has them all)."


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("build", 'a build state. Use one of: success, failure, cancelled, running … ' + HELP),
        ("deployment", 'a deployment state. Use one of: success, failure, cancelled, running … ' + HELP),
        ("incident", "an incident state. Use one of: open, resolved, deleted."),
        ("flag", "a flag status. Use one of: on, off, created, archived … " + HELP),
        ("alert", "an alert status. Use one of: opened, acknowledged, snoozed, closed."),
        ("lifecycle",
         "a lifecycle stage. Use one of: pre-release, production, deprecation, end-of-life."),
        ("pullRequest",
         "a pull-request status. Use one of: created, in-review, merged, rejected."),
        ("vulnerability", "a vulnerability state. Use one of: open, remediated, declined."),
    ],
)  # fmt: skip
def test_a_word_that_is_not_known_is_told_so(kind: str, told: str) -> None:
    with pytest.raises(ValueError, match="is not") as raised:
        states.read(kind, "qqqq")
    assert str(raised.value) == f'"qqqq" is not {told.format(kind)}'


@pytest.mark.parametrize(
    ("word", "build", "deployment"),
    [
        ("0", "SUCCESSFUL", "SUCCESSFUL"),
        ("1", "FAILED", "FAILED"),
        ("-1", "FAILED", "FAILED"),
        ("123", "FAILED", "FAILED"),
        ("124", "TIMED_OUT", "FAILED"),
        ("125", "FAILED", "FAILED"),
        ("9999999999", "FAILED", "FAILED"),
    ],
)
def test_an_exit_code_is_a_state(word: str, build: str, deployment: str) -> None:
    """124 is what timeout(1) exits with."""
    assert (states.read("build", word), states.read("deployment", word)) == (build, deployment)


def test_a_system_s_own_words_come_first() -> None:
    """Folded; also where they are numbers, which are no exit codes there."""
    own = {"0": "failure", "all is well": "success"}
    assert states.read("build", "0", own) == "FAILED"
    assert states.read("build", "All_is-well", own) == "SUCCESSFUL"
    assert states.read("build", "success, all is well", own) == "SUCCESSFUL"
    assert states.read("build", "failed all is well", own) == "FAILED"
    with pytest.raises(ValueError, match="is not a build state"):
        states.read("build", "--0", own)
    with pytest.raises(ValueError, match="is not a build state"):
        states.read("build", "all is well")


NEEDS = {"test": {"result": "success", "outputs": {}}, "lint": {"result": "skipped"}}
OUTCOMES = [
    ("success, skipped", "SUCCESSFUL"),
    ("skipped,skipped", "SKIPPED"),
    ("success\nfailure\ncancelled", "FAILED"),
    ("cancelled, success", "CANCELLED"),
    ("error, success", "FAILED"),
    ("success, timed out", "FAILED"),
    ("unknown, success", "UNKNOWN"),
    ("cancelled, unknown", "CANCELLED"),
    ("running, success", "IN_PROGRESS"),
    ("success,", "SUCCESSFUL"),
    ("in progress success", "IN_PROGRESS"),
    ("success IN PROGRESS skipped", "IN_PROGRESS"),
    ("timed out success", "FAILED"),
    ("success waiting in progress, not run", "IN_PROGRESS"),
    ("not run not built", "SKIPPED"),
    ("canceled by user success", "CANCELLED"),
    ("0 0 1", "FAILED"),
    (", failed ,", "FAILED"),
    ("0, 1", "FAILED"),
    ("0\n0", "SUCCESSFUL"),
    (json.dumps(NEEDS), "SUCCESSFUL"),
    (json.dumps(NEEDS | {"x": {"result": "failure"}}), "FAILED"),
    (f" {json.dumps({'x': {'result': 'cancelled'}})}\n", "CANCELLED"),
]


@pytest.mark.parametrize(("joined", "state"), OUTCOMES)
def test_the_outcomes_of_several_jobs_are_summed_up(joined: str, state: str) -> None:
    """The worst counts; what was skipped counts for nothing."""
    assert states.read("build", joined) == state
    assert states.read("deployment", joined) == state


@pytest.mark.parametrize(
    ("joined", "state"),
    [("rolled back, success", "FAILED"), ("pending, success", "PENDING"),
     ("pending, running", "IN_PROGRESS"), ("on hold success", "PENDING"),
     ("rolled back", "ROLLED_BACK"),],
)  # fmt: skip
def test_the_outcomes_of_several_deployments_are_summed_up(joined: str, state: str) -> None:
    assert states.read("deployment", joined) == state


@pytest.mark.parametrize(
    "text",
    ["{", '{"a": 1}', '{"a": {}}', '{"a": {"result": "qqqq"}}', "{}", ",", "success, qqqq",
     '{"a":' * 2_000],
)  # fmt: skip
def test_what_only_looks_like_several_outcomes_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is not a build state"):
        states.read("build", text)


def test_other_types_have_no_joined_states_and_none_that_did_not_happen() -> None:
    for word in ("open, open", "skipped", "0"):
        with pytest.raises(ValueError, match="is not an incident state"):
            states.read("incident", word)
    assert states.read("build", "skipped") == states.read("deployment", "manual") == "SKIPPED"


def facts(kind: str, asked: dict[str, Any], system: str = "gitlab", **run: Any) -> Facts:
    about = CiRun(system, **run)
    return Facts(kind, Inputs(**asked), SYSTEMS[system], about, datetime(2026, 11, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    ("kind", "asked", "run", "state"),
    [
        ("build", {"state": "failed"}, {"status": "success"}, "FAILED"),
        ("build", {}, {"status": "success", "run_status": "failed"}, "SUCCESSFUL"),
        ("build", {"scope": "run"}, {"status": "success", "run_status": "failed"}, "FAILED"),
        ("build", {"state": "failed", "properties": {"state": "success"}}, {}, "SUCCESSFUL"),
        ("build", {"state": "failed", "properties": {"status": "success"}}, {}, "FAILED"),
        ("pullRequest", {}, {"pull_request_status": "merged", "status": "x"}, "MERGED"),
        ("flag", {"properties": {"status": False}}, {}, "off"),
        ("flag", {"properties": {"status": "Beta"}}, {}, "Beta"),
        ("build", {"properties": {"state": 124}}, {}, "TIMED_OUT"),
    ],
)
def test_a_state_is_found_in_order(
    kind: str, asked: dict[str, Any], run: dict[str, Any], state: str
) -> None:
    """In properties, in the input, then what the host says of the job or the run."""
    assert states.find(facts(kind, asked, **run)) == state


@pytest.mark.parametrize(
    ("word", "told", "given"),
    [
        ("ODD", "SUCCESSFUL", "SUCCESSFUL"),
        ("7", "SUCCESSFUL", "FAILED"),
        ("0", "FAILED", "SUCCESSFUL"),
    ],
)
def test_a_number_that_is_given_is_an_exit_code_whatever_it_means_to_the_host(
    word: str, told: str, given: str
) -> None:
    """The host's own words count for both."""
    outcomes = {"odd": "success", "7": "success", "0": "failure"}
    own = SYSTEMS["jenkins"]._replace(outcomes=outcomes)
    assert states.find(facts("build", {}, "jenkins", status=word)._replace(system=own)) == told
    assert states.find(facts("build", {"state": word}, "jenkins")._replace(system=own)) == given


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Succeeded", "SUCCESSFUL"),
        ("Completed", "SUCCESSFUL"),
        ("Failed", "FAILED"),
        ("None", "CANCELLED"),
    ],
)
def test_the_words_of_tekton_s_finally_may_be_given(word: str, state: str) -> None:
    assert states.find(facts("deployment", {"state": word}, "tekton")) == state


@pytest.mark.parametrize(
    ("kind", "system", "where", "told"),
    [
        ("build", "gitlab", "state",
         "it is not given, and GitLab does not say it. Use one of: success, failure, cancelled, running "
         "… (compass-event help build has them all)."),
        ("deployment", "travis", "state",
         "it is not given, and Travis CI does not say it. Use one of: success, failure, cancelled, "
         "running … (compass-event help deployment has them all). Here: report in after_script, where "
         "$TRAVIS_TEST_RESULT is set."),
        ("incident", "travis", "state", "it is not given. Use one of: open, resolved, deleted."),
        ("pullRequest", "travis", "state",
         "it is not given. Use one of: created, in-review, merged, rejected."),
        ("build", "unknown", "state",
         "it is not given. Use one of: success, failure, cancelled, running … (compass-event help build "
         "has them all)."),
    ],
)  # fmt: skip
def test_a_state_that_nobody_says_is_told(kind: str, system: str, where: str, told: str) -> None:
    with pytest.raises(InputError) as raised:
        states.find(facts(kind, {}, system))
    assert raised.value.problems == ((where, told),)


@pytest.mark.parametrize(
    ("kind", "own", "told"),
    [
        ("incident", None, "state is not a word. Use one of: open, resolved, deleted."),
        ("flag", 1.5, "status is not a word. Use one of: on, off, created, archived … "
         "(compass-event help flag has them all)."),
        ("pullRequest", [], "status is not a word. Use one of: created, in-review, merged, rejected."),
        ("build", {"a": 1}, "state is not a word. Use one of: success, failure, cancelled, running … "
         "(compass-event help build has them all)."),
        ("flag", 7, '"7" is not a flag status. Use one of: on, off, created, archived … '
         "(compass-event help flag has them all)."),
        ("build", "sucess", '"sucess" is not a build state. Did you mean success?'),
        ("incident", True,
         '"true" is not an incident state. Use one of: open, resolved, deleted.'),
        ("build", False, None),
    ],
)  # fmt: skip
def test_a_state_in_properties_has_to_be_a_word(kind: str, own: object, told: str | None) -> None:
    """JSON's true and false are words too."""
    name = "status" if kind in ("flag", "pullRequest") else "state"
    found = facts(kind, {"properties": {name: own}})
    if told is None:
        assert states.find(found) == "FAILED"
        return
    with pytest.raises(InputError) as raised:
        states.find(found)
    assert raised.value.problems == (("properties", told),)


def test_what_did_not_happen_is_no_event_unless_it_was_begun() -> None:
    skipped = facts("build", {"state": "not built"})
    with pytest.raises(NothingToReport) as raised:
        states.find(skipped)
    assert str(raised.value) == 'The state "not built" says that nothing happened.'
    begun = Tracked(Identity("build", "p"), "IN_PROGRESS", 1)
    assert states.find(skipped._replace(begun=begun)) == "CANCELLED"


def test_the_states_of_a_build_or_deployment_are_these() -> None:
    assert sorted(states.FINAL) == [
        "CANCELLED", "ERROR", "FAILED", "ROLLED_BACK", "SUCCESSFUL", "TIMED_OUT", "UNKNOWN",
    ]  # fmt: skip
    assert sorted(states.UNFINISHED) == ["IN_PROGRESS", "PENDING"]
