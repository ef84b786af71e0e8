"""`compass-event sandbox` as people and CI jobs run it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from compass_action.sandbox import TOKEN, main
from tests.sandbox.sending import changed, sample

ROOT = Path(__file__).parents[2]
LEFT_BEHIND = {
    "event.build.buildProperties.state": "IN_PROGRESS",
    "event.build.buildProperties.completedAt": ...,
}


def run(options: list[str], bodies: list[object], token: str = "any") -> tuple[int, str, str]:  # noqa: S107
    """Start it, send something, end it: exit code and what it said on both streams."""
    command = [sys.executable, "-I", "entrypoint.py", "sandbox", "--port=0", *options]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("Ctrl-C"):
                break
        port = re.search(r":(\d+)$", said.splitlines()[0])
        assert port
        url = f"http://127.0.0.1:{port[1]}/compass/v1/events"
        for body in bodies:
            requests.post(url, json=body, auth=("a@acme.example", token), timeout=10)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
        return process.returncode, said, errors


@pytest.mark.parametrize(
    ("bodies", "code", "told"),
    [
        ([sample("build-full")], 0, ""),
        (
            [changed("build-full", {"event.build.url": ...})],
            1,
            "Request rejected: HTTP 400: event.build.url: it is missing.",
        ),
        ([changed("build-full", LEFT_BEHIND)], 1, "Still in progress: Test and build: the build"),
        (
            [changed("build-full", LEFT_BEHIND | {"event.build.displayName": "##vso[x]\x1b[2Jy"})],
            1,
            "Still in progress: # #vso[x]\ufffd[2Jy: the build",
        ),
    ],
    ids=["nothing", "rejected", "left behind", "with a command for a name"],
)
def test_a_problem_is_told_and_fails_where_that_is_asked_for(
    bodies: list[object], code: int, told: str
) -> None:
    asked = run(["--fail-on-problem"], bodies)
    assert asked[0] == code
    assert asked[2].startswith(told)
    assert len(asked[2].splitlines()) == (1 if told else 0)
    assert run([], bodies)[0] == 0


def test_beyond_loopback_it_warns_and_names_the_token() -> None:
    code, said, errors = run(["--host=0.0.0.0"], [sample("build-full")], TOKEN)
    assert code == 0
    assert errors.startswith("Warning: whoever reaches this machine on the network can now read")
    assert TOKEN in errors
    assert f"http://{socket.gethostname()}:" in said
    assert f"COMPASS_API_TOKEN={TOKEN}" in said
    assert "Warning" not in run(["--host=127.0.0.1"], [])[2]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--host=example.com"], "it is not an address"),
        (["--host="], "it is not an address"),
        (["--host=192.0.2.1"], "this machine does not have that address"),
        (["--allow-host=a:1"], "it is not a host's name"),
        (["--allow-host=*"], "it is not a host's name"),
        (["--name=shop"], "it is not ARI=NAME"),
        (["--name=shop=Shop"], "it is not the ARI of a component"),
        (["--keep=0"], "it is not a number from 1 to 1000000"),
        (["--unfinished-after=soon"], "it is not a number of minutes"),
    ],
    ids=str,
)
def test_a_wrong_option_is_2_with_the_reason(
    options: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--port=0", *options]) == 2
    assert problem in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--api-token", "ATATT3x=1A2B"], "--api-token is not an option"),
        (["--api-token=ATATT3x=1A2B"], "--api-token is not an option"),
        (["ATATT3x=1A2B"], "a word is not expected here"),
        (["--log=ATATT3x=1A2B"], "argument --log: it takes no value"),
        (["--port", "ATATT3x=1A2B"], "argument --port: it is not a port"),
        (["--name", "ATATT3x=1A2B"], "argument --name: it is not the ARI of a component"),
        (
            ["--fault", "ATATT3x=1A2B"],
            "argument --fault: it is not a fault: something is not a field",
        ),
        (
            ["--fault", '{"ATATT3x=1A2B": 1}'],
            "argument --fault: it is not a fault: something is not",
        ),
    ],
    ids=str,
)
def test_no_value_is_shown(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who takes it for the program's own command line may write a token there."""
    assert main(options) == 2
    text = capsys.readouterr().err
    assert said in text
    assert "ATATT3x" not in text
