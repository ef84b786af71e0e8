"""The Compass that the tests ask, and how the program is run against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from compass_action.main import main
from compass_action.sandbox.graphql import Catalog
from tests.building import ARI
from tests.lookup.stand_in import StandIn, standing_in

CLOUD = "a5fd7e86-1037-4957-88e1-656b1179d617"
TOKEN = "correct-horse-battery-staple-0123456789"
SHOP: Mapping[str, Any] = {
    "id": ARI,
    "name": "shop",
    "slug": "shop-web",
    "typeId": "SERVICE",
    "url": "https://acme.atlassian.net/compass/component/shop",
    "links": [{"id": "1", "type": "REPOSITORY", "url": "https://github.com/acme/shop"}],
}
CATALOG = Catalog(CLOUD, (SHOP,), permission={"allowed": True, "denialReasons": []})

# What the program is asked to do there: a build of which nothing is missing, without a component or
# with the one of the repository, in a job on GitHub.
BUILD = (
    "--event-type", "build", "--state", "success", "--pipeline-id", "b/7",
    "--started-at", "2026-11-25T10:00:00Z",
)  # fmt: skip
NONE = {"COMPASS_COMPONENT_ID": ""}
AUTO = {"COMPASS_COMPONENT_ID": "auto"}
GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_RUN_ID": "7",
    "GITHUB_JOB": "test",
}


class Ran(NamedTuple):
    """What a run of the program came to."""

    code: int
    said: str


@pytest.fixture
def compass() -> Iterator[StandIn]:
    with standing_in(CATALOG) as server:
        yield server


class Program:
    """The program, run in this process with no CI system around it, or in a recorded run of one."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path, api_url: str) -> None:
        self._capsys = capsys
        self.env = {
            "COMPASS_COMPONENT_ID": ARI,
            "COMPASS_EMAIL": "a@acme.example",
            "COMPASS_API_TOKEN": TOKEN,
            "COMPASS_API_URL": api_url,
            "COMPASS_URL": "https://ci.acme.example/7",
            "COMPASS_EXTERNAL_EVENT_SOURCE_ID": "https://github.com/acme/shop",
        }
        self.folder = folder

    def __call__(self, *argv: str, **env: str) -> Ran:
        """Run it; an empty text takes a variable away."""
        around = {name: value for name, value in (self.env | env).items() if value}
        code = main(list(argv), around)
        said = "".join(self._capsys.readouterr())
        lines = [line for line in said.splitlines() if not line.startswith("::add-mask::")]
        assert not any(TOKEN in line for line in lines)
        return Ran(code, "\n".join(lines))


@pytest.fixture
def program(
    compass: StandIn,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Program:
    monkeypatch.chdir(tmp_path)
    return Program(capsys, tmp_path, compass.url)
