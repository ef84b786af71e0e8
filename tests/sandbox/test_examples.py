"""The examples in which a team tests its own reporting against a sandbox, and those that start one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from compass_action.sandbox import TOKEN, Sandbox, running_sandbox
from compass_action.sandbox.options import PORT, parser
from tests.recorded import read_env

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def read(path: str) -> Any:
    return yaml.safe_load((EXAMPLES / path).read_text())


def run_script(lines: list[str], env: dict[str, str], sandbox: Sandbox, folder: Path) -> int:
    """Run a job's script, with the program on PATH and the sandbox where the example has it."""
    (folder / "compass-event").write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -I "{ROOT / "entrypoint.py"}" "$@"\n'
    )
    (folder / "compass-event").chmod(0o755)
    script = re.sub(r"http://(sandbox|localhost):8377", sandbox.url, "\n".join(["set -e", *lines]))
    given = {name: re.sub(r"http://sandbox:8377", sandbox.url, text) for name, text in env.items()}
    path = f"{folder}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=given | {"PATH": path}, capture_output=True
    )
    return done.returncode


def bitbucket_step() -> dict[str, Any]:
    [branch] = read("bitbucket/sandbox.yml")["pipelines"]["pull-requests"].values()
    step: dict[str, Any] = branch[0]["step"]
    return step


def gitlab_job() -> dict[str, Any]:
    """With the address that the template would set."""
    pipeline = read("gitlab/sandbox.yml")
    job: dict[str, Any] = pipeline["test-the-reporting"]
    [include] = pipeline["include"]
    job["variables"]["COMPASS_API_URL"] = include["inputs"]["api-url"]
    return job


@pytest.mark.parametrize("host", ["bitbucket", "gitlab"])
@pytest.mark.parametrize("wrong", [False, True])
def test_the_job_fails_where_something_is_wrong(host: str, wrong: bool, tmp_path: Path) -> None:
    """Its script as it stands, in a recorded environment."""
    recorded = read_env(ROOT / "tests" / "ci" / f"{host}-branch.env")
    job = bitbucket_step() if host == "bitbucket" else gitlab_job()
    env = {name: text for name, text in recorded.items() if not text.startswith("/")}
    with running_sandbox() as sandbox:
        if wrong:
            auth = ("a@acme.example", TOKEN)
            requests.post(f"{sandbox.url}/compass/v1/events", b"{", auth=auth, timeout=10)
        code = run_script(job["script"], env | job.get("variables", {}), sandbox, tmp_path)
        [event] = sandbox.feed()["events"]
    assert (event["type"], event["state"], event["environment"]) == (
        "deployment",
        "SUCCESSFUL",
        "staging",
    )
    assert (code == 0) is not wrong


def test_github_s_steps_ask_for_what_there_is() -> None:
    [job] = read("github/sandbox.yml")["jobs"].values()
    given = next(
        step["with"] for step in job["steps"] if "with" in step and "api-url" in step["with"]
    )
    assert given["api-url"] == f"http://sandbox:{PORT}"
    assert given["api-token"] == TOKEN
    asked = re.findall(
        r"http://localhost:8377(\S+?)'?$",
        str("\n".join(s.get("run", "") for s in job["steps"])),
        re.M,
    )
    with running_sandbox() as sandbox:
        assert [requests.get(sandbox.url + path, timeout=10).status_code for path in asked] == [
            200
        ] * 2
        auth = ("a@acme.example", TOKEN)
        requests.post(f"{sandbox.url}/compass/v1/events", b"{", auth=auth, timeout=10)
        assert requests.get(sandbox.url + asked[1], timeout=10).status_code == 409


def test_every_example_has_the_token_and_the_port() -> None:
    for path in EXAMPLES.rglob("*sandbox*.y*ml"):
        text = path.read_text()
        assert TOKEN in text or path.parent.name == "sandbox"
        assert set(re.findall(r":(\d{4})\b", text)) <= {str(PORT)}


def test_what_starts_a_sandbox_gives_options_that_there_are() -> None:
    """The Dockerfile's own, with those of the compose file and the Kubernetes manifest."""
    dockerfile = (ROOT / "Dockerfile.sandbox").read_text()
    entrypoint = dockerfile.partition("ENTRYPOINT")[2].partition("CMD")[0]
    own = re.findall(r'"(--[^"]+)"', entrypoint)
    service = read("sandbox/compose.yaml")["services"]["compass-sandbox"]
    documents = list(yaml.safe_load_all((EXAMPLES / "sandbox" / "kubernetes.yaml").read_text()))
    [container] = documents[1]["spec"]["template"]["spec"]["containers"]
    assert container["ports"][0]["containerPort"] == PORT
    assert service["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    for given in (service["command"], container["args"]):
        options = parser().parse_args([*own, *given])
        assert (options.host, options.store) == ("0.0.0.0", Path("/data/sandbox.db"))  # noqa: S104
        assert options.allow_host == ["sandbox", "compass-sandbox"]
