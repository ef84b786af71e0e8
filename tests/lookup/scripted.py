"""Who is asked answers from a script; what was asked is kept. No socket, no clock."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from compass_action.connection.request import Request
from compass_action.lookup.asking import Ask, Told


class Script(NamedTuple):
    """An `ask`, and the requests that it got."""

    ask: Ask
    asked: list[Request]

    @property
    def questions(self) -> list[dict[str, Any]]:
        """Name and variables of each question in GraphQL."""
        bodies = [json.loads(request.body or b"") for request in self.asked]
        return [{body["operationName"]: body["variables"]} for body in bodies]


def scripted(*values: Any, ahead: float | None = None) -> Script:
    """Answer with these values, one after the other: JSON, or `Failed`."""
    left, asked = list(values), list[Request]()

    def ask(request: Request) -> Told:
        asked.append(request)
        return Told(left.pop(0), ahead)

    return Script(ask, asked)
