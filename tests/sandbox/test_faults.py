"""What goes wrong in the sandbox on request, and `compass-event sandbox`."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from compass_action.sandbox import FaultError, Sandbox, main, running_sandbox

ROOT = Path(__file__).parents[2]
BODY = (ROOT / "tests" / "events" / "valid" / "deployment-full.json").read_bytes()


def post(sandbox: Sandbox | str, timeout: float = 10) -> requests.Response:
    url = sandbox if isinstance(sandbox, str) else sandbox.url
    return requests.post(
        f"{url}/compass/v1/events", data=BODY, auth=("a@example.com", "t"), timeout=timeout
    )


def stored(sandbox: Sandbox) -> int:
    """How often the event has reached the feed."""
    return sum(len(event["history"]) for event in sandbox.feed()["events"])


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as sandbox:
        yield sandbox


def test_faults_befall_events_in_their_order_and_as_often_as_asked(sandbox: Sandbox) -> None:
    faults: list[dict[str, Any]] = [
        {"status": 503, "times": 2, "headers": {"Retry-After": "1"}},
        {"status": 500},
    ]
    assert requests.post(f"{sandbox.url}/faults", json=faults, timeout=10).status_code == 204
    assert requests.post(f"{sandbox.url}/faults", json={"status": 429}, timeout=10).ok
    requests.get(f"{sandbox.url}/activity", timeout=10).raise_for_status()
    answers = [post(sandbox) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [503, 503, 500, 429, 202]
    assert [answer.headers.get("Retry-After") for answer in answers[:3]] == ["1", "1", None]
    assert answers[2].json()["errors"][0]["type"] == "INTERNAL_SERVER_ERROR"
    assert stored(sandbox) == 1
    refused = [(one["status"], one["why"]) for one in sandbox.feed()["refused"]]
    assert refused == [(status, "a fault, on request") for status in (503, 503, 500, 429)]


def test_faults_to_come_are_shown_and_forgotten(sandbox: Sandbox) -> None:
    sandbox.add_faults([{"status": 503, "times": 3}, {"drop": "after"}])
    post(sandbox)
    url = f"{sandbox.url}/faults"
    assert requests.get(url, timeout=10).json() == [
        {"status": 503, "times": 2},
        {"drop": "after", "times": 1},
    ]
    assert requests.delete(url, timeout=10).status_code == 204
    assert post(sandbox).status_code == 202


def test_a_fault_may_change_the_answer_to_an_accepted_event(sandbox: Sandbox) -> None:
    sandbox.add_faults([{"body": "<html>", "headers": {"content-type": "text/html"}}])
    answer = post(sandbox)
    assert (answer.status_code, answer.text) == (202, "<html>")
    assert answer.headers["Content-Type"] == "text/html"
    assert stored(sandbox) == 1


def test_a_fault_may_cut_the_answer_short(sandbox: Sandbox) -> None:
    headers = {"Content-Length": "99", "Connection": "close"}
    sandbox.add_faults([{"status": 400, "body": "{", "headers": headers}])
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        post(sandbox)


def test_a_delayed_answer_comes_late_though_the_event_is_accepted(sandbox: Sandbox) -> None:
    sandbox.add_faults([{"delay": 0.4}, {"delay": 3}])
    start = time.monotonic()
    assert post(sandbox).status_code == 202
    assert time.monotonic() - start >= 0.4
    with pytest.raises(requests.exceptions.ReadTimeout):
        post(sandbox, timeout=0.5)
    assert stored(sandbox) == 2


def test_the_sandbox_does_not_wait_for_a_delay_when_it_ends() -> None:
    with running_sandbox() as sandbox:
        sandbox.add_faults([{"delay": 600}])
        with pytest.raises(requests.exceptions.ReadTimeout):
            post(sandbox, timeout=0.5)
        start = time.monotonic()
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(("drop", "times_stored"), [("before", 0), ("after", 1)])
def test_a_dropped_connection_gives_no_answer(
    sandbox: Sandbox, drop: str, times_stored: int
) -> None:
    """`after` is the case in which only a retry with the very same bytes is safe."""
    sandbox.add_faults([{"drop": drop}])
    with pytest.raises(requests.exceptions.ConnectionError):
        post(sandbox)
    assert stored(sandbox) == times_stored
    assert sandbox.feed()["requests"] == 1
    assert [one["status"] for one in sandbox.feed()["refused"]] == [None] * (1 - times_stored)
    assert post(sandbox).status_code == 202
    assert len(sandbox.feed()["events"]) == 1


def test_an_answer_may_drip(sandbox: Sandbox) -> None:
    """Each byte comes in time for the client's read timeout, the whole answer does not."""
    sandbox.add_faults([{"drip": 0.005}])
    start = time.monotonic()
    assert post(sandbox, timeout=0.3).status_code == 202
    assert time.monotonic() - start > 0.3


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ([{"status": 503}, {"status": 99}], "status must be a whole number from 200 to 599"),
        ({"status": True}, "status must be"),
        ({"sttus": 503}, "sttus is not a field of a fault. Use: status, headers, body"),
        ({"times": 2}, "does not say what shall go wrong"),
        ({"status": 503, "times": 0}, "times must be"),
        ({"delay": -1}, "delay must be"),
        ({"delay": True}, "delay must be"),
        ({"drop": "now"}, "drop must be before or after"),
        ({"drop": "after", "status": 500}, "status has no meaning beside drop"),
        ({"headers": {"A": "b\r\nc: d"}}, "headers must be"),
        ({"headers": {"A b": "c"}}, "headers must be"),
        ({"body": 1}, "body must be a text"),
        ("503", "a fault is a JSON object"),
    ],
    ids=str,
)
def test_what_is_no_fault_is_refused_with_the_reason(
    sandbox: Sandbox, fault: Any, problem: str
) -> None:
    answer = requests.post(f"{sandbox.url}/faults", json=fault, timeout=10)
    assert answer.status_code == 400
    assert problem in answer.json()["errors"][0]["message"]
    with pytest.raises(FaultError):
        sandbox.add_faults(fault if isinstance(fault, list) else [fault])
    assert requests.get(f"{sandbox.url}/faults", timeout=10).json() == []


RUN = "import sys; from compass_action.sandbox import main; sys.exit(main(sys.argv[1:]))"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_until_a_signal_and_exits_with_0(number: signal.Signals) -> None:
    ari = json.loads(BODY)["componentId"]
    options = ["--port=0", "--rate-limit=4", "--fault", "status=503,times=2", "--log"]
    options += ["--fault", '{"status": 429, "headers": {"Retry-After": "2"}}', f"--component={ari}"]
    with subprocess.Popen(
        [sys.executable, "-c", RUN, *options],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        try:
            said = []
            for line in process.stdout:
                said.append(line.rstrip())
                if line.startswith("Ctrl-C"):
                    break
            url = said[0].rpartition(" ")[2]
            answers = [post(url) for _ in range(8)]
        finally:
            process.send_signal(number)
            _, log = process.communicate(timeout=20)
    assert [one.status_code for one in answers] == [503, 503, 429, *[202] * 4, 429]
    assert answers[2].headers["Retry-After"] == "2"
    assert process.returncode == 0
    assert f"To send to it:  export COMPASS_API_URL={url}" in said
    assert "not Atlassian's server" in said[1]
    assert "POST /faults" in "".join(said)
    assert log.splitlines()[3] == "'POST /compass/v1/events HTTP/1.1' 202"


def test_a_port_in_use_is_one_clear_message(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--port", str(sandbox.server_port)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        f"The sandbox cannot listen on 127.0.0.1:{sandbox.server_port}: another program is "
        "listening there. Choose another port with --port, or any free one with --port 0.\n"
    )


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--port", "65536"], "argument --port: it is not a port"),
        (["--rate-limit", "-1"], "argument --rate-limit: it is not a limit"),
        (["--component", "shop"], "argument --component: it is not the ARI of a component"),
        (["--fault", "status"], "write NAME=VALUE, with commas between several"),
        (["--fault", "status=high"], "status must be a whole number"),
        (["--fault", "headers=a"], "write headers in JSON"),
        (["--fault", "{"], "this is not JSON"),
        (["--prot", "1"], "--prot is not an option; see compass-event sandbox --help"),
    ],
    ids=str,
)
def test_a_wrong_option_is_2_with_the_reason(
    options: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(options) == 2
    assert problem in capsys.readouterr().err
