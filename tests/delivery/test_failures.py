"""The kinds of failure, against a table that a person has written: `failures.json`."""

from __future__ import annotations

import json
import ssl
from pathlib import Path
from typing import NoReturn

import pytest

from compass_action.connection.destination import EVENTS_PATH, Destination
from compass_action.delivery import answers, client, dispatch, outbox
from compass_action.delivery.failures import FAILURES
from compass_action.errors import Interrupted
from compass_action.sandbox import running_sandbox
from tests.delivery.sending import Clock, Lanes, keys, payload
from tests.recorded import TESTS, read_json

TABLE: dict[str, list[str]] = read_json(TESTS / "delivery" / "failures.json")
"""By key: headline, whether it is tried again, whether it is kept, whether it stops all; the hint."""
ERROR_TYPES: dict[str, list[str]] = read_json(TESTS / "delivery" / "error_types.json")
"""By the `errors[].type` of Atlassian's REST API for events: the failure, and what to do."""

NETWORK_FAULTS: list[list[str]] = read_json(TESTS / "delivery" / "network_faults.json")
"""In their order, which counts: exception, failure, what is said."""


def test_no_kind_of_failure_is_missing_or_new() -> None:
    assert list(FAILURES) == list(TABLE)


@pytest.mark.parametrize("key", TABLE)
def test_a_failure_is_what_the_table_says(key: str) -> None:
    headline, again, kept, stops, hint = TABLE[key]
    failure = FAILURES[key]
    assert failure.key == key
    assert (failure.headline, failure.hint) == (headline, hint)
    assert failure.retry == (again == "again")
    assert failure.spool == (kept == "kept")
    assert failure.stops_all == (stops == "stops all")


def test_no_error_type_is_missing_or_new() -> None:
    assert list(answers.BY_ERROR_TYPE) == list(ERROR_TYPES)


@pytest.mark.parametrize("kind", ERROR_TYPES)
def test_an_error_type_is_what_the_table_says(kind: str) -> None:
    """With whatever status it comes."""
    for status in (400, 404, 500):
        body = json.dumps({"errors": [{"type": kind, "message": "so"}]}).encode()
        failure, detail = answers.read(status, body)
        assert failure
        assert [failure.key, failure.hint] == ERROR_TYPES[kind]
        assert detail == f"HTTP {status}, {kind}: so"


@pytest.mark.parametrize(
    ("status", "key"),
    [(100, "unexpected"), (201, "unexpected"), (299, "unexpected"), (300, "redirect"),
     (399, "redirect"), (402, "unexpected"), (499, "unexpected"), (500, "server"), (599, "server")],
)  # fmt: skip
def test_a_status_beside_the_known_ones_has_the_meaning_of_its_class(status: int, key: str) -> None:
    failure, detail = answers.read(status, b"")
    assert failure
    assert (failure.key, detail) == (key, f"HTTP {status}")


def test_a_certificate_that_is_not_trusted_stops_all() -> None:
    """Each further connection would end the same way."""
    clock = Clock()
    compass = Lanes(clock, lambda name, attempt: ssl.SSLCertVerificationError("x"))
    payloads = [payload(name) for name in "abc"]
    receipts = client.send(payloads, compass.asking(), 120, clock.work)
    assert keys(receipts) == ["tls", "tls", "tls"]
    assert [receipt.attempts for receipt in receipts] == [1, 0, 0]
    assert [receipt.detail for receipt in receipts[1:]] == ["not tried", "not tried"]
    assert len(compass.begun) == 1


@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_what_stops_one_payload_does_not_stop_the_next(status: int) -> None:
    clock = Clock()
    compass = Lanes(clock, lambda name, attempt: status if name == "a" else 202)
    receipts = client.send([payload(name) for name in "ab"], compass.asking(), 120, clock.work)
    assert [receipt.accepted for receipt in receipts] == [False, True]
    assert len(compass.begun) == 2


def test_a_fault_that_nobody_has_foreseen_is_a_broken_connection() -> None:
    """It is tried again and kept, and shows its class alone: its text can hold anything."""

    class UnheardOfError(Exception):
        pass

    failure, detail = answers.read_exception(UnheardOfError("correct-horse-battery"))
    assert detail == "the connection failed (UnheardOfError)"
    assert failure.headline == "Compass could not be reached"
    assert (failure.retry, failure.spool, failure.stops_all) == (True, True, False)


@pytest.mark.parametrize(("name", "key", "detail"), NETWORK_FAULTS)
def test_a_fault_of_the_network_is_what_the_table_says(name: str, key: str, detail: str) -> None:
    """By the name of its class, in which no library need be imported."""
    failure, told = answers.read_exception(type(name, (Exception,), {})("correct-horse-battery"))
    assert (failure.key, told) == (key, detail)


def test_no_fault_of_the_network_is_missing_or_new() -> None:
    found = [[fault.exception, fault.failure, fault.detail] for fault in answers.NETWORK_FAULTS]
    assert found == NETWORK_FAULTS


def deliver(status: int, box: Path, said: list[tuple[str, str, str]]) -> tuple[str | None, bool]:
    """Deliver one payload to a Compass that answers so; how it failed, and whether it was kept."""
    with running_sandbox() as sandbox:
        sandbox.add_faults([{"status": status}] * 9)
        where = Destination(sandbox.url + EVENTS_PATH, "ada@acme.example", "correct-horse-battery")
        [receipt] = dispatch.deliver(
            [payload()], where, 2, str(box), lambda *message: said.append(message)
        )
    return receipt.failure and receipt.failure.key, receipt.spooled


@pytest.mark.parametrize(("status", "key"), [(400, "invalid"), (413, "invalid"), (422, "invalid")])
def test_a_refused_event_is_not_kept(status: int, key: str, tmp_path: Path) -> None:
    """A replay could only be refused again."""
    assert deliver(status, tmp_path / "box", []) == (key, False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("status", "key"),
    [(401, "credentials"), (403, "permission"), (409, "sources"), (503, "server")],
)
def test_what_may_pass_later_is_kept(status: int, key: str, tmp_path: Path) -> None:
    assert deliver(status, tmp_path / "box", []) == (key, True)
    entries, damaged = outbox.read(str(tmp_path / "box"))
    assert [entry.request for entry in entries] == [outbox.Request(*payload())]
    assert damaged == []


def test_what_could_not_be_written_is_not_said_to_be_kept(tmp_path: Path) -> None:
    said: list[tuple[str, str, str]] = []
    assert deliver(403, tmp_path, said) == ("permission", False)
    level, text, title = said[-1]
    assert (level, title) == ("error", "The outbox could not be written")
    assert text.startswith(f"{tmp_path} cannot be written (")


def test_of_several_only_what_may_pass_later_is_kept(tmp_path: Path) -> None:
    """Neither what was accepted nor what was refused for good."""
    box = tmp_path / "box"
    with running_sandbox() as sandbox:
        sandbox.add_faults([{"status": status} for status in (202, 400, 403)])
        where = Destination(sandbox.url + EVENTS_PATH, "ada@acme.example", "correct-horse-battery")
        payloads = [payload(name) for name in "abc"]
        receipts = dispatch.deliver(payloads, where, 9, str(box), lambda *message: None)
    # The last two are sent at once: which of them is answered first is open.
    assert keys(receipts)[0] is None
    assert set(keys(receipts)[1:]) == {"invalid", "permission"}
    [kept] = [receipt for receipt in receipts if receipt.spooled]
    assert keys([kept]) == ["permission"]
    assert [entry.request for entry in outbox.read(str(box))[0]] == [outbox.Request(*kept.payload)]


def test_an_interruption_before_the_first_request_keeps_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> NoReturn:
        raise Interrupted

    monkeypatch.setattr(dispatch, "connect", interrupt)
    where = Destination("http://127.0.0.1:1", "ada@acme.example", "correct-horse-battery")
    payloads = [payload(name) for name in "ab"]
    receipts = dispatch.deliver(payloads, where, 9, str(tmp_path / "box"), lambda *message: None)
    assert keys(receipts) == ["interrupted", "interrupted"]
    assert [receipt.spooled for receipt in receipts] == [True, True]
    assert [entry.request for entry in outbox.read(str(tmp_path / "box"))[0]] == [
        outbox.Request(*one) for one in payloads
    ]
