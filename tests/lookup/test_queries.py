"""Every question of ours is one that the published types allow."""

from __future__ import annotations

import re

import graphql
import pytest

from compass_action.lookup.queries import QUERIES
from compass_action.sandbox.graphql import schema


def test_the_types_are_a_schema() -> None:
    assert graphql.validate_schema(schema()) == []


@pytest.mark.parametrize("name", QUERIES)
def test_a_question_is_valid(name: str) -> None:
    document = graphql.parse(QUERIES[name])
    assert graphql.validate(schema(), document) == []
    [operation] = [
        d for d in document.definitions if isinstance(d, graphql.OperationDefinitionNode)
    ]
    assert operation.name
    assert operation.name.value == name


def test_questions_change_nothing() -> None:
    assert all(re.match(r"\s*query \w+", text) for text in QUERIES.values())


def test_a_field_that_is_not_published_is_seen() -> None:
    wrong = QUERIES["Component"].replace("slug", "slugg")
    assert graphql.validate(schema(), graphql.parse(wrong))


def test_the_beta_that_a_question_needs_is_asked_for_by_its_name() -> None:
    """The types do not say which ones there are."""
    named = {name: re.findall(r'@optIn\(to: "([^"]*)"\)', text) for name, text in QUERIES.items()}
    assert {name: betas for name, betas in named.items() if betas} == {
        "Permission": ["compass-beta"]
    }
