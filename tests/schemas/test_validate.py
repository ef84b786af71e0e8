"""What `validate` accepts and refuses, and in which words."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import pytest

from compass_action.errors import EventError
from compass_action.event_types import EVENT_TYPES
from compass_action.schemas import Payload, find_faults, validate
from compass_action.text import Secrets

if TYPE_CHECKING:
    from compass_action.event.event import Event

ROOT = Path(__file__).parents[2]
EXAMPLES = Path(__file__).parents[1] / "events"
VALID = sorted((EXAMPLES / "valid").glob("*.json"))
INVALID = sorted((EXAMPLES / "invalid").glob("*.json"))


@dataclass(frozen=True)
class Draft:
    """An event whose whole request is given, so that it can be wrong in any place."""

    event_type: str
    whole: object

    def request(self) -> object:
        return self.whole


def check(event_type: str, request: object) -> Payload:
    return validate(cast("Event", Draft(event_type, request)), Secrets())


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def example(name: str = "build-minimal") -> Any:
    return read(EXAMPLES / "valid" / f"{name}.json")


def read_type(path: Path) -> str:
    return path.stem.partition("-")[0]


def refuse(event_type: str, request: object) -> dict[str, str]:
    """Validate what must be refused; the sentences by their paths, of which each occurs once."""
    with pytest.raises(EventError) as caught:
        check(event_type, request)
    problems = caught.value.problems
    assert len(dict(problems)) == len(problems)
    return dict(problems)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_event_is_accepted_and_its_bytes_say_the_same(path: Path) -> None:
    """The bytes are compact UTF-8 without escapes, in the order in which the event was built."""
    request = read(path)
    payload = check(read_type(path), request)
    assert json.loads(payload.body) == request
    compact = json.dumps(request, ensure_ascii=False, separators=(",", ":"))
    assert payload.body.decode("utf-8") == compact
    assert payload.event_type == read_type(path)
    assert payload.component_id == request["componentId"]


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_event_is_refused_with_all_its_problems(path: Path) -> None:
    """Every problem is told at once, at its own path, in these very sentences, and nothing else is."""
    case = read(path)
    assert case["event_type"] == read_type(path)
    assert refuse(case["event_type"], case["request"]) == case["problems"]


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_a_message_is_one_short_printable_line_without_a_password(path: Path) -> None:
    case = read(path)
    for where, what in refuse(case["event_type"], case["request"]).items():
        assert (where + what).isprintable()
        assert len(what) < 320
        assert what.endswith((".", "?"))
        assert "hunter2" not in what
        assert "hun ter" not in what


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_every_type_has_valid_examples(event_type: str) -> None:
    assert [path for path in VALID if path.stem == f"{event_type}-minimal"]
    assert [path for path in VALID if path.stem == f"{event_type}-full"]


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_every_type_has_invalid_examples(event_type: str) -> None:
    assert sum(read_type(path) == event_type for path in INVALID) >= 3


# What no example file can hold


@pytest.mark.parametrize(
    ("number", "shown"), [(math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf")]
)
def test_a_number_that_json_lacks_is_refused(number: float, shown: str) -> None:
    request = example("vulnerability-full")
    request["event"]["vulnerability"]["vulnerabilityProperties"]["score"] = number
    assert refuse("vulnerability", request) == {
        "$.event.vulnerability.vulnerabilityProperties.score": (
            f"JSON has no number {shown}. Leave it out, or write a finite number."
        )
    }


def test_a_python_object_that_json_lacks_is_refused() -> None:
    request = example()
    request["event"]["build"]["lastUpdated"] = date(2026, 11, 23)
    assert refuse("build", request) == {
        "$.event.build.lastUpdated": ("A date cannot be written as JSON. Write a text or a number.")
    }


def test_a_bottomless_value_is_refused() -> None:
    """A recursive structure must not exhaust the stack."""
    request = example()
    hole: dict[str, object] = {}
    hole["again"] = hole
    request["event"]["build"]["buildProperties"]["pipeline"]["url"] = hole
    problems = refuse("build", request)
    pipeline = "$.event.build.buildProperties.pipeline.url"
    assert problems == {
        pipeline: (
            "an object is not a web address. Write a whole http or https address, without user name, "
            "password or blanks, such as https://ci.example.com/runs/7."
        ),
        pipeline + ".again" * 15: (
            "It is nested more than 20 levels deep. Write what the schema asks for."
        ),
    }


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    """Python refuses to print such a number, and the message must not try to."""
    request = example()
    request["event"]["build"]["updateSequenceNumber"] = 10**5000
    assert refuse("build", request) == {
        "$.event.build.updateSequenceNumber": (
            "The number is too large for any property of an event. Write a smaller one."
        )
    }


def test_an_unknown_type_is_refused_with_some_of_the_known_ones() -> None:
    assert refuse("../shared", example()) == {
        "$.event": (
            '"../shared" is not an event type. Use one of: deployment, build, incident, flag … '
            "(compass-event help inputs has them all)."
        )
    }


def test_a_type_that_is_hardly_misspelt_is_known_again() -> None:
    assert refuse("deploymnt", example()) == {
        "$.event": '"deploymnt" is not an event type. Did you mean deployment?'
    }


def test_any_mapping_will_do_for_the_body() -> None:
    """An event's body is read only, and may be a proxy."""
    request = example()
    request["event"] = {"build": MappingProxyType(request["event"]["build"])}
    assert check("build", request) == check("build", example())


def test_a_payload_no_longer_depends_on_the_event() -> None:
    request = example()
    payload = check("build", request)
    request["event"]["build"]["displayName"] = "changed"
    assert payload == check("build", example())


VALIDATE = """
import json, sys
from types import SimpleNamespace
from compass_action.schemas import validate
from compass_action.text import Secrets

request = json.load(sys.stdin)
validate(SimpleNamespace(event_type="build", request=lambda: request), Secrets())
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_a_good_event_is_validated_without_jsonschema() -> None:
    """Importing it takes longer than all the rest of a run, and here it would only say yes."""
    done = subprocess.run(
        [sys.executable, "-c", VALIDATE],
        cwd=ROOT,
        input=json.dumps(example("build-full")),
        capture_output=True,
        text=True,
        check=True,
    )
    assert {"jsonschema", "dataclasses", "inspect"} & set(done.stdout.split()) == set()


@pytest.mark.parametrize(
    ("event_type", "fields", "told"),
    [
        ("custom", {}, []),
        ("custom", {"icon": "WARNING"}, []),
        ("custom", {"icon": "STAR"},
         ['$.event.custom.customEventProperties.icon: "STAR" is not an icon. Use one of: INFO, WARNING, '
          "CHECKPOINT."]),
        ("build", {"pipeline": {"displayName": "x"}}, []),
        ("build", {"pipeline": 7, "zzzz": "x"},
         ["$.event.build.buildProperties.pipeline: 7 is not a build's pipeline. Write an object with: "
          "pipelineId.",
          "$.event.build.buildProperties.zzzz: The API has no such property here. Use one of: state, "
          "pipeline, startedAt, completedAt."]),
        ("vulnerability", {"score": math.nan},
         ["$.event.vulnerability.vulnerabilityProperties.score: JSON has no number nan. Leave it out, or "
          "write a finite number."]),
        ("incident", {"startTime": "2026-01-02T00:00:00Z", "endTime": "2026-01-01T00:00:00Z"},
         ["$.event.incident.incidentProperties.endTime: It is earlier than startTime. Write a later time, "
          "or leave it out."]),
    ],
)  # fmt: skip
def test_of_some_fields_is_told_what_is_wrong_and_not_what_is_missing(
    event_type: str, fields: dict[str, Any], told: list[str]
) -> None:
    assert list(map(str, find_faults(event_type, fields))) == told
