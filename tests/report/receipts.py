"""A deployment in two components, and the receipts of what became of it."""

from __future__ import annotations

import json

from compass_action.delivery.failures import Failure
from compass_action.delivery.receipt import Receipt
from compass_action.event.event import Event
from compass_action.schemas import Payload

PASSING = Failure("down", "Compass is down", "Come back later.", retry=True, spool=True)
LASTING = Failure("wrong", "Compass said no", "Fix it.")
BODY = {
    "displayName": "Shop #42",
    "url": "https://ci.acme.example/42",
    "updateSequenceNumber": 7,
    "deploymentProperties": {
        "state": "FAILED",
        "sequenceNumber": 42,
        "pipeline": {"pipelineId": "ci.acme.example/shop"},
        "environment": {
            "environmentId": "prod",
            "displayName": "Production",
            "category": "PRODUCTION",
        },
        "startedAt": "2026-11-23T08:00:00Z",
    },
}
EVENTS = [Event("deployment", "c", name, BODY) for name in ("one", "two")]


def payload(component: str = "one") -> Payload:
    return Payload("deployment", component, json.dumps({"for": component}).encode())


ACCEPTED = Receipt(payload(), None, "", 202, 1)
REFUSED = Receipt(payload("two"), LASTING, "HTTP 400", 400, 1)
LOST = Receipt(payload("two"), PASSING, "HTTP 503", 503, 3)
KEPT = LOST._replace(spooled=True)
