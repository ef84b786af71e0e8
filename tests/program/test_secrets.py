"""The token is seen by Compass and by nobody else: not in any stream, file, output or traceback.

The fault matrix (tests/faults) looks for it after every fault of the network as well.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, quote_plus

import pytest

from compass_action.sandbox import running_sandbox
from compass_action.text import secrets_of
from tests.faults.cell import EMAIL, TOKEN
from tests.faults.hosts import HOSTS, host_env, run
from tests.faults.places import closed_port
from tests.faults.server import running_adversary
from tests.github_runner import read_log

ROOT = Path(__file__).parents[2]


def forms(token: str, email: str) -> set[str]:
    """Every form in which the token could be found; made here anew, not by the code under test."""
    found = {token, quote(token), quote(token, safe=""), quote_plus(token), token[::-1]}
    for text in (token, f"{email}:{token}"):
        encoded = base64.b64encode(text.encode()).decode()
        found |= {encoded.rstrip("="), encoded.translate(str.maketrans("+/", "-_")).rstrip("=")}
        found |= {quote(encoded, safe=""), encoded}
        # Base64 of a longer text that contains it, at each of the three alignments.
        for offset in range(3):
            shifted = base64.b64encode(b"x" * offset + text.encode()).decode()
            found.add(shifted[4:-4])
    found.add(token.encode().hex())
    return found


class Way(NamedTuple):
    """A way to fail."""

    argv: Sequence[str] = ()
    env: Mapping[str, str] = {}
    code: int = 2


FAILING: Mapping[str, Way] = {
    "no e-mail": Way(env={"COMPASS_EMAIL": ""}),
    "odd e-mail": Way(env={"COMPASS_EMAIL": "nobody"}),
    "hostile site": Way(env={"COMPASS_SITE": "acme.atlassian.net@evil.com"}),
    "no site": Way(env={"COMPASS_SITE": ""}),
    "hostile url": Way(env={"COMPASS_API_URL": f"https://ada:{TOKEN}@evil.com"}),
    "wrong words": Way(env={"COMPASS_STATE": "so-so", "COMPASS_TIMEOUT": "ever"}),
    "unknown option": Way(argv=("--no-such-option", "x")),
    "unknown command": Way(argv=("launch",)),
    "option without a value": Way(argv=("--site",)),
    "token in the display name": Way(env={"COMPASS_DISPLAY_NAME": f"with {TOKEN}"}),
    "token in properties": Way(env={"COMPASS_PROPERTIES": f"note: {TOKEN}"}),
    "token as a state": Way(env={"COMPASS_STATE": TOKEN}),
    "token as a component": Way(env={"COMPASS_COMPONENT_ID": TOKEN}),
    "token as the cloud": Way(env={"COMPASS_CLOUD_ID": TOKEN}),
    "token in the url": Way(env={"COMPASS_URL": f"https://acme.example/?t={quote(TOKEN)}"}),
    "no component": Way(env={"COMPASS_COMPONENT_ID": ""}),
    "damaged component file": Way(
        env={"COMPASS_COMPONENT_ID": "", "COMPASS_COMPONENT_FILE": "nowhere.yml"}
    ),
    "dry run": Way(env={"COMPASS_DRY_RUN": "true"}, code=0),
    "check": Way(argv=("check",), code=1),  # nobody answers there
    "check by itself": Way(argv=("check", "--offline"), code=0),
    "replay of nothing": Way(argv=("replay",)),
    "replay of a folder": Way(argv=("replay", "/")),
    "post": Way(argv=("post",), code=0),
    "unwritable outbox": Way(env={"COMPASS_OUTBOX": "/proc/nowhere/outbox"}, code=0),
    "unwritable outputs": Way(
        env={
            "GITHUB_OUTPUT": "/nowhere/output",
            "GITHUB_STEP_SUMMARY": "/nowhere/summary",
            "BITBUCKET_PIPELINES_VARIABLES_PATH": "/nowhere/variables",
        },
        code=0,
    ),
    "proxy with a password": Way(
        env={"HTTPS_PROXY": "http://user:hidden-password@127.0.0.1:1", "COMPASS_TIMEOUT": "1"},
        code=0,
    ),
    "proxy that is none": Way(env={"HTTPS_PROXY": "socks5://user:hidden-password@x:1"}, code=0),
    "CA that is none": Way(env={"SSL_CERT_FILE": "/proc/self/environ"}, code=0),
}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("name", FAILING)
def test_no_failing_path_shows_the_token(name: str, host: str, tmp_path: Path) -> None:
    """With debug on; the address is a closed port of this machine wherever anything is sent."""
    path = FAILING[name]
    with closed_port() as port:
        env = host_env(host, tmp_path) | {"COMPASS_TIMEOUT": "1"}
        if "COMPASS_SITE" not in path.env:
            env["COMPASS_API_URL"] = f"https://127.0.0.1:{port}"
        written = run(path.argv, env | dict(path.env), tmp_path)
    assert written.code == path.code, written.stdout
    everything = written.everything()
    assert not {form for form in forms(TOKEN, EMAIL) if form in everything}
    assert "hidden-password" not in everything
    assert written.stdout
    assert written.stderr == ""


@pytest.mark.parametrize("host", HOSTS)
def test_a_server_that_repeats_the_token_does_not_get_it_printed(host: str, tmp_path: Path) -> None:
    """In its message, in every form; also in the summary's table and the outputs."""
    echoed = " ".join(sorted(secrets_of(TOKEN, EMAIL).forms))
    body = json.dumps({"errors": [{"type": TOKEN, "message": echoed[:250]}] * 3})
    fault = {"does": "answer", "status": 403, "body": body}
    with running_sandbox() as sandbox, running_adversary(fault, sandbox.server_port) as server:
        env = host_env(host, tmp_path) | {"COMPASS_API_URL": f"http://127.0.0.1:{server.port}"}
        written = run((), env, tmp_path)
        assert server.requests == 1
    everything = written.everything()
    assert not {form for form in forms(TOKEN, EMAIL) if form in everything}
    assert "***" in written.stdout


def test_github_is_asked_to_mask_before_anything_else_is_said(tmp_path: Path) -> None:
    """The runner then hides every form, whoever prints it later in the job."""
    written = run((), host_env("github", tmp_path) | {"COMPASS_DRY_RUN": "true"}, tmp_path)
    log = read_log(written.stdout)
    names = [command.name for command in log.commands]
    masks = names.count("add-mask")
    assert names[:masks] == ["add-mask"] * masks
    assert written.stdout.count("\n") > masks
    assert all(line.startswith("::add-mask::") for line in written.stdout.split("\n")[:masks])
    basic = base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
    later = read_log(f"{TOKEN} Basic {basic} {quote(TOKEN, safe='')}", masks=log.masks)
    assert not {form for form in forms(TOKEN, EMAIL) if form in later.visible_log}


@pytest.mark.parametrize("host", ["bitbucket", "gitlab"])
def test_other_hosts_get_no_such_line(host: str, tmp_path: Path) -> None:
    """They take no masks: the line would be the leak."""
    written = run((), host_env(host, tmp_path) | {"COMPASS_DRY_RUN": "true"}, tmp_path)
    assert "add-mask" not in written.stdout
    assert TOKEN not in written.stdout


@pytest.mark.parametrize("argv", [(), ("--bogus",), ("replay", "missing")])
def test_a_real_process_shows_it_nowhere_either(argv: Sequence[str], tmp_path: Path) -> None:
    """Both streams of a process, at the debug level, with Python's own debugging switched on."""
    with closed_port() as port:
        env = host_env("github", tmp_path) | {
            "COMPASS_API_URL": f"http://127.0.0.1:{port}",
            "COMPASS_TIMEOUT": "1",
            "PYTHONDEVMODE": "1",
        }
        done = subprocess.run(
            [sys.executable, str(ROOT / "entrypoint.py"), *argv],
            env=env, capture_output=True, text=True, check=False, cwd=tmp_path,
        )  # fmt: skip
    lines = [line for line in done.stdout.split("\n") if not line.startswith("::add-mask::")]
    said = "\n".join([*lines, done.stderr])
    assert not {form for form in forms(TOKEN, EMAIL) if form in said}
    assert "Traceback" not in said
