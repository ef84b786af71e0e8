"""What was to be delivered, without a server."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from compass_action.delivery import dispatch
from compass_action.delivery.failures import FAILURES
from compass_action.delivery.receipt import Receipt
from compass_action.schemas import Payload


class Deliveries:
    """What is given to each delivery, which is accepted; `refuse` says how many of it are not."""

    def __init__(self, patch: pytest.MonkeyPatch, refuse: int = 0) -> None:
        self.payloads: list[Payload] = []
        self.given: list[tuple[float, str | None]] = []
        self.refuse = refuse
        patch.setattr(dispatch, "deliver", self.deliver)

    def deliver(
        self,
        payloads: Sequence[Payload],
        where: object,
        seconds: float,
        outbox: str | None,
        say: object,
    ) -> tuple[Receipt, ...]:
        self.payloads += payloads
        self.given.append((seconds, outbox))
        fine = [Receipt(one, http_status=202, attempts=1) for one in payloads[self.refuse :]]
        lost = [Receipt(one, FAILURES["server"], "", 503, 1) for one in payloads[: self.refuse]]
        return (*lost, *fine)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The types' own parts, each with its properties laid over the rest."""
        bodies = [json.loads(payload.body)["event"] for payload in self.payloads]
        return [part | part[f"{kind}Properties"] for body in bodies for kind, part in body.items()]
