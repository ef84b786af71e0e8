"""What the documents say about registries, signatures and permissions is what the workflows do."""

from __future__ import annotations

import re

import pytest
import yaml

from compass_action import __version__
from tests.release.scratch import GITHUB, HUB, ROOT

REGISTRIES = (ROOT / "docs" / "registries.md").read_text()
WORKFLOW = yaml.load((ROOT / ".github/workflows/release.yml").read_text(), yaml.BaseLoader)  # noqa: S506 - texts only
VERIFYING = REGISTRIES.partition("\n## Verifying a release\n")[2].partition("\n## ")[0]


def test_the_two_registries_are_those_of_the_release() -> None:
    assert WORKFLOW["env"] == {"GITHUB_IMAGE": GITHUB, "HUB_IMAGE": HUB}
    assert f"| `{GITHUB}` |" in REGISTRIES
    assert f"| `docker.io/{HUB}` |" in REGISTRIES


def test_three_commands_verify_a_release() -> None:
    [console] = re.findall(r"(?ms)^```console\n(.+?)^```$", VERIFYING)
    commands = [
        command.replace("\\\n", " ").split() for command in re.split(r"(?m)^\$ ", console)[1:]
    ]
    assert [command[:3] for command in commands] == [
        ["cosign", "verify", f"{GITHUB}:{__version__}"],
        ["gh", "attestation", "verify"],
        ["docker", "buildx", "imagetools"],
    ]
    assert f"oci://{GITHUB}:{__version__}" in commands[1]


def test_the_signer_is_the_release_workflow_at_its_tag() -> None:
    """A signature without a key is worth what is asked of its certificate."""
    repository = "https://github.com/compass-event/compass-event"
    [identity] = re.findall(r"--certificate-identity (\S+)", VERIFYING)
    file, _, tag = identity.removeprefix(repository + "/").partition("@refs/tags/")
    assert (ROOT / file).is_file()
    [pattern] = WORKFLOW["on"]["push"]["tags"]
    assert re.fullmatch(pattern, tag)
    assert tag == f"release-{__version__}"
    [signer] = re.findall(r"--signer-workflow compass-event/compass-event/(\S+)", VERIFYING)
    assert signer == file


DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
WORKFLOWS = [
    (document.name, yaml.safe_load(text))
    for document in DOCUMENTS
    for text in re.findall(r"(?ms)^```yaml\n(.+?)^```$", document.read_text())
    if re.search(r"(?m)^jobs:$", text)
]


@pytest.mark.parametrize(("document", "workflow"), WORKFLOWS)
def test_every_workflow_that_is_shown_asks_for_its_permissions(
    document: str, workflow: dict[str, object]
) -> None:
    """What is copied from here must not run with whatever the repository's default is."""
    assert workflow["permissions"] == {"contents": "read"}, document


def test_there_is_a_workflow_to_show() -> None:
    assert "README.md" in {document for document, _ in WORKFLOWS}


def test_every_kind_of_dependency_has_its_updates() -> None:
    """Each folder that is named has the file that its updater looks for."""
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text())["updates"]
    named = {
        update["package-ecosystem"]: update.get("directories", [update.get("directory")])
        for update in updates
    }
    assert set(named) == {"github-actions", "pip", "npm", "docker"}
    for folder in named["npm"]:
        assert (ROOT / folder.strip("/") / "package-lock.json").is_file()
    locks = [*ROOT.glob(".ci/*/package-lock.json"), *ROOT.glob("tests/*/package-lock.json")]
    assert sorted(f"/{path.parent.relative_to(ROOT)}" for path in locks) == sorted(named["npm"])


def test_one_issue_form_asks_for_the_debug_output() -> None:
    form = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "wrong.yml").read_text())
    [log] = [part for part in form["body"] if part.get("id") == "log"]
    assert log["attributes"]["label"] == "The debug output"
    assert log["validations"] == {"required": True}
