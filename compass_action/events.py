"""Events: from inputs and context to one event for each component. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from . import identity, wording
from .errors import InputError, Problem
from .facts import Facts, collect
from .kinds import read_integer, read_score
from .parts import PARTS
from .tracking import Tracked

if TYPE_CHECKING:
    from .ci.run import CiRun
    from .components import Components
    from .inputs import Inputs

# The only properties of the contract that are no text or object; YAML hands them over as text.
NUMBERS: Mapping[str, Callable[[str], float]] = {
    "score": read_score,
    "sequenceNumber": read_integer,
}


@dataclass(frozen=True)
class Event:
    """One event for one component, not yet validated."""

    event_type: str
    """One of the ten, as the API spells it: `build`, `pullRequest`."""
    cloud_id: str
    component_id: str
    body: Mapping[str, Any]
    """What stands under `event.<event_type>`."""

    @property
    def part(self) -> Mapping[str, Any]:
        """The type's own part: what stands under `buildProperties` and the like."""
        part = self.body.get(PARTS[self.event_type][0])
        return part if isinstance(part, Mapping) else {}

    def request(self) -> dict[str, Any]:
        """The whole request as the API takes it."""
        return {
            "cloudId": self.cloud_id,
            "componentId": self.component_id,
            "event": {self.event_type: dict(self.body)},
        }


@dataclass(frozen=True)
class Events:
    """What is to be sent, and what the user should know about it."""

    events: tuple[Event, ...]
    notices: tuple[str, ...] = ()


def event_type(inputs: Inputs, run: CiRun) -> str:
    """Choose the type: as asked, else a deployment where an environment is known, else a build."""
    if inputs.event_type != "auto":
        return inputs.event_type
    return "deployment" if identity.environment_id(inputs, run) else "build"


def build(
    inputs: Inputs,
    run: CiRun,
    choose_components: Callable[[tuple[str, ...]], Components],
    now: datetime,
    tracked: tuple[Tracked, ...] = (),
    resumed: Tracked | None = None,
) -> Events:
    """Build one event for each component.

    `resumed` is the record of the event whose later stage this is: its identity counts, whatever the
    inputs have become since. `tracked` are all the records found, of which the one with the identity
    that is built here lends its start and its number.

    Raises InputError with everything that is wrong, in all of the steps.
    """
    problems: list[Problem] = []
    if resumed:
        inputs = _resume(inputs, resumed)
    kind = event_type(inputs, run)
    facts = Facts(inputs, run, now, resumed)
    part = collect(problems, lambda: _part(facts, kind))
    if part is not None and resumed is None:
        earlier = next((t for t in tracked if t.identity == _identity(kind, part)), None)
        if earlier:
            facts = replace(facts, tracked=earlier, notices=[])
            part = _part(facts, kind)
    components = collect(
        problems, lambda: choose_components(resumed.component_ids if resumed else ())
    )
    body = collect(problems, lambda: _body(facts, kind, part or {}))
    if problems or components is None or body is None:
        raise InputError(problems)
    return Events(
        tuple(Event(kind, components.cloud_id, ari, body) for ari in components.ids),
        tuple(facts.notices),
    )


def _resume(inputs: Inputs, resumed: Tracked) -> Inputs:
    """Take the identity of the begun event in place of what the inputs would lead to now."""
    return replace(
        inputs,
        event_type=resumed.outputs["event-type"],
        pipeline_id=resumed.outputs.get("pipeline-id"),
        environment_id=resumed.outputs.get("environment-id"),
        sequence_number=resumed.number("sequence-number"),
        external_event_source_id=resumed.source_id or inputs.external_event_source_id,
        properties=_without_identity(inputs.properties or {}),
    )


def _without_identity(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what would make the update another event; the record has it."""
    kept = {key: value for key, value in properties.items() if key != "sequenceNumber"}
    for name, identifying in (("pipeline", "pipelineId"), ("environment", "environmentId")):
        if isinstance(kept.get(name), Mapping):
            kept[name] = {key: v for key, v in kept[name].items() if key != identifying}
    return kept


def _part(facts: Facts, kind: str) -> dict[str, Any]:
    derived = PARTS[kind][1](facts)
    merged = _lay_over(derived, facts.properties)
    state_name = next((n for n in ("state", "status", "stage") if n in derived), None)
    if state_name:  # it was read from the properties, and is now in the API's spelling
        merged[state_name] = derived[state_name]
    own_id = merged.get("id")
    if isinstance(own_id, int) and not isinstance(own_id, bool):
        merged["id"] = str(own_id)  # JSON's 42 is as good an id as YAML's
    return merged


def _lay_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a mapping over another, mapping by mapping."""
    merged = dict(below)
    for key, value in above.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = _lay_over(merged[key], value)
        elif key in NUMBERS and isinstance(value, str):
            merged[key] = _number(key, value)
        else:
            merged[key] = value
    return merged


def _number(key: str, text: str) -> float | str:
    try:
        return NUMBERS[key](text)
    except ValueError:
        return text  # the schema says what is wrong with it, with its path


def _identity(kind: str, part: Mapping[str, Any]) -> tuple[str, ...]:
    """Identify an event as `Tracked.identity` does."""
    outputs = identifying_outputs(kind, part)
    return tuple(outputs.get(name, "") for name in Tracked.IDENTITY)


def identifying_outputs(kind: str, part: Mapping[str, Any]) -> dict[str, str]:
    """Name what identifies an event and its state, as the outputs do; absent is left out."""
    pipeline, environment = part.get("pipeline"), part.get("environment")
    found = {
        "event-type": kind,
        "state": part.get("state", part.get("status", part.get("stage"))),
        "pipeline-id": pipeline.get("pipelineId") if isinstance(pipeline, Mapping) else None,
        "environment-id": (
            environment.get("environmentId") if isinstance(environment, Mapping) else None
        ),
        "sequence-number": part.get("sequenceNumber"),
    }
    return {name: str(value) for name, value in found.items() if value is not None}


def _body(facts: Facts, kind: str, part: dict[str, Any]) -> dict[str, Any]:
    """Put the common fields around the type's own part."""
    inputs, run = facts.inputs, facts.run
    updated = wording.timestamp(inputs.last_updated or facts.now)
    if kind == "pullRequest":
        return {"lastUpdated": updated, PARTS[kind][0]: part}
    problems: list[Problem] = []
    source = collect(problems, lambda: identity.source_id(inputs, run))
    page = run.job_url if inputs.scope == "job" else None
    url = inputs.url or page or run.run_url or run.repository_url
    if not url:
        problems.append(Problem("url", "it is not given. Give the page the event links to."))
    if problems:
        raise InputError(problems)
    pipeline = wording.pipeline_name(inputs, run, kind)
    text = wording.one_line(inputs.description or wording.description(run, pipeline))
    earlier = facts.tracked.number("update-sequence-number") if facts.tracked else None
    number = identity.update_sequence_number(facts.now, inputs.update_sequence_number, earlier)
    return {
        "displayName": wording.shorten(
            wording.one_line(inputs.display_name or _display_name(facts, kind, part, pipeline))
        ),
        "description": wording.shorten(text),
        "url": url,
        "externalEventSourceId": source,
        "lastUpdated": updated,
        "updateSequenceNumber": number,
        PARTS[kind][0]: part,
    }


def _display_name(facts: Facts, kind: str, part: Mapping[str, Any], pipeline: str) -> str:
    """Name the event for the feed."""
    run = facts.run
    if kind == "deployment":
        return f"{_name(part, 'environment', kind)}: {pipeline}{wording.run_label(run)}"
    if kind == "build":
        return f"{_name(part, 'pipeline', pipeline)}{wording.run_label(run)}"
    if kind == "push":
        return f"Push to {run.branch or 'the repository'}"
    if kind == "custom":
        return f"{pipeline}{wording.run_label(run)}"
    if kind == "lifecycle":
        return f"Lifecycle: {part.get('stage', '')}".replace("_", " ").lower().capitalize()
    if part.get("id") == identity.event_path(facts.inputs, run):  # too long for a name
        return f"{kind.capitalize()}: {pipeline}{wording.run_label(run)}"
    return f"{kind.capitalize()} {part.get('id', '')}"


def _name(part: Mapping[str, Any], field: str, default: str) -> str:
    """Take the display name of a part's pipeline or environment, which properties may have changed."""
    named = part.get(field)
    return str(named.get("displayName") or default) if isinstance(named, Mapping) else default
