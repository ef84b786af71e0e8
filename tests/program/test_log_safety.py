"""Whatever strangers write into branches, names, files and answers stays text.

Hosts obey commands in a log, file commands, tables and dotenv files; each is judged here by a parser
as strict, or as lenient, as the host's own.
"""

from __future__ import annotations

import json
import string
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compass_action.delivery import answers, client
from compass_action.delivery.receipt import Receipt
from compass_action.schemas import Payload
from tests.faults.hosts import HOSTS, Written, host_env, run
from tests.strict_parsers import STINGS, judge

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


class Foreign(NamedTuple):
    """What strangers have written, and what the server says."""

    env: Mapping[str, str] = {}
    component_file: str = ""
    by_file: bool = False
    """The component is that of the file."""
    status: int = 202
    kind: str = ""
    """The error's type in the answer."""
    message: str = ""


WAYS = (
    (),
    ("--json",),
    ("--dry-run",),
    ("--dry-run", "--json"),
    ("check", "--offline"),
    ("check", "--offline", "--json"),
)


def play(host: str, foreign: Foreign, argv: Sequence[str] = ()) -> Written:
    """Run the program, with an answer of the server's in place of a network."""
    body = json.dumps({"errors": [{"type": foreign.kind, "message": foreign.message}]}).encode()

    def send(payloads: Sequence[Payload], *_: object, **__: object) -> tuple[Receipt, ...]:
        failure, detail = answers.read(foreign.status, body)
        return tuple(Receipt(payload, failure, detail, foreign.status, 1) for payload in payloads)

    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patched:
        patched.setattr(client, "send", send)
        folder = Path(name)
        (folder / "compass.yml").write_bytes(foreign.component_file.encode("utf-8", "replace"))
        env = host_env(host, folder) | {"GITHUB_WORKSPACE": name, "BITBUCKET_CLONE_DIR": name}
        env["COMPASS_SITE"] = "acme"
        env |= foreign.env
        if foreign.by_file:
            env["COMPASS_COMPONENT_ID"] = ""
        del env["COMPASS_OUTBOX"]
        return run(argv, env, folder)


def strangers(host: str) -> st.SearchStrategy[Foreign]:
    """Texts of theirs wherever there may be some."""
    statuses = st.sampled_from([202, 400, 403, 429, 500, 302, 200])
    return st.builds(Foreign, environments(host), variables, st.booleans(), statuses, texts, texts)


@pytest.mark.parametrize("host", HOSTS)
@settings(max_examples=150)
@given(data=st.data())
def test_foreign_text_stays_text(host: str, data: st.DataObject) -> None:
    """Variables, inputs, the component file, its path, and the server's answers; as a log and as JSON."""
    argv = data.draw(st.sampled_from(WAYS))
    written = play(host, data.draw(strangers(host)), argv)
    judge(written, host)
    if "--json" in argv:
        assert json.loads(written.stdout)["exit-code"] == written.code


COMMANDS = (
    "##vso[task.setvariable variable=PATH]/evil",
    "##teamcity[buildStatus text='evil']",
    "##[stop-commands]evil",
    "###[error]evil",
    "::add-path::/evil",
)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("argv", WAYS)
def test_a_command_in_json_is_none_and_says_the_same(argv: Sequence[str], command: str) -> None:
    """In a name of the event, and in what the server answers."""
    env = {"COMPASS_DISPLAY_NAME": f"shop {command}"}
    written = play("gitlab", Foreign(env, status=400, kind="FORMAT_INVALID", message=command), argv)
    assert "##" not in written.stdout + written.stderr
    if "--json" in argv:
        left = json.loads(written.stdout)
        sent = json.loads(left["outputs"]["payload"])
        assert sent["event"]["build"]["displayName"] == f"shop {command}"
        details = [receipt.get("detail", "") for receipt in left["receipts"]]
        assert any(command in detail for detail in details) is (argv == ("--json",))


@pytest.mark.parametrize(
    "name", ["\u00a1", "shop/\u202egnp.exe", "\u6771\u4eac/\u00e9", "a\U0001f680"]
)
def test_a_repository_s_name_leads_to_its_address_alone(name: str) -> None:
    """It becomes part of the summary's link, where what is no ASCII is encoded as in an address."""
    written = play("github", Foreign({"GITHUB_REPOSITORY": name}))
    judge(written, "github")
    assert f"](https://github.com/{quote(name)}/actions/" in written.files["summary.md"]


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
