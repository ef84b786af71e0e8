"""What one stage of a job tells the next about the event it has begun. Pure.

The end of a tracked job runs in another container (GitHub's post stage, a second pipe, a later
job), yet it has to send an update of the very same event: equal identity, the true start, and an
update sequence number that rises even if the clock stepped back in between.

The record is one line of JSON named `COMPASS_TRACKED`: a state on GitHub (`STATE_COMPASS_TRACKED`),
a file in the pipes' shared storage on Bitbucket, a dotenv variable on GitLab.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from .event_types import EVENT_TYPES
from .inputs.table import BY_NAME
from .inputs.values import read_integer, read_time
from .text import json_line, timestamp

NAME = "COMPASS_TRACKED"
FILE_NAMES = re.compile(r"compass-event-[0-9a-f]{16}\.json", re.ASCII)
"""The record's file in Bitbucket's shared storage; the digest is that of the event's identity."""

FOLDER_NAME = "compass-event"
"""The folder of such files where a host's folder is shared with others."""

NOTE_NAME = "compass-event-note.json"
"""The file beside them of what a system has to remember from step to step (`CiRun.note`)."""

DOTENV_NAME = "compass-event.env"
"""The file of variables that a job on GitLab leaves to later jobs, in its checkout."""

OUTPUTS = {
    "outcome": "accepted, dry-run, skipped, spooled, partial or failed.",
    "event-type": "The type of the event, as the API spells it.",
    "state": "The state, status or stage that was sent.",
    "component-ids": "The components' ARIs, with commas between them.",
    "pipeline-id": "The pipeline's id.",
    "environment-id": "The environment's id, for a deployment.",
    "environment-category": "The category that the environment counts under.",
    "sequence-number": "The deployment's sequence number.",
    "started-at": "When it started, as it was sent; absent where nobody knows.",
    "update-sequence-number": "The number that orders the updates of this event.",
    "http-status": "The status of the last answer, if there was one.",
    "send-attempts": "The number of HTTP requests made, retries included.",
    "payload": "The request's JSON; an array where there are several components.",
}
"""The one list of outputs, the same on every host."""

ECHOES = tuple(name for name in OUTPUTS if name in BY_NAME)
"""The outputs that have the name of an input, and so may reach a later job as one."""


class Identity(NamedTuple):
    """What makes an event that event, as far as a later stage has to name it.

    Types that are not begun and ended are named by an id of their own, which no record keeps.
    """

    event_type: str
    pipeline_id: str | None = None
    environment_id: str | None = None
    sequence_number: int | None = None

    def is_whole(self) -> bool:
        """Tell whether a later stage could name the event by it."""
        if not EVENT_TYPES[self.event_type].has_duration:
            return True
        deployment = bool(self.environment_id) and self.sequence_number is not None
        return bool(self.pipeline_id) and (self.event_type != "deployment" or deployment)


class Tracked(NamedTuple):
    """An event that was begun."""

    identity: Identity
    state: str | None
    update_sequence_number: int | None
    components: str = ""
    """A digest of the components (`digest_of`): several events of one job may have equal identity."""
    component_ids: tuple[str, ...] = ()
    """The components themselves, where the record is what the end of the job goes by."""
    started_at: datetime | None = None
    """The event's start as it was sent."""
    environment: Mapping[str, str] | None = None
    """The deployment's environment as it was sent."""
    source_id: str | None = None
    """The event source, without the component's own part."""

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs that tell it: identity, state and update number, by name, absent left out."""
        kind, pipeline, environment, sequence = self.identity
        found = {
            "event-type": kind,
            "state": self.state,
            "pipeline-id": pipeline,
            "environment-id": environment,
            "environment-category": (self.environment or {}).get("category"),
            "sequence-number": sequence,
            "started-at": timestamp(self.started_at) if self.started_at else None,
            "update-sequence-number": self.update_sequence_number,
        }
        return {name: str(value) for name, value in found.items() if value is not None}

    @property
    def file_name(self) -> str:
        """The name of its file, where each record has one (see `FILE_NAMES`)."""
        values = (*self.identity, self.components)
        named = "\n".join("" if value is None else str(value) for value in values)
        return f"compass-event-{hashlib.sha256(named.encode()).hexdigest()[:16]}.json"

    def to_json(self, echoes: Mapping[str, str] | None = None) -> str:
        """Write it as one line (see `text.json_line`); `echoes` are further outputs beside it."""
        record = {
            "outputs": self.outputs | dict(echoes or {}),
            "components": self.components,
            "component_ids": self.component_ids,
            "started_at": timestamp(self.started_at) if self.started_at else None,
            "environment": self.environment,
            "source_id": self.source_id,
        }
        return json_line(record)


def digest_of(component_ids: Iterable[str]) -> str:
    """Digest the ids of components, whatever their order; empty if there are none."""
    ids = sorted(set(component_ids))
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16] if ids else ""


def read_record(text: str | None) -> Tracked | None:
    """Read a record; None if there is none or it is damaged, for it comes from outside."""
    try:
        record: Any = json.loads(text or "")
        outputs = _texts(record["outputs"])
        numbers = {
            name: read_integer(outputs[name])
            for name in ("sequence-number", "update-sequence-number")
            if outputs.get(name)
        }
        identity = Identity(
            outputs["event-type"],
            outputs.get("pipeline-id"),
            outputs.get("environment-id"),
            numbers.get("sequence-number"),
        )
        tracked = Tracked(identity, outputs.get("state"), numbers.get("update-sequence-number"))
        named = tracked.state and tracked.update_sequence_number is not None
        if not identity.is_whole() or (EVENT_TYPES[identity.event_type].has_duration and not named):
            return None
        ids, started = record.get("component_ids", []), record.get("started_at")
        environment = record.get("environment")
        if not isinstance(ids, list):
            return None
        component_ids = tuple(_texts(dict(enumerate(ids))).values())
        # An environment of another id would make the update another event.
        if environment and environment["environmentId"] != identity.environment_id:
            return None
        return tracked._replace(
            # Version 0.1.0 kept the components alone.
            components=_texts({0: record.get("components") or digest_of(component_ids)})[0],
            component_ids=component_ids,
            started_at=read_time(started) if started else None,
            environment=_texts(environment) if environment else None,
            source_id=_texts({0: record.get("source_id") or ""})[0] or None,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def read_records(lines: Iterable[str]) -> Iterator[Tracked]:
    """Read the records among lines that are JSON, `COMPASS_TRACKED=` and JSON, or anything else."""
    for line in lines:
        record = read_record(line.removeprefix(NAME + "="))
        if record:
            yield record


def read_echoes(env: Mapping[str, str]) -> Mapping[str, str]:
    """Read what an earlier job of the same pipeline has left behind, by output name.

    Where a dotenv file hands outputs on (GitLab), they reach this job under the names of inputs:
    `COMPASS_STATE`, `COMPASS_PIPELINE_ID`. The record that comes with them gives them away. A name
    that is no output's is nobody's echo: else a forged record could take `site` away.
    """
    try:
        outputs = _texts(json.loads(env.get(NAME, ""))["outputs"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {name: outputs[name] for name in ECHOES if name in outputs}


def record_of_echoes(echoes: Mapping[str, str]) -> str:
    """Write the record of an event that is over, by which a later job recognises its outputs."""
    return json_line({"outputs": dict(echoes)})


def _texts(values: Mapping[Any, Any]) -> dict[Any, str]:
    for text in values.values():
        # AttributeError: no text. UnicodeEncodeError: half of a surrogate pair, which cannot be sent.
        text.encode()
    return dict(values)
