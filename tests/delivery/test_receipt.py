"""What is known of a payload."""

from __future__ import annotations

import pytest

from compass_action.delivery.failures import FAILURES, Failure
from compass_action.delivery.receipt import Receipt
from tests.delivery.sending import payload


@pytest.mark.parametrize(
    ("key", "attempts", "accepted", "settled"),
    [
        (None, 0, True, True),
        (None, 1, True, True),
        ("invalid", 0, False, False),
        ("invalid", 1, False, True),
        ("invalid", 2, False, True),
        ("server", 0, False, False),
        ("server", 1, False, False),
    ],
)
def test_a_payload_is_settled_when_an_answer_has_decided(
    key: str | None, attempts: int, accepted: bool, settled: bool
) -> None:
    failure: Failure | None = FAILURES[key] if key else None
    receipt = Receipt(payload(), failure, attempts=attempts)
    assert (receipt.accepted, receipt.settled) == (accepted, settled)


def test_nothing_is_known_but_what_is_said() -> None:
    assert Receipt(payload()) == Receipt(payload(), None, "", None, 0, None, False)
