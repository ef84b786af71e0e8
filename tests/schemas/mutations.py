"""Valid events, and events with one to three things changed by chance: most wrong, many just so."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

EXAMPLES = sorted((Path(__file__).parents[1] / "events" / "valid").glob("*.json"))
VALID: list[tuple[str, Any]] = [
    (path.stem.partition("-")[0], json.loads(path.read_text("utf-8"))) for path in EXAMPLES
]
"""The event's type, and the request."""

ODD: tuple[Any, ...] = (
    None, True, False, [], {}, [None], {"a": 1}, "", " ", "\n", "x", "é", "\x7f", "\u2028",
    -1, 0, 1, 10, 11, 0.0, 1.0, 10.0, 10.5, -0.5, 1e300, 2**63 - 1, 2**63, -(2**63),
    "x" * 255, "x" * 256, "🛒" * 255, "🛒" * 256,
    "2026-11-23T17:59:00Z", "1970-01-01T00:00:00.5+23:59", "2026-02-29T00:00:00Z",
    "2026-11-23T17:59:60Z", "2026-11-23t17:59:00z", "2026-11-23T17:59:00", "0000-01-01T00:00:00Z",
    "https://ci.example.com/7", "http://[::1]:8080", "https://a:b@c", "ftp://c", "https://c:65536",
    "SUCCESSFUL", "IN_PROGRESS", "PENDING", "OPEN", "RESOLVED", "PRODUCTION", "P1", "HIGH", "ONE",
)  # fmt: skip


def mutated_events(chance: random.Random) -> Iterator[tuple[str, Any]]:
    """Change events without end: the type, and the request, which is plain JSON."""
    while True:
        event_type, request = chance.choice(VALID)
        request = deepcopy(request)
        for _ in range(chance.choice((0, 1, 1, 1, 2, 3))):
            _change(request, chance)
        yield event_type, request


def _change(request: Any, chance: random.Random) -> None:
    """Change one property, wherever it stands."""
    objects = list(_objects(request))
    place = chance.choice(objects)
    if not place or chance.random() < 0.1:
        place[chance.choice(_names(objects))] = _another_value(objects, chance)
        return
    name = chance.choice(list(place))
    if chance.random() < 0.2:
        del place[name]
    elif isinstance(place[name], str) and chance.random() < 0.4:
        place[name] = _misspelt(place[name], chance)
    else:
        place[name] = _another_value(objects, chance)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)


def _names(objects: list[dict[str, Any]]) -> list[str]:
    """Names that stand elsewhere in the event, the ends of unfinished things, and one that is new."""
    known = [name for place in objects for name in place]
    return [*known, "completedAt", "endTime", "remediationTime", "startedAt", "unheardOf"]


def _another_value(objects: list[dict[str, Any]], chance: random.Random) -> Any:
    """Take an odd value, or one from elsewhere in the event."""
    if chance.random() < 0.6:
        return deepcopy(chance.choice(ODD))
    return deepcopy(chance.choice([v for place in objects for v in place.values()] or [None]))


def _misspelt(text: str, chance: random.Random) -> str:
    """Put in, leave out or replace one character, or end with a line break."""
    at = chance.randint(0, len(text))
    inserted = chance.choice(("", "\n", " ", "0", "a", "A", ":", "/", "é", "٣", "\x00", "-"))
    return text[:at] + inserted + text[at + chance.choice((0, 1)) :]
