"""Whatever strangers write into branches, names, files and answers stays text.

Hosts obey commands in a log, file commands, tables and dotenv files; each is judged here by a parser
as strict, or as lenient, as the host's own.
"""

from __future__ import annotations

import json
import re
import string
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compass_action import answers, client
from compass_action.receipt import Receipt
from compass_action.report.safe import code, neutral
from compass_action.schemas import Payload
from tests.faults.hosts import HOSTS, Written, host_env, run
from tests.github_runner import parse_command
from tests.strict_parsers import SPAN, STINGS, judge, judge_dotenv, judge_summary

texts = st.lists(
    st.sampled_from(STINGS) | st.text(max_size=20) | st.sampled_from(string.whitespace), max_size=4
).map("".join)
# What the environment cannot hold; lone surrogates stand for bytes that are no UTF-8.
variables = texts.map(lambda text: text.replace("\x00", ""))

FOREIGN = {
    "github": (
        *("GITHUB_REF", "GITHUB_REF_NAME", "GITHUB_HEAD_REF", "GITHUB_ACTOR", "GITHUB_WORKFLOW"),
        *("GITHUB_TRIGGERING_ACTOR", "GITHUB_JOB", "GITHUB_SHA", "GITHUB_WORKFLOW_REF"),
        *("GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_NUMBER", "GITHUB_SERVER_URL"),
    ),
    "bitbucket": (
        *("BITBUCKET_BRANCH", "BITBUCKET_TAG", "BITBUCKET_COMMIT", "BITBUCKET_REPO_FULL_NAME"),
        *("BITBUCKET_STEP_TRIGGERER_UUID", "BITBUCKET_DEPLOYMENT_ENVIRONMENT"),
        *("BITBUCKET_STEP_UUID", "BITBUCKET_BUILD_NUMBER", "BITBUCKET_GIT_HTTP_ORIGIN"),
    ),
    "gitlab": (
        *("CI_COMMIT_BRANCH", "CI_COMMIT_TAG", "CI_COMMIT_REF_NAME", "CI_COMMIT_TITLE"),
        *("CI_JOB_NAME", "CI_PIPELINE_NAME", "GITLAB_USER_LOGIN", "CI_ENVIRONMENT_NAME"),
        *("CI_ENVIRONMENT_SLUG", "CI_PROJECT_URL", "CI_PIPELINE_URL", "CI_JOB_URL"),
    ),
}
INPUTS = (
    *("DISPLAY_NAME", "DESCRIPTION", "STATE", "ENVIRONMENT", "ENVIRONMENT_ID", "PIPELINE_ID"),
    *("PIPELINE_NAME", "PROPERTIES", "COMPONENT_ID", "CLOUD_ID", "SITE", "URL", "EVENT_TYPE"),
    *("EXTERNAL_EVENT_SOURCE_ID", "TRACK", "OUTBOX", "CI", "STARTED_AT", "COMPONENT_FILE"),
)


@st.composite
def environments(draw: st.DrawFn, host: str) -> dict[str, str]:
    """Some of the variables that strangers have a hand in, with texts of theirs."""
    names = st.sampled_from([*FOREIGN[host], *(f"COMPASS_{name}" for name in INPUTS)])
    return draw(st.dictionaries(names, variables, max_size=6))


@pytest.mark.parametrize("host", HOSTS)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_foreign_text_stays_text(
    host: str, data: st.DataObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables, inputs, the component file, its path, and the server's answers."""
    status = data.draw(st.sampled_from([202, 400, 403, 429, 500, 302, 200]), "status")
    kind, message = data.draw(texts, "error type"), data.draw(texts, "error message")
    body = json.dumps({"errors": [{"type": kind, "message": message}]}).encode()
    changes = data.draw(environments(host), "environment")
    component_file = data.draw(variables, "component file")

    def send(payloads: Sequence[Payload], *_: object, **__: object) -> tuple[Receipt, ...]:
        failure, detail = answers.read(status, body)
        if failure:
            failure = replace_spool(failure)
        return tuple(Receipt(payload, failure, detail, status, 1) for payload in payloads)

    monkeypatch.setattr(client, "send", send)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "compass.yml").write_bytes(component_file.encode("utf-8", "replace"))
        env = host_env(host, folder) | {"GITHUB_WORKSPACE": name, "BITBUCKET_CLONE_DIR": name}
        env |= changes
        if data.draw(st.booleans(), "by file"):
            env["COMPASS_COMPONENT_ID"] = ""
        (folder / "compass.yml").touch()
        del env["COMPASS_OUTBOX"]
        written = run((), env, folder)
    judge(written, host)


def replace_spool(failure: answers.Failure) -> answers.Failure:
    return failure._replace(spool=False)


@settings(max_examples=1000)
@given(texts)
def test_no_line_is_a_command_after_it_was_made_neutral(text: str) -> None:
    for line in text.split("\n"):
        shown = neutral(line)
        assert parse_command(shown) is None
        assert len(shown.splitlines()) <= 1
        assert not re.search("#[^\x00-\x7f]*#[^\x00-\x7f]*\\[", shown)


@settings(max_examples=1000)
@given(texts)
def test_a_code_span_is_one_cell(text: str) -> None:
    shown = code(text)
    assert shown == "" or re.fullmatch(SPAN, shown)


def test_the_judges_can_find_fault() -> None:
    """Each of them refuses what it is there for."""
    good = "\n| Component | Event | Result |\n| --- | --- | --- |\n"
    good += "| `a` | build [`x`](https://a/) | accepted |\n"
    judge_summary(good)
    for bad in (
        "| `a` | b | c | d |\n",
        "| <b> | b | c |\n",
        "| [x](https://e) | b | c |\n",
        "x\n",
    ):
        with pytest.raises(AssertionError):
            judge_summary(good + bad)
    judge_dotenv("COMPASS_STATE=x y\n")
    for line in ("COMPASS_STATE= x", "PATH=x", "COMPASS_STATE", "COMPASS_STATE=a\u2028b"):
        with pytest.raises(AssertionError):
            judge_dotenv(line + "\n")
    written = Written(0, "", "", {})
    for said in (
        "::error::x\n::set-output name=a::b\n",
        "##[error]x\n",
        "::error file=x::y\n",
        "\x1b[1m\n",
    ):
        with pytest.raises(AssertionError):
            judge(replace(written, stdout=said), "github")


def test_a_component_file_with_a_command_for_a_name_is_only_named(tmp_path: Path) -> None:
    """The path is the user's, but a glob finds what anybody has committed."""
    folder = tmp_path / "a\n::error::pwned"
    folder.mkdir()
    (folder / "compass.yml").write_text("id: no\n")
    env = host_env("github", tmp_path) | {"GITHUB_WORKSPACE": str(tmp_path)}
    env |= {"COMPASS_COMPONENT_ID": "", "COMPASS_COMPONENT_FILE": "**/compass.yml"}
    written = run((), env, tmp_path)
    judge(written, "github")
    assert written.code == 2
