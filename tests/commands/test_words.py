"""Words that are nearly right: the program says what was probably meant, and never lists many."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.commands.program import call, job, shell

NEAR = [
    (["chekc"], '"chekc" is not a command. Did you mean check?'),
    (["--enviroment", "x"], '"--enviroment" is not an option. Did you mean --environment?'),
    (["-state", "x"], '"-state" is not an option. Did you mean --state?'),
    (["--state", "sucess"], '"sucess" is not a build state. Did you mean success?'),
    (["--state", "Cancled"], '"Cancled" is not a build state. Did you mean'),
    (["--event-type", "pullrequst"], '"pullrequst" is not known. Did you mean pull-request?'),
    (["--event-type", "lifecycle", "--state", "endoflive"], "Did you mean end-of-life?"),
    (["--environment-category", "prodution"], '"prodution" is not known. Did you mean production?'),
    (["--environment-map", "a=STAGNG"], "Did you mean staging?"),
    (["--ci", "gitlba"], '"gitlba" is not a known CI system. Did you mean gitlab?'),
    (["--on-error", "wanr"], '"wanr" is not known. Did you mean warn?'),
    (["completion", "bsh"], '"bsh" is not supported. Did you mean bash?'),
]
FAR = [
    ["qqqq"], ["--qqqq"], ["--state", "qqqq"], ["--event-type", "qqqq"], ["--ci", "qqqq"],
    ["--environment-category", "qqqq"], ["--event-type", "flag", "--event-id", "7"],
    ["--event-type", "incident", "--event-id", "1", "--state", "qqqq"],
    ["--event-type", "alert", "--event-id", "1", "--state", "open", "--severity", "qqqq"],
    ["--properties", "{qqqq: 1}"], ["--properties", "{pipeline: {qqqq: 1}}"],
    ["--properties", "{pipeline: 7}"], ["help", "qqqq"],
]  # fmt: skip


@pytest.mark.parametrize(("argv", "message"), NEAR)
def test_a_near_miss_is_answered(argv: list[str], message: str, tmp_path: Path) -> None:
    done = call(argv, job(tmp_path), tmp_path)
    assert done.returncode == 2
    assert message in done.stdout + done.stderr


@pytest.mark.parametrize("argv", FAR, ids=" ".join)
def test_no_message_lists_more_than_four_words(argv: list[str], tmp_path: Path) -> None:
    """It says where they all stand."""
    done = call(argv, job(tmp_path), tmp_path)
    assert done.returncode == 2
    for line in done.stdout.splitlines():
        assert not re.search(r"[\w-]+(, [\w-]+){4}", line), line


@pytest.mark.parametrize(
    "argv",
    [
        ["--state", "failed", "--debug", "--offline", "check"],
        ["check", "--debug", "--offline", "--state", "failed"],
        ["--debug", "check", "--offline", "--state=failed"],
        ["--debug=true", "--state=failed", "check", "--offline"],
    ],
)
def test_options_stand_before_or_after_the_command(argv: list[str], tmp_path: Path) -> None:
    env = job(tmp_path, CI_PIPELINE_URL="https://gitlab.com/acme/search/-/pipelines/1")
    done = call(argv, env, tmp_path)
    assert done.returncode == 0, done.stdout
    assert "FAILED" in done.stdout


def test_a_misspelt_option_does_not_show_its_value(tmp_path: Path) -> None:
    """It may be a secret."""
    for argv in (["--api-tokne", "s3cret"], ["--api-tokne=s3cret"], ["check", "--tokn", "s3cret"]):
        done = call(argv, job(tmp_path), tmp_path)
        assert done.returncode == 2
        assert "s3cret" not in done.stdout + done.stderr


def test_all_that_is_wrong_is_told_together(tmp_path: Path) -> None:
    argv = ["--stat", "x", "--timeout", "soon", "chekc"]
    told = call(argv, job(tmp_path), tmp_path).stdout
    assert '"--stat"' in told
    assert '"chekc"' in told or '"x"' in told


def test_wrong_inputs_and_a_wrong_event_are_told_in_one_round(tmp_path: Path) -> None:
    """Where the wrong inputs are none that the event is made of."""
    argv = ["--timeout", "soon", "--properties", "{pipeline: {url: nonsense}}"]
    told = call(argv, job(tmp_path), tmp_path).stdout
    assert "timeout:" in told
    assert "$.event.build.buildProperties.pipeline.url" in told


@pytest.mark.parametrize("event_type", ["incident", "vulnerability", "build"])
def test_wrong_properties_bring_no_second_problem_of_their_own(
    event_type: str, tmp_path: Path
) -> None:
    """What misses because they could not be read is not told."""
    argv = ["--event-type", event_type, "--properties", "&a [", "--state", "nonsense"]
    told = call(argv, job(tmp_path), tmp_path).stdout
    wheres = re.findall(r"^  ([a-z-]+|\$[.\w]+): ", told, re.MULTILINE)
    assert sorted(wheres) == ["properties", "state"]


@pytest.mark.parametrize("event_type", ["incident", "deployment", "vulnerability"])
def test_nor_where_no_ci_system_helps_out(event_type: str, tmp_path: Path) -> None:
    env = shell(COMPASS_URL="https://acme.example", COMPASS_EXTERNAL_EVENT_SOURCE_ID="x")
    done = call(["--event-type", event_type, "--properties", "&a ["], env, tmp_path)
    assert done.returncode == 2
    assert re.findall(r"([a-z-]+): it is not given", done.stderr) == []
    assert "properties: it is not a mapping." in done.stderr
