"""What Compass answers to questions in GraphQL, by graphql-core and the types in `compass.graphql`.

Needs graphql-core, which only tests and whoever runs the stand-in install. Where the published types
are silent (what a filter matches, in which order events come), the assumption stands where it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from graphql import GraphQLSchema, build_schema, graphql_sync

Answer = dict[str, Any]


class Known(NamedTuple):
    """One event as it stands."""

    component_id: str
    event_type: str
    """As the REST API spells it: `pullRequest`."""
    body: Mapping[str, Any]
    """What was sent under `event.<event_type>`."""


class Catalog(NamedTuple):
    """What there is to be asked about."""

    cloud_id: str
    components: Sequence[Mapping[str, Any]]
    """Components as the GraphQL API shows them: id, name, slug, typeId, url, links, eventSources."""
    events: Sequence[Known] = ()
    """In the order of their first report."""
    permission: Mapping[str, Any] | None = None
    """What `connectEventSource` shows."""


@cache
def schema() -> GraphQLSchema:
    """The types that can be asked for."""
    return build_schema((Path(__file__).parent / "compass.graphql").read_text("utf-8"))


def answer(question: Mapping[str, Any], catalog: Catalog) -> Answer:
    """Answer one question: `query`, `variables`, `operationName`."""
    result = graphql_sync(
        schema(),
        str(question.get("query", "")),
        root_value=_root(catalog),
        variable_values=question.get("variables"),
        operation_name=question.get("operationName"),
    )
    return dict(result.formatted)


def _root(catalog: Catalog) -> Answer:
    return {
        # Which host a site has is not looked at: the stand-in is every site's.
        "tenantContexts": lambda info, **asked: [{"cloudId": catalog.cloud_id or None}],
        "compass": {
            "component": lambda info, id: _component(catalog, "id", id),  # noqa: A006
            "componentByReference": lambda info, reference: _referred(catalog, reference),
            "searchComponents": lambda info, cloudId, query: _search(catalog, query or {}),  # noqa: N803
            "eventSource": _source(catalog),
        },
    }


def _component(catalog: Catalog, field: str, value: str) -> Answer:
    for component in catalog.components:
        if component.get(field) == value:
            return _shown(catalog, component)
    return _error(404, "COMPONENT_NOT_FOUND", "The component was not found")


def _referred(catalog: Catalog, reference: Mapping[str, Any]) -> Answer:
    slug = reference.get("slug") or {}
    if slug.get("cloudId") != catalog.cloud_id:
        return _error(404, "CLOUD_ID_INVALID", "There is no such cloud")
    return _component(catalog, "slug", str(slug.get("slug")))


def _shown(catalog: Catalog, component: Mapping[str, Any]) -> Answer:
    own = [event for event in catalog.events if event.component_id == component["id"]]
    sources = {(event.event_type, str(event.body.get("externalEventSourceId"))) for event in own}
    attached = [_source_of(kind, source, own) for kind, source in sorted(sources)]
    given = [
        {"id": f"source-{n}", **row} for n, row in enumerate(component.get("eventSources", ()))
    ]
    return {
        "links": [],
        **component,
        "__typename": "CompassComponent",
        "eventSources": [*attached, *given],
        "events": lambda info, query=None: _page(own, query or {}),
        "viewerPermissions": {"connectEventSource": catalog.permission},
    }


def _search(catalog: Catalog, query: Mapping[str, Any]) -> Answer:
    """Search: a name that holds the words, and links that are equal. Both are assumptions."""
    words = str(query.get("query") or "").lower()
    filters = query.get("fieldFilters") or []
    links = [f["filter"]["eq"] for f in filters if f["name"] == "links"]
    found = [
        {"component": _shown(catalog, component), "link": component["url"]}
        for component in catalog.components
        if words in component["name"].lower()
        and all(link in [row["url"] for row in component.get("links", ())] for link in links)
    ]
    return {
        "__typename": "CompassSearchComponentConnection",
        "nodes": found,
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False},
    }


def _source(catalog: Catalog) -> Callable[..., Answer]:
    def find(info: object, *, cloudId: str, eventType: str, externalEventSourceId: str) -> Answer:  # noqa: N803
        own = [
            event
            for event in catalog.events
            if event.body.get("externalEventSourceId") == externalEventSourceId
        ]
        found = [event for event in own if _word(event.event_type) == eventType]
        if not found or cloudId != catalog.cloud_id:
            return _error(404, "EVENT_SOURCE_NOT_FOUND", "The event source was not found")
        return _source_of(found[0].event_type, externalEventSourceId, own)

    return find


def _source_of(kind: str, source: str, events: Sequence[Known]) -> Answer:
    own = [
        event
        for event in events
        if (event.event_type, event.body.get("externalEventSourceId")) == (kind, source)
    ]
    return {
        "__typename": "EventSource",
        "id": f"{kind}:{source}",
        "eventType": _word(kind),
        "externalEventSourceId": source,
        "events": lambda info, query=None: _page(own, query or {}),
    }


def _page(events: Sequence[Known], query: Mapping[str, Any]) -> Answer:
    """One page, the newest first (an assumption); a cursor is how many came before it."""
    kinds = query.get("eventTypes")
    wanted = [event for event in reversed(events) if not kinds or _word(event.event_type) in kinds]
    start, size = int(query.get("after") or 0), int(query.get("first") or 10)
    end = start + size
    return {
        "__typename": "CompassEventConnection",
        "nodes": [_node(event) for event in wanted[start:end]],
        "pageInfo": {
            "hasNextPage": end < len(wanted),
            "hasPreviousPage": start > 0,
            "endCursor": str(end),
        },
    }


def _node(event: Known) -> Answer:
    kind = event.event_type
    name = f"Compass{kind[0].upper()}{kind[1:]}Event"
    return {**event.body, "__typename": name, "eventType": _word(kind)}


def _word(kind: str) -> str:
    return {"pullRequest": "PULL_REQUEST"}.get(kind, kind.upper())


def _error(status: int, kind: str, message: str) -> Answer:
    extension = {
        "__typename": "GenericQueryErrorExtension",
        "statusCode": status,
        "errorType": kind,
    }
    return {"__typename": "QueryError", "message": message, "extensions": [extension]}
