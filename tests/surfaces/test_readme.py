"""The README is short, and its snippets do what they promise, as they stand."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from string import Template

import yaml

from compass_action.inputs.command_line import parse
from compass_action.inputs.table import BY_NAME, INPUTS
from compass_action.main import main
from compass_action.sandbox import Sandbox
from tests import github_jobs as jobs
from tests.github_jobs import CHECK_RUN, DEPLOYMENTS, EMAIL, SHOP, TOKEN, Shown, read_feed, tracked
from tests.github_runner import Execute, Job, step, uses
from tests.surfaces.documents import README, ROOT, section, snippets

sandbox, execute = jobs.sandbox, jobs.execute

YAML = snippets(README, "yaml")
QUICK_START = yaml.load(YAML["GitHub Actions"], yaml.BaseLoader)["jobs"]["deploy"]["steps"]  # noqa: S506 - texts only
CONSOLE = snippets(README, "console")["Jenkins, Argo CD and everything else"]
GIVEN_BY_USERS = {row.name for row in INPUTS if row.group != "runner"}


def test_it_is_at_most_two_hundred_lines() -> None:
    assert len(README.read_text().splitlines()) <= 200


def test_each_host_has_one_snippet_that_fits_on_a_screen() -> None:
    assert [*YAML] == ["GitHub Actions", "Bitbucket Pipelines", "GitLab CI"]
    for text in YAML.values():
        assert len(text.splitlines()) <= 25


def test_every_row_of_before_and_after_names_its_test() -> None:
    rows = re.findall(r"(?m)^\| (?!---|Line)(.+) \|$", section(README, "Before and after"))
    assert len(rows) >= 10
    for row in rows:
        [target] = re.findall(r"\]\((tests/[\w/]+\.py)\)$", row)
        assert "\ndef test_" in (ROOT / target).read_text()


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


def test_the_quick_start_on_gitlab_gives_inputs_that_exist() -> None:
    spec = next(yaml.safe_load_all((ROOT / "templates" / "compass-event.yml").read_text()))
    [include] = yaml.safe_load(YAML["GitLab CI"])["include"]
    assert include["inputs"]
    assert set(include["inputs"]) <= set(spec["spec"]["inputs"])


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
