"""The commands and inputs of the guides in docs/ exist, and do what the text says."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from compass_action.inputs.command_line import parse
from compass_action.inputs.commands import COMMANDS
from compass_action.inputs.table import BY_NAME
from compass_action.main import main
from compass_action.sandbox import Sandbox
from tests import github_jobs as jobs
from tests.faults.hosts import HOSTS
from tests.github_jobs import EMAIL, SHOP, TOKEN
from tests.surfaces.documents import DOCUMENTS, ROOT, section, snippets

sandbox = jobs.sandbox

DOCS = ROOT / "docs"
STARTED = DOCS / "getting-started.md"


def commands(page: Path) -> list[list[str]]:
    """The calls of compass-event in its console snippets, up to a pipe."""
    found = []
    for text in re.findall(r"(?ms)^```console\n(.+?)^```$", page.read_text()):
        for line in re.split(r"(?m)^\$ ", text.replace("\\\n", ""))[1:]:
            words = shlex.split(
                re.split(r" (?:\| |2> )", line.partition("\n")[0])[0], comments=True
            )
            if words[:1] == ["compass-event"] and words[1:] != ["sandbox"]:
                found.append(words[1:])
    return found


PAGES = [page for page in DOCUMENTS if commands(page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_a_page_can_be_read(page: Path) -> None:
    for words in commands(page):
        line = parse(words)
        assert line.command in COMMANDS
        assert set(line.arguments) <= set(BY_NAME)


def test_the_first_check_on_a_laptop_finds_repository_and_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside the compass.yml of the page."""
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@acme.example"]
    for command in (
        ["init", "--quiet", "."],
        ["remote", "add", "origin", "https://git.acme.example/shop.git"],
        ["commit", "--quiet", "--allow-empty", "--message", "First"],
    ):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    (tmp_path / "compass.yml").write_text(snippets(STARTED, "yaml")["2. A component"])
    monkeypatch.chdir(tmp_path)
    [words] = commands(STARTED)
    assert main([*words, "--json"], {}) == 0
    [request] = json.loads(capsys.readouterr().out)["requests"]
    build = request["event"]["build"]
    assert build["externalEventSourceId"] == "https://git.acme.example/shop#" + SHOP.split("/")[-1]
    assert build["buildProperties"]["pipeline"]["pipelineId"] == "try/1"


@pytest.mark.parametrize(
    ("environment", "category"),
    [("blue-7", "PRODUCTION"), ("green-7", "PRODUCTION"), ("lab", "DEVELOPMENT")],
)
def test_the_rules_of_the_page_on_environments_are_obeyed(
    sandbox: Sandbox, environment: str, category: str
) -> None:
    [rules] = yaml.safe_load(snippets(DOCS / "environments.md", "yaml")["The category"]).items()
    given = {
        rules[0]: rules[1],
        "environment": environment,
        "state": "success",
        "component-id": SHOP,
        "api-url": sandbox.url,
        "email": EMAIL,
        "api-token": TOKEN,
    }
    env = {f"INPUT_{name.upper()}": text for name, text in given.items()}
    assert main([], dict(HOSTS["github"]) | env) == 0
    [event] = sandbox.feed()["events"]
    deployed = event["event"]["deploymentProperties"]["environment"]
    assert (deployed["displayName"], deployed["category"]) == (environment, category)


def test_every_input_that_a_guide_names_exists() -> None:
    """In the tables that compare or migrate; a word with a hyphen between backticks is an input."""
    for page in ("migration.md", "rolling-out.md", "environments.md", "compass-future.md"):
        named = re.findall(r"`([a-z]+(?:-[a-z]+)+)`", (DOCS / page).read_text())
        assert set(named) - {"load-balancer-prod", "production-eu", "non-prod", "pre-prod"} <= set(
            BY_NAME
        ), page


def test_a_dry_run_prints_the_request_for_a_queue(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """docs/rolling-out.md takes it from `.requests[]`, whole, as Compass wants it."""
    assert ".requests[]" in section(DOCS / "rolling-out.md", "A queue that you already run")
    env = dict(HOSTS["github"]) | {"INPUT_COMPONENT-ID": SHOP}
    assert main(["--state", "success", "--event-type", "build", "--dry-run", "--json"], env) == 0
    [request] = json.loads(capsys.readouterr().out)["requests"]
    assert [*request] == ["cloudId", "componentId", "event"]
