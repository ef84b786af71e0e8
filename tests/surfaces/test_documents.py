"""The documents tell the truth: links lead somewhere, tables are the program's, headings its messages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from compass_action.delivery.failures import FAILURES
from compass_action.errors import HEADLINES, EventError, InputError
from compass_action.inputs.commands import COMMANDS
from compass_action.inputs.table import INPUTS
from compass_action.main import main
from compass_action.sandbox import Sandbox
from tests import github_jobs as jobs
from tests.faults.hosts import HOSTS
from tests.github_jobs import EMAIL, SHOP, TOKEN
from tests.surfaces.documents import DOCUMENTS, README, ROOT, anchors, links, section, snippets

sandbox = jobs.sandbox

DOCS = ROOT / "docs"
REFERENCE, BITBUCKET = DOCS / "reference.md", DOCS / "bitbucket.md"
HEADINGS = re.findall(r"(?m)^## (.+)$", (DOCS / "troubleshooting.md").read_text())
GIVEN_BY_USERS = {row.name for row in INPUTS if row.group != "runner"}
VARIABLES = {row.variable for row in INPUTS if row.group != "runner"}


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


def test_every_command_is_described_in_the_reference() -> None:
    rows = re.findall(r"(?m)^\| `compass-event ?([\w]*)", section(REFERENCE, "Commands"))
    assert sorted(word or "send" for word in rows) == sorted(COMMANDS)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_within_the_project_lead_somewhere(document: Path) -> None:
    for target in links(document):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        file = (document.parent / path) if path else document
        assert file.exists(), target
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file), target


def test_every_page_is_reached_from_the_readme() -> None:
    """Directly; pypi.md is the page that PyPI shows."""
    linked = {(README.parent / target).resolve() for target in links(README)}
    pages = set(DOCS.glob("*.md")) - {DOCS / "pypi.md", DOCS / "index.md"}
    assert pages - linked == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_yaml_snippet_is_yaml(document: Path) -> None:
    """GitLab's own tag apart, which docs/gitlab.md uses."""
    for text in re.findall(r"(?ms)^```yaml\n(.+?)^```$", document.read_text()):
        assert isinstance(yaml.safe_load(text.replace("!reference", "")), dict | list)


def test_the_variables_on_bitbucket_s_page_exist() -> None:
    """Those that stand in a comment as well."""
    used = re.findall(
        r"^ +(?:# )?([A-Z_]+):", snippets(BITBUCKET, "yaml")["YAML Definition"], re.MULTILINE
    )
    assert len(used) >= 5
    assert set(used) <= VARIABLES
    listed = re.findall(r"^\| ([A-Z]+_[A-Z_]+)", section(BITBUCKET, "Variables"), re.MULTILINE)
    assert len(listed) >= 5
    assert set(listed) <= VARIABLES


def test_the_incident_of_the_reference_is_accepted(sandbox: Sandbox) -> None:
    """With what a job on GitHub knows; its type's own part is as it stands."""
    asked = yaml.safe_load(snippets(REFERENCE, "yaml")["Inputs"])
    assert set(asked) <= GIVEN_BY_USERS
    connection = {"api-url": sandbox.url, "email": EMAIL, "api-token": TOKEN}
    env = dict(HOSTS["github"]) | {
        f"INPUT_{name.upper()}": text for name, text in (asked | connection).items()
    }
    assert main([], env | {"INPUT_COMPONENT-ID": SHOP}) == 0
    [event] = sandbox.feed()["events"]
    assert (event["type"], *event["identity"].values(), event["state"]) == (
        "incident",
        "INC-7",
        "OPEN",
    )
