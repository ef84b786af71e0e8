"""What becomes of a run of each CI system, from its recorded environment to the request.

A pair of files `<system>-<trigger>.env` and `.expected.json` is a test. The latter shows what is read
of the run, and the event that is sent for it where a user gives nothing but the component, and
`inputs` where the host does not say enough; or the `problems` that are told.
"""

from __future__ import annotations

import functools
import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compass_action import ci
from compass_action.ci import unknown
from compass_action.ci.run import CiRun
from compass_action.errors import InputError
from compass_action.event import tracked_of
from compass_action.inputs.table import Inputs
from compass_action.schemas import validate
from compass_action.snapshot import Snapshot
from compass_action.text import Secrets
from tests.building import built
from tests.recorded import NOW, RECORDED, TESTS, interpret, read_env, read_json, snapshot


def as_json(run: CiRun) -> dict[str, object]:
    """The record as JSON has it; what is not known is left out."""
    said = {k: v for k, v in run._asdict().items() if CiRun._field_defaults.get(k, ...) != v}
    shown = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in said.items()}
    return dict(json.loads(json.dumps(shown)))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_run_is_read_as_it_was(path: Path) -> None:
    """Every field of the record; what the host does not say is absent."""
    run = interpret(snapshot(path.stem)).run
    assert as_json(run) == read_json(path.with_suffix(".expected.json"))["run"]


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_run_leads_to_this_event(path: Path) -> None:
    """Its identity as the outputs tell it, all that stands in the request, and the notices."""
    expected = read_json(path.with_suffix(".expected.json"))
    del expected["run"]
    assert told(path.stem, expected.get("inputs", {})) == expected


def told(name: str, inputs: dict[str, str]) -> dict[str, object]:
    """What a user sees of a recorded run."""
    found: dict[str, object] = {"inputs": inputs} if inputs else {}
    try:
        events = built(name, inputs)
    except InputError as error:
        return found | {"problems": [str(problem) for problem in error.problems]}
    [event] = events.events
    body = json.loads(validate(event, Secrets()).body)
    found |= {"identity": tracked_of(event).outputs, "event": body["event"]}
    return found | ({"notices": list(events.notices)} if events.notices else {})


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_no_credential_gets_into_the_record(path: Path) -> None:
    """Each recording holds credentials that begin with DECOY."""
    assert "DECOY" in path.read_text("utf-8")
    inputs, _, run = interpret(snapshot(path.stem))
    assert "DECOY" not in repr(run)
    assert "DECOY" not in repr(inputs)
    assert "DECOY" not in path.with_suffix(".expected.json").read_text("utf-8")
    assert "DECOY" not in repr(snapshot(path.stem))


def test_every_expected_record_has_its_recording() -> None:
    expected = {
        path.name.removesuffix(".expected.json") for path in TESTS.glob("ci/*.expected.json")
    }
    assert expected == {path.stem for path in RECORDED}


def test_every_system_is_recorded() -> None:
    assert {interpret(snapshot(path.stem)).system.name for path in RECORDED} == set(ci.SYSTEMS)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_at_most_one_system_recognises_a_run(path: Path) -> None:
    """So the order of the table decides nothing but the fallback."""
    env = read_env(path)
    known = [system for system in ci.SYSTEMS.values() if system is not unknown.SYSTEM]
    assert sum(system.detect(env) for system in known) <= 1


def test_the_input_ci_overrules_what_was_detected() -> None:
    """For a Gitea whose pages and ids happen to be like GitHub's."""
    inputs, system, run = interpret(snapshot("gitea-push"), {"ci": "GitHub"})
    assert inputs.ci == "GitHub"
    assert system.name == run.system == "github"
    assert run.repository_url == "https://gitea:3000/acme/shop"


@pytest.mark.parametrize(
    ("named", "advice"),
    [
        ("githbu", "Did you mean github?"),
        (
            "hudson",
            "Use one of: forgejo, gitea, github, bitbucket … (compass-event help inputs has them all).",
        ),
    ],
)
def test_an_unknown_ci_system_is_answered_with_the_nearest_one(named: str, advice: str) -> None:
    with pytest.raises(InputError) as raised:
        ci.detect({}, named)
    assert [str(problem) for problem in raised.value.problems] == [
        f'ci: "{named}" is not a known CI system. {advice}'
    ]


def test_a_pipeline_that_only_claims_to_be_gitlab_is_not() -> None:
    """GITLAB_CI=true is the mark; other values are somebody's own variable."""
    assert ci.detect({"GITLAB_CI": "1", "CI_PIPELINE_ID": "7"}) is unknown.SYSTEM
    assert ci.detect({"GITHUB_ACTIONS": "false"}) is unknown.SYSTEM


PAYLOADS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.dictionaries(
        st.sampled_from(["pull_request", "head", "base", "repo", "sha", "number", "head_commit",
                         "author", "name", "email", "deployment", "environment", "full_name"]),
        inner,
        max_size=4,
    ),
)  # fmt: skip


@functools.cache
def names_of(system: str) -> list[str]:
    """The variables that are there in a run of a system."""
    of_it = [path for path in RECORDED if interpret(snapshot(path.stem)).system.name == system]
    return sorted({name for path in of_it for name in read_env(path)})


@pytest.mark.parametrize("system", ci.SYSTEMS)
@settings(max_examples=20)
@given(data=st.data())
def test_no_environment_and_no_payload_is_too_odd(system: str, data: st.DataObject) -> None:
    """Whatever a host or a user writes into the variables: a record, or absent values."""
    odd = data.draw(
        st.dictionaries(st.sampled_from(names_of(system)), st.text(max_size=20), max_size=8)
    )
    payload = data.draw(PAYLOADS)
    trigger = payload if isinstance(payload, dict) else {}
    taken = Snapshot(odd, NOW, trigger)
    run = ci.SYSTEMS[system].parse(taken, Inputs())
    assert run.system == system
    assert all(value != "" for value in as_json(run).values())


@pytest.mark.parametrize(
    ("env", "folder"),
    [
        ({}, None),
        ({"GITHUB_WORKSPACE": "/github/workspace"}, "/github/workspace"),
        ({"BITBUCKET_CLONE_DIR": "/clone"}, "/clone"),
        ({"CI_PROJECT_DIR": "/builds/acme/shop"}, "/builds/acme/shop"),
        ({"GITHUB_WORKSPACE": "", "CI_PROJECT_DIR": "/builds"}, "/builds"),
        ({"CIRCLE_WORKING_DIRECTORY": "~/project", "HOME": "/root"}, "/root/project"),
        ({"CIRCLE_WORKING_DIRECTORY": "~/project"}, "~/project"),
        ({"CIRCLE_WORKING_DIRECTORY": "/srv/~/x", "HOME": "/root"}, "/srv/~/x"),
        ({"SEMAPHORE_GIT_DIR": "shop", "HOME": "/home/semaphore"}, "/home/semaphore/shop"),
        ({"CF_VOLUME_PATH": "/codefresh/volume", "CF_REPO_NAME": "shop"}, "/codefresh/volume/shop"),
        ({"CF_VOLUME_PATH": "/codefresh/volume"}, None),
        ({"WORKSPACE": r"C:\jenkins\shop"}, r"C:\jenkins\shop"),
    ],
)
def test_the_checkout_is_where_a_host_says(env: dict[str, str], folder: str | None) -> None:
    """Also where the input `ci` overrules which host it is."""
    assert ci.workspace(env) == folder


RUN = CiRun("unknown", ref="refs/heads/main", branch="main", commit="8e1f5c0")


@pytest.mark.parametrize(
    ("ref", "full", "branch", "tag"),
    [
        (None, "refs/heads/main", "main", None),
        ("trunk", "refs/heads/trunk", "trunk", None),
        ("refs/heads/trunk", "refs/heads/trunk", "trunk", None),
        ("refs/tags/v2.1.0", "refs/tags/v2.1.0", None, "v2.1.0"),
        ("xrefs/tags/v1", "refs/heads/xrefs/tags/v1", "xrefs/tags/v1", None),
        ("a/refs/tags/v2.1.0", "refs/heads/a/refs/tags/v2.1.0", "a/refs/tags/v2.1.0", None),
    ],
)
def test_a_ref_that_is_given_overrules_the_host_s(
    ref: str | None, full: str, branch: str | None, tag: str | None
) -> None:
    run = ci.with_given(RUN, Inputs(ref=ref))
    assert run == RUN._replace(ref=full, branch=branch, tag=tag)


def test_a_commit_that_is_given_overrules_the_host_s() -> None:
    assert ci.with_given(RUN, Inputs(commit="c4d5e6f")) == RUN._replace(commit="c4d5e6f")


def linked(run: str | None, job: str | None, request: str | None) -> CiRun:
    return RUN._replace(run_url=run, job_url=job, pull_request_url=request)


@pytest.mark.parametrize(
    ("odd", "left"),
    [
        ("https://ci.acme.example/7", "https://ci.acme.example/7"),
        ("javascript:alert(1)", None),
        ("/7", None),
        ("https://ada:secret@ci.acme.example/7", None),
    ],
)
def test_a_link_that_is_none_is_left_out(odd: str, left: str | None) -> None:
    page = "https://ci.acme.example/8"
    assert ci.with_given(linked(odd, page, page), Inputs()) == linked(left, page, page)
    assert ci.with_given(linked(page, odd, page), Inputs()) == linked(page, left, page)
    assert ci.with_given(linked(page, page, odd), Inputs()) == linked(page, page, left)


def test_the_source_stands_in_for_a_repository_that_is_not_told() -> None:
    given_source = Inputs(external_event_source_id="git@github.com:acme/shop.git")
    assert ci.with_given(RUN, given_source) == RUN._replace(
        repository_url="https://github.com/acme/shop"
    )
    told = RUN._replace(repository_url="https://github.com/acme/other")
    assert ci.with_given(told, given_source) == told


def test_the_input_ci_may_be_written_in_capitals() -> None:
    assert ci.detect({"GITHUB_ACTIONS": "true"}, "GitLab").name == "gitlab"


def test_the_systems_are_counted_and_an_unknown_name_has_none() -> None:
    assert len(ci.SYSTEMS) == 23
    assert "hudson" not in ci.SYSTEMS
    with pytest.raises(KeyError, match="hudson"):
        ci.SYSTEMS["hudson"]
