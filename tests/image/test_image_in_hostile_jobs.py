"""The image where the job, the repository or the host is against it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from compass_action.sandbox import Sandbox
from tests.image.engine import COMPONENT, EMAIL, TOKEN, podman, run_image

WORKSPACE = "/workspace"
MARK = "imported from the workspace"
SHADOWS = (
    "compass_action/__init__.py", "compass_action/main.py", "encodings/__init__.py", "json.py",
    "jsonschema.py", "re.py", "requests.py", "runpy.py", "sitecustomize.py", "socket.py",
    "startup.py", "usercustomize.py", "yaml.py",
)  # fmt: skip

Job = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run_job(workspace: Path, sandbox: Sandbox) -> Job:
    """Report a build from a repository with a trap under every name that might be imported."""
    for name in SHADOWS:
        (workspace / name).parent.mkdir(exist_ok=True)
        (workspace / name).write_text(f"raise SystemExit({MARK!r})\n")
    asked = {
        "COMPASS_API_URL": sandbox.url,
        "COMPASS_EMAIL": EMAIL,
        "COMPASS_API_TOKEN": TOKEN,
        "COMPASS_COMPONENT_ID": COMPONENT,
        "COMPASS_EVENT_TYPE": "build",
        "COMPASS_STATE": "success",
        "COMPASS_PIPELINE_ID": "acme/shop/1",
        "COMPASS_PIPELINE_URL": "https://ci.acme.example/shop/1",
        "COMPASS_URL": "https://ci.acme.example/shop/1/jobs/2",
        "COMPASS_DISPLAY_NAME": "Größere Körbe 🛒",
        "COMPASS_EXTERNAL_EVENT_SOURCE_ID": "https://git.acme.example/shop",
    }

    def run(*options: str, **more: str) -> subprocess.CompletedProcess[str]:
        return run_image(
            env=asked | more,
            mounts={workspace: WORKSPACE},
            options=(f"--workdir={WORKSPACE}", *options),
        )

    return run


HOSTILE = {
    "modules in the workspace": ([], {}),
    "PYTHON* variables": (
        [],
        {
            "PYTHONPATH": WORKSPACE,
            "PYTHONSTARTUP": f"{WORKSPACE}/startup.py",
            "PYTHONHOME": WORKSPACE,
            "PYTHONUSERBASE": WORKSPACE,
            "PYTHONINSPECT": "1",
            "PYTHONIOENCODING": "ascii",
            "PYTHONPLATLIBDIR": "rubbish",
            "PYTHONWARNINGS": "error",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
    ),
    "a PATH of rubbish": ([], {"PATH": "/rubbish::."}),
    "no HOME": (["--unsetenv=HOME"], {}),
    "a HOME that is not there": ([], {"HOME": "/nowhere"}),
    "a read-only file system": (["--read-only", "--read-only-tmpfs=false"], {}),
    "a user that nobody knows": (["--user=4711:4711"], {}),
    "no capabilities": (["--cap-drop=all", "--security-opt=no-new-privileges"], {}),
    "a locale of another time": ([], {"LC_ALL": "POSIX", "LANG": "de_DE.ISO-8859-1"}),
}


@pytest.mark.parametrize("against", HOSTILE)
def test_the_event_arrives_all_the_same(run_job: Job, sandbox: Sandbox, against: str) -> None:
    options, variables = HOSTILE[against]
    done = run_job(*options, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert MARK not in done.stdout + done.stderr
    (event,) = sandbox.feed()["events"]
    assert (event["component_id"], event["state"]) == (COMPONENT, "SUCCESSFUL")
    assert event["display_name"] == "Größere Körbe 🛒"


def test_the_event_arrives_with_everything_against_it(run_job: Job, sandbox: Sandbox) -> None:
    """All of the above at once."""
    options = [option for more, _ in HOSTILE.values() for option in more]
    variables = {name: value for _, more in HOSTILE.values() for name, value in more.items()}
    done = run_job(*options, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    (event,) = sandbox.feed()["events"]
    assert event["display_name"] == "Größere Körbe 🛒"


@pytest.mark.parametrize("command", ["compass-event", "compass-event-post"])
def test_the_commands_are_as_isolated_as_the_entrypoint(run_job: Job, command: str) -> None:
    done = run_job(f"--entrypoint=/usr/local/bin/{command}", PYTHONPATH=WORKSPACE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert MARK not in done.stdout + done.stderr


def test_a_run_compiles_nothing(run_job: Job, forget: Callable[[str], None]) -> None:
    """All bytecode is in the image, that of the standard library included: it costs time at every
    start, and what a container keeps is thrown away.
    """
    done = run_job("--rm=false", "--name=compass-event-compiles")
    forget("compass-event-compiles")
    assert done.returncode == 0, done.stdout + done.stderr
    changes = json.loads(podman("diff", "--format=json", "compass-event-compiles").stdout)
    written = [path for paths in changes.values() for path in paths or ()]
    assert [path for path in written if "__pycache__" in path] == []


def test_a_stopped_container_ends_by_itself(
    run_job: Job, sandbox: Sandbox, workspace: Path, forget: Callable[[str], None]
) -> None:
    """The kernel shields process 1 from signals that it does not ask for: without a handler the
    host would wait, then kill, and what was to be sent would be lost.
    """
    sandbox.add_faults([{"delay": 60}])
    name = "compass-event-stopped"
    started = run_job(
        "--detach",
        "--rm=false",
        f"--name={name}",
        COMPASS_OUTBOX="out.jsonl",
        COMPASS_ON_ERROR="fail",
    )
    forget(name)
    assert started.returncode == 0, started.stderr
    deadline = time.monotonic() + 10
    while not sandbox.requests and time.monotonic() < deadline:
        time.sleep(0.05)
    asked = time.monotonic()
    podman("stop", "--time=30", name)
    assert time.monotonic() - asked < 10
    assert podman("inspect", "--format={{.State.ExitCode}}", name).stdout.strip() == "1"
    assert (workspace / "out.jsonl").read_text()


@pytest.fixture
def forget() -> Iterator[Callable[[str], None]]:
    """Remove a named container when the test is over."""
    names: list[str] = []
    yield names.append
    podman("rm", "--force", "--time=0", *names)
