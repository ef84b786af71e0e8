"""How the tests report an event: from a recorded run, or from a shell that says all of it."""

from __future__ import annotations

from compass_action.main import main
from compass_action.sandbox import Sandbox
from tests.building import ARI
from tests.recorded import read_recording

TOKEN = "correct-horse-battery"


def run(recording: str, sandbox: Sandbox, *argv: str, **more: str) -> int:
    env = read_recording(recording) | {
        "INPUT_EMAIL": "a@acme.example",
        "INPUT_API-TOKEN": TOKEN,
        "INPUT_API-URL": sandbox.url,
        "INPUT_SITE": "",
        "INPUT_COMPONENT-ID": ARI,
        "GITHUB_OUTPUT": "",
        "GITHUB_STATE": "",
        "GITHUB_STEP_SUMMARY": "",
        "CI_PROJECT_DIR": "/nowhere",
    }
    return main(list(argv), env | more)


NOWHERE = {
    "COMPASS_COMPONENT_ID": ARI, "COMPASS_EMAIL": "a@acme.example", "COMPASS_API_TOKEN": TOKEN,
    "COMPASS_SITE": "acme", "COMPASS_URL": "https://ci.example/7",
    "COMPASS_EXTERNAL_EVENT_SOURCE_ID": "shop",
}  # fmt: skip
BUILD = ("--event-type", "build", "--pipeline-id", "b/7", "--started-at", "2026-11-25T10:00:00Z")
END, BEGIN = ("--state", "success"), ("--state", "in_progress")
