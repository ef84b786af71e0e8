"""Is this body a valid event? Judged by the published contract in `contract.json`.

The schemas are those of the OpenAPI 3.1 document (JSON Schema 2020-12), with formats asserted.
Two rules stand in the document as prose only and are checked here in code: exactly one event
type, and a CVSS score from 0 to 10.

Compass names each problem with a type. The names are Compass's; which name goes with which
JSON Schema keyword is not published, so the table `TYPE_OF` is our reading of the names.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from compass_action.sandbox.formats import formats

TYPE_OF = {
    "required": "FIELD_MISSING",
    "type": "FORMAT_INVALID",
    "date-time": "FORMAT_INVALID",
    "enum": "ARGUMENT_INVALID",
}
"""JSON Schema keyword (or format) → error type. Every other keyword is a CONSTRAINT_VIOLATION."""

_ID = "[0-9a-f-]{1,64}"
COMPONENT_ARI = re.compile(rf"ari:cloud:compass:({_ID}):component/{_ID}/{_ID}")
DEEPEST = 32
"""So deep values may be nested; the contract goes down to 6. Printed, each level makes a line longer."""


class Complaint(NamedTuple):
    """One entry of `errors` in an answer (`ErrorDto`)."""

    type: str | None
    """None (the contract allows null) where Compass has published no word for it."""
    message: str
    path: str | None = None
    """The place in the body, with dots; it begins the message too. Not a part of the answer."""


class Accepted(NamedTuple):
    """A request that satisfies the contract."""

    cloud_id: str
    component_id: str | None
    event_type: str
    body: Mapping[str, Any]
    """The object under `event.<event_type>`."""


class Refused(NamedTuple):
    """A request that does not, with all of its problems."""

    status: int
    complaints: tuple[Complaint, ...]


def validate(raw: bytes, components: Collection[str] | None = None) -> Accepted | Refused:
    """Judge the body of a request. `components`, where given, are the only ones that exist."""
    try:
        document = parse_json(raw)
    except ValueError as error:
        return Refused(400, (Complaint("FORMAT_INVALID", f"The body is not JSON: {error}"),))
    complaints = list(dict.fromkeys(_complaints(document)))
    if complaints:
        return Refused(400, tuple(complaints))
    component_id = document.get("componentId")
    if components is not None and component_id is not None and component_id not in components:
        why = f"there is no component {component_id}"
        return Refused(404, (_complaint("COMPONENT_NOT_FOUND", "componentId", why),))
    event_type = _given_types(document["event"])[0]
    body = document["event"][event_type]
    return Accepted(document["cloudId"], component_id, event_type, body)


def parse_json(raw: bytes) -> Any:
    """UTF-8 JSON as RFC 8259 has it: no NaN, no infinity. Raises ValueError."""
    try:
        text = raw.decode("utf-8")
        document = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if text.count("[") + text.count("{") > DEEPEST and _is_deep(document):
        raise ValueError("it is nested too deeply")
    return document


def _is_deep(document: Any) -> bool:
    layer = [document]
    for _ in range(DEEPEST):
        inside = (one.values() if isinstance(one, dict) else one for one in layer)
        layer = [one for values in inside for one in values if isinstance(one, dict | list)]
    return bool(layer)


def _refuse_constant(word: str) -> object:
    raise ValueError(f"{word} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is beyond every number")
    return number


def _complaints(document: Any) -> Iterator[Complaint]:
    if isinstance(document, dict):
        event = document.get("event")
        if isinstance(event, dict) and len(given := _given_types(event)) != 1:
            yield _complaint(
                "ONE_OF_DIRECTIVE_VALIDATION_ERROR",
                "event",
                "one and only one of the fields must be provided "
                f"({', '.join(event_types())}), not {' and '.join(given) or 'none'}",
            )
        yield from _ari_complaints(document.get("cloudId"), document.get("componentId"))
        yield from _score_complaints(event)
    for error in _validator().iter_errors(document):
        for leaf in _leaves(error):
            yield from _leaf_complaints(leaf)


def _ari_complaints(cloud_id: object, component_id: object) -> Iterator[Complaint]:
    if cloud_id == "":
        yield _complaint("CLOUD_ID_INVALID", "cloudId", "it is empty")
    if not isinstance(component_id, str):
        return
    ari = COMPONENT_ARI.fullmatch(component_id)
    if ari is None:
        shape = "ari:cloud:compass:<cloud id>:component/<uuid>/<uuid>"
        yield _complaint("COMPONENT_ARI_INVALID", "componentId", f"it must look like {shape}")
    elif isinstance(cloud_id, str) and cloud_id and cloud_id != ari[1]:
        why = f"{cloud_id} is not the cloud id in componentId, {ari[1]}"
        yield _complaint("CLOUD_ID_INVALID", "cloudId", why)


def _score_complaints(event: object) -> Iterator[Complaint]:
    value = event
    for name in ("vulnerability", "vulnerabilityProperties", "score"):
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, int | float) and not isinstance(value, bool) and not 0 <= value <= 10:
        where = "event.vulnerability.vulnerabilityProperties.score"
        yield _complaint("CONSTRAINT_VIOLATION", where, "a CVSS score is from 0 to 10")


def _given_types(event: Mapping[str, Any]) -> list[str]:
    """A type that is null is not given: its schema says so."""
    return [name for name in event_types() if event.get(name) is not None]


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """`oneOf` [something, null] has failed: say what is wrong with the something."""
    if error.validator != "oneOf":
        yield error
        return
    for branch in error.context or ():
        if branch.schema != {"type": "null"}:
            yield from _leaves(branch)


WORDING = {
    "type": "it must be of type {}",
    "enum": "it must be one of {}",
    "format": "it is not a valid {}",
}
"""JSON Schema keyword → sentence, with a place for the keyword's value."""


def _leaf_complaints(error: ValidationError) -> Iterator[Complaint]:
    where = ".".join(map(str, error.absolute_path))
    keyword, value = str(error.validator), cast(Any, error.instance)
    expected: Any = error.validator_value
    if keyword == "required":
        # There is one error for each missing field, but only its message says which. So each
        # tells them all, and the caller drops what is repeated.
        for name in expected:
            if name not in value:
                path = f"{where}.{name}" if where else name
                yield _complaint(TYPE_OF["required"], path, "it is missing")
    elif value is None:
        yield _complaint("FIELD_CANNOT_BE_NULL", where, "it cannot be null")
    else:
        words = ", ".join(map(str, expected)) if isinstance(expected, list) else str(expected)
        sentence = WORDING.get(keyword, f"it violates {keyword}: {{}}").format(words)
        name = expected if keyword == "format" else keyword
        type_ = TYPE_OF.get(str(name), "CONSTRAINT_VIOLATION")
        yield _complaint(type_, where, sentence)


def _complaint(type_: str, path: str, why: str) -> Complaint:
    return Complaint(type_, f"{path or 'the body'}: {why}", path)


@cache
def event_types() -> tuple[str, ...]:
    """The ten, in the order of the contract."""
    return tuple(read_contract()["components"]["schemas"]["CompassEventInputDto"]["properties"])


@cache
def read_contract() -> dict[str, Any]:
    """The published document, from the package."""
    text = files(__package__).joinpath("contract.json").read_text(encoding="utf-8")
    contract: dict[str, Any] = json.loads(text)
    return contract


@cache
def _validator() -> Draft202012Validator:
    """Compiled once; it holds no state, so every thread may use it."""
    schemas = read_contract()["components"]["schemas"]
    schema = _without_references(schemas["CreateStreamlinedEventRequest"], schemas)
    return Draft202012Validator(schema, format_checker=formats())


def _without_references(schema: Any, schemas: Mapping[str, Any]) -> Any:
    """The schema with every reference replaced by what it refers to: looking them up takes its time.

    None of them refers back to where it stands.
    """
    if isinstance(schema, list):
        return [_without_references(one, schemas) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _without_references(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    return {name: _without_references(value, schemas) for name, value in schema.items()}
