"""The schemas beside the published contract: the same properties, types and words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from compass_action.event_types import EVENT_TYPES
from compass_action.schemas import load_schema

PACKAGE = Path(__file__).parents[2] / "compass_action"
SCHEMAS = PACKAGE / "schemas"
EXAMPLES = Path(__file__).parents[1] / "events" / "valid"
REQUEST = "#/components/schemas/CreateStreamlinedEventRequest"


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


CONTRACT: dict[str, Any] = read(PACKAGE / "sandbox" / "contract.json")


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_a_full_example_fills_every_property(event_type: str) -> None:
    """Otherwise a property could be misspelt in a schema and its example alike, unnoticed."""
    filled = set(list_paths(read(EXAMPLES / f"{event_type}-full.json")))
    assert filled == set(describe(load_schema(event_type), {}))


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem)
def test_a_schema_is_a_json_schema_and_refers_only_to_what_exists(path: Path) -> None:
    schema = read(path)
    Draft202012Validator.check_schema(schema)
    known = read(SCHEMAS / "shared.json")["$defs"]
    for where in list_references(schema):
        name, _, target = where.partition("#/$defs/")
        assert name == "shared.json"
        assert target in known


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_a_loaded_schema_stands_alone(event_type: str) -> None:
    schema = load_schema(event_type)
    Draft202012Validator.check_schema(schema)
    assert list(list_references(schema)) == []


def test_there_is_one_schema_for_each_type_of_the_contract() -> None:
    published = CONTRACT["components"]["schemas"]["CompassEventInputDto"]["properties"]
    assert list(EVENT_TYPES) == list(published)
    assert {path.stem for path in SCHEMAS.glob("*.json")} == {*EVENT_TYPES, "shared"}


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_a_schema_has_the_contracts_properties_types_and_words(event_type: str) -> None:
    """In both directions, on every level: properties, types, formats, words and required ones."""
    ours = describe(load_schema(event_type), {})
    published = describe({"$ref": REQUEST}, CONTRACT)
    others = tuple(f"event.{other}" for other in EVENT_TYPES if other != event_type)
    published = {
        path: facts
        for path, facts in published.items()
        if not any(path == other or path.startswith(f"{other}.") for other in others)
    }
    # Stricter on purpose: our requests always name the component, and hold exactly one type.
    published["componentId"]["required"] = True
    published[f"event.{event_type}"]["required"] = True
    assert ours == published


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_every_object_is_closed_and_every_leaf_says_what_to_write(event_type: str) -> None:
    for schema in list_schemas(load_schema(event_type)):
        assert schema["title"]
        if "properties" in schema:
            assert schema["additionalProperties"] is False
            assert set(schema["required"]) <= set(schema["properties"])
        else:
            assert "description" in schema or "enum" in schema


def resolve(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow references, also through the contract's `oneOf` of something and null."""
    if "oneOf" in schema:
        schema = schema["oneOf"][0]
    while "$ref" in schema:
        found: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def describe(
    schema: Mapping[str, Any], root: Mapping[str, Any], path: str = ""
) -> dict[str, dict[str, Any]]:
    """Flatten a schema: what it says about each property, null left aside."""
    schema = resolve(schema, root)
    described = {}
    for name, inner in schema.get("properties", {}).items():
        here = f"{path}{name}"
        facts = resolve(inner, root)
        types = facts.get("type", "string")  # ours leave it to the words of an enum
        described[here] = {
            "type": types if isinstance(types, str) else types[0],
            "enum": facts.get("enum"),
            "date": facts.get("format") == "date-time",
            "required": name in schema.get("required", ()),
        }
        described |= describe(facts, root, f"{here}.")
    return described


def list_schemas(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield schema
    for inner in schema.get("properties", {}).values():
        yield from list_schemas(inner)


def list_references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from list_references(inner)


def list_paths(value: object, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{path}{name}"
            yield from list_paths(inner, f"{path}{name}.")
