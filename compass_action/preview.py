"""What `dry-run` and `check` show: the exact requests, and where each value comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from . import connection
from .errors import InputError
from .inputs import BY_NAME

if TYPE_CHECKING:
    from .given import Given
    from .inputs import Inputs
    from .report import Log
    from .schemas import Payload


def show(asked: Inputs, given: Mapping[str, Given], payloads: Sequence[Payload], log: Log) -> None:
    """Print the values that were given with their sources, then the requests; secrets hidden."""
    for name, (text, source) in given.items():
        shown = "***" if BY_NAME[name].kind == "secret" else " ".join(text.split())
        log.say("info", f"{name}: {shown}  ({source})")
    try:
        url = connection.endpoint(asked)
    except InputError:  # a dry run does without site
        url = "https://SITE.atlassian.net/gateway/api" + connection.EVENTS_PATH
    for payload in payloads:
        log.show(f"POST {url}\nAuthorization: Basic ***\nContent-Type: application/json\n")
        log.show(payload.body.decode())
