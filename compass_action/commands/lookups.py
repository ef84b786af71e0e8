"""What a run lacks and somebody knows: components by slug or repository, starts, outcomes.

A look-up that fails is a notice; only what the event cannot do without is missed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compass_action import event
from compass_action.ci.reading import repository_url
from compass_action.connection.budget import Budget
from compass_action.connection.destination import Destination, find_destination
from compass_action.errors import InputError, Problem
from compass_action.event import component_file, components, missing
from compass_action.event_types import EVENT_TYPES
from compass_action.lookup import compass, events
from compass_action.lookup.asking import Ask, Failed, asker, broken
from compass_action.lookup.compass import Component
from compass_action.lookup.hosts import HOSTS
from compass_action.lookup.sought import Seen
from compass_action.lookup.whom import Whom
from compass_action.snapshot import Snapshot
from compass_action.text import quoted, secrets_of, timestamp
from compass_action.workspace import ComponentFiles

from .call import Call
from .known import Known
from .shared import Shared
from .unanswered import COMPONENT, OF_THE_REPORT, Missed, note, untold, why

COMPONENTS_SECONDS = 20
TIMES_SECONDS = 10
HOST_SECONDS = 3.0
"""The longest that one question to the host may take."""
SHOWN_MAX = 4
NEEDS_ACCOUNT = (
    "Compass has to be asked for it, which needs site, email and api-token, and no --offline."
)


def find_account(call: Call) -> Destination | None:
    """Find whom to ask, and as whom; None if that is not all given, or nobody shall be asked."""
    if call.offline:
        return None
    try:
        return find_destination(call.inputs, call.env)
    except InputError:
        return None


def find_components(
    call: Call, known: Known, snapshot: Snapshot, shared: Shared | None = None
) -> Known:
    """Ask Compass for the components that are named by slug, or by nothing but the repository."""
    budget = Budget(min(call.inputs.timeout, COMPONENTS_SECONDS))
    account, inputs = find_account(call), known.inputs
    auto = inputs.component_id == (components.AUTO,)
    # What a stranger's checkout says of components is not believed, not even by name.
    believed = components.believed(snapshot.component_files, known.run)
    files = component_file.find_slugs(believed)
    if account is None:
        where = "component-id" if auto else "component-slug"
        if inputs.component_slug or auto:
            known = known._replace(problems=(Problem(where, NEEDS_ACCOUNT),))
        return known  # of a file without an id, the problem is told as ever
    ask = shared.ask if shared else asker(budget)
    cloud_id: str | Failed = inputs.cloud_id or compass.find_cloud_id(ask, account).value
    if isinstance(cloud_id, Failed):
        where = "component-id" if auto else "component-slug" if inputs.component_slug else "site"
        what = f"Compass does not tell the site's cloud id: {why(cloud_id)}."
        missed = Missed(Problem(where, what), cloud_id)
        return note(known, [missed], COMPONENT)._replace(spent=budget.spent)
    if auto and not inputs.component_slug:
        found = _find_by_repository(ask, account, cloud_id, known, believed)
    elif inputs.component_slug:
        found = _find_by_slugs(ask, account, cloud_id, known)
    else:
        found = _find_by_files(ask, account, cloud_id, known, files)
    return found._replace(spent=budget.spent)


def _find_by_slugs(ask: Ask, account: Destination, cloud_id: str, known: Known) -> Known:
    ids, missed = list(known.inputs.component_id or ()), []
    for slug in known.inputs.component_slug or ():
        found = compass.find_by_slug(ask, account, cloud_id, slug).value
        if isinstance(found, Component):
            ids.append(found.id)
        else:
            missed.append(Missed(Problem("component-slug", _not_found(slug, found)), found))
    ids = [ari for ari in ids if ari != components.AUTO]
    inputs = known.inputs._replace(component_id=tuple(dict.fromkeys(ids)) or None)
    return note(known._replace(inputs=inputs), missed, COMPONENT)


def _find_by_files(
    ask: Ask, account: Destination, cloud_id: str, known: Known, files: Mapping[str, str]
) -> Known:
    ids, missed = {}, []
    for path, slug in files.items():
        found = compass.find_by_slug(ask, account, cloud_id, slug).value
        if isinstance(found, Component):
            ids[path] = found.id
        else:
            what = f"it has no id, and {_not_found(slug, found)}"
            missed.append(Missed(Problem(f"component-file {quoted(path)}", what), found))
    return note(known._replace(ids=ids), missed, COMPONENT)


def _not_found(slug: str, failed: Failed) -> str:
    return f"the component {quoted(slug)} could not be looked up: {why(failed)}."


def _find_by_repository(
    ask: Ask, account: Destination, cloud_id: str, known: Known, files: ComponentFiles
) -> Known:
    """Find the one component that links to this repository, else the one of the file's name."""
    own = known.run.repository_url
    found: Sequence[Component] | Failed = ()
    if own:
        found = compass.search(ask, account, cloud_id, link=own).value
        if not isinstance(found, Failed):
            found = [c for c in found if own in map(repository_url, c.repositories)]
    names = {
        name
        for file in files.files
        if file.text and (name := component_file.read_file(file.text).name)
    }
    if not found and len(names) == 1:
        [name] = names
        found = compass.search(ask, account, cloud_id, name=name).value
        if not isinstance(found, Failed):
            found = [component for component in found if component.name == name]
    if isinstance(found, Failed):
        what = f"the component could not be looked up: {why(found)}."
    elif len(found) == 1:
        inputs = known.inputs._replace(component_id=(found[0].id,))
        return known._replace(inputs=inputs)
    elif found:
        some = "; ".join(f"{c.name} ({c.slug or c.id}, {c.url})" for c in found[:SHOWN_MAX])
        what = f"{len(found)} components match: {some}. Name one in component-slug or component-id."
    else:
        what = (
            f"no component links to {own or 'this repository'}. Add the repository to the component's "
            "links in Compass, or give component-slug."
        )
    failed = found if isinstance(found, Failed) else None
    return note(known, [Missed(Problem("component-id", what), failed)], COMPONENT)


def find_times(call: Call, known: Known, snapshot: Snapshot, shared: Shared | None = None) -> Known:
    """Ask the host for the job's start or the run's outcome, then Compass for an earlier report."""
    budget = Budget(min(call.inputs.timeout / 2, TIMES_SECONDS))
    known = _ask_host(call, known, shared.ask if shared else asker(budget, HOST_SECONDS))
    found = event.find_missing(
        known.inputs, known.run, call.system, snapshot, known.records, known.ids
    )
    account = find_account(call)
    own = shared.shown.get(found.sought) if shared and found else None
    if found and own:
        known = _lay_in(known, found, own)
    elif found and account:
        kind = found.sought.event_type
        ask, pages = (shared.ask, shared.pages) if shared else (asker(budget), events.PAGES_MAX)
        told = events.find_event(ask, account, found.sought, pages).value
        if isinstance(told, Failed):
            severe = found.needed == ("severity",)
            sought = f"how severe the {kind} is" if severe else f"when the {kind} began"
            what = untold("Compass", sought, told)
            if found.needed and not told.absent:
                missed = Missed(Problem(found.needed[0], what), told)
                known = note(known, [missed], OF_THE_REPORT[found.needed])
            else:
                call.log.say("notice", what)
        elif told and (began := missing.start_of(found, told, snapshot.now)):
            if not found.has_start:
                text = f"The {kind} began at {timestamp(began)}, as Compass shows it."
                call.log.say("notice", text)
            known = _lay_in(known, found, told)
    return known._replace(spent=known.spent + budget.spent)


def _lay_in(known: Known, found: missing.Missing, seen: Seen) -> Known:
    """Lay what Compass shows of the event under what the user and the run say."""
    kind = found.sought.event_type
    if kind not in missing.OPEN_FOR_A_WHILE:
        record = missing.record_of(found, seen)
        return known._replace(records=(*known.records, record))
    severity = {} if known.inputs.severity else missing.severity_of(seen)
    given = known.inputs.properties or {}
    inputs = known.inputs._replace(
        started_at=known.inputs.started_at or seen.started_at,
        properties={**severity, **given} or None,
    )
    return known._replace(inputs=inputs)


def _ask_host(call: Call, known: Known, ask: Ask) -> Known:
    """Ask the host for what its environment does not tell: the job's start, the run's start and outcome."""
    host, inputs, run = HOSTS.get(call.system.name), known.inputs, known.run
    kind = EVENT_TYPES.get(inputs.event_type)
    if host is None or (kind and not kind.has_duration):  # the job is none of its business
        return known
    what, tell = "when the job began", host.find_job_start
    if inputs.scope == "run":
        has_outcome = bool(inputs.state or run.run_status)
        what, tell = "when the run began", host.find_run_start if has_outcome else None
        if not has_outcome:
            what, tell = "how the run ended", host.find_run
    known_start = run.run_started_at if inputs.scope == "run" else run.job_started_at
    if tell is None or (known_start and tell is not host.find_run):
        return known
    if not inputs.host_token:
        text = f"{call.system.title} knows {what}. To have it asked, set {host.advice}."
        call.log.say("notice", text)
        return known
    whom = Whom(call.env, inputs.host_token, secrets_of(inputs.host_token, None))
    try:
        told = tell(ask, whom, run)
    except Exception as error:
        told = broken(error)
    if isinstance(told, Failed):
        call.log.say("notice", untold(call.system.title, what, told))
        return known
    found = run._replace(
        job_started_at=run.job_started_at or told.job_started_at,
        run_started_at=run.run_started_at or told.run_started_at,
        run_status=run.run_status or told.run_status,
    )
    return known._replace(run=found)
