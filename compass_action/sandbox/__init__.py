"""A local stand-in for Compass: the demo, the tests and users' dry runs talk to it.

It is a real HTTP/1.1 server on 127.0.0.1 that judges requests by Atlassian's published contract
(`contract.json`: the events operation of the Compass REST API, OpenAPI 3.1) and by Atlassian's
guide "Send events using REST API" (identity, `updateSequenceNumber`, the rate limit). Where both
are silent, the assumption is written down where it is made. It is not Atlassian's server.

    contract.py   is this body a valid event?           pure, but for reading contract.json once
    feed.py       which event is it, what becomes of it?  pure
    limit.py      100 requests per user and minute
    intake.py     credentials, limit, contract; then a queue and a worker that fills the feed
    faults.py     what shall go wrong next, on request
    body.py       the bytes of a request's body
    server.py     HTTP: routes, answers, connections
    command.py    `compass-event sandbox`

    with running_sandbox() as sandbox:
        ...  # send to sandbox.url
        sandbox.feed()["events"]
"""

from compass_action.sandbox.command import main
from compass_action.sandbox.faults import Fault, FaultError
from compass_action.sandbox.server import Received, Sandbox, running_sandbox

__all__ = ["Fault", "FaultError", "Received", "Sandbox", "main", "running_sandbox"]
