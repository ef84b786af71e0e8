"""The README's curl call, sent twice as two runs of a pipeline would, beside two runs of ours."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

import requests

from compass_action.main import main
from compass_action.sandbox import Sandbox
from tests import github_jobs as jobs
from tests.faults.hosts import HOSTS
from tests.github_jobs import EMAIL, SHOP, TOKEN
from tests.surfaces.documents import README, snippets

sandbox = jobs.sandbox

CALL = snippets(README, "sh")["Before and after"]
# The shell fills in the body; what would be curl prints its last argument, which is that.
PRINTED = 'curl() { for last; do :; done; printf %s "$last"; }\n' + CALL
VALUES = {
    "PATH": "/usr/bin:/bin",
    "USER_EMAIL": EMAIL,
    "USER_API_TOKEN": TOKEN,
    "CLOUD_ID": SHOP.split(":")[3],
    "COMPONENT_ID": SHOP,
    "EXTERNAL_EVENT_SOURCE_ID": "https://github.com/acme/shop",
}


def body(changes: Mapping[str, str] = {}) -> bytes:
    done = subprocess.run(
        ["sh", "-c", PRINTED], env=VALUES | dict(changes), capture_output=True, check=True
    )
    return done.stdout


def post(sandbox: Sandbox, data: bytes) -> int:
    answer = requests.post(
        f"{sandbox.url}/compass/v1/events",
        data=data,
        auth=(EMAIL, TOKEN),
        headers={"Content-Type": "application/json"},
        timeout=10,
    )
    return answer.status_code


def test_the_second_run_of_the_call_is_ignored_with_a_202(sandbox: Sandbox) -> None:
    assert [post(sandbox, body()), post(sandbox, body())] == [202, 202]
    [event] = sandbox.feed()["events"]
    assert [update["verdict"] for update in event["history"]] == ["created", "ignored"]


def test_a_quote_in_a_value_breaks_the_call(sandbox: Sandbox) -> None:
    source = {"EXTERNAL_EVENT_SOURCE_ID": 'the "new" shop'}
    assert post(sandbox, body(source)) == 400


def test_two_runs_of_ours_are_two_builds(sandbox: Sandbox) -> None:
    """And a quote in a name stays one."""
    given = {
        "INPUT_API-URL": sandbox.url,
        "INPUT_EMAIL": EMAIL,
        "INPUT_API-TOKEN": TOKEN,
        "INPUT_COMPONENT-ID": SHOP,
        "INPUT_EVENT-TYPE": "build",
        "INPUT_STATE": "success",
        "INPUT_DISPLAY-NAME": 'the "new" shop',
    }
    env = dict(HOSTS["github"]) | given
    for run in ("7421", "7422"):
        assert main([], env | {"GITHUB_RUN_ID": run}) == 0
    events = sandbox.feed()["events"]
    assert [event["event"]["displayName"] for event in events] == ['the "new" shop'] * 2
    assert len({event["identity"]["pipelineId"] for event in events}) == 2
