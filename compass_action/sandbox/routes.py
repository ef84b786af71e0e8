"""The sandbox's own endpoints: what they are asked, and what they answer.

An endpoint that people look at answers a browser with a page and everything else with JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from compass_action.sandbox import metrics, problems, questions, rows
from compass_action.sandbox.activity import MOST, PAGE, activity
from compass_action.sandbox.answer import STAND_IN, Answer, answer_errors, answer_json
from compass_action.sandbox.asked import Asked, find_problems, is_true, wanted_of
from compass_action.sandbox.contract import Complaint, parse_json
from compass_action.sandbox.faults import parse_faults
from compass_action.sandbox.guard import READING
from compass_action.sandbox.page import HOW, ONLY_PAGES, page_of, render, static_of
from compass_action.sandbox.service import Service

EVENTS = ("/compass/v1/events", "/gateway/api/compass/v1/events")
ENDPOINTS = {
    f"POST {EVENTS[0]}": "send an event (below /gateway/api too)",
    "GET /activity": "the feed and what was refused; ?component=ARI, type, environment, state, search",
    "DELETE /activity": "forget all of it",
    "GET /events/ID": "one event, with all that came for it",
    "GET /metrics.json": "the five metrics of each component; ?component=ARI",
    "GET /problems": "what is wrong with what was sent; ?ended=true, ?fail=true for status 409",
    "POST /faults": "let the next requests go wrong",
    "GET /faults": "what is still to go wrong",
    "DELETE /faults": "let nothing go wrong any more",
    "POST /graphql": "questions about components and events (below /gateway/api too)",
    "GET /healthz": "whether it is up",
    "GET /": "this list",
}
OWN = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


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
    asked = Asked(path, pairs, headers, body)
    with service.store.reading():  # an answer is of one moment: nothing comes or goes meanwhile
        answered = page_of(service, asked) if method in READING and wants_page(asked) else None
        answered = answered or route(service, asked)
    return answered._replace(headers=OWN | dict(answered.headers))


def wants_page(asked: Asked) -> bool:
    """Whether a person asks: a browser, which names HTML among what it accepts."""
    accepted = asked.headers.get("Accept", "")
    return "text/html" in accepted and asked.query.get("format") != "json"


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
    said = {"stand_in": STAND_IN, "endpoints": ENDPOINTS}
    return answer_json(200, said if render.is_installed() else said | {"page": HOW})


def _show_static(_service: Service, asked: Asked) -> Answer:
    missing = answer_errors(404, [Complaint(None, "There is no such file")])
    return static_of(asked.path) or missing


def _say_where_the_page_is(_service: Service, _asked: Asked) -> Answer:
    why = "There is a page here, for browsers" if render.is_installed() else HOW
    return answer_errors(406, [Complaint(None, why)])


def _show_activity(service: Service, asked: Asked) -> Answer:
    after, limit = asked.query.get("after", "0"), asked.query.get("limit", str(PAGE))
    if not _is_number(after) or not _is_number(limit) or not 1 <= int(limit) <= MOST:
        why = f"limit is a number from 1 to {MOST}, after the number of an event"
        return answer_errors(400, [Complaint(None, why)])
    wanted = wanted_of(asked.query)
    total = service.requests.total
    return answer_json(200, activity(service.store, total, wanted, int(after), int(limit)))


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
    counted = rows.request(service.store, row.counted_id)
    document: dict[str, Any] = rows.as_json(service.store, row, counted)
    return answer_json(200, document)


def _show_metrics(service: Service, asked: Asked) -> Answer:
    one = asked.query.get("component")
    components = [one] if one else rows.components(service.store)
    derived = metrics.of_components(service.store, service.now(), components)
    listed = [
        {"component_id": one, "metrics": [metrics.as_json(metric) for metric in its]}
        for one, its in derived.items()
    ]
    return answer_json(200, {"stand_in": STAND_IN, "components": listed})


def _show_problems(service: Service, asked: Asked) -> Answer:
    found = find_problems(service, ended=is_true(asked, "ended"))
    status = 409 if found and is_true(asked, "fail") else 200
    return answer_json(
        status, {"count": len(found), "problems": [problems.as_json(one) for one in found]}
    )


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
    ("GET", "/metrics.json"): _show_metrics,
    ("GET", "/problems"): _show_problems,
    ("GET", "/events/[0-9]{1,15}"): _show_event,
    ("GET", "/faults"): _show_faults,
    ("POST", "/faults"): _add_faults,
    ("DELETE", "/faults"): _clear_faults,
    ("GET", r"/static/[a-z.]+"): _show_static,
    ("GET", ONLY_PAGES): _say_where_the_page_is,
    ("GET", "/healthz"): _say_that_it_is_up,
    ("POST", "(?:/gateway/api)?/graphql"): questions.answer,
}
"""Requests to them are not counted. The path is a pattern."""
