"""The README tells the truth: its headings are our messages, its links lead somewhere, and its
snippets do what they promise.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from string import Template

import pytest
import yaml

from compass_action.delivery.failures import FAILURES
from compass_action.errors import HEADLINES, EventError, InputError
from compass_action.inputs.command_line import parse
from compass_action.inputs.commands import COMMANDS
from compass_action.inputs.table import BY_NAME, INPUTS
from compass_action.main import main
from compass_action.sandbox import Sandbox
from tests import github_jobs as jobs
from tests.faults.hosts import HOSTS
from tests.github_jobs import CHECK_RUN, DEPLOYMENTS, EMAIL, SHOP, TOKEN, Shown, read_feed, tracked
from tests.github_runner import Execute, Job, step, uses

sandbox, execute = jobs.sandbox, jobs.execute

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
TROUBLESHOOTING = README.partition("\n## Troubleshooting\n")[2].partition("\n## ")[0]
HEADINGS = re.findall(r"^### (.+)$", TROUBLESHOOTING, re.MULTILINE)


@pytest.mark.parametrize(
    "headline",
    [
        InputError.headline,
        EventError.headline,
        *(f.headline for f in FAILURES.values()),
        *HEADLINES,
    ],
)
def test_the_first_line_of_a_message_is_a_heading_of_troubleshooting(headline: str) -> None:
    assert headline in HEADINGS


def test_every_command_is_described() -> None:
    commands = README.partition("\n## Commands\n")[2].partition("\n## ")[0]
    for command in COMMANDS:
        assert f"`compass-event{'' if command == 'send' else ' ' + command}" in commands


DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_within_the_project_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        file = (document.parent / path) if path else document
        assert file.exists(), target
        if anchor and file.suffix == ".md":
            titles = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
            assert anchor in slugs, target


# The snippets, by language: the heading they stand under, and the text.
SNIPPETS: dict[str, list[tuple[str, str]]] = {}
for section in re.split(r"(?m)^##+ ", README):
    for language, text in re.findall(r"(?ms)^```(\w+)\n(.+?)^```$", section):
        SNIPPETS.setdefault(language, []).append((section.partition("\n")[0], text))
YAML = dict(SNIPPETS["yaml"])
QUICK_START = yaml.load(YAML["GitHub Actions"], yaml.BaseLoader)["jobs"]["deploy"]["steps"]  # noqa: S506 - texts only
CONSOLE = dict(SNIPPETS["console"])["Jenkins, Argo CD and everything else"]
GIVEN_BY_USERS = {row.name for row in INPUTS if row.group != "runner"}
VARIABLES = {row.variable for row in INPUTS if row.group != "runner"}


@pytest.mark.parametrize(("heading", "text"), SNIPPETS["yaml"])
def test_every_yaml_snippet_is_yaml(heading: str, text: str) -> None:
    assert isinstance(yaml.safe_load(text), dict | list)
    assert len(SNIPPETS["yaml"]) == len(YAML), "two under one heading"


def test_the_quick_start_on_github_gives_inputs_that_exist() -> None:
    [asked] = [one["with"] for one in QUICK_START if "compass-event" in one.get("uses", "")]
    assert set(asked) <= GIVEN_BY_USERS


def test_the_quick_start_on_github_is_one_event_from_start_to_end(
    sandbox: Sandbox, execute: Execute, tmp_path: Path
) -> None:
    """As it stands, but for the address; the checkout brings a compass.yml."""
    workspace = tmp_path / "shop" / "shop"
    workspace.mkdir(parents=True)
    (workspace / "compass.yml").write_text(f"configVersion: 1\nname: Shop\nid: {SHOP}\n")
    result = Job(
        ROOT,
        workspace=workspace,
        temp=tmp_path / "_temp",
        execute=execute,
        secrets={"COMPASS_API_TOKEN": TOKEN},
        extra={"vars": {"COMPASS_EMAIL": EMAIL}},
    ).run(
        [
            uses({**one["with"], "api-url": sandbox.url}) if "with" in one else step()
            for one in QUICK_START
        ]
    )
    assert result.status == "success", [one.visible_log for one in result.steps]
    identity = (DEPLOYMENTS, "production", CHECK_RUN)
    assert read_feed(sandbox) == [Shown("deployment", identity, tracked("SUCCESSFUL"))]


@pytest.mark.parametrize("heading", ["Bitbucket Pipelines", "YAML Definition"])
def test_the_variables_on_bitbucket_exist(heading: str) -> None:
    """Those that stand in a comment as well."""
    used = re.findall(r"^ +(?:# )?([A-Z_]+):", YAML[heading], re.MULTILINE)
    assert len(used) >= 5
    assert set(used) <= VARIABLES


def test_the_table_of_variables_on_bitbucket_is_true() -> None:
    table = README.partition("\n### Variables\n")[2].partition("\n### ")[0]
    listed = re.findall(r"^\| ([A-Z]+_[A-Z_]+)", table, re.MULTILINE)
    assert len(listed) >= 5
    assert set(listed) <= VARIABLES


def test_the_quick_start_on_gitlab_gives_inputs_that_exist() -> None:
    spec = next(yaml.safe_load_all((ROOT / "templates" / "compass-event.yml").read_text()))
    [include] = yaml.safe_load(YAML["GitLab CI"])["include"]
    assert include["inputs"]
    assert set(include["inputs"]) <= set(spec["spec"]["inputs"])


def test_the_incident_is_accepted(sandbox: Sandbox) -> None:
    """With what a job on GitHub knows; its type's own part is as it stands."""
    asked = yaml.safe_load(YAML["Inputs"])
    assert set(asked) <= GIVEN_BY_USERS
    env = dict(HOSTS["github"]) | {
        f"INPUT_{name.upper()}": text for name, text in (asked | connection(sandbox)).items()
    }
    assert main([], env | {"INPUT_COMPONENT-ID": SHOP}) == 0
    [event] = sandbox.feed()["events"]
    assert (event["type"], *event["identity"].values(), event["state"]) == (
        "incident",
        "INC-7",
        "OPEN",
    )


def test_the_command_for_everything_else_is_accepted(sandbox: Sandbox) -> None:
    """Where no CI system is known, with what Jenkins would put in place of the names."""
    values = {
        "ARI": SHOP,
        "RESULT": "UNSTABLE",
        "STARTED": "2026-11-23T08:00:00Z",
        "BUILD_URL": "https://jenkins.acme.example/job/shop/96/",
        "BUILD_NUMBER": "96",
    }
    docker, _, options = CONSOLE.replace("\\\n", "").partition("compassevent/compass-event:")
    passed = re.findall(r"-e (\w+)", docker)
    assert set(passed) == {"COMPASS_EMAIL", "COMPASS_API_TOKEN"}
    argv = [Template(word).substitute(values) for word in shlex.split(options)[1:]]
    argv[argv.index("--site") : argv.index("--site") + 2] = ["--api-url", sandbox.url]
    assert set(parse(argv).arguments) <= set(BY_NAME)
    given = {"COMPASS_EMAIL": EMAIL, "COMPASS_API_TOKEN": TOKEN}
    assert main(argv, given) == 0
    [event] = sandbox.feed()["events"]
    assert event["type"] == "build"
    assert event["identity"] == {"pipelineId": "jenkins.acme.example/job/shop/96"}


def connection(sandbox: Sandbox) -> dict[str, str]:
    return {"api-url": sandbox.url, "email": EMAIL, "api-token": TOKEN}
