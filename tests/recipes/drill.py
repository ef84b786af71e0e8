"""A new event type, the fire drill: what is written at each place of CONTRIBUTING's recipe.

Beside each stands the test that fails where it is left out.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

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
