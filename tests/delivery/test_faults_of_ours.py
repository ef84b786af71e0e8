"""What nobody has foreseen while it is sent: what has an answer keeps it, the rest goes to the outbox."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest

from compass_action.connection.destination import Destination
from compass_action.delivery import client, dispatch, outbox
from tests.delivery.sending import Clock, Compass, keys, payload, send

pytestmark = pytest.mark.usefixtures("faults_of_ours")

NOWHERE = Destination("http://127.0.0.1:1", "ada@acme.example", "correct-horse-battery")


def fail(*_: object, **__: object) -> NoReturn:
    raise LookupError("not to be shown")


def test_what_has_an_answer_keeps_it() -> None:
    receipts = send([payload("a"), payload("b"), payload("c")], Compass([202, 400, fail]), Clock())
    assert keys(receipts) == [None, "invalid", "fault"]
    assert [receipt.attempts for receipt in receipts] == [1, 1, 1]
    assert receipts[2].detail.startswith("LookupError in connection, line ")
    assert "not to be shown" not in receipts[2].detail


@pytest.mark.parametrize(("module", "name"), [(dispatch, "connect"), (client, "send")])
def test_a_fault_keeps_all(
    module: object, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, fail)
    payloads = [payload(name) for name in "ab"]
    receipts = dispatch.deliver(payloads, NOWHERE, 9, str(tmp_path / "box"), lambda *message: None)
    assert keys(receipts) == ["fault", "fault"]
    assert [receipt.spooled for receipt in receipts] == [True, True]
    kept = [entry.request.component_id for entry in outbox.read(str(tmp_path / "box"))[0]]
    assert kept == ["a", "b"]
