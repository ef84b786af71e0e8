"""The event types' own parts: what the context can give of each. Pure.

A part is the object under `buildProperties`, `deploymentProperties` and so on. What is not known is
left out, never null. What a type cannot do without is told by the name of the input that gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from compass_action.errors import InputError, NothingToReport, Problem, collect
from compass_action.event_types import EVENT_TYPES, EventType

from . import environments, identity, pipeline_parts, severity, states, wording
from .facts import Facts
from .part import Fields, Part, with_times
from .properties import NULLS, lay_over
from .times import open_span


def build_part(facts: Facts) -> Part:
    """Build the part of an event, the user's properties laid over what was derived.

    Raises InputError with everything that is missing.
    """
    problems: list[Problem] = []
    part = collect(problems, lambda: PARTS[facts.event_type](facts))
    severe = collect(problems, lambda: severity.find(facts))
    if part is None or severe is None:
        raise InputError(problems)
    merged, outcome = _lay(facts, part.fields) | severe, EVENT_TYPES[facts.event_type].outcome
    if outcome in part.fields:  # it was read from the properties, and is now in the API's spelling
        merged[outcome] = part.fields[outcome]
    if not part.start_is_known:
        merged = _without_duration(merged, EVENT_TYPES[facts.event_type])
    return part._replace(fields=merged)


def _without_duration(fields: Fields, kind: EventType) -> Fields:
    """Leave out the end that stands in the place of the start; one that is no time stays, to be told."""
    start = fields[kind.starts]
    return {k: value for k, value in fields.items() if k not in kind.ends or value != start}


def read_properties(facts: Facts) -> Fields:
    """Read what the properties alone say of an event that cannot be built. What `build_part` has
    judged is left out: the outcome, and a severity that is not known.
    """
    fields, severe = _lay(facts, {}), collect([], lambda: severity.find(facts))
    fields.pop(EVENT_TYPES[facts.event_type].outcome, None)
    if severe is None:
        fields.pop(severity.field(facts.event_type), None)
    return fields | (severe or {})


def _lay(facts: Facts, derived: Fields) -> Fields:
    kind = EVENT_TYPES[facts.event_type]
    merged = lay_over(derived, facts.properties, times=(kind.starts, *kind.ends))
    own_id = merged.get("id")
    if isinstance(own_id, int) and not isinstance(own_id, bool):
        merged["id"] = str(own_id)  # JSON's 42 is as good an id as YAML's
    return merged


def _incident(facts: Facts) -> Part:
    """An incident; MTTR is counted from `startTime` to `endTime`."""
    return _open_for_a_while(facts, "RESOLVED")


def _vulnerability(facts: Facts) -> Part:
    """A vulnerability; severity comes from `properties`."""
    return _open_for_a_while(facts, "REMEDIATED")


def _open_for_a_while(facts: Facts, closed: str) -> Part:
    """What is opened by one report and closed by another, mostly of another run.

    Each report has to carry the start. That of the first may be filled in, and is said; a later one's
    would falsify the time to recover.
    """
    problems: list[Problem] = []
    state = collect(problems, lambda: states.find(facts))
    identified = collect(problems, lambda: find_id(facts))
    kind = EVENT_TYPES[facts.event_type]
    started, ended, _ = open_span(facts, state or "", closed)
    is_unknown = started is None and facts.properties.get(kind.starts) in (None, *NULLS)
    if is_unknown and identified and state not in (None, "OPEN"):  # by the id it may be read back
        problems.append(Problem("started-at", wording.start_needed(facts.event_type, state)))
    if problems or not identified:
        raise InputError(problems)
    fields, notices = {"state": state} | identified.fields, identified.notices
    if is_unknown:
        started = facts.now
        notices = (*notices, wording.start_filled_in(facts.event_type, started))
    return Part(with_times(fields, **{kind.starts: started, kind.ends[0]: ended}), notices)


ALERT_TIMES = {"ACKNOWLEDGED": "acknowledgedAt", "SNOOZED": "snoozedAt", "CLOSED": "closedAt"}


def _alert(facts: Facts) -> Part:
    """An alert; the times of its other steps come from `properties`."""
    found = _plain(facts)
    times = {"createdAt": facts.inputs.started_at}
    status = found.fields["status"]
    if status in ALERT_TIMES:
        times[ALERT_TIMES[status]] = facts.inputs.completed_at
    return found._replace(fields=with_times(found.fields, **times))


def _plain(facts: Facts) -> Part:
    """What has an id and an outcome, and nothing else that the context could give."""
    problems: list[Problem] = []
    outcome = collect(problems, lambda: states.find(facts))
    found = collect(problems, lambda: find_id(facts))
    if problems or not found:
        raise InputError(problems)
    return found._replace(fields=found.fields | {EVENT_TYPES[facts.event_type].outcome: outcome})


def _lifecycle(facts: Facts) -> Part:
    """A change of the component's lifecycle."""
    stage = _plain(facts).fields["stage"]
    return Part(find_id(facts, once=stage).fields | {"stage": stage})


def _custom(facts: Facts) -> Part:
    """Anything else worth a line in the feed."""
    return Part(find_id(facts, once=facts.inputs.display_name or "").fields | {"icon": "INFO"})


def _push(facts: Facts) -> Part:
    """A push: the commit, its branch and author."""
    run = facts.run
    if run.tag and not run.branch:
        raise NothingToReport(
            "A push of a tag has no branch, and Compass shows pushes to branches."
        )
    author = {"name": run.author_name or wording.actor(run), "email": run.author_email}
    fields: Fields = {"id": facts.inputs.event_id or run.commit, "branchName": run.branch}
    fields["author"] = {key: value for key, value in author.items() if value} or None
    problems = list(_find_missing(facts, fields))
    if problems:
        raise InputError(problems)
    return Part({key: value for key, value in fields.items() if value})


def _pull_request(facts: Facts) -> Part:
    """A pull request."""
    run, problems = facts.run, list[Problem]()
    fields: Fields = {
        "id": facts.inputs.event_id or run.pull_request,
        "repoUrl": run.repository_url,
        "pullRequestUrl": run.pull_request_url,
        "status": collect(problems, lambda: states.find(facts)),
    }
    problems += _find_missing(facts, fields)
    if problems:
        raise InputError(problems)
    return Part({k: value for k, value in fields.items() if value}, (wording.FORGE_ONLY,))


def _find_missing(facts: Facts, fields: Fields) -> Iterator[Problem]:
    """Find what neither the context nor the properties give."""
    for name, problem in wording.NEEDED[facts.event_type].items():
        if not fields[name] and facts.properties.get(name) is None:
            yield problem


def find_id(facts: Facts, *, once: str | None = None) -> Part:
    """Find the id of an event of a type whose id the user may give; else it is this run's.

    `once`: what tells it from others of its type in one job, for a type whose events have no updates.
    """
    own = facts.properties.get("id", facts.inputs.event_id)
    if isinstance(own, str | int):
        return Part({"id": str(own)})
    path = identity.event_path(facts)
    if not path:
        raise InputError([Problem("event-id", wording.no_id(facts.event_type))])
    if once is None:
        return Part({"id": path}, (wording.derived_id(facts.event_type),))
    return Part({"id": f"{path}/{environments.slug(once)}" if once else path})


PARTS: Mapping[str, Callable[[Facts], Part]] = {
    "build": pipeline_parts.build,
    "deployment": pipeline_parts.deployment,
    "incident": _incident,
    "flag": _plain,
    "alert": _alert,
    "lifecycle": _lifecycle,
    "custom": _custom,
    "push": _push,
    "pullRequest": _pull_request,
    "vulnerability": _vulnerability,
}
"""What makes the part of each event type."""
