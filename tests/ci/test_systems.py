"""The CI systems side by side: each is recognised, whatever lies around it, and none is fooled."""

from __future__ import annotations

import functools
import itertools
from pathlib import Path

import pytest

from compass_action import ci
from compass_action.ci import unknown
from compass_action.inputs.table import Inputs
from compass_action.snapshot import Snapshot
from tests.recorded import NOW, RECORDED, TESTS, interpret, read_env, read_json, snapshot

# The order in which they are asked, written out; those at the end leave no mark.
ORDER = [
    "forgejo", "gitea", "github", "bitbucket", "gitlab", "woodpecker", "harness", "azure",
    "buildkite", "circleci", "travis", "semaphore", "appveyor", "bitrise", "codefresh", "teamcity",
    "drone", "codebuild", "jenkins", "cloudbuild", "tekton", "argocd", "unknown",
]  # fmt: skip
NAMED = ["cloudbuild", "tekton", "argocd"]
MARKED = [name for name in ORDER if name not in (*NAMED, "unknown")]

# Woodpecker's mark is CI itself, which these do not set and all others set to something else.
WITHOUT_CI = ["azure", "teamcity", "codebuild"]

SYSTEMS = read_json(TESTS / "ci" / "systems.json")


def name_of(path: Path) -> str:
    return path.stem.partition("-")[0].replace("shell", "unknown")


@functools.cache
def one_of(name: str) -> dict[str, str]:
    """The variables of a run of this system: of its first recording."""
    return read_env(next(path for path in RECORDED if name_of(path) == name))


def test_the_order_is_as_documented() -> None:
    assert list(ci.SYSTEMS) == ORDER
    assert [name for name, system in ci.SYSTEMS.items() if system.name != name] == []


@pytest.mark.parametrize("name", ORDER)
def test_a_system_s_own_words_are_those_of_the_list(name: str) -> None:
    """Its title, its variables, its words for outcomes, its hints; what is not written is empty."""
    record = ci.SYSTEMS[name]
    words = ("title", "workspace", "trigger", "state", "checkout", "debug", "speaker")
    own = {word: getattr(record, word) for word in (*words, "outcomes", "hints")}
    assert {word: value for word, value in own.items() if value} == SYSTEMS[name]


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_every_recorded_run_is_recognised_as_what_it_is(path: Path) -> None:
    """Where nothing marks it, because the input `ci` names it."""
    assert interpret(snapshot(path.stem)).run.system == name_of(path)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_run_without_the_input_ci_is_marked_or_unknown(path: Path) -> None:
    env = {n: v for n, v in read_env(path).items() if n != "COMPASS_CI"}
    expected = "unknown" if name_of(path) in NAMED else name_of(path)
    assert ci.detect(env).name == expected


@pytest.mark.parametrize(("outer", "inner"), list(itertools.permutations(MARKED, 2)))
def test_of_two_systems_on_top_of_each_other_the_first_in_the_order_is_meant(
    outer: str, inner: str
) -> None:
    """As an agent of one system, or a container in its job, hands its variables on to the other.

    Which of two nested systems is the inner one no environment can tell; so the order decides.
    """
    expected = min(outer, inner, key=ORDER.index)
    if outer == "woodpecker" and inner not in WITHOUT_CI:
        expected = inner
    assert ci.detect(one_of(outer) | one_of(inner)).name == expected


@pytest.mark.parametrize(("outer", "inner"), list(itertools.permutations(ORDER, 2)))
def test_the_input_ci_decides_between_two(outer: str, inner: str) -> None:
    """And what is read makes sense: a record of that system, or absent values."""
    env = one_of(outer) | one_of(inner)
    system = ci.detect(env, inner)
    run = system.parse(Snapshot(env, NOW), Inputs())
    assert run.system == system.name == inner


@pytest.mark.parametrize(
    "env",
    [
        {"BUILD_ID": "7", "BUILD_NUMBER": "7"},
        {"BUILD_NUMBER": "7", "JOB_NAME": "shop"},
        {"JENKINS_URL": "https://jenkins.acme.example/", "BUILD_NUMBER": "7"},
        {"BUILD_TAG": "v7", "BUILD_NUMBER": "7", "JOB_NAME": "shop"},
        {"CI": "true"},
        {"CI_PIPELINE_ID": "7", "CI_COMMIT_SHA": "8e1f5c0"},
        {"DRONE_BUILD_NUMBER": "7", "DRONE_REPO": "acme/shop"},
        {"CODEBUILD_CI": "true"},
        {"BITRISE_IO": "true"},
        {"GITHUB_ACTIONS": "1"},
        {"TF_BUILD": "1"},
        {"TRAVIS": "1"},
        {"BUILDKITE": ""},
        {"APPVEYOR": "False"},
        {"HARNESS_ACCOUNT_ID": "a"},
        {"GITEA_ACTIONS": "true"},
        {"PROJECT_ID": "acme", "BUILD_ID": "7"},
    ],
    ids=lambda env: " ".join(env),
)
def test_a_part_of_a_mark_is_none(env: dict[str, str]) -> None:
    assert ci.detect(env) is unknown.SYSTEM


GITHUB = {"GITHUB_ACTIONS": "true"}
JENKINS = {"JOB_NAME": "shop", "BUILD_NUMBER": "7"}


@pytest.mark.parametrize(
    ("name", "env"),
    [
        ("forgejo", {**GITHUB, "FORGEJO_ACTIONS": "true"}),
        ("forgejo", {**GITHUB, "FORGEJO_ACTIONS": "true", "GITEA_ACTIONS": "true"}),
        ("gitea", {**GITHUB, "GITEA_ACTIONS": "true"}),
        ("github", GITHUB),
        ("bitbucket", {"BITBUCKET_BUILD_NUMBER": "7"}),
        ("gitlab", {"GITLAB_CI": "true"}),
        ("woodpecker", {"CI": "woodpecker"}),
        ("harness", {"HARNESS_PIPELINE_ID": "shop", "HARNESS_BUILD_ID": "7", "DRONE": "true"}),
        ("azure", {"TF_BUILD": "True"}),
        ("azure", {"TF_BUILD": "true"}),
        ("buildkite", {"BUILDKITE": "true"}),
        ("circleci", {"CIRCLECI": "true"}),
        ("travis", {"TRAVIS": "true"}),
        ("semaphore", {"SEMAPHORE": "true"}),
        ("appveyor", {"APPVEYOR": "True"}),
        ("appveyor", {"APPVEYOR": "true"}),
        ("bitrise", {"BITRISE_BUILD_SLUG": "1f2e"}),
        ("codefresh", {"CF_BUILD_ID": "5f2d"}),
        ("teamcity", {"TEAMCITY_VERSION": "2026.1"}),
        ("drone", {"DRONE": "true"}),
        ("codebuild", {"CODEBUILD_BUILD_ARN": "arn:aws:codebuild:eu-west-1:1:build/shop:b1"}),
        ("jenkins", {**JENKINS, "JENKINS_URL": "https://jenkins.acme.example/"}),
        ("jenkins", {**JENKINS, "BUILD_TAG": "jenkins-shop-7"}),
    ],
    ids=str,
)
def test_a_mark_is_enough_for_its_own_system_and_no_other(name: str, env: dict[str, str]) -> None:
    known = [system for system in ci.SYSTEMS.values() if system is not unknown.SYSTEM]
    assert [system.name for system in known if system.detect(env)] == [name]


@pytest.mark.parametrize(
    ("name", "env"),
    [
        ("forgejo", {"FORGEJO_ACTIONS": "true"}),
        ("gitea", {"GITEA_ACTIONS": "true"}),
        ("woodpecker", {"CI_SYSTEM_NAME": "woodpecker"}),
        ("harness", {"HARNESS_PIPELINE_ID": "shop"}),
        ("harness", {"HARNESS_BUILD_ID": "7"}),
        ("drone", {"DRONE": "1"}),
        ("drone", {"DRONE": "true", "HARNESS_STAGE_ID": "Build"}),
        ("semaphore", {"SEMAPHORE": "1"}),
        ("circleci", {"CIRCLECI": "1"}),
        ("jenkins", {**JENKINS, "BUILD_TAG": "hudson-shop-7"}),
        ("jenkins", {"JOB_NAME": "shop", "JENKINS_URL": "https://jenkins.acme.example/"}),
    ],
    ids=str,
)
def test_a_system_is_not_recognised_by_half_of_its_mark(name: str, env: dict[str, str]) -> None:
    assert not ci.SYSTEMS[name].detect(env)
