"""The check-up: what Compass says of site, credentials and components before the first event.

Each part that fails leaves the others standing. Nothing is sent that changes anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compass_action.connection.answer import Answer
from compass_action.connection.budget import Budget
from compass_action.connection.destination import Destination, is_loopback
from compass_action.delivery.failures import FAILURES
from compass_action.event.event import Event
from compass_action.lookup import compass
from compass_action.lookup.asking import Failed, Told, asker
from compass_action.lookup.compass import Component
from compass_action.report.outcomes import CLOCK_TOLERANCE_SECONDS
from compass_action.report.report import Check

from .call import Call
from .lookups import find_account
from .unanswered import why

CHECK_SECONDS = 45
COMPONENTS_MAX = 20
SOURCES_MANY = 18
"""One source reports that Compass takes no more than 20 for a component."""
LEVELS = {"ok": "success", "warning": "warning", "failed": "error"}


def run(call: Call, events: Sequence[Event]) -> tuple[Check, ...]:
    """Ask Compass, and say what it tells."""
    whom = find_account(call)
    if whom is None:
        call.log.say("notice", "Compass was not asked: that needs site, email and api-token.")
        return ()
    found = tuple(examine(events, whom, Budget(min(call.inputs.timeout, CHECK_SECONDS))))
    for one in found:
        call.log.say(LEVELS[one.level], f"{one.what}: {one.level}. {one.text}")
    return found


def examine(events: Sequence[Event], whom: Destination, budget: Budget) -> Iterator[Check]:
    """Ask about the site, the account and each component, and judge every answer."""
    ask = asker(budget)
    cloud_id = compass.find_cloud_id(ask, whom)
    yield _site(cloud_id, events[0].cloud_id, whom)
    told = {}
    for event in events[:COMPONENTS_MAX]:
        told[event.component_id] = compass.find_component(ask, whom, event.component_id)
    answers = [cloud_id, *told.values()]
    yield from _credentials(answers)
    for event in events[:COMPONENTS_MAX]:
        found = told[event.component_id].value
        if _status(found) in (401, 403):
            continue  # the line about the credentials says it
        if isinstance(found, Component):
            yield Check("ok", "component", f"{found.name}, {found.kind or 'no type'}, {found.url}")
            yield from _sources(found, event.event_type)
            permission = compass.find_permission(ask, whom, event.component_id)
            yield from _permission(found, permission)
        else:
            yield Check("failed", "component", _no_component(event.component_id, found))
    if len(events) > COMPONENTS_MAX:
        left = len(events) - COMPONENTS_MAX
        yield Check("ok", "components", f"{left} more were not looked at.")
    yield from _clock(answers)


def _status(value: object) -> int | None:
    return value.status if isinstance(value, Failed) else None


def _site(told: Told, wanted: str, whom: Destination) -> Check:
    host, found = whom.url.partition("://")[2].partition("/")[0], told.value
    if isinstance(found, Failed):
        if _status(found) in (401, 403):
            return Check("ok", "site", f"{host} answers.")
        if found.answer is None and is_loopback(whom.url):
            text = f"{host} tells no cloud id yet: a sandbox learns it from its first event."
            return Check("warning", "site", text)
        return Check(
            "failed", "site", f"{host} does not tell its cloud id: {why(found)}. Check site."
        )
    if found != wanted:
        text = f"{host} is the cloud {found}, but the component belongs to {wanted}. Give its site."
        return Check("failed", "site", text)
    return Check("ok", "site", f"{host} answers; its cloud id is {found}.")


def _credentials(told: Sequence[Told]) -> Iterator[Check]:
    refused = [one.value for one in told if _status(one.value) in (401, 403)]
    if not refused:
        # Who may see a component was taken at his word; without one there is no saying.
        if any(isinstance(one.value, Component) for one in told):
            yield Check("ok", "credentials", "Compass takes them.")
        return
    failed = refused[0]
    if failed.status == 401:
        reasons = FAILURES["credentials"].hint
        text = f"Compass does not take them ({why(failed)}). {reasons}"
        yield Check("failed", "credentials", text)
        return
    text = f"the account has no access to Compass on this site ({why(failed)}). Give it a seat."
    yield Check("failed", "credentials", text)


def _no_component(ari: str, found: object) -> str:
    if not isinstance(found, Failed):
        return f"{ari} is not there."
    if isinstance(found.answer, Answer | Exception):
        return f"Compass could not be asked for {ari}: {why(found)}."
    return (
        f"Compass does not show {ari}: {why(found)}. Compare component-id with the component's page; "
        "it may have been deleted, or the account may not see it."
    )


def _sources(component: Component, event_type: str) -> Iterator[Check]:
    own = [source for source in component.sources if source.event_type == event_type.upper()]
    fed = [source for source in own if source.app]
    if fed:
        app = fed[0]
        text = (
            f"the installed app {app.app} feeds {component.name} with {event_type} events already "
            f"({app.external_id}). What both report counts twice: detach one of them."
        )
        yield Check("warning", "event sources", text)
        return
    text = (
        f"{component.name} has {len(component.sources)}, {len(own)} of them of {event_type} events."
    )
    if len(component.sources) >= SOURCES_MANY:
        yield Check("warning", "event sources", f"{text} Compass may take no more than 20.")
    else:
        yield Check("ok", "event sources", text)


def _permission(component: Component, told: Told) -> Iterator[Check]:
    if isinstance(told.value, Failed):
        text = f"Compass does not tell it ({why(told.value)}); the first event will."
        yield Check("ok", "permission", text)
    elif told.value.allowed:
        yield Check(
            "ok", "permission", f"the account may connect event sources to {component.name}."
        )
    else:
        said = ", ".join(told.value.reasons) or "no reason is given"
        text = (
            f"the account may not connect event sources to {component.name} ({said}). Let it edit the "
            "component, or have somebody else's token used."
        )
        yield Check("failed", "permission", text)


def _clock(told: Sequence[Told]) -> Iterator[Check]:
    """Compare the clocks: update sequence numbers are times."""
    ahead = next((a for one in told if (a := one.clock_ahead_seconds) is not None), None)
    if ahead is None:
        return
    if abs(ahead) <= CLOCK_TOLERANCE_SECONDS:
        yield Check("ok", "clock", "it agrees with Compass's.")
        return
    side = "ahead of" if ahead > 0 else "behind"
    text = (
        f"it is {abs(ahead):.0f} s {side} Compass's. Updates are numbered by time, so that one from "
        "another runner may be ignored. Set it."
    )
    yield Check("warning", "clock", text)
