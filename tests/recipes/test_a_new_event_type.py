"""CONTRIBUTING's recipe for a new event type, followed in a copy: the fire drill.

Where a step is left out, the test fails that the table has beside it.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
NEEDED: Sequence[str] = (
    *("compass_action", "tests", "surfaces", "templates", "no-docker", "docs", "examples"),
    *("action.yml", "bitbucket-pipe.yml", "pyproject.toml", "README.md", "entrypoint.py"),
)
HEAVY = shutil.ignore_patterns("node_modules", "__pycache__", "images", ".pytest_cache")

Edit = Callable[[Path], None]


class Step(NamedTuple):
    """One place that the recipe names."""

    path: str
    edit: Edit
    asked_by: str
    """The test that fails without it, and not for another step."""


def insert(before: str, text: str) -> Edit:
    """Put a text before the first place of another one."""

    def edit(file: Path) -> None:
        old = file.read_text()
        assert before in old, file
        file.write_text(old.replace(before, text + before, 1))

    return edit


def replace(old: str, new: str) -> Edit:
    def edit(file: Path) -> None:
        text = file.read_text()
        assert old in text, file
        file.write_text(text.replace(old, new))

    return edit


LIKE_LIFECYCLE = {
    "lifecycle": "drill", "Lifecycle": "Drill", "stage": "state", "PRE_RELEASE": "CALLED_OFF",
    "PRODUCTION": "PASSED", "DEPRECATION": "LATE", "END_OF_LIFE": "MISSED",
}  # fmt: skip


def like_lifecycle(text: str) -> str:
    """Make of what a lifecycle has what a drill has."""
    for old, new in LIKE_LIFECYCLE.items():
        text = text.replace(old, new)
    return text


def contract(file: Path) -> None:
    """Behind lifecycle, as an API would have it."""
    whole = json.loads(file.read_text())
    schemas = whole["components"]["schemas"]
    for name in [name for name in schemas if "LifecycleEventInput" in name]:
        schemas[like_lifecycle(name)] = json.loads(like_lifecycle(json.dumps(schemas[name])))
    types: dict[str, Any] = schemas["CompassEventInputDto"]["properties"]
    schemas["CompassEventInputDto"]["properties"] = {
        made: json.loads(like_lifecycle(json.dumps(one)) if made == "drill" else json.dumps(one))
        for name, one in types.items()
        for made in ([name, "drill"] if name == "lifecycle" else [name])
    }
    file.write_text(json.dumps(whole, indent=1) + "\n")


def graphql(file: Path) -> None:
    text = file.read_text()
    found = re.findall(r"^type CompassLifecycleEvent.*?^}\n", text, re.DOTALL | re.MULTILINE)
    own = "\n".join(found).replace("CompassLifecycleEventStage", "String")
    file.write_text(text.replace("LIFECYCLE", "DRILL LIFECYCLE", 1) + "\n" + like_lifecycle(own))


def from_lifecycle(*names: str) -> Edit:
    """Copy files of lifecycle to those of this step's path."""

    def edit(file: Path) -> None:
        folder = file if file.is_dir() else file.parent
        for name in names:
            text = (folder / name).read_text()
            (folder / name.replace("lifecycle", "drill")).write_text(like_lifecycle(text))

    return edit


def request(folder: Path) -> None:
    """A drill has the id that is given, and the name that a type without one of its own gets."""
    case = json.loads(like_lifecycle((folder / "lifecycle-reached.json").read_text()))
    case["inputs"] = {"event-type": "drill", "event-id": "autumn", "state": "late"}
    [expected] = case["expected"]
    expected["event"]["drill"] |= {
        "displayName": "Drill autumn",
        "drillProperties": {"id": "autumn", "state": "LATE"},
    }
    (folder / "drill-late.json").write_text(json.dumps(case))


WORDS = {"called off": "CALLED_OFF", "passed": "PASSED", "late": "LATE", "missed": "MISSED"}


def words(file: Path) -> None:
    known = json.loads(file.read_text())
    file.write_text(json.dumps(known | {"drill": WORDS}))


def run(*command: str) -> Edit:
    """Run what the recipe says, in the copy."""

    def edit(file: Path) -> None:
        root = next(folder for folder in file.parents if (folder / "pyproject.toml").exists())
        subprocess.run([sys.executable, *command], cwd=root, check=True)

    return edit


TYPE = """        EventType(
            "drill", "drillProperties", "state", _same("CALLED_OFF", "PASSED", "LATE", "MISSED"),
            unused=(*_PIPELINE, *_TIMES),
        ),
"""
GUIDE = """    "drill": Guide(
        "When a fire drill was held, or forgotten.",
        ("event-id", "state"),
        ("properties",),
        "",
        (f"compass-event --event-type drill --event-id autumn --state passed {_SOURCE}",
         f"compass-event --event-type drill --event-id winter --state missed {_SOURCE}"),
    ),
"""
SHAPE = """    "drill": Type(("drillProperties.id",), "drillProperties.state"),
"""
QUERY = """  ... on CompassDrillEvent { drillProperties { id state } }
"""
ROW = """    ("drill", "drillProperties", "state", ("",), False),
"""
TYPES = "tests/test_event_types.py::"
EVERY_TABLE = f"{TYPES}test_every_table_knows_every_type[%s-drill]"
INVALID = ("lifecycle-missing.json", "lifecycle-wrong-stage.json", "lifecycle-year-zero.json")
MANIFESTS = (
    "tests/surfaces/test_manifests.py::test_every_surface_has_the_same_inputs_in_the_same_order"
)
NAMED = replace("lifecycle, custom", "lifecycle, drill, custom")

SPINE = (
    Step("compass_action/sandbox/contract.json", contract,
         "tests/schemas/test_schema_files.py::test_there_is_one_schema_for_each_type_of_the_contract"),
    Step("compass_action/schemas/NAME.json", from_lifecycle("lifecycle.json"),
         "tests/schemas/test_schema_files.py::test_there_is_one_schema_for_each_type_of_the_contract"),
    Step("compass_action/event_types.py", insert('        EventType("custom"', TYPE),
         "tests/schemas/test_schema_files.py::test_there_is_one_schema_for_each_type_of_the_contract"),
)  # fmt: skip
"""Without one of them the others are about nothing."""
HELP = Step(
    "compass_action/inputs/table.py", NAMED, f"{TYPES}test_the_help_of_event_type_names_every_type"
)
REST = (
    Step("compass_action/sandbox/compass.graphql", graphql,
         "tests/lookup/test_queries.py::test_a_question_is_valid[EventsOfSource]"),
    Step("compass_action/lookup/queries.py",
         insert("  ... on CompassCustomEvent", QUERY),
         f"{TYPES}test_verify_asks_for_every_type_that_is_shown[drill]"),
    Step("compass_action/sandbox/shape.py",
         insert('    "custom": Type', SHAPE),
         EVERY_TABLE % "shape"),
    Step("compass_action/sandbox/page/words.py", insert('    "custom":', '    "drill": "Drill",\n'),
         EVERY_TABLE % "words"),
    Step("compass_action/event/parts.py", insert('    "custom": _custom', '    "drill": _plain,\n'),
         EVERY_TABLE % "parts"),
    Step("compass_action/commands/event_guide.py", insert('    "custom": Guide(', GUIDE),
         EVERY_TABLE % "guide"),
    Step("tests/events/valid/", from_lifecycle("lifecycle-minimal.json", "lifecycle-full.json"),
         "tests/schemas/test_validate.py::test_every_type_has_valid_examples[drill]"),
    Step("tests/events/invalid/", from_lifecycle(*INVALID),
         "tests/schemas/test_validate.py::test_every_type_has_invalid_examples[drill]"),
    Step("tests/event/requests/", request,
         "tests/event/test_build.py::test_every_type_of_event_is_among_the_requests"),
    Step("tests/event/states.json", words, f"{TYPES}test_every_known_word_is_written_down"),
    Step("tests/test_event_types.py", insert('    ("custom", "customEvent', ROW),
         f"{TYPES}test_the_table_has_the_types_of_the_contract"),
    Step("surfaces/", run("surfaces/write_inputs.py"),
         "tests/surfaces/test_inputs.py::test_the_lists_in_the_surfaces_are_as_they_are_written"),
    Step("docs/reference.md", NAMED, f"{MANIFESTS}[docs/reference.md]"),
    Step("templates/compass-event.yml", NAMED,
         "tests/surfaces/test_gitlab_template.py::test_an_input_of_the_list_has_its_words[event-type]"),
)  # fmt: skip


PAGE = Step(
    "docs/events.md",
    run("-m", "tests.commands.pages"),
    "tests/commands/test_help.py::test_a_page_is_as_it_is_kept[events.md]",
)
DRILLS = (
    "tests/event/test_build.py::test_a_recorded_run_becomes_this_request[drill-late]",
    "tests/schemas/test_validate.py::test_an_invalid_event_is_refused_with_all_its_problems[drill-wrong-stage]",
    "tests/schemas/test_schema_files.py::test_a_full_example_fills_every_property[drill]",
    f"{TYPES}test_every_state_is_one_of_the_contract[drill]",
)
"""What else is tested of a type, by its data."""
STEPS = (*SPINE, HELP, *REST, PAGE)


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
