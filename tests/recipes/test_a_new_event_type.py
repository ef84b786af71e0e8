"""CONTRIBUTING's recipe for a new event type, followed in a copy: the fire drill.

Where a step is left out, the test fails that `drill.py` has beside it.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.recipes.drill import DRILLS, HELP, PAGE, REST, SPINE, STEPS, Step

ROOT = Path(__file__).parents[2]
NEEDED: Sequence[str] = (
    *("compass_action", "tests", "surfaces", "templates", "no-docker", "docs", "examples"),
    *("action.yml", "bitbucket-pipe.yml", "pyproject.toml", "README.md", "entrypoint.py"),
)
HEAVY = shutil.ignore_patterns("node_modules", "__pycache__", "images", ".pytest_cache")


class Copy(NamedTuple):
    """The copy in which the recipe was followed."""

    root: Path
    before: Mapping[Step, Mapping[Path, bytes | None]]
    """What each step has changed, as it was; None where nothing was."""

    @contextlib.contextmanager
    def without(self, steps: Iterable[Step]) -> Iterator[None]:
        """Take steps back for a while."""
        old = {file: text for step in steps for file, text in self.before[step].items()}
        new = {file: file.read_bytes() for file in old}
        write(old)
        try:
            yield
        finally:
            write(new)

    def failed(self, steps: Iterable[Step], *more: str) -> set[str]:
        """Which of the steps' tests fail."""
        asked = [*sorted({step.asked_by for step in steps}), *more]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--tb=no", "-rfE", *asked],
            cwd=self.root, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode in (0, 1), done.stdout + done.stderr
        return set(re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE))


def write(texts: Mapping[Path, bytes | None]) -> None:
    for file, text in texts.items():
        if text is None:
            file.unlink()
        else:
            file.write_bytes(text)


def read(root: Path) -> dict[Path, bytes]:
    return {
        file: file.read_bytes()
        for file in root.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    root = tmp_path_factory.mktemp("recipe")
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=HEAVY, symlinks=True)
        else:
            shutil.copy(source, root / name)
    before: dict[Step, Mapping[Path, bytes | None]] = {}
    now = read(root)
    for step in STEPS:
        step.edit(root / step.path)
        then, now = now, read(root)
        before[step] = {
            file: then.get(file) for file, text in now.items() if then.get(file) != text
        }
        assert before[step], step.path
    return Copy(root, before)


@pytest.mark.parametrize("missing", SPINE, ids=lambda step: step.path)
def test_the_type_is_whole_with_every_step(missing: Step, copy: Copy) -> None:
    """It is not whole without its contract, its schema or its row."""
    with copy.without([missing]):
        assert copy.failed(SPINE) == {missing.asked_by}


def test_every_other_step_is_asked_for_by_its_test(copy: Copy) -> None:
    """Every second is left out at a time, so that no test fails for another step than its own."""
    assert copy.failed(STEPS, *DRILLS) == set()
    for left_out in (REST[::2], REST[1::2]):
        with copy.without(left_out):
            assert copy.failed(REST) == {step.asked_by for step in left_out}
    for step in (HELP, PAGE):  # what tests of other steps compare with
        with copy.without([step]):
            assert copy.failed([step]) == {step.asked_by}


SENT = """
from compass_action.main import main
from compass_action.sandbox import running_sandbox
from tests.program.steps import ARI
with running_sandbox() as sandbox:
    inputs = {"event-type": "drill", "event-id": "autumn", "state": "missed", "component-id": ARI,
              "url": "https://a.example", "external-event-source-id": "https://git.acme.example/shop",
              "api-url": sandbox.url, "email": "a@acme.example", "api-token": "correct-horse"}
    assert main([word for name, text in inputs.items() for word in (f"--{name}", text)], {}) == 0
    [event] = sandbox.feed()["events"]
    print(event["type"], event["state"])
"""


def test_the_new_type_is_reported_and_shown(copy: Copy) -> None:
    """The program of the copy sends one, and the sandbox of the copy takes it."""
    done = subprocess.run(
        [sys.executable, "-c", SENT], cwd=copy.root, capture_output=True, text=True, check=False
    )
    assert "drill MISSED" in done.stdout, done.stdout + done.stderr


def test_the_recipe_names_these_places_and_no_other() -> None:
    """Besides the tests that it says to look at."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    recipe = text.partition("### Add an event type\n")[2].partition("\n### ")[0]
    named = set(re.findall(r"`([\w.-]+(?:/[\w.-]*)+|\w+\.py)`", recipe))
    looked_at = {"tests/surfaces/test_manifests.py", "tests/recipes/test_a_new_event_type.py"}
    assert named - looked_at == {step.path.removeprefix("compass_action/") for step in STEPS}
