"""What each CI system says about a run: recorded environments, the whole record compared.

A pair of files `tests/ci/<system>-<trigger>.env` and `.expected.json` is a test.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compass_action import ci
from compass_action import snapshot as snapshots
from compass_action.ci import reading
from compass_action.ci.run import CiRun
from compass_action.errors import InputError
from compass_action.inputs import Inputs
from compass_action.snapshot import Snapshot
from tests.recorded import NOW, RECORDED, TESTS, interpret, read_env, read_json, snapshot


def as_json(run: CiRun) -> dict[str, object]:
    """The record as JSON has it; what is not known is left out."""
    values = ((k, v.isoformat() if isinstance(v, datetime) else v) for k, v in asdict(run).items())
    return {name: value for name, value in values if value not in (None, False)}


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_run_is_read_as_it_was(path: Path) -> None:
    """Every field of the record; what the host does not say is absent."""
    _, run = interpret(snapshot(path.stem))
    assert as_json(run) == read_json(path.with_suffix(".expected.json"))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_no_credential_gets_into_the_record(path: Path) -> None:
    """Each recording holds credentials that begin with DECOY."""
    assert "DECOY" in path.read_text("utf-8")
    asked, run = interpret(snapshot(path.stem))
    assert "DECOY" not in repr(run)
    assert "DECOY" not in repr(asked)
    assert "DECOY" not in repr(snapshot(path.stem))


def test_every_expected_record_has_its_recording() -> None:
    expected = {
        path.name.removesuffix(".expected.json") for path in TESTS.glob("ci/*.expected.json")
    }
    assert expected == {path.stem for path in RECORDED}


def test_every_system_is_recorded() -> None:
    assert {ci.detect(read_env(path)) for path in RECORDED} == set(ci.SYSTEMS)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_at_most_one_system_recognises_a_run(path: Path) -> None:
    """So the order of the table decides nothing but the fallback."""
    env = read_env(path)
    assert sum(system.detect(env) for name, system in ci.SYSTEMS.items() if name != ci.UNKNOWN) <= 1


@pytest.mark.parametrize("name", ["gitea-push", "forgejo-push", "woodpecker-push", "shell"])
def test_look_alikes_are_not_taken_for_another_system(name: str) -> None:
    """Gitea and Forgejo set GITHUB_ACTIONS, Woodpecker uses CI_PIPELINE_*, anybody has BUILD_ID."""
    assert ci.detect(read_env(TESTS / "ci" / f"{name}.env")) == "unknown"


def test_the_input_ci_overrules_what_was_detected() -> None:
    """For a Gitea whose pages and ids happen to be like GitHub's."""
    asked, run = interpret(snapshot("gitea-push", {"ci": "GitHub"}))
    assert asked.ci == "GitHub"
    assert run.system == "github"
    assert run.repository_url == "https://gitea.acme.example/acme/shop"


def test_an_unknown_ci_system_lists_the_known_ones() -> None:
    with pytest.raises(InputError) as raised:
        ci.detect({}, "githbu")
    assert str(raised.value.problems[0]) == (
        'ci: "githbu" is not a known CI system. Use one of: github, bitbucket, gitlab, unknown.'
    )


def test_a_pipeline_that_only_claims_to_be_gitlab_is_not() -> None:
    """GITLAB_CI=true is the mark; other values are somebody's own variable."""
    assert ci.detect({"GITLAB_CI": "1", "CI_PIPELINE_ID": "7"}) == "unknown"
    assert ci.detect({"GITHUB_ACTIONS": "false"}) == "unknown"


MARKS = {
    "github": {"GITHUB_ACTIONS": "true"},
    "bitbucket": {"BITBUCKET_BUILD_NUMBER": "1"},
    "gitlab": {"GITLAB_CI": "true"},
    "unknown": {},
}
NAMES = sorted({name for path in RECORDED for name in read_env(path)} - {"GITLAB_CI"})
NAMES_OF_HOSTS = [name for name in NAMES if re.match(r"GITHUB_|BITBUCKET_|CI_|GITLAB_", name)]
PAYLOADS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.dictionaries(
        st.sampled_from(["pull_request", "head", "base", "repo", "sha", "number", "head_commit",
                         "author", "name", "email", "deployment", "environment", "full_name"]),
        inner,
        max_size=4,
    ),
)  # fmt: skip


@pytest.mark.parametrize("system", ci.SYSTEMS)
@given(data=st.data())
def test_no_environment_and_no_payload_is_too_odd(system: str, data: st.DataObject) -> None:
    """Whatever a host or a user writes into the variables: a record, or absent values."""
    odd = data.draw(
        st.dictionaries(st.sampled_from(NAMES_OF_HOSTS), st.text(max_size=20), max_size=8)
    )
    payload = data.draw(PAYLOADS)
    trigger = payload if isinstance(payload, dict) else {}
    taken = Snapshot(odd | MARKS[system], {}, NOW, trigger)
    run = ci.SYSTEMS[system].parse(taken, Inputs())
    assert run.system == system
    assert all(value != "" for value in as_json(run).values())


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "[" * 100_000, '"x"', "\ud800"])
def test_a_payload_that_cannot_be_read_is_absent(content: str, tmp_path: Path) -> None:
    """The run is reported without what it would have said."""
    payload = tmp_path / "event.json"
    payload.write_text(content, "utf-8", "surrogatepass")
    for path in (payload, tmp_path, tmp_path / "missing"):
        assert snapshots.read({}, {"GITHUB_EVENT_PATH": str(path)}).trigger == {}
    payload.write_text('{"number": 7}')
    assert snapshots.read({}, {"GITHUB_EVENT_PATH": str(payload)}).trigger == {"number": 7}


@pytest.mark.parametrize(
    ("written", "read"),
    [tuple(row) for row in read_json(TESTS / "ci" / "repository-urls.json")],
)
def test_a_repository_has_one_url(written: str | None, read: str | None) -> None:
    """https, lower-case host, no credentials, no .git: it is the event source's id."""
    assert reading.repository_url(written) == read


def test_numbers_and_times_that_make_no_sense_are_absent() -> None:
    assert reading.number("12") == 12
    assert [reading.number(text) for text in (None, "", "-1", "1.5", "٣", "9" * 19)] == [None] * 6
    assert reading.time("2026-11-20T09:01:12Z") == datetime.fromisoformat("2026-11-20T09:01:12Z")
    assert [reading.time(text) for text in (None, "", "yesterday", "2026-11-20")] == [None] * 4


def test_payload_values_of_another_type_are_absent() -> None:
    """A payload is JSON from outside; a list or a truth value is no name."""
    payload = {"a": {"b": 7, "c": True, "d": ["x"], "e": None, "f": ""}, "g": "text"}
    assert reading.at(payload, "a.b") == "7"
    assert [reading.at(payload, f"a.{name}") for name in "cdef"] == [None] * 4
    assert reading.at(payload, "g.h") is None
