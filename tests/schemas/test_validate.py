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
from compass_action.schemas import Payload, validate

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
    return validate(cast("Event", Draft(event_type, request)))


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
    """Every problem is told at once, at its own path, and nothing else is."""
    case = read(path)
    assert case["event_type"] == read_type(path)
    problems = refuse(case["event_type"], case["request"])
    assert set(problems) == set(case["problems"])
    for where, part in case["problems"].items():
        assert part
        assert part in problems[where]


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


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_lacks_is_refused(number: float) -> None:
    request = example("vulnerability-full")
    request["event"]["vulnerability"]["vulnerabilityProperties"]["score"] = number
    problems = refuse("vulnerability", request)
    assert list(problems) == ["$.event.vulnerability.vulnerabilityProperties.score"]
    assert "JSON has no number" in str(problems)


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
    assert any("levels deep" in what for what in problems.values())
    assert "$.event.build.buildProperties.pipeline.url" in problems


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    """Python refuses to print such a number, and the message must not try to."""
    request = example()
    request["event"]["build"]["updateSequenceNumber"] = 10**5000
    assert "too large" in refuse("build", request)["$.event.build.updateSequenceNumber"]


def test_an_unknown_type_is_refused_with_some_of_the_known_ones() -> None:
    told = refuse("../shared", example())["$.event"]
    assert "Use one of: deployment, build, incident, flag …" in told


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

request = json.load(sys.stdin)
validate(SimpleNamespace(event_type="build", request=lambda: request))
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
