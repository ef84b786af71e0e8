"""A local stand-in for Compass: the demo, the tests and users' dry runs talk to it.

It is a real HTTP/1.1 server on 127.0.0.1 that judges requests by Atlassian's published contract
(`contract.json`: the events operation of the Compass REST API, OpenAPI 3.1) and by Atlassian's
guide "Send events using REST API" (identity, `updateSequenceNumber`, the rate limit). Where both
are silent, the assumption is written down where it is made. It is not Atlassian's server.

    server.py    the server, and running_sandbox
    service.py   what a running sandbox consists of
    connections.py  those that are open, and no more        guard.py   who may ask
    handler.py   HTTP: one connection, answers, faults
    intake.py    credentials, limit, contract, feed          routes.py  the sandbox's own endpoints
    contract.py  is this body a valid event? (formats.py)    body.py    the bytes of a request's body
    shape.py     where each event type keeps what is shown   limit.py   100 requests per user and minute
    judging.py   what becomes of a known event               faults.py  what shall go wrong next
    feed.py      taking events in, forgetting the oldest     live.py    telling pages of changes
    sources.py   event sources and their components          store.py   SQLite, in memory or in a file
    rows.py      reading them: activity.py
    command.py   `compass-event sandbox`: options.py

    with running_sandbox() as sandbox:
        ...  # send to sandbox.url
        sandbox.feed()["events"]
"""

from compass_action.sandbox.command import main
from compass_action.sandbox.faults import Fault, FaultError
from compass_action.sandbox.guard import TOKEN
from compass_action.sandbox.metrics import Metric
from compass_action.sandbox.page.words import figure
from compass_action.sandbox.received import Received
from compass_action.sandbox.server import Sandbox, running_sandbox

__all__ = [
    "TOKEN",
    "Fault",
    "FaultError",
    "Metric",
    "Received",
    "Sandbox",
    "figure",
    "main",
    "running_sandbox",
]
