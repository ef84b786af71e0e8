"""The program in this process, as each host would run it; and all it has written."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from compass_action.main import main
from tests.faults.cell import COMPONENTS, EMAIL, FILES, JOB, TOKEN

HOSTS: Mapping[str, Mapping[str, str]] = {
    "github": JOB,
    "bitbucket": {
        "BITBUCKET_BUILD_NUMBER": "218",
        "BITBUCKET_REPO_FULL_NAME": "acme/billing",
        "BITBUCKET_GIT_HTTP_ORIGIN": "http://bitbucket.org/acme/billing",
        "BITBUCKET_STEP_UUID": "{4d5e6f70-8192-4a3b-b4c5-d6e7f8091a2b}",
        "BITBUCKET_STEP_RUN_NUMBER": "1",
        "BITBUCKET_COMMIT": "3c9d2e7f1a0b48c6955e4d3f2b1a0c9e8d7f6a5b",
        "BITBUCKET_EXIT_CODE": "0",
    },
    "gitlab": {
        "GITLAB_CI": "true",
        "CI_PROJECT_URL": "https://gitlab.com/acme/search",
        "CI_PROJECT_PATH": "acme/search",
        "CI_PIPELINE_ID": "1590442210",
        "CI_PIPELINE_IID": "902",
        "CI_JOB_ID": "8814902117",
        "CI_JOB_NAME": "test",
        "CI_JOB_STATUS": "success",
        "CI_JOB_STARTED_AT": "2026-11-20T09:01:12Z",
        "CI_COMMIT_SHA": "5b2e9f0c7d1a4e83b6f50c9d8e7a6b5c4d3e2f10",
    },
}
"""The least that each host tells of a job."""


@dataclass(frozen=True)
class Written:
    """All that a run has left behind."""

    code: int
    stdout: str
    stderr: str
    files: Mapping[str, str] = field(default_factory=dict)

    def everything(self) -> str:
        """All of it, but for the lines in which GitHub is asked to mask."""
        lines = self.stdout.split("\n")
        while lines[0].startswith("::add-mask::"):
            del lines[0]
        return "\n".join([*lines, self.stderr, *self.files.values()])


def host_env(host: str, folder: Path) -> dict[str, str]:
    """Build the environment of a job on this host; what it writes goes to the folder."""
    return {
        **HOSTS[host],
        **({name: str(folder / file) for name, file in FILES.items()} if host == "github" else {}),
        "BITBUCKET_PIPELINES_VARIABLES_PATH": str(folder / "variables"),
        "BITBUCKET_PIPE_SHARED_STORAGE_DIR": str(folder / "shared"),
        "CI_PROJECT_DIR": str(folder),
        "COMPASS_EMAIL": EMAIL,
        "COMPASS_API_TOKEN": TOKEN,
        "COMPASS_COMPONENT_ID": COMPONENTS[0],
        "COMPASS_STATE": "success",
        "COMPASS_OUTBOX": str(folder / "outbox.jsonl"),
        "COMPASS_DEBUG": "true",
    }


def run(argv: Sequence[str], env: Mapping[str, str], folder: Path) -> Written:
    """Run the program and collect what it says and writes."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(argv), dict(env))
    files = {
        str(file.relative_to(folder)): file.read_bytes().decode("utf-8", "backslashreplace")
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    return Written(code, out.getvalue(), err.getvalue(), files)
