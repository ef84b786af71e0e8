"""The step summaries of three jobs of one GitHub run, as the program writes them, for a picture.

python -m tests.browser.summary    writes them as JSON: the job's name → its Markdown

Each job is a real step of the recorded environment: it is sent to a sandbox, and what it appends to
GITHUB_STEP_SUMMARY is taken as it is. The times are given, so that the text is the same each time, but
for the seconds of a retry.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from compass_action.sandbox import running_sandbox
from tests.browser.story import ari
from tests.program.steps import Job

FILES = {
    "compass.yml": "shop",
    "services/billing/compass.yml": "billing",
    "services/search/compass.yml": "search",
    "mobile/compass.yml": "mobile",
}
"""The repository, in which each component has its file."""

JOBS = {
    "test": {
        "state": "success",
        "started-at": "2026-11-23T11:41:07Z",
        "completed-at": "2026-11-23T11:47:19Z",
    },
    "deploy": {
        "state": "success",
        "environment": "production",
        "component-file": "services/*/compass.yml",
        "started-at": "2026-11-23T11:47:31Z",
        "completed-at": "2026-11-23T11:49:52Z",
    },
    "publish-app": {
        "state": "failure",
        "environment": "app-store",
        "environment-category": "production",
        "component-file": "mobile/compass.yml",
        "started-at": "2026-11-23T11:47:29Z",
        "completed-at": "2026-11-23T11:58:40Z",
        "timeout": "30",
        "outbox": "{folder}/outbox",
    },
    "smoke-test": {
        "state": "sucess",
        "timeout": "soon",
    },
}
"""What each job's step says under `with:`. The last has two mistakes."""
AWAY = {"publish-app": [{"status": 503, "headers": {"Retry-After": "120"}, "body": "{}"}]}
"""The job during which Compass is not to be had."""


def play() -> dict[str, str]:
    """Run the steps, and read what they left for GitHub to show."""
    summaries = {}
    for name, inputs in JOBS.items():
        with running_sandbox(faults=AWAY.get(name, ())) as sandbox:
            summaries[name] = _summary(name, inputs, sandbox.url)
    return summaries


def _summary(name: str, inputs: dict[str, str], url: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        job = Job(Path(folder), url)
        for path, component in FILES.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"name: {component}\nid: {ari(component)}\n")
        given = {key: value.format(folder=folder) for key, value in inputs.items()}
        job.step({"component-id": "", **given}, GITHUB_JOB=name)
        return Path(folder, "summary").read_text("utf-8")


if __name__ == "__main__":
    json.dump(play(), sys.stdout, ensure_ascii=False)
