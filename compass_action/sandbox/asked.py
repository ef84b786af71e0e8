"""A request to one of the sandbox's own endpoints, and what its query means."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import Message
from typing import NamedTuple

from compass_action.sandbox import problems
from compass_action.sandbox.rows import Wanted
from compass_action.sandbox.service import Service


class Asked(NamedTuple):
    """A request to one of the endpoints."""

    path: str
    query: Mapping[str, str]
    headers: Message
    body: bytes


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """What events a query asks for."""
    return Wanted(**{name: query[name] for name in Wanted._fields if query.get(name)})


def is_true(asked: Asked, name: str) -> bool:
    """Whether a switch is on."""
    return asked.query.get(name, "") in ("true", "1", "yes")


def find_problems(service: Service, *, ended: bool) -> list[problems.Problem]:
    """What is wrong with what was sent; `ended`: all jobs have ended."""
    minutes = service.unfinished_minutes
    return problems.find(service.store, service.now(), ended=ended, minutes=minutes)
