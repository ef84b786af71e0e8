"""The verdict without jsonschema is jsonschema's verdict."""

from __future__ import annotations

import random
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compass_action.event_types import EVENT_TYPES
from compass_action.schemas import load_schema
from compass_action.schemas.explain import build_validator
from compass_action.schemas.verdict import satisfies
from tests.schemas.mutations import VALID, mutated_events

VALIDATORS = {event_type: build_validator(load_schema(event_type)) for event_type in EVENT_TYPES}


@pytest.mark.parametrize("seed", range(10))
def test_a_mutated_event_gets_the_same_verdict(seed: int) -> None:
    """`fuzz/verdicts.py` tries as many more as one likes, by other chances."""
    accepted = 0
    chance = random.Random(seed)  # noqa: S311 - no secret
    for event_type, request in islice(mutated_events(chance), 1_000):
        verdict = satisfies(request, load_schema(event_type))
        assert verdict == VALIDATORS[event_type].is_valid(request), (event_type, request)
        accepted += verdict
    assert 200 < accepted < 800  # neither side of the verdict is left untried


def test_an_event_of_another_type_gets_the_same_verdict() -> None:
    """No."""
    for event_type, request in VALID:
        for other in set(EVENT_TYPES) - {event_type}:
            assert not satisfies(request, load_schema(other))
            assert not VALIDATORS[other].is_valid(request)


# Beyond our ten schemas: any that could be written with the same words.

WORDS = st.sampled_from(["OPEN", "a", "b\n", "", "2026-11-23T17:59:00Z", "https://a/b", "é" * 3])
NUMBERS = st.one_of(st.integers(-2, 4), st.sampled_from([0.5, 1.0, -1.0, 2**63]))
VALUES = st.recursive(
    st.one_of(WORDS, NUMBERS, st.booleans(), st.none()),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=6,
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Schemas of objects, whose conditions always have both parts."""
    names = st.sampled_from("abc")
    required = {"properties": st.dictionaries(names, inner)}
    more = {
        "required": st.lists(names, unique=True, max_size=2),
        "additionalProperties": st.just(False),
    }
    closed = st.fixed_dictionaries(required, optional=more)
    conditions = st.fixed_dictionaries({"if": inner, "then": inner})
    return st.one_of(closed, st.builds(lambda a, b: a | b, closed, conditions))


SCHEMAS = st.recursive(
    st.fixed_dictionaries(
        {},
        optional={
            "title": st.just("a title"),
            "type": st.sampled_from(["object", "string", "number", "integer"]),
            "enum": st.lists(WORDS, min_size=1, max_size=2),
            "minLength": st.integers(0, 2),
            "maxLength": st.integers(0, 2),
            "pattern": st.sampled_from(["^[^\n]*$", "a$(?!\n)", "^$"]),
            "format": st.sampled_from(["date-time", "url"]),
            "minimum": st.integers(0, 2),
            "maximum": st.integers(0, 2),
        },
    ),
    lambda inner: objects(inner) | st.fixed_dictionaries({"not": inner}),
    max_leaves=5,
)


@settings(max_examples=500)
@given(SCHEMAS, VALUES)
def test_every_keyword_means_what_it_means_to_jsonschema(schema: Any, value: Any) -> None:
    assert satisfies(value, schema) == build_validator(schema).is_valid(value)


def test_an_unknown_keyword_is_no_yes() -> None:
    """Nothing could be said of the value; the tests above would end here."""
    with pytest.raises(KeyError):
        satisfies("x", {"contentEncoding": "base64"})
