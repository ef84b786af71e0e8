"""From inputs and context to what can be sent: events, built and validated, and where they go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from compass_action import __version__, ci, event
from compass_action.ci.run import CiRun
from compass_action.ci.system import System
from compass_action.connection.destination import (
    Destination,
    endpoint,
    find_destination,
    is_loopback,
)
from compass_action.errors import EventError, InputError, NothingToReport, Problem, collect
from compass_action.event import component_file, components, states, wording
from compass_action.event.event import Event, Events
from compass_action.event_types import EVENT_TYPES
from compass_action.inputs.table import BY_NAME, Inputs
from compass_action.report import lines, outcomes
from compass_action.schemas import Payload, validate
from compass_action.snapshot import Snapshot
from compass_action.text import Secrets
from compass_action.tracking import NAME, Tracked, read_records

from .call import Call
from .known import Known
from .problems import certain, of_properties

if TYPE_CHECKING:
    from .shared import Shared


class Prepared(NamedTuple):
    """What can be sent."""

    events: Events
    payloads: tuple[Payload, ...]
    destination: Destination | None
    """None in a dry run."""
    spent: float = 0.0
    """Seconds that looking up has taken, of the budget for everything."""


def as_begun(call: Call) -> Call:
    """Take a tracked job as begun; its end is reported by the stage at its end."""
    if not call.inputs.track:
        return call
    found = list(_untrackable(call.inputs, call.system))
    call = call._replace(problems=(*call.problems, *found))
    if any(problem.where == "track" for problem in found):
        return call
    return call._replace(inputs=call.inputs._replace(state="in_progress", completed_at=None))


def unsent(call: Call, inputs: Inputs, run: CiRun) -> str | None:
    """Say why there is nothing to send with, or nothing true to send."""
    if inputs.dry_run:
        return None
    if run.rehearsal and not is_loopback(inputs.api_url):
        return (
            f"{run.rehearsal} only rehearses this workflow: its runs all have the same id. Use dry-run, or "
            "an api-url on this machine."
        )
    if run.withholds_secrets and not inputs.api_token:
        return f"{call.system.title} hands no secrets to {run.withholds_secrets}."
    return None


def prepare(
    call: Call,
    inputs: Inputs,
    run: CiRun,
    snapshot: Snapshot,
    resumed: Tracked | None = None,
    shared: Shared | None = None,
) -> Prepared:
    """Build and validate the events, and find the destination.

    `shared` is what they share with the other events of one file.

    Raises InputError with everything that is wrong with the inputs, else NothingToReport if there is
    no event, else Unanswered if Compass did not tell what it needs, else EventError with everything
    that is wrong with the events.
    """
    problems: list[Problem] = []
    known = Known(inputs, ci.with_given(run, inputs), tuple(read_all_records(call, snapshot)))
    try:
        if not resumed and _needs_components(known, snapshot):
            from .lookups import find_components  # a run that lacks nothing does without

            known = find_components(call, known, snapshot, shared)
        built, found = _build(call, known, snapshot, resumed)
        if not (resumed or call.problems or call.offline) and _lacks_times(known, built, found):
            from .lookups import find_times

            known = find_times(call, known, snapshot, shared)
            built, found = _build(call, known, snapshot, resumed)
    except NothingToReport:
        if call.problems:
            raise InputError(call.problems) from None
        raise
    problems += found
    destination = None
    if not inputs.dry_run:
        destination = collect(problems, lambda: find_destination(inputs, call.env))
    problems = [*call.problems, *certain(call.problems, problems)]
    if built is None or problems:
        if built and all(_is_apart(problem) for problem in problems):
            problems += _event_problems(built.events, call.secrets)
        else:
            problems += of_properties(call, known, snapshot)
        if known.unanswered and problems == list(known.problems):
            raise known.unanswered
        raise InputError(problems)
    payloads = _validate(built.events, call.secrets)
    return Prepared(built, payloads, destination, known.spent)


def _build(
    call: Call, known: Known, snapshot: Snapshot, resumed: Tracked | None
) -> tuple[Events | None, list[Problem]]:
    """Build the events, or find what is wrong."""
    problems: list[Problem] = []
    inputs, run, records = known.inputs, known.run, known.records
    built = collect(
        problems,
        lambda: event.build(inputs, run, call.system, snapshot, records, resumed, known.ids),
    )
    if known.problems:  # they say why there is no component
        problems = [p for p in problems if not _is_of_no_component(p, inputs)]
    if known.unanswered:  # and why there is no start, and no severity
        problems = [p for p in problems if not _may_be_read_back(p)]
    return built, [*known.problems, *problems]


def _is_of_no_component(problem: Problem, inputs: Inputs) -> bool:
    named = inputs.component_id not in (None, (components.AUTO,))
    return not named and problem.where.startswith(("component-id", "component-file"))


def _may_be_read_back(problem: Problem) -> bool:
    """Tell that something is missing which a Compass that answers may know of an earlier report."""
    missing = problem.what.startswith("it is not given")
    return missing and problem.where in ("started-at", "severity")


def _needs_components(known: Known, snapshot: Snapshot) -> bool:
    """Tell whether Compass has to be asked for the components."""
    inputs = known.inputs
    if inputs.component_slug or inputs.component_id == (components.AUTO,):
        return True
    if inputs.component_id or inputs.component_map:
        return False
    believed = components.believed(snapshot.component_files, known.run)
    return bool(component_file.find_slugs(believed))


def _lacks_times(known: Known, built: Events | None, problems: Sequence[Problem]) -> bool:
    """Tell whether something is missing that the host or Compass may know."""
    if built is None:
        return any(one.where == "state" or _may_be_read_back(one) for one in problems)
    first = built.events[0]
    kind = EVENT_TYPES[first.event_type]
    if not kind.has_duration:  # it may have been reported before
        return kind.starts in first.part and not known.inputs.started_at
    ended = first.part.get(kind.outcome) in states.FINAL
    return ended and (not first.start_is_known or kind.starts not in first.part)


def _is_apart(problem: Problem) -> bool:
    """Tell a problem with an input that the event is not made of."""
    row = BY_NAME.get(problem.where)
    return row is not None and row.group in ("connection", "behaviour")


def _event_problems(events: Sequence[Event], secrets: Secrets) -> Sequence[Problem]:
    try:
        _validate(events, secrets)
    except EventError as error:
        return error.problems
    return ()


def read_all_records(call: Call, snapshot: Snapshot) -> list[Tracked]:
    """Read the records that earlier stages, steps and jobs have left, nearest first."""
    # One record in each line: without Docker several steps of a GitHub job keep theirs in one file.
    own = call.env.get(call.system.state, "").splitlines()
    return list(read_records([*own, call.env.get(NAME, ""), *snapshot.records]))


def _validate(events: Sequence[Event], secrets: Secrets) -> tuple[Payload, ...]:
    """Validate all events. Raises EventError, also if a secret has got into one after all."""
    return tuple(validate(event, secrets) for event in events)


def announce(call: Call, prepared: Prepared) -> None:
    """Say what is about to be sent, and what the user should know about it."""
    events = prepared.events.events
    kind = events[0].event_type
    call.log.say("debug", f"Compass Event {__version__}, {call.system.title}")
    address = site_address(call.inputs)
    for message in outcomes.opening(events, address):
        call.log.say(*message)
    if len(events) > lines.LISTED_MAX:
        call.log.fold(f"{len(events)} components", list(lines.components(events, address)))
    for notice in prepared.events.notices:
        call.log.say("notice", notice)
    unused = [
        name
        for name, found in call.given.items()
        # What is set for a whole project is none of one event's business.
        if name in EVENT_TYPES[kind].unused and found.source.startswith(("--", "INPUT_"))
    ]
    if unused:
        call.log.say("notice", wording.unused(kind, unused))


def site_address(inputs: Inputs) -> str:
    """Name the endpoint; empty in a dry run that does without a site."""
    try:
        return endpoint(inputs)
    except InputError:
        return ""


def _untrackable(inputs: Inputs, system: System) -> Iterator[Problem]:
    """Find what would keep the end of the job from ending the event, before it is begun."""
    if not system.state:
        message = (
            "only GitHub has a stage at the job's end. Report state in_progress, then the outcome."
        )
        yield Problem("track", message)
    trackable = [kind.name for kind in EVENT_TYPES.values() if kind.has_duration]
    if inputs.event_type not in ("auto", *trackable):
        word = EVENT_TYPES[inputs.event_type].word
        message = f"a job can be tracked as a build or deployment, not as {word}."
        yield Problem("track", message)
    elif inputs.state:
        try:
            states.read("build" if inputs.event_type == "build" else "deployment", inputs.state)
        except ValueError as error:
            yield Problem("state", str(error))
    elif inputs.scope == "run":
        yield Problem(
            "state", "with scope run it has to be given: a job cannot tell how its run ended."
        )
