"""Any environment ends in exit 0, 1 or 2 with one clear message, never in a traceback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compass_action import errors
from compass_action.delivery.failures import FAILURES
from compass_action.inputs.table import INPUTS
from tests.faults.hosts import HOSTS, run
from tests.faults.places import closed_port
from tests.recorded import RECORDED, read_env

ROOT = Path(__file__).parents[2]
READ_BY_HOSTS = sorted({name for file in RECORDED for name in read_env(file)})
READ_BY_US = sorted(
    {prefix + row.field.upper() for row in INPUTS for prefix in ("COMPASS_", "INPUT_")}
    | {f"INPUT_{row.name.upper()}" for row in INPUTS}
    | {"COMPASS_COMPONENT_ID_COUNT", "COMPASS_COMPONENT_ID_0", "COMPASS_TRACKED"}
    | {"STATE_COMPASS_TRACKED", "HTTPS_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE"}
)
# Files are written where these say; the test gives them a folder.
PLACES = re.compile(
    "API.TOKEN|OUTBOX|_PATH|_DIR|GITHUB_(OUTPUT|STATE|STEP_SUMMARY|WORKSPACE)|API_URL|SITE"
)
HEADLINES = sorted(
    {failure.headline for failure in FAILURES.values()}
    | {errors.InputError.headline, errors.EventError.headline}
)

names = (
    st.sampled_from(READ_BY_US)
    | st.sampled_from(READ_BY_HOSTS)
    | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", min_size=1, max_size=12)
).filter(lambda name: not PLACES.search(name))
# Arbitrary bytes, as os.environ shows them; beside them what makes sense somewhere.
RECORDED_VALUES = sorted({value for file in RECORDED for value in read_env(file).values()})
WORDS = (
    "true",
    "build",
    "deployment",
    "success",
    "x: [",
    "{",
    "&a [*a]",
    "0",
    "1e999",
    "production",
)
sensible = st.sampled_from([*RECORDED_VALUES, *WORDS])
values = sensible | st.binary(max_size=40).map(
    lambda content: os.fsdecode(content.replace(b"\0", b""))
)
environments = st.dictionaries(names, values, max_size=60)


# A token is hidden wherever it stands, so that a word of ours for a token would hide our words.
tokens = st.binary(max_size=40).filter(lambda content: not 0 < len(content) < 12)


@settings(max_examples=200)
@given(token=tokens, environment=environments, host=st.sampled_from(["", *HOSTS]), command=st.sampled_from(
    [(), (), ("post",), ("check",), ("replay", "missing"), ("send", "--dry-run"), ("--state",)]
))  # fmt: skip
def test_any_environment_ends_well(
    token: bytes, environment: Mapping[str, str], host: str, command: tuple[str, ...]
) -> None:
    """In this process, with the traceback that a process would print as the failure."""
    with tempfile.TemporaryDirectory() as name, closed_port() as port:
        folder = Path(name)
        env = dict(HOSTS.get(host, {})) | dict(environment) | places(folder, port)
        env["COMPASS_API_TOKEN"] = os.fsdecode(token.replace(b"\0", b""))
        written = run(command, env, folder)
    judge(written.code, written.stdout + written.stderr)


def places(folder: Path, port: int) -> dict[str, str]:
    return {
        "COMPASS_API_URL": f"http://127.0.0.1:{port}",
        "COMPASS_TIMEOUT": "1",
        "GITHUB_WORKSPACE": str(folder),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "BITBUCKET_CLONE_DIR": str(folder),
        "CI_PROJECT_DIR": str(folder),
    }


def judge(code: int, said: str) -> None:
    assert code in (0, 1, 2)
    assert "Traceback" not in said
    told = [headline for headline in HEADLINES if headline in said]
    if code:
        assert len(told) == 1, said
    else:
        assert len(told) <= 1, said


@pytest.mark.parametrize("seed", range(6))
def test_a_real_process_takes_any_bytes(seed: int, tmp_path: Path) -> None:
    """Bytes that are no UTF-8 in a real environment, and an ASCII-only terminal."""
    import random

    chance = random.Random(seed)  # noqa: S311 - the same bytes each time
    host = [*HOSTS, *HOSTS][seed]
    environment: dict[bytes, bytes] = {
        os.fsencode(name): os.fsencode(value) for name, value in HOSTS[host].items()
    }
    for name in chance.sample([n for n in READ_BY_US + READ_BY_HOSTS if not PLACES.search(n)], 60):
        length = chance.randrange(20)
        environment[name.encode()] = bytes(chance.randrange(1, 256) for _ in range(length))
    with closed_port() as port:
        environment |= {k.encode(): v.encode() for k, v in places(tmp_path, port).items()}
        environment |= {b"LC_ALL": b"C", b"PYTHONUTF8": b"0", b"PYTHONCOERCECLOCALE": b"0"}
        done = subprocess.run(
            [sys.executable, str(ROOT / "entrypoint.py")],
            env=environment, capture_output=True, check=False, cwd=tmp_path,
        )  # fmt: skip
    judge(done.returncode, done.stdout.decode("utf-8", "replace"))
    assert b"itself has failed" not in done.stdout + done.stderr
    assert done.returncode == 2  # random bytes are no state, no flag, no address


def test_nobody_reading_is_no_error(tmp_path: Path) -> None:
    """`| head` closes the pipe; what is to be done is done all the same."""
    with closed_port() as port:
        env = dict(HOSTS["gitlab"]) | places(tmp_path, port) | {"COMPASS_DRY_RUN": "true"}
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "entrypoint.py")],
            env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read()
        process.stderr.close()
    assert process.wait(10) in (0, 2)
    assert b"itself has failed" not in said
