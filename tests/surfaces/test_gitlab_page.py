"""docs/gitlab.md tells the truth: its snippets name what exists, and its commands do what they say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from compass_action.main import main
from compass_action.sandbox import running_sandbox
from tests.recorded import read_env

ROOT = Path(__file__).parents[2]
SPEC, JOBS = yaml.safe_load_all((ROOT / "templates" / "compass-event.yml").read_text())
PAGE = ROOT / "docs" / "gitlab.md"
COMPONENT = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
)


class _Loader(yaml.SafeLoader):
    """Reads GitLab's `!reference` as a list."""


def _reference(loader: yaml.SafeLoader, node: yaml.SequenceNode) -> list[str]:
    return loader.construct_sequence(node)


_Loader.add_constructor("!reference", _reference)


def snippets(page: Path, language: str) -> list[str]:
    """The snippets of a page in one language."""
    return re.findall(rf"(?ms)^```{language}\n(.+?)^```$", page.read_text())


PAGES = [PAGE, ROOT / "README.md", ROOT / "docs" / "getting-started.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_what_the_documentation_shows_exists(page: Path) -> None:
    """The inputs of its includes, and the template's jobs that its own jobs extend or reach into."""
    hidden = {name.replace("$[[ inputs.job-prefix ]]", "compass-event") for name in JOBS}
    named, included = set(), 0
    for text in snippets(page, "yaml"):
        snippet = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
        for include in snippet.get("include", ()) if isinstance(snippet, dict) else ():
            assert set(include["inputs"]) <= set(SPEC["spec"]["inputs"])
            included += 1
        named |= set(re.findall(r"(?<![\w/])\.compass-event[\w-]*", text))
    assert included
    assert named or page != PAGE
    assert named <= hidden


@pytest.mark.parametrize(
    ("begun", "ended"),
    [
        (["--event-type", "build"], "overwritten CANCELLED"),
        (
            ["--event-type", "deployment", "--environment", "production"],
            "overwritten ROLLED_BACK",
        ),
    ],
)
def test_an_event_is_ended_by_hand_as_the_page_says(begun: list[str], ended: str) -> None:
    """In another job of the same project: the event that a job has begun, and no other."""
    [console] = snippets(PAGE, "console")
    commands = [shlex.split(text)[1:] for text in console.replace("\\\n", "").split("$ ")[1:]]
    [command] = [words for words in commands if begun[1] in words]
    job = read_env(ROOT / "tests" / "ci" / "gitlab-branch.env")
    with running_sandbox() as sandbox:
        env = {
            "COMPASS_API_URL": sandbox.url,
            "COMPASS_EMAIL": "bot@acme.example",
            "COMPASS_API_TOKEN": "correct-horse-battery-staple",
            "COMPASS_COMPONENT_ID": COMPONENT,
            "CI_PROJECT_URL": "https://gitlab.example/acme/shop",
            "CI_PROJECT_DIR": "/nonexistent",
        }
        first = {"CI_PIPELINE_ID": "901", "CI_JOB_ID": "7788", "CI_JOB_NAME": "deploy"}
        assert main([*begun, "--state", "in_progress"], job | env | first) == 0
        assert main(command, job | env) == 0
        [event] = sandbox.feed()["events"]
    assert [f"{row['verdict']} {row['state']}" for row in event["history"]] == [
        "created IN_PROGRESS",
        ended,
    ]
