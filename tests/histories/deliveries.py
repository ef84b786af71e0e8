"""The surroundings of the whole program: files, credentials, and what hosts hand from stage to stage."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from compass_action.tracking import DOTENV_NAME
from tests.histories.truth import Report


class Surroundings:
    """The folders and variables of all jobs. State, for what a stage leaves is found by a later one."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._url = url
        self._pockets: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._places: dict[str, Path] = {}
        for name in ("state", "output", "dotenv"):
            (folder / name).mkdir()

    def env(self, report: Report) -> dict[str, str]:
        """The whole environment of one report."""
        system = report.thing.repository.host.system
        prefix = "INPUT_" if system == "github" else "COMPASS_"
        known = "start known" if report.begun else "start unknown"
        inputs = {"API-URL": self._url, "EMAIL": "ada@example.com", "API-TOKEN": "secret",
                  "DESCRIPTION": f"thing {report.thing.serial}", "DISPLAY-NAME": known}  # fmt: skip
        env = dict(report.env)
        for name, value in inputs.items():
            env[prefix + (name if system == "github" else name.replace("-", "_"))] = value
        if system == "github":
            env |= {"GITHUB_STATE": str(self._folder / "state" / "file"),
                    "GITHUB_OUTPUT": str(self._folder / "output" / "file")}  # fmt: skip
        elif system == "gitlab":
            env["CI_PROJECT_DIR"] = str(self._folder / "dotenv")
        elif report.pocket:
            place = self._folder / f"storage-{len(self._places)}"
            env["BITBUCKET_PIPE_SHARED_STORAGE_DIR"] = str(
                self._places.setdefault(report.pocket, place)
            )
        # What earlier jobs hand on goes above the job's own variables, as on GitLab.
        return env | (self._pockets[report.pocket] if report.pocket else {})

    def end(self, report: Report) -> None:
        """End the stage: GitHub reads the state's file, GitLab the dotenv file; both are then gone."""
        system = report.thing.repository.host.system
        if system == "github":
            state = self._folder / "state" / "file"
            found = state.read_text(encoding="utf-8") if state.exists() else ""
            state.unlink(missing_ok=True)
            pairs = re.findall(r"^(\w+)<<(\S+)\n(.*?)\n\2\n", found, re.MULTILINE | re.DOTALL)
            self._pockets[report.pocket] |= {f"STATE_{name}": value for name, _, value in pairs}
        elif system == "gitlab":
            file = self._folder / "dotenv" / DOTENV_NAME
            lines = file.read_text(encoding="utf-8").splitlines()
            if report.pocket:
                self._pockets[report.pocket] |= dict(line.split("=", 1) for line in lines)
            file.unlink()
