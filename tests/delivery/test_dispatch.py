"""How long sending may take, and what is said about it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from compass_action.connection import Asking, one_at_a_time
from compass_action.connection.destination import Destination
from compass_action.delivery import client, dispatch, interruption, outbox
from compass_action.delivery.client import Attempt
from compass_action.delivery.receipt import Receipt
from tests.delivery.sending import Compass, keys, payload

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
REST = "The others go to the outbox."


def budget(number: int, seconds: float, *, fixed: bool) -> tuple[float, list[str]]:
    """The seconds, and what is said."""
    said: list[str] = []
    found = dispatch.budget(
        number,
        "components",
        seconds,
        lambda level, text, title: said.append(text),
        fixed=fixed,
        rest=REST,
    )
    return found, said


@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("number", [1, 100])
def test_what_the_limit_does_not_hold_up_is_sent_without_a_word(number: int, fixed: bool) -> None:
    assert budget(number, 120, fixed=fixed) == (120, [])


def test_many_get_the_time_that_the_limit_takes() -> None:
    """And it is said how long that is."""
    said = ["900 components: about 9 minutes at 100 requests a minute."]
    assert budget(900, 120, fixed=False) == (120 + 8 * 61, said)
    assert budget(101, 120, fixed=False)[1] == [
        "101 components: about 2 minutes at 100 requests a minute."
    ]


def test_a_time_that_somebody_has_chosen_is_kept() -> None:
    """And it is said for how many it is enough, and what becomes of the others."""
    said = [
        "900 components: about 9 minutes at 100 requests a minute. "
        "The 120 s of timeout have room for 200. The others go to the outbox."
    ]
    assert budget(900, 120, fixed=True) == (120, said)
    enough = ["900 components: about 9 minutes at 100 requests a minute."]
    assert budget(900, 600, fixed=True) == (600, enough)
    assert budget(900, 488, fixed=True) == (488, enough)
    assert budget(901, 488.4, fixed=True)[1] == [
        "901 components: about 10 minutes at 100 requests a minute. "
        "The 488 s of timeout have room for 900. The others go to the outbox."
    ]


@pytest.mark.parametrize(
    ("number", "minutes"), [(101, 2), (200, 2), (201, 3), (6000, 60), (6100, 61), (12_001, 121)]
)
def test_a_minute_that_is_begun_is_counted(number: int, minutes: int) -> None:
    said = f"{number} components: about {minutes} minutes at 100 requests a minute."
    assert budget(number, 120, fixed=False)[1] == [said]


def test_how_long_it_takes_is_no_warning() -> None:
    said: list[tuple[str, str, str]] = []
    dispatch.budget(101, "c", 1, lambda *one: said.append(one), fixed=False, rest="")
    assert said == [("info", "101 c: about 2 minutes at 100 requests a minute.", "")]


# What is said while it is sent, and what becomes of it.

WHERE = Destination("http://127.0.0.1:9/compass/v1/events", "ada@acme.example", "made-up")


@pytest.fixture
def said() -> list[tuple[str, str, str]]:
    return []


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets requests be answered from a script, with no time passing."""

    def play(*script: int) -> None:
        compass = Compass(script)

        @contextmanager
        def connect(destination: Destination, number: int) -> Iterator[Asking]:
            assert destination == WHERE
            yield one_at_a_time(compass.ask)

        monkeypatch.setattr(dispatch, "connect", connect)

    return play


@pytest.mark.parametrize(
    ("attempt", "sentence"),
    [
        (Attempt(1, "HTTP 503", True, 0.0), ("info", "Attempt 1 failed: HTTP 503. Trying again.")),
        (Attempt(2, "x", True, 0.99), ("info", "Attempt 2 failed: x. Trying again.")),
        (Attempt(2, "x", True, 1.0), ("info", "Attempt 2 failed: x. Trying again in 1 s.")),
        (Attempt(3, "x", True, 7.6), ("info", "Attempt 3 failed: x. Trying again in 8 s.")),
        (Attempt(4, "HTTP 400", True), ("debug", "attempt 4: HTTP 400")),
        (Attempt(1, "HTTP 202"), ("debug", "attempt 1: HTTP 202")),
    ],
)
def test_an_attempt_is_told_in_a_sentence(
    attempt: Attempt,
    sentence: tuple[str, str],
    said: list[tuple[str, str, str]],
    answering: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def send(
        payloads: object,
        asking: Asking,
        seconds: float,
        *,
        tell: Callable[[Attempt], None],
        alone: bool,
    ) -> tuple[Receipt, ...]:
        assert (payloads, seconds, alone) == ([payload()], 120, False)
        tell(attempt)
        return ()

    answering(202)
    monkeypatch.setattr(client, "send", send)
    assert dispatch.transmit([payload()], WHERE, 120, lambda *one: said.append(one)) == ()
    assert said == [(*sentence, "")]


def test_ten_are_sent_without_a_count_and_eleven_are_counted(
    said: list[tuple[str, str, str]], answering: Callable[..., None]
) -> None:
    """Those that are accepted; a refusal is none of them."""
    for number, script, counted in [
        (10, [202], []),
        (11, [400, 202], [f"{n}/11" for n in range(1, 11)]),
    ]:
        said.clear()
        answering(*script)
        payloads = [payload(str(n)) for n in range(number)]
        receipts = dispatch.transmit(payloads, WHERE, 120, lambda *one: said.append(one))
        assert len(receipts) == number
        assert [one for one in said if one[0] != "debug"] == [("count", n, "") for n in counted]


def test_what_is_kept_is_what_may_pass(
    tmp_path: Path, said: list[tuple[str, str, str]], answering: Callable[..., None]
) -> None:
    answering(202, 400, 401)
    box = tmp_path / "box"
    payloads = [payload(name) for name in "abc"]
    receipts = dispatch.deliver(payloads, WHERE, 9, str(box), lambda *one: said.append(one))
    assert keys(receipts) == [None, "invalid", "credentials"]
    assert [receipt.spooled for receipt in receipts] == [False, False, True]
    kept = [(e.request, e.url) for e in outbox.read(str(box))[0]]
    assert kept == [(outbox.Request(*payload("c")), WHERE.url)]
    assert {level for level, _, _ in said} == {"debug"}


def test_without_an_outbox_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answering: Callable[..., None]
) -> None:
    monkeypatch.chdir(tmp_path)
    for box in (None, ""):
        answering(401)
        [receipt] = dispatch.deliver([payload()], WHERE, 9, box, lambda *one: None)
        assert receipt.spooled is False
    assert list(tmp_path.iterdir()) == []


def test_an_outbox_that_cannot_be_written_is_an_error(
    tmp_path: Path, said: list[tuple[str, str, str]], answering: Callable[..., None]
) -> None:
    answering(401)
    [receipt] = dispatch.deliver(
        [payload()], WHERE, 9, str(tmp_path), lambda *one: said.append(one)
    )
    assert (receipt.failure and receipt.failure.key, receipt.spooled) == ("credentials", False)
    assert said == [
        ("debug", "attempt 1: HTTP 401", ""),
        (
            "error",
            f"{tmp_path} cannot be written (it is a folder).",
            "The outbox could not be written",
        ),
    ]


def test_no_signal_disturbs_what_is_left_to_do(answering: Callable[..., None]) -> None:
    """Keeping, saying and ending are done at once."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        interruption.listen()
        answering(202)
        dispatch.transmit([payload()], WHERE, 9, lambda *one: None)
        for number in SIGNALS:
            os.kill(os.getpid(), number)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
