"""The sandbox's own endpoints: what they are asked, and what they answer.

An endpoint that people look at answers a browser with a page and everything else with JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from email.message import Message
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from compass_action.sandbox import rows
from compass_action.sandbox.activity import MOST, PAGE, activity
from compass_action.sandbox.answer import STAND_IN, Answer, answer_errors, answer_json
from compass_action.sandbox.contract import Complaint, parse_json
from compass_action.sandbox.faults import parse_faults
from compass_action.sandbox.rows import Wanted
from compass_action.sandbox.service import Service

EVENTS = ("/compass/v1/events", "/gateway/api/compass/v1/events")
ENDPOINTS = {
    f"POST {EVENTS[0]}": "send an event (below /gateway/api too)",
    "GET /activity": "the feed and what was refused; ?component=ARI, type, environment, state, search",
    "DELETE /activity": "forget all of it",
    "GET /events/ID": "one event, with all that came for it",
    "POST /faults": "let the next requests go wrong",
    "GET /faults": "what is still to go wrong",
    "DELETE /faults": "let nothing go wrong any more",
    "GET /healthz": "whether it is up",
    "GET /": "this list",
}
OWN = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Asked(NamedTuple):
    """A request to one of the endpoints."""

    path: str
    query: Mapping[str, str]
    headers: Message
    body: bytes


def answer(
    service: Service, method: str, target: str, headers: Message, body: bytes
) -> Answer | None:
    """Answer a request to the sandbox's own endpoints; None if it is none of them."""
    path, _, query = target.partition("?")
    route = _route("GET" if method == "HEAD" else method, path)
    if route is None:
        return None
    pairs = (
        dict(parse_qsl(query.partition("#")[0], max_num_fields=50)) if query.count("&") < 50 else {}
    )
    answered = route(service, Asked(path, pairs, headers, body))
    return answered._replace(headers=OWN | dict(answered.headers))


def methods(path: str) -> list[str]:
    """What may be asked at a path."""
    if path in EVENTS:
        return ["POST"]
    return [method for method, pattern in ROUTES if re.fullmatch(pattern, path)]


def _route(method: str, path: str) -> Callable[[Service, Asked], Answer] | None:
    for (known, pattern), route in ROUTES.items():
        if known == method and re.fullmatch(pattern, path):
            return route
    return None


def _say_what_this_is(_service: Service, _asked: Asked) -> Answer:
    return answer_json(200, {"stand_in": STAND_IN, "endpoints": ENDPOINTS})


def _show_activity(service: Service, asked: Asked) -> Answer:
    after, limit = asked.query.get("after", "0"), asked.query.get("limit", str(PAGE))
    if not _is_number(after) or not _is_number(limit) or not 1 <= int(limit) <= MOST:
        why = f"limit is a number from 1 to {MOST}, after the number of an event"
        return answer_errors(400, [Complaint(None, why)])
    wanted = wanted_of(asked.query)
    total = service.requests.total
    return answer_json(200, activity(service.store, total, wanted, int(after), int(limit)))


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """What events a query asks for."""
    return Wanted(**{name: query[name] for name in Wanted._fields if query.get(name)})


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,18}", text) is not None


def _clear_activity(service: Service, _asked: Asked) -> Answer:
    service.feed.clear()
    service.requests.clear()
    return Answer(204)


def _show_event(service: Service, asked: Asked) -> Answer:
    row = rows.one(service.store, int(asked.path.rpartition("/")[2]))
    if row is None:
        return answer_errors(404, [Complaint(None, "There is no such event, or it was forgotten")])
    document: dict[str, Any] = rows.as_json(service.store, row)
    return answer_json(200, document)


def _show_faults(service: Service, _asked: Asked) -> Answer:
    return answer_json(200, service.faults.waiting())


def _add_faults(service: Service, asked: Asked) -> Answer:
    try:
        service.faults.add(parse_faults(parse_json(asked.body)))
    except ValueError as error:
        return answer_errors(400, [Complaint(None, str(error))])
    return Answer(204)


def _clear_faults(service: Service, _asked: Asked) -> Answer:
    service.faults.clear()
    return Answer(204)


def _say_that_it_is_up(service: Service, _asked: Asked) -> Answer:
    return answer_json(200, {"status": "ok", "requests": service.requests.total})


ROUTES: dict[tuple[str, str], Callable[[Service, Asked], Answer]] = {
    ("GET", "/"): _say_what_this_is,
    ("GET", "/activity"): _show_activity,
    ("DELETE", "/activity"): _clear_activity,
    ("GET", "/events/[0-9]{1,15}"): _show_event,
    ("GET", "/faults"): _show_faults,
    ("POST", "/faults"): _add_faults,
    ("DELETE", "/faults"): _clear_faults,
    ("GET", "/healthz"): _say_that_it_is_up,
}
"""Requests to them are not counted. The path is a pattern."""
