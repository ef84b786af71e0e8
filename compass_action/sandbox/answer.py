"""What is said to a request, in the shapes in which Compass and the sandbox answer."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import NamedTuple

from compass_action.sandbox.contract import Complaint

STAND_IN = (
    "This is a local stand-in for Compass, faithful to the published contract as far as that "
    "goes; it is not Atlassian's server."
)
NOTHING: Mapping[str, str] = MappingProxyType({})


class Answer(NamedTuple):
    """What to say to a request."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = NOTHING


def answer_json(status: int, document: object, headers: Mapping[str, str] = NOTHING) -> Answer:
    """An answer with a JSON body."""
    return Answer(status, json.dumps(document, indent=1).encode() + b"\n", headers)


def answer_errors(
    status: int, complaints: Collection[Complaint], headers: Mapping[str, str] = NOTHING
) -> Answer:
    """An answer in the shape in which Compass reports errors (`ErrorResponseDto`)."""
    errors = [{"type": one.type, "message": one.message} for one in complaints]
    return answer_json(status, {"errors": errors}, headers)
