"""What Compass itself can be asked: its site, components, event sources and events.

GraphQL at `SITE/gateway/api/graphql`, with the same account and token as the events. A union with
`QueryError` may stand in the place of every answer, and `errors` beside the data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from compass_action.connection.destination import EVENTS_PATH, Destination
from compass_action.connection.request import Request
from compass_action.text import one_line, secrets_of, shorten

from .asking import Ask, Failed, Told, unbroken
from .json_values import at, rows, text
from .queries import QUERIES
from .sought import whole


class Source(NamedTuple):
    """An event source that is attached to a component."""

    event_type: str
    """In GraphQL's spelling: `BUILD`."""
    external_id: str
    app: str | None = None
    """The installed app that feeds it."""


class Component(NamedTuple):
    """A component as Compass shows it."""

    id: str
    name: str = ""
    slug: str = ""
    kind: str = ""
    """Its type: `SERVICE`."""
    url: str = ""
    """Its page."""
    repositories: tuple[str, ...] = ()
    """What its links of type REPOSITORY lead to."""
    sources: tuple[Source, ...] = ()


class Permission(NamedTuple):
    """Whether this account may attach an event source to a component."""

    allowed: bool
    reasons: tuple[str, ...] = ()


def ask_compass(
    ask: Ask, destination: Destination, name: str, variables: Mapping[str, Any]
) -> Told:
    """Ask one of `QUERIES`; what is told is its `data`, or `Failed`."""
    asked = {"query": QUERIES[name], "operationName": name, "variables": variables}
    request = Request(
        destination.url.removesuffix(EVENTS_PATH) + "/graphql",
        body=json.dumps(asked).encode(),
        basic=(destination.email, destination.token),
        proxies=destination.proxies,
        ca_bundle=destination.ca_bundle,
        secrets=secrets_of(destination.token, destination.email),
    )
    told = ask(request)
    if isinstance(told.value, Failed):
        return told
    data, refusal = at(told.value, "data"), _refusal(at(told.value, "errors"))
    if isinstance(data, dict) and any(value is not None for value in data.values()):
        return told._replace(value=data, refusal=refusal)
    return told._replace(value=refusal if refusal.detail else NOT_COMPASS)


NOT_COMPASS = Failed(None, "the answer is not Compass's")
NO_ANSWER = Failed(None, "no answer to it", absent=True)
SAY_NOTHING = (401, 403, 408, 429)
"""Statuses below 500 that say nothing of what is sought."""


def _refusal(errors: Any) -> Failed:
    """Word the `errors` that stand beside the data."""
    extensions = [at(row, "extensions") for row in rows(errors)]
    return _failed([text(row.get("message")) for row in rows(errors)], extensions)


def refused(told: Told, answer: Any, otherwise: Failed) -> Failed:
    """Word why something is not what was asked for: a `QueryError`, or a gap, which `errors` explain."""
    extensions = rows(at(answer, "extensions"))
    kinds = [
        " ".join(filter(None, (text(row.get("errorType")), text(row.get("statusCode")))))
        for row in extensions
    ]
    found = _failed([text(at(answer, "message")), *kinds], extensions)
    return next((one for one in (found, told.refusal) if one.detail), otherwise)


def _failed(said: Sequence[str | None], extensions: Sequence[Any]) -> Failed:
    """Join what was said; foreign text, on one line."""
    code = next(filter(None, (whole(at(row, "statusCode")) for row in extensions)), None)
    absent = code is not None and 400 <= code < 500 and code not in SAY_NOTHING
    return Failed(None, shorten(one_line("; ".join(filter(None, said))), 200), code, absent=absent)


@unbroken
def find_cloud_id(ask: Ask, destination: Destination) -> Told:
    """Ask for the cloud id of the site: a text, or `Failed`."""
    host = destination.url.partition("://")[2].partition("/")[0]
    told = ask_compass(ask, destination, "CloudId", {"hosts": [host]})
    if isinstance(told.value, Failed):
        return told
    contexts = at(told.value, "tenantContexts")
    found = text(at(contexts, 0, "cloudId"))
    nobody = Failed(None, f"Atlassian knows no site {host}", absent=True)
    otherwise = nobody if isinstance(contexts, list) else NOT_COMPASS
    return told._replace(value=found or refused(told, None, otherwise))


@unbroken
def find_component(ask: Ask, destination: Destination, ari: str) -> Told:
    """Ask for a component by its ARI: a `Component`, or `Failed`."""
    told = ask_compass(ask, destination, "Component", {"id": ari})
    return _told_component(told, "component")


@unbroken
def find_by_slug(ask: Ask, destination: Destination, cloud_id: str, slug: str) -> Told:
    """Ask for a component by its slug: a `Component`, or `Failed`."""
    variables = {"cloudId": cloud_id, "slug": slug}
    return _told_component(
        ask_compass(ask, destination, "BySlug", variables), "componentByReference"
    )


@unbroken
def search(
    ask: Ask, destination: Destination, cloud_id: str, *, link: str = "", name: str = ""
) -> Told:
    """Search for components by a link or a name: a tuple of `Component`, or `Failed`.

    How Compass matches is not documented, so the caller compares what comes back itself.
    """
    query: dict[str, Any] = {"first": SEARCH_MAX}
    if link:
        query["fieldFilters"] = [{"name": "links", "filter": {"eq": link}}]
    if name:
        query["query"] = name
    told = ask_compass(ask, destination, "Search", {"cloudId": cloud_id, "query": query})
    if isinstance(told.value, Failed):
        return told
    found = at(told.value, "compass", "searchComponents")
    if at(found, "__typename") != "CompassSearchComponentConnection":
        return told._replace(value=refused(told, found, _gap(told, "searchComponents")))
    if at(found, "pageInfo", "hasNextPage") is True:
        many = Failed(None, f"more than {SEARCH_MAX} components match", absent=True)
        return told._replace(value=many)
    components = (_component(row.get("component")) for row in rows(at(found, "nodes")))
    return told._replace(value=tuple(filter(None, components)))


SEARCH_MAX = 50


@unbroken
def find_permission(ask: Ask, destination: Destination, ari: str) -> Told:
    """Ask whether this account may attach event sources: a `Permission`, or `Failed`.

    The field is a beta, so that it may be gone.
    """
    told = ask_compass(ask, destination, "Permission", {"id": ari})
    if isinstance(told.value, Failed):
        return told
    component = at(told.value, "compass", "component")
    found = at(component, "viewerPermissions", "connectEventSource")
    allowed = at(found, "allowed")
    if not isinstance(allowed, bool):
        untold = Failed(None, "the answer does not tell it")
        return told._replace(value=refused(told, component, untold))
    reasons = at(found, "denialReasons")
    said = [text(reason) for reason in reasons] if isinstance(reasons, list) else []
    return told._replace(value=Permission(allowed, tuple(filter(None, said))))


def _told_component(told: Told, field: str) -> Told:
    if isinstance(told.value, Failed):
        return told
    found = at(told.value, "compass", field)
    return told._replace(value=_component(found) or refused(told, found, _gap(told, field)))


def _gap(told: Told, field: str) -> Failed:
    """Tell what Compass leaves empty from what it does not answer at all."""
    answer = at(told.value, "compass")
    return NO_ANSWER if isinstance(answer, dict) and field in answer else NOT_COMPASS


def _component(row: Any) -> Component | None:
    """Read a component; None if it is none."""
    ari = text(at(row, "id"))
    if not ari:
        return None
    links = [
        link["url"]
        for link in rows(at(row, "links"))
        if link.get("type") == "REPOSITORY" and isinstance(link.get("url"), str)
    ]
    sources = [
        Source(text(one.get("eventType")) or "", external, text(one.get("forgeAppId")))
        for one in rows(at(row, "eventSources"))
        if (external := text(one.get("externalEventSourceId")))
    ]
    return Component(
        ari,
        name=text(at(row, "name")) or "",
        slug=text(at(row, "slug")) or "",
        kind=text(at(row, "typeId")) or "",
        url=text(at(row, "url")) or "",
        repositories=tuple(links),
        sources=tuple(sources),
    )
