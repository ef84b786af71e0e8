"""The one table of event types: what the published contract says of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from compass_action.commands.event_guide import GUIDES
from compass_action.event.parts import PARTS
from compass_action.event_types import EVENT_TYPES, OUTCOMES
from compass_action.inputs.table import BY_NAME
from compass_action.lookup.queries import QUERIES
from compass_action.sandbox import shape
from compass_action.sandbox.page import words
from compass_action.schemas import load_schema
from tests.recorded import TESTS, read_json

WORDS: dict[str, dict[str, str]] = read_json(TESTS / "event" / "states.json")
VULNERABILITY = ("vulnerabilityStartTime", "remediationTime")
ALERT = ("createdAt", "acknowledgedAt", "snoozedAt", "closedAt")


# Each type's name, own part, what its outcome is called, its times, whether we begin and end it.
PUBLISHED: Sequence[tuple[str, str, str, tuple[str, ...], bool]] = (
    ("deployment", "deploymentProperties", "state", ("startedAt", "completedAt"), True),
    ("build", "buildProperties", "state", ("startedAt", "completedAt"), True),
    ("incident", "incidentProperties", "state", ("startTime", "endTime"), False),
    ("flag", "flagProperties", "status", ("",), False),
    ("alert", "alertProperties", "status", ALERT, False),
    ("lifecycle", "lifecycleProperties", "stage", ("",), False),
    ("custom", "customEventProperties", "", ("",), False),
    ("push", "pushEventProperties", "", ("",), False),
    ("pullRequest", "pullRequestProperties", "status", ("",), False),
    ("vulnerability", "vulnerabilityProperties", "state", VULNERABILITY, False),
)


@pytest.mark.parametrize(("name", "part", "outcome", "times", "has_duration"), PUBLISHED)
def test_a_type_is_what_the_contract_says(
    name: str, part: str, outcome: str, times: tuple[str, ...], has_duration: bool
) -> None:
    row = EVENT_TYPES[name]
    assert (row.name, row.part, row.outcome) == (name, part, outcome)
    assert ((row.starts, *row.ends), row.has_duration) == (times, has_duration)


def test_the_table_has_the_types_of_the_contract() -> None:
    """In the API's order, which is that of the help and of the messages."""
    assert list(EVENT_TYPES) == [name for name, *_ in PUBLISHED]


def test_one_type_is_spelt_with_a_hyphen() -> None:
    assert [row.word for row in EVENT_TYPES.values() if row.word != row.name] == ["pull-request"]


@pytest.mark.parametrize("name", EVENT_TYPES)
@pytest.mark.parametrize(
    "table", [PARTS, GUIDES, shape.TYPES, words.TYPES], ids=["parts", "guide", "shape", "words"]
)
def test_every_table_knows_every_type(table: Mapping[str, object], name: str) -> None:
    assert name in table


@pytest.mark.parametrize("name", sorted(EVENT_TYPES.keys() - shape.NOT_SHOWN))
def test_verify_asks_for_every_type_that_is_shown(name: str) -> None:
    """The part with what tells one event from another."""
    assert re.search(rf"\b{EVENT_TYPES[name].part} {{", QUERIES["EventsOfSource"])


def test_the_help_of_event_type_names_every_type() -> None:
    told = set(re.findall(r"[a-z-]+", BY_NAME["event-type"].help))
    assert {row.word for row in EVENT_TYPES.values()} <= told


def test_every_known_word_is_written_down() -> None:
    """A word added to the program is added to `event/states.json`, and the other way round."""
    codes = {"0", "1", "2", "124", "127", "-1"}
    known = {row.name: set(row.words) for row in EVENT_TYPES.values() if row.words}
    assert known == {kind: set(WORDS[kind]) - codes for kind in WORDS}


@pytest.mark.parametrize("kind", WORDS)
def test_every_state_is_one_of_the_contract(kind: str) -> None:
    """And every state of the contract can be asked for by its own name."""
    row = EVENT_TYPES[kind]
    body = load_schema(kind)["properties"]["event"]["properties"][kind]
    part: dict[str, Any] = body["properties"][row.part]
    schema = part["properties"][row.outcome]
    if "enum" in schema:  # a flag's status is open
        assert set(row.words.values()) <= set(schema["enum"])
        assert [row.words[state.lower().replace("_", " ")] for state in schema["enum"]] == schema[
            "enum"
        ]


ENVIRONMENT = ("environment", "environment-id", "environment-category", "environment-map")
PIPELINE = (*ENVIRONMENT, "pipeline-id", "pipeline-url", "sequence-number")
TIMES = ("started-at", "completed-at")


@pytest.mark.parametrize(
    ("name", "unused"),
    [
        ("deployment", ("event-id", "severity")),
        ("build", ("event-id", "severity", *ENVIRONMENT, "sequence-number")),
        ("incident", PIPELINE),
        ("flag", ("severity", *PIPELINE, *TIMES)),
        ("alert", PIPELINE),
        ("lifecycle", ("severity", *PIPELINE, *TIMES)),
        ("custom", ("state", "severity", *PIPELINE, *TIMES)),
        ("push", ("state", "severity", *PIPELINE, *TIMES)),
        (
            "pullRequest",
            ("severity", "display-name", "description", "url", "external-event-source-id",
             "update-sequence-number", "pipeline-name", "scope", "commit", "ref", *PIPELINE, *TIMES),
        ),
        ("vulnerability", PIPELINE),
    ],
)  # fmt: skip
def test_of_some_inputs_a_type_has_no_use(name: str, unused: tuple[str, ...]) -> None:
    assert EVENT_TYPES[name].unused == unused


@pytest.mark.parametrize("kind", WORDS)
def test_every_word_means_what_is_written_down(kind: str) -> None:
    codes = {"0", "1", "2", "124", "127", "-1"}
    meant = {word: state for word, state in WORDS[kind].items() if word not in codes}
    assert dict(EVENT_TYPES[kind].words) == meant


def test_the_words_for_what_did_not_happen_are_these() -> None:
    assert {word for word, outcome in OUTCOMES.items() if outcome == "SKIPPED"} == {
        "skipped", "not built", "neutral", "stale", "manual", "inactive", "blocked", "declined",
        "denied", "approval rejected", "action required", "not run", "not deployed", "rejected",
    }  # fmt: skip
    assert {word for word in OUTCOMES if word not in WORDS["deployment"]} == {
        word for word, outcome in OUTCOMES.items() if outcome == "SKIPPED"
    }
    assert {word for word in WORDS["deployment"] if word not in WORDS["build"]} == {
        "rolled back", "rollback",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "examples"),
    [
        ("deployment", "success, failure, cancelled, running, pending, rolled-back, unknown"),
        ("build", "success, failure, cancelled, running, timed-out, error, unknown"),
        ("incident", "open, resolved, deleted"),
        ("flag", "on, off, created, archived, deleted, targeting-updated"),
        ("alert", "opened, acknowledged, snoozed, closed"),
        ("lifecycle", "pre-release, production, deprecation, end-of-life"),
        ("custom", ""),
        ("push", ""),
        ("pullRequest", "created, in-review, merged, rejected"),
        ("vulnerability", "open, remediated, declined"),
    ],
)
def test_messages_name_the_first_word_for_each_outcome(name: str, examples: str) -> None:
    assert ", ".join(EVENT_TYPES[name].examples) == examples


def test_every_outcome_of_ours_is_one_of_these() -> None:
    """The CI systems' own records refer to the words, and `read` to SKIPPED."""
    assert set(OUTCOMES.values()) == {
        "SUCCESS", "FAILURE", "CANCELLED", "RUNNING", "PENDING", "TIMEOUT", "ERROR", "ROLLBACK",
        "UNKNOWN", "SKIPPED",
    }  # fmt: skip
