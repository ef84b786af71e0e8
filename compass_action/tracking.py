"""What one stage of a job tells the next about the event it has begun. Pure.

The end of a tracked job runs in another container (GitHub's post stage, a second pipe, a later
job), yet it has to send an update of the very same event: equal identity, the true start, and an
update sequence number that rises even if the clock stepped back in between.

The record is one line of JSON named `COMPASS_TRACKED`: a state on GitHub (`STATE_COMPASS_TRACKED`),
a file in the pipes' shared storage on Bitbucket, a dotenv variable on GitLab.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from . import states
from .errors import Problem
from .kinds import read_integer, read_time
from .schemas import EVENT_TYPES
from .wording import timestamp

if TYPE_CHECKING:
    from .inputs import Inputs

NAME = "COMPASS_TRACKED"
FILE_NAME = re.compile(r"compass-event-[0-9a-f]{16}\.json", re.ASCII)
"""The record's file in Bitbucket's shared storage; the digest is that of the event's identity."""

DOTENV_NAME = "compass-event.env"
"""The file of variables that a job on GitLab leaves to later jobs, in its checkout."""

_ALWAYS = ("pipeline-id", "state", "update-sequence-number")
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "build": _ALWAYS,
    "deployment": (*_ALWAYS, "environment-id", "sequence-number"),
}
"""The outputs without which a later stage could not name an event of a type that is begun and ended.
(Other types have a record on GitLab only, by which later jobs recognise the outputs.)"""


@dataclass(frozen=True)
class Tracked:
    """An event that was begun."""

    outputs: Mapping[str, str]
    """The identifying outputs, by name: event-type, state, pipeline-id, environment-id,
    sequence-number, update-sequence-number."""
    component_ids: tuple[str, ...]
    """Empty in the record of an event that is over."""
    started_at: datetime | None = None
    """The event's `startedAt` as it was sent."""
    environment: Mapping[str, str] | None = None
    """The deployment's environment as it was sent."""
    source_id: str | None = None
    """The event's `externalEventSourceId`."""

    IDENTITY: ClassVar = ("event-type", "pipeline-id", "environment-id", "sequence-number")

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes the event that event."""
        return tuple(self.outputs.get(name, "") for name in self.IDENTITY)

    def number(self, name: str) -> int | None:
        """Read one of the numbers among the outputs."""
        return int(self.outputs[name]) if name in self.outputs else None

    def to_json(self) -> str:
        """One ASCII line that neither a shell nor a dotenv file changes."""
        record = {
            "outputs": self.outputs,
            "component_ids": self.component_ids,
            "started_at": timestamp(self.started_at) if self.started_at else None,
            "environment": self.environment,
            "source_id": self.source_id,
        }
        return json.dumps(record, separators=(",", ":")).replace("$", "\\u0024")

    @classmethod
    def from_json(cls, text: str | None) -> Tracked | None:
        """Read the record; None if there is none or it is damaged, for it comes from outside."""
        if not text:
            return None
        try:
            record: Any = json.loads(text)
            outputs = _texts(record["outputs"])
            kind = outputs["event-type"]
            if kind not in EVENT_TYPES or not all(outputs[n] for n in REQUIRED.get(kind, ())):
                return None
            for name in ("sequence-number", "update-sequence-number"):
                read_integer(outputs.get(name, "0"))
            components, started = record["component_ids"], record.get("started_at")
            environment = record.get("environment")
            if not isinstance(components, list):
                return None
            # An environment of another id would make the update another event.
            if environment and environment["environmentId"] != outputs.get("environment-id"):
                return None
            return cls(
                outputs=outputs,
                component_ids=tuple(_texts(dict(enumerate(components))).values()),
                started_at=read_time(started) if started else None,
                environment=_texts(environment) if environment else None,
                source_id=_texts({0: record.get("source_id") or ""})[0] or None,
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None


def _texts(values: Mapping[Any, Any]) -> dict[Any, str]:
    for text in values.values():
        if not isinstance(text, str):
            raise TypeError
        text.encode()  # UnicodeEncodeError: half of a surrogate pair, which cannot be sent
    return dict(values)


def find_problems(asked: Inputs, system: str) -> Iterator[Problem]:
    """Find what would keep the end of the job from ending the event, before it is begun."""
    if system != "github":
        message = (
            "only GitHub has a stage at the job's end. Report state in_progress, then the outcome."
        )
        yield Problem("track", message)
    if asked.event_type not in ("auto", *REQUIRED):
        message = f"a job can be tracked as a build or deployment, not as {asked.event_type}."
        yield Problem("track", message)
    elif asked.state:
        try:
            states.state("build" if asked.event_type == "build" else "deployment", asked.state)
        except ValueError as error:
            yield Problem("state", str(error))
    elif asked.scope == "run":
        yield Problem("state", "with scope run the job's end needs it. Write the run's outcome.")
