"""What a run loads: modules are most of what it costs, in every pipeline of an organisation."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from compass_action.sandbox import running_sandbox

ROOT = Path(__file__).parents[2]

# Runs the program and writes the names of the loaded modules, one on each line, when it exits.
TELLING = """
import os, sys

sys.path.insert(0, sys.argv.pop(1))
names = sys.argv.pop(1)
leave = os._exit


def tell(code):
    with open(names, "w") as file:
        file.write("\\n".join(sys.modules))
    leave(code)


os._exit = tell
from entrypoint import console

console()
"""
ARI = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
)
JOB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_WORKFLOW_REF": "acme/shop/.github/workflows/ci.yml@refs/heads/main",
    "GITHUB_RUN_ID": "7421",
    "GITHUB_RUN_NUMBER": "7",
    "GITHUB_RUN_ATTEMPT": "1",
    "GITHUB_JOB": "test",
    "GITHUB_SHA": "0123456789abcdef0123456789abcdef01234567",
    "COMPASS_EMAIL": "ada@acme.example",
    "COMPASS_API_TOKEN": "made-up-token",
    "COMPASS_STATE": "success",
    "COMPASS_COMPONENT_ID": ARI,
}

# Heavy, and for something else than a good event.
UNWANTED = {
    "jsonschema", "referencing", "attrs", "attr", "rpds",  # they explain a refusal
    "yaml",  # reads properties and compass.yml
    "argparse", "compass_action.sandbox", "compass_action.demo", "http.server",
}  # fmt: skip


def run(folder: Path, **inputs: str) -> tuple[int, set[str]]:
    """Run the program in a job of its own; the exit code, and what was loaded at its end."""
    names = folder / "modules"
    done = subprocess.run(
        [sys.executable, "-I", "-c", TELLING, str(ROOT), str(names)],
        env=JOB | inputs,
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return done.returncode, set(names.read_text().splitlines())


def load(imports: str) -> set[str]:
    """What is loaded by an import alone."""
    program = f"{imports}, json, sys; print(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True
    )
    names: list[Any] = json.loads(done.stdout)
    return set(names)


def test_a_good_event_loads_nothing_for_other_purposes(tmp_path: Path) -> None:
    with running_sandbox() as sandbox:
        code, loaded = run(tmp_path, COMPASS_API_URL=sandbox.url)
        assert code == 0
        assert len(sandbox.feed()["events"]) == 1
    assert loaded & UNWANTED == set()


def test_a_good_event_loads_little_more_than_requests(tmp_path: Path) -> None:
    """Our own modules apart, and those that stand here."""
    with running_sandbox() as sandbox:
        _, loaded = run(tmp_path, COMPASS_API_URL=sandbox.url)
    ours = {"compass_action", "entrypoint"}
    others = {name for name in loaded if name.partition(".")[0] not in ours}
    more = others - load("import requests, requests.auth")
    assert more <= {"gc", "signal", "secrets", "hmac", "encodings.utf_16_le", "pwd"}


def test_an_event_that_is_not_sent_does_not_load_requests(tmp_path: Path) -> None:
    """With its start given: else GitHub and Compass might be asked for it."""
    code, loaded = run(tmp_path, COMPASS_DRY_RUN="true", COMPASS_STARTED_AT="2026-11-23T17:50:00Z")
    assert code == 0
    assert loaded & {*UNWANTED, "requests", "urllib3", "ssl"} == set()


def test_a_start_that_nobody_can_be_asked_for_does_not_load_requests_either(tmp_path: Path) -> None:
    code, loaded = run(tmp_path, COMPASS_DRY_RUN="true")
    assert code == 0
    assert loaded & {*UNWANTED, "requests", "urllib3", "ssl"} == set()


def test_a_refusal_is_explained(tmp_path: Path) -> None:
    """What the tests above look for can be found."""
    code, loaded = run(
        tmp_path, COMPASS_DRY_RUN="true", COMPASS_PROPERTIES='{"startedAt": "yesterday"}'
    )
    assert code == 2
    assert "jsonschema" in loaded


def test_a_job_loads_the_files_of_no_further_ci_systems(tmp_path: Path) -> None:
    """Those that are recognised before it, and its own."""
    with running_sandbox() as sandbox:
        _, loaded = run(tmp_path, COMPASS_API_URL=sandbox.url, GITHUB_WORKSPACE=str(tmp_path))
    systems = {path.stem for path in (ROOT / "compass_action" / "ci").glob("*.py")}
    systems -= {
        "__init__",
        "act",
        "git",
        "github_triggers",
        "github_variables",
        "reading",
        "run",
        "system",
    }
    assert len(systems) == 23
    files = {name.removeprefix("compass_action.ci.") for name in loaded}
    assert files & systems == {"forgejo", "gitea", "github"}
