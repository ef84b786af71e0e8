"""Questions in GraphQL, as `check`, `verify` and the other look-ups ask them: who may ask, and what
the sandbox knows. It knows the site's cloud id by its components: those it was told of, or has events
of. How questions are answered is in `graphql.py`, which needs graphql-core.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from compass_action.sandbox import rows
from compass_action.sandbox.activity import with_requests
from compass_action.sandbox.answer import Answer, answer_errors, answer_json
from compass_action.sandbox.asked import Asked
from compass_action.sandbox.contract import Complaint, parse_json
from compass_action.sandbox.intake import CREDENTIALS
from compass_action.sandbox.rows import Wanted
from compass_action.sandbox.service import Service

if TYPE_CHECKING:
    from compass_action.sandbox.graphql import Known

ARI = re.compile(r"ari:cloud:compass:([0-9a-f-]+):component/[0-9a-f-]+/([0-9a-f-]+)", re.ASCII)
HOW = "This sandbox answers no questions: install graphql-core beside it"
EVENTS_MAX = 1_000
"""The newest events are looked at, as far as there is room for their requests in an answer."""


def answer(service: Service, asked: Asked) -> Answer:
    """Answer a question, or say why not."""
    if not service.intake.knows(asked.headers.get("Authorization")):
        return answer_errors(401, [Complaint(None, CREDENTIALS)])
    if find_spec("graphql") is None:
        return answer_errors(501, [Complaint(None, HOW)])
    try:
        question = parse_json(asked.body)
    except ValueError as error:
        return answer_errors(400, [Complaint(None, str(error))])
    if not isinstance(question, dict) or not isinstance(question.get("variables", {}), dict):
        return answer_errors(400, [Complaint(None, "A question is an object with a query")])
    from compass_action.sandbox import graphql

    events = tuple(_events(service))
    known = {event.component_id for event in events} | set(service.names)
    exist = service.intake.components
    # Where any component is taken, the one that is asked for exists.
    wanted = str(question.get("variables", {}).get("id", ""))
    aris = sorted(exist if exist is not None else known | {wanted})
    components = [_component(service, ari) for ari in aris if ARI.fullmatch(ari)]
    cloud = next((found[1] for ari in aris if (found := ARI.fullmatch(ari))), "")
    allowed = {"allowed": True, "denialReasons": []}
    catalog = graphql.Catalog(cloud, components, events, allowed)
    return answer_json(200, graphql.answer(question, catalog))


def _events(service: Service) -> Iterator[Known]:
    from compass_action.sandbox.graphql import Known

    newest = rows.newest(service.store, Wanted(), None, EVENTS_MAX)
    for row, body in reversed([*with_requests(service.store, newest)]):
        if body:
            event = json.loads(body)["event"][row.type]
            for component_id in row.component_ids:
                yield Known(component_id, row.type, event)


def _component(service: Service, ari: str) -> dict[str, Any]:
    """A component as it is shown; its slug is its name."""
    name = service.names.get(ari, ari.rpartition("/")[2])
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return {"id": ari, "name": name, "slug": slug, "typeId": "SERVICE", "url": f"/?component={ari}"}
