"""The steps of a simulated job, and what is left of them afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .execute import Stage
from .log_commands import Annotation, Command

Outcome = Literal["success", "failure", "cancelled", "skipped"]


@dataclass(frozen=True)
class UsesStep:
    """A step that uses the action under test."""

    inputs: Mapping[str, str]
    """The step's `with:`, expressions and all."""
    name: str
    env: Mapping[str, str] = field(default_factory=dict)
    condition: str = "success()"
    continue_on_error: bool = False
    repository: str = "acme/compass-event"
    ref: str = "v1"
    """Where the action comes from; an empty repository is a local action, `uses: ./`."""


@dataclass(frozen=True)
class OwnStep:
    """One of the user's own steps, known by how it ends."""

    outcome: Outcome | Callable[[], Outcome]
    name: str
    condition: str = "success()"
    continue_on_error: bool = False


def uses(
    inputs: Mapping[str, str] | None = None,
    *,
    name: str = "",
    env: Mapping[str, str] | None = None,
    condition: str = "success()",
    continue_on_error: bool = False,
    local: bool = False,
) -> UsesStep:
    source = {"repository": "", "ref": ""} if local else {}
    return UsesStep(inputs or {}, name, env or {}, condition, continue_on_error, **source)


def step(
    outcome: Outcome | Callable[[], Outcome] = "success",
    *,
    name: str = "",
    condition: str = "success()",
    continue_on_error: bool = False,
) -> OwnStep:
    """A step that ends thus, or a function that runs in its place and says how it ended."""
    return OwnStep(outcome, name, condition, continue_on_error)


@dataclass(frozen=True)
class StepResult:
    """One stage of one step. What a skipped stage or a user's own step has no part in is empty."""

    name: str
    stage: Stage
    outcome: Outcome
    """How it ended."""
    conclusion: Outcome
    """The same after `continue-on-error`; this is what the job's status sees."""
    exit_code: int | None = None
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    """The container's environment, with the container's paths."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    state: Mapping[str, str] = field(default_factory=dict)
    """What the step has saved so far, in this stage and before it."""
    summary: str | None = None
    """What people see of the step summary, masked; None when there is none or it was dropped."""
    commands: Sequence[Command] = ()
    annotations: Sequence[Annotation] = ()
    masks: Sequence[str] = ()
    failures: Sequence[str] = ()
    """What the runner could not make sense of; each of them fails the step."""
    visible_log: str = ""
    raw_stdout: str = ""
    raw_stderr: str = ""


@dataclass(frozen=True)
class JobResult:
    status: Outcome
    steps: Sequence[StepResult]
    """In the order in which they ran, the skipped ones among them."""

    def stage(self, stage: Stage, name: str | None = None) -> StepResult:
        """The only result of that stage (of the step of that name) which has run the action."""
        found = [
            result
            for result in self.steps
            if result.stage == stage
            and result.exit_code is not None
            and name in (None, result.name)
        ]
        if len(found) != 1:
            raise LookupError(f"{len(found)} results of stage {stage!r}, step {name!r}")
        return found[0]
